"""Other people's task data as a suite: `read_suite("bbh:FOLDER")` and its like, one module a format."""

from hyperlora.tasks.readers.reading import READERS, read_suite

__all__ = ["READERS", "read_suite"]
