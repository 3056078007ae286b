"""`jsonl:PATH`: an object a line with `input`, `output` and perhaps `task`, `split` and `also`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.strict_json import parse_json
from hyperlora.task_readers.gathering import Gathering
from hyperlora.task_readers.rows import Row, tasks_of_rows
from hyperlora.task_readers.task_files import places, tasks_of_files
from hyperlora.task_readers.text_lines import text_lines


def read_jsonl(path: Path, gathering: Gathering) -> None:
    """Add the tasks of the file, or of every `.jsonl` file of the folder.

    Raises:
        TaskFormatError: there is no file, or a line is malformed.
    """
    for name, files in tasks_of_files(path, ".jsonl").items():
        with gathering.attempt(name):
            parts = [(split, _rows(file)) for split, file in files]
            found = tasks_of_rows(name, places([file for _, file in files]), parts, gathering.notes_on(name))
            for task in found:
                gathering.add(task)


def _rows(file: Path) -> Iterator[Row]:
    for number, line in text_lines(file):
        if not line.strip():
            continue
        place = f"{file}, line {number}"
        try:
            value = parse_json(line.encode())
        except json.JSONDecodeError as error:
            raise TaskFormatError(f"{place}, column {error.colno}: is not JSON ({error.msg})", "Correct it.") from error
        except (ValueError, RecursionError) as error:
            raise TaskFormatError(f"{place}: is not JSON that can be read ({error})", "Correct it.") from error
        if not isinstance(value, dict):
            raise TaskFormatError(f"{place}: is {type(value).__name__}, not an object", "Write an object a line.")
        yield place, value
