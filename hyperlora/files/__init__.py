"""Files as bytes: writing them so that a kill leaves the old or the new, and reading JSON and safetensors strictly.

What a file means (a task, an adapter, a base model) is known in the rooms above.
"""
