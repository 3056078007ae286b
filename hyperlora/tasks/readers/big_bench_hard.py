"""`bbh:PATH`: {"examples": [{"input", "target"}]} a task (BIG-Bench Hard, Suzgun et al. 2022, arXiv:2210.09261)."""

from __future__ import annotations

from pathlib import Path

from hyperlora.tasks.json_file import field_of, read_json
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.source_task import SourceTask, source_example
from hyperlora.tasks.readers.task_files import files_in

_ANY = (object,)


def read_big_bench_hard(path: Path, gathering: Gathering) -> None:
    """Add every JSON file of the folder, or the one file, as a task.

    Raises:
        TaskFormatError: there is no file, or one has no `examples` with `input` and `target`.
    """
    for file in files_in(path, ".json"):
        with gathering.attempt(file.stem):
            gathering.add(_task(file))


def _task(file: Path) -> SourceTask:
    examples = []
    for number, item in enumerate(field_of(read_json(file), "examples", list, str(file)), start=1):
        place = f"{file}, example {number}"
        examples.append(source_example(place, *(field_of(item, key, _ANY, place) for key in ("input", "target"))))
    return SourceTask(file.stem, str(file), {"train": examples}, source="BIG-Bench Hard, Suzgun et al. 2022")
