"""The runs: train adapters, train a generator, index, adapt, evaluate, quickstart; `api` is the public calls.

A pipeline ties core, retrieval and generator together, is resumable, and records itself in MLflow. No maths of
its own lives here, nothing that parses command lines or speaks HTTP; it may import everything but `serve`.
"""
