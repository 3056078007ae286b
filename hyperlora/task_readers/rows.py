"""Tables of examples: rows with an input, an output and perhaps the task and the split they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hyperlora.errors import TaskFormatError
from hyperlora.task_readers.side_file import SIDE_FILE, SideNotes
from hyperlora.task_readers.source_task import SourceExample, SourceTask, source_example
from hyperlora.task_readers.task_files import split_named

# Where the row stands, for messages, and its cells by column.
Row = tuple[str, Mapping[str, object]]


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
        TaskFormatError: a column is missing, a cell is of the wrong kind, a split is unknown, or there is no row.
    """
    found: dict[str, dict[str, list[SourceExample]]] = {}
    for split, rows in parts:
        if split:
            found.setdefault(name, {}).setdefault(split, [])
        for where, row in rows:
            task = _label(where, row, "task") or name
            target = split or _split(where, row)
            found.setdefault(task, {}).setdefault(target, []).append(_example(where, row, notes))
    if not found:
        raise TaskFormatError(f"{place}: holds no example", "Add rows with an input and an output.")
    return [SourceTask(task, place, examples, remarks=remarks) for task, examples in found.items()]


def require_columns(where: str, columns: Iterable[str], notes: SideNotes) -> None:
    """Refuse a table, or a row, without the columns of an example.

    Raises:
        TaskFormatError: one is missing; the message says which there are.
    """
    there = list(columns)
    if missing := [column for column in notes.columns if column not in there]:
        has = ", ".join(repr(str(column)[:40]) for column in there[:8]) or "nothing"
        raise TaskFormatError(
            f"{where}: has no {' and no '.join(map(repr, missing))}; it has {has}",
            f"Say which they are as input_column and output_column of the task in {SIDE_FILE} beside the data.",
        )


def _example(where: str, row: Mapping[str, object], notes: SideNotes) -> SourceExample:
    require_columns(where, row, notes)
    example = source_example(where, row[notes.input_column], row[notes.output_column])
    if row.get("also") is None:
        return example
    further = source_example(where, "", row["also"])
    return SourceExample(example.input, example.answers + further.answers)


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
