"""Everything that trains: the loop, its batches and checkpoints, and one module for each thing that is trained.

Choosing among what has been trained is `adapt`'s; nothing here answers a request by itself.
"""
