"""The comparison of every way to get answers to a task, on tasks and in words that nothing was trained on."""
