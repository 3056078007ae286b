"""`csv:PATH`: tables with columns in one of the usual shapes, perhaps with `task`, `split` and `also`."""

from __future__ import annotations

from pathlib import Path

from hyperlora.tasks.example_files import TABLE_SUFFIXES, table_rows
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.rows import tasks_of_rows
from hyperlora.tasks.readers.task_files import places, tasks_of_files


def read_csv(path: Path, gathering: Gathering) -> None:
    """Add the tasks of the file, or of every `.csv` and `.tsv` file of the folder.

    Raises:
        TaskFormatError: there is no file, a line cannot be read, or the columns are not those wanted.
    """
    for name, files in tasks_of_files(path, *TABLE_SUFFIXES).items():
        with gathering.attempt(name):
            parts = [(split, table_rows(file)) for split, file in files]
            found = tasks_of_rows(name, places([file for _, file in files]), parts, gathering.notes_on(name))
            for task in found:
                gathering.add(task)
