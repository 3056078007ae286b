"""The few examples that somebody gives beside a description, from a file or as values, in any shape that is read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError, TaskFormatError
from hyperlora.tasks.example_files import Row, file_rows
from hyperlora.tasks.example_rows import ExampleRow, RowReader, settle_instructions
from hyperlora.tasks.examples import Example, make_example


@dataclass(frozen=True)
class GivenExamples:
    """Examples in their order, and what was passed over in reading them, in words."""

    examples: tuple[Example, ...]
    remarks: tuple[str, ...]


def read_example_file(path: Path) -> GivenExamples:
    """The examples of a `.jsonl`, `.json`, `.csv` or `.tsv` file.

    Raises:
        TaskFormatError: the file cannot be read or has none, or a row cannot be used; the message names the place.
    """
    given = _examples_of(file_rows(path))
    if not given.examples:
        raise TaskFormatError(f"{path}: holds no example", 'Write one {"input": "…", "output": "…"} object a line.')
    return given


def read_example_values(values: Iterable[Example | Mapping[str, object]]) -> GivenExamples:
    """The examples of values in the shapes that a file may have; examples that are made already stay as they are.

    Raises:
        TaskFormatError: a value cannot be used; the message says which.
    """
    items = list(values)
    rows: list[Row] = []
    for number, item in enumerate(items, start=1):
        if isinstance(item, Example):
            continue
        if not isinstance(item, Mapping):
            raise TaskFormatError(
                f"example {number} is {type(item).__name__}, not an example",
                'Give {"input": …, "output": …}.',
            )
        rows.append((f"example {number}", item))
    given = _examples_of(rows)
    made = iter(given.examples)
    return GivenExamples(tuple(item if isinstance(item, Example) else next(made) for item in items), given.remarks)


def _examples_of(rows: Iterable[Row]) -> GivenExamples:
    reader = RowReader()
    settled, instruction, further = settle_instructions([reader.read(place, row) for place, row in rows])
    _refuse_lines(settled)
    examples = tuple(map(_example, settled))
    remarks = [*reader.remarks(), *further]
    if instruction:
        remarks.append(f"their instruction, {instruction[:80]!r}, is left aside for the description")
    answers: dict[str, Example] = {}
    unlike = [
        (known, example)
        for example in examples
        if not set((known := answers.setdefault(example.input, example)).answers) & set(example.answers)
    ]
    if unlike:
        known, example = unlike[0]
        remarks.append(
            f"the input {known.input[:40]!r} is there with {known.output[:40]!r} and with {example.output[:40]!r}"
            + (f", and {len(unlike) - 1} more such" if len(unlike) > 1 else "")
        )
    return GivenExamples(examples, tuple(remarks))


def _refuse_lines(rows: Sequence[ExampleRow]) -> None:
    """Refuse answers of several lines, which no adapter here learns yet."""
    found = [row for row in rows if any(sign in answer.strip() for answer in row.answers for sign in "\r\n")]
    if found:
        others = f" ({len(found)} of {len(rows)} rows)" if len(found) > 1 else ""
        raise TaskFormatError(
            f"{found[0].place}: cannot be used: 'output' holds a line break, and answers are one line{others}",
            "Write the answer in one line, or leave the example out.",
        )


def _example(row: ExampleRow) -> Example:
    answers = [answer.strip() for answer in row.answers]
    try:
        return make_example(row.input, answers[0] if answers else "", tuple(answers[1:]))
    except ValueError as error:
        raise TaskFormatError(
            f"{row.place}: cannot be used: {error}", "Correct the example, or leave it out."
        ) from error


Examples = Path | str | Sequence[Example | Mapping[str, Any]]


_log = logging.getLogger(__name__)


def read_examples(examples: Examples) -> tuple[Example, ...]:
    """Examples from a file or from values, in any of the shapes of `docs/data.md`; what is passed over is logged.

    Raises:
        InputError: a value is no example.
        TaskFormatError: the file is malformed.
    """
    if isinstance(examples, str | Path):
        given, place = read_example_file(Path(examples)), str(examples)
    else:
        try:
            given, place = read_example_values(examples), "examples"
        except TaskFormatError as error:
            raise InputError(error.problem, error.remedy) from error
    for remark in given.remarks:
        _log.warning("note: %s: %s", place, remark)
    return given.examples
