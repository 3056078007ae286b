"""Files of examples as rows: JSON Lines, a JSON list, CSV and TSV, each row with the place where it stands."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.json_file import json_of, json_value
from hyperlora.tasks.text_lines import BYTE_ORDER_MARK, lines_of, text_lines, unreadable

# Where the row stands, for messages, and its cells by column.
Row = tuple[str, Mapping[str, object]]

LINE_SUFFIXES = (".jsonl", ".ndjson")
JSON_SUFFIXES = (*LINE_SUFFIXES, ".json")
TABLE_SUFFIXES = (".csv", ".tsv")
# What other kinds of file are called, and what to do with them.
_OTHER_KINDS = {
    **dict.fromkeys((".parquet", ".arrow"), "Write it as .jsonl or .csv; a suite reads it as dataset:FOLDER."),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), "Save the sheet as .csv."),
    **dict.fromkeys((".gz", ".zip", ".zst", ".xz", ".bz2"), "Unpack it first."),
    **dict.fromkeys((".yaml", ".yml"), "Write it as .jsonl, .json, .csv or .tsv."),
}


def file_rows(file: Path) -> Iterator[Row]:
    """The rows of a file of any of these kinds: `.csv` and `.tsv` by their ending, JSON otherwise.

    Raises:
        TaskFormatError: the file cannot be read or is of another kind, or a row is malformed.
    """
    suffix = file.suffix.lower()
    if remedy := _OTHER_KINDS.get(suffix):
        raise TaskFormatError(f"{file}: {suffix} files are not read as examples", remedy)
    return table_rows(file) if suffix in TABLE_SUFFIXES else json_rows(file)


def json_rows(file: Path) -> Iterator[Row]:
    """The objects of a file, one a line or in one list; blank lines and a byte order mark are passed over.

    Raises:
        TaskFormatError: the file cannot be read, or what should be an object is none.
    """
    try:
        with file.open("rb") as handle:
            if handle.peek(64).removeprefix(BYTE_ORDER_MARK).lstrip()[:1] == b"[":
                values = _listed_values(json_of(handle, file), file)
            else:
                values = _line_values(lines_of(handle, file), file)
            for place, value in values:
                if not isinstance(value, dict):
                    raise TaskFormatError(
                        f"{place}: is {type(value).__name__}, not an object",
                        "Write an object a line, or a list of them.",
                    )
                yield place, value
    except OSError as error:
        raise unreadable(file, error) from error


def _listed_values(items: list[object], file: Path) -> Iterator[tuple[str, object]]:
    yield from ((f"{file}, item {number}", item) for number, item in enumerate(items, start=1))


def _line_values(lines: Iterator[tuple[int, str]], file: Path) -> Iterator[tuple[str, object]]:
    for number, line in lines:
        if line.strip():
            place = f"{file}, line {number}"
            yield place, json_value(line.encode(), place, line=True)


def table_rows(file: Path) -> Iterator[Row]:
    """The rows of a table by the columns that its first line names; `.tsv` is split at tabs.

    A `.csv` whose first line has no comma is split at the semicolons or tabs that it has.

    Raises:
        TaskFormatError: the file cannot be read, is not CSV, names a column twice, or a row has more or fewer cells.
    """
    lines = (line for _, line in text_lines(file))
    first = next(lines, "")
    others = [sign for sign in (";", "\t") if sign in first and "," not in first]
    delimiter = "\t" if file.suffix.lower() == ".tsv" else [*others, ","][0]
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            place, start = f"{file}, line {start}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
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
