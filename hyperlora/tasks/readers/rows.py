"""Tables of examples: rows with an input, an output and perhaps the task and the split they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.example_files import Row
from hyperlora.tasks.example_rows import ExampleRow, RowReader, settle_instructions
from hyperlora.tasks.readers.side_file import SIDE_FILE, SideNotes
from hyperlora.tasks.readers.source_task import SourceExample, SourceTask
from hyperlora.tasks.readers.task_files import split_named

# Columns that a suite reads beside those of an example.
PLACING = ("task", "split")
NAME_THEM = f"Or say which they are as input_column and output_column of the task in {SIDE_FILE} beside the data."


def tasks_of_rows(
    name: str,
    place: str,
    parts: Iterable[tuple[str, Iterable[Row]]],
    notes: SideNotes,
    *,
    remarks: Sequence[str] = (),
) -> list[SourceTask]:
    """The tasks in the rows of one table, or of several that each are a split.

    Args:
        name: the task of rows that name none.
        place: the file or folder, for messages.
        parts: tables with the split of their rows, empty where each row may name its own.
        notes: what the side file says of `name`: the columns.
        remarks: what the reader passed over.

    Raises:
        TaskFormatError: a row has no known shape, a cell is of the wrong kind, a split is unknown, or there is no row.
    """
    found: dict[str, dict[str, list[ExampleRow]]] = {}
    passed_over = dict.fromkeys(remarks)
    for split, rows in parts:
        reader = RowReader(notes.columns, NAME_THEM, PLACING)
        if split:
            found.setdefault(name, {}).setdefault(split, [])
        for where, row in rows:
            task = _label(where, row, "task") or name
            target = split or _split(where, row)
            found.setdefault(task, {}).setdefault(target, []).append(reader.read(where, row))
        passed_over |= dict.fromkeys(reader.remarks())
    if not found:
        raise TaskFormatError(f"{place}: holds no example", "Add rows with an input and an output.")
    return [_source_task(task, place, examples, list(passed_over)) for task, examples in found.items()]


def _source_task(name: str, place: str, rows: dict[str, list[ExampleRow]], remarks: Sequence[str]) -> SourceTask:
    settled, instruction, further = settle_instructions([row for part in rows.values() for row in part])
    left = iter(settled)
    examples = {
        split: [SourceExample(row.input, row.answers) for row in islice(left, len(part))]
        for split, part in rows.items()
    }
    return SourceTask(
        name, place, examples, descriptions=[instruction] if instruction else [], remarks=[*remarks, *further]
    )


def _label(where: str, row: Mapping[str, object], column: str) -> str:
    value = row.get(column)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TaskFormatError(f"{where}: {column!r} is {type(value).__name__}, not text", "Give its name.")
    return value.strip()


def _split(where: str, row: Mapping[str, object]) -> str:
    label = _label(where, row, "split")
    if not label:
        return "train"
    if (split := split_named(label)) is None:
        raise TaskFormatError(f"{where}: the split {label!r} is unknown", "Write train, validation or test.")
    return split
