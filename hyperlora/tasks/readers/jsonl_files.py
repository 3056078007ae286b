"""`jsonl:PATH`: objects in one of the usual shapes, a line each or listed, perhaps with `task`, `split` and `also`."""

from __future__ import annotations

from pathlib import Path

from hyperlora.tasks.example_files import JSON_SUFFIXES, LINE_SUFFIXES, json_rows
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.rows import tasks_of_rows
from hyperlora.tasks.readers.task_files import places, tasks_of_files


def read_jsonl(path: Path, gathering: Gathering) -> None:
    """Add the tasks of the file, or of every `.jsonl` and `.ndjson` file of the folder; of `.json` if it has no such.

    Raises:
        TaskFormatError: there is no file, or a row is malformed.
    """
    # beside lines of data, a .json file says something about them
    lines = path.is_dir() and any(each.suffix.lower() in LINE_SUFFIXES for each in path.iterdir())
    for name, files in tasks_of_files(path, *(LINE_SUFFIXES if lines else JSON_SUFFIXES)).items():
        with gathering.attempt(name):
            parts = [(split, json_rows(file)) for split, file in files]
            found = tasks_of_rows(name, places([file for _, file in files]), parts, gathering.notes_on(name))
            for task in found:
                gathering.add(task)
