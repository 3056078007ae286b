"""The comparison of every way to get answers to a task, on tasks and in words that nothing was trained on.

A method here calls what people call (`adapt`, `training`); it has no way of its own to an answer.
"""
