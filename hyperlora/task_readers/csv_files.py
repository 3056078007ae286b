"""`csv:PATH`: tables with the columns `input`, `output` and perhaps `task` and `split`; `.tsv` is split at tabs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.task_readers.gathering import Gathering
from hyperlora.task_readers.rows import Row, tasks_of_rows
from hyperlora.task_readers.task_files import places, tasks_of_files
from hyperlora.task_readers.text_lines import text_lines


def read_csv(path: Path, gathering: Gathering) -> None:
    """Add the tasks of the file, or of every `.csv` and `.tsv` file of the folder.

    Raises:
        TaskFormatError: there is no file, a line cannot be read, or the columns are not those wanted.
    """
    for name, files in tasks_of_files(path, ".csv", ".tsv").items():
        with gathering.attempt(name):
            parts = [(split, _rows(file)) for split, file in files]
            found = tasks_of_rows(name, places([file for _, file in files]), parts, gathering.notes_on(name))
            for task in found:
                gathering.add(task)


def _rows(file: Path) -> Iterator[Row]:
    delimiter = "\t" if file.suffix.lower() == ".tsv" else ","
    reader = csv.reader((line for _, line in text_lines(file)), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            place, start = f"{file}, line {start}", reader.line_num + 1
            if not cells:
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                if len(set(header)) < len(header):
                    raise TaskFormatError(f"{place}: two columns have one name", "Rename one of them.")
                continue
            if len(cells) != len(header):
                raise TaskFormatError(
                    f"{place}: has {len(cells)} cells, the first line has {len(header)}",
                    "Put cells that hold the delimiter or a line break in double quotes.",
                )
            yield place, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise TaskFormatError(f"{file}, line {start}: is not CSV ({error})", "Correct the quotes.") from error
