"""Tasks: examples and suites, the prompts made of them, other people's formats, the metrics and the checks of a suite.

Nothing here knows of adapters or base models: what is answered, never by what.
"""
