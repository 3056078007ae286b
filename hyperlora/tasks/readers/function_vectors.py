"""`function-vectors:FOLDER`: a JSON list of {"input", "output"} a task (Todd et al. 2024, arXiv:2310.15213)."""

from __future__ import annotations

from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.json_file import field_of, read_json
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.source_task import SourceTask, source_example
from hyperlora.tasks.readers.task_files import files_in

_ANY = (object,)


def read_function_vectors(path: Path, gathering: Gathering) -> None:
    """Add every JSON file of the folder, or the one file, as a task.

    Raises:
        TaskFormatError: there is no file, or one is no list of such objects.
    """
    for file in files_in(path, ".json"):
        with gathering.attempt(file.stem):
            gathering.add(_task(file))


def _task(file: Path) -> SourceTask:
    items = read_json(file)
    if not isinstance(items, list):
        raise TaskFormatError(f"{file}: is {type(items).__name__}, not a list", "Give a list of examples.")
    examples = []
    for number, item in enumerate(items, start=1):
        place = f"{file}, item {number}"
        examples.append(source_example(place, *(field_of(item, key, _ANY, place) for key in ("input", "output"))))
    return SourceTask(file.stem, str(file), {"train": examples}, source="function vectors, Todd et al. 2024")
