"""Rows of somebody's data as examples, in the shapes that people have; one reader for suites and for `--examples`."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.chat_rows import is_chat, read_chat

_CHATS = ("messages", "conversations")
_INSTRUCTION = "instruction"
# The columns of an input and its answer, the first pair that a row has; `instruction` may stand beside each.
_PAIRS = (
    ("input", "output"),
    ("prompt", "completion"),
    ("prompt", "response"),
    ("question", "answer"),
    ("query", "response"),
    ("text", "label"),
    ("source", "target"),
    ("input", "target"),
)
# The same where the instruction may be all of the input.
_INSTRUCTED = (("input", "output"), ("context", "response"))
SHAPES = (
    *(f"{one}/{other}" for one, other in _PAIRS),
    *(f"{_INSTRUCTION}/{one}/{other}" for one, other in _INSTRUCTED),
    *_CHATS,
)
_MOST_NAMED = 8


@dataclass(frozen=True)
class Shape:
    """Which columns of a row hold what; empty for those it does not have.

    Attributes:
        name: for messages.
        chat: the column of a whole conversation; then the others are empty.
    """

    name: str
    input: str = ""
    output: str = ""
    instruction: str = ""
    chat: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, as the data spell them."""
        return tuple(filter(None, (self.instruction, self.input, self.output, self.chat)))


@dataclass(frozen=True)
class ExampleRow:
    """A row as it was read: an input and every answer accepted for it, the first one first; either may be unusable yet.

    Attributes:
        place: where it stands, for messages.
        instruction: what the row says is to be done; empty where it says nothing.
    """

    place: str
    input: str
    answers: tuple[str, ...]
    instruction: str = ""


def shape_of(place: str, columns: Iterable[str], named: tuple[str, str] | None = None, remedy: str = "") -> Shape:
    """The shape of a row with these columns; their case and surrounding spaces do not matter.

    Args:
        place: of the row, for messages.
        columns: of the row.
        named: the columns of input and answer that somebody named.
        remedy: how to name them, for messages.

    Raises:
        TaskFormatError: the row has none of the shapes, or lacks a named column; the message says what it has.
    """
    there = list(columns)
    has = ", ".join(repr(str(column)[:40]) for column in there[:_MOST_NAMED]) or "nothing"
    if named is not None:
        if missing := [column for column in named if column not in there]:
            raise TaskFormatError(f"{place}: has no {' and no '.join(map(repr, missing))}; it has {has}", remedy)
        return Shape("/".join(named), *named)
    spelled = {str(column).strip().lower(): column for column in reversed(there)}
    for chat in _CHATS:
        if chat in spelled:
            return Shape(chat, chat=spelled[chat])
    instruction = spelled.get(_INSTRUCTION, "")
    for one, other in _INSTRUCTED if instruction else ():
        if other in spelled:
            return Shape(f"{_INSTRUCTION}/{one}/{other}", spelled.get(one, ""), spelled[other], instruction)
    for one, other in _PAIRS:
        if one in spelled and other in spelled:
            name = f"{_INSTRUCTION}/{one}/{other}" if instruction else f"{one}/{other}"
            return Shape(name, spelled[one], spelled[other], instruction)
    known = {column for pair in _PAIRS for column in pair} & spelled.keys()
    half = next((pair for pair in _PAIRS if len(known) == 1 and known & set(pair)), None)
    absent = "" if half is None else half[half[0] in known]
    raise TaskFormatError(
        f"{place}: has no {absent!r}; it has {has}"
        if absent
        else f"{place}: is no example in a shape that is read; it has {has}",
        f"Name the columns input and output; also read: {', '.join(SHAPES[1:])}." + (f" {remedy}" if remedy else ""),
    )


class RowReader:
    """Reads the rows of one file, which all have one shape.

    Args:
        named: the columns of input and answer that somebody named; otherwise the first row's shape is looked up.
        remedy: how to name them, for messages.
        known: further columns that mean something to the caller.
    """

    def __init__(self, named: tuple[str, str] | None = None, remedy: str = "", known: Collection[str] = ()) -> None:
        self._named = named
        self._remedy = remedy
        self._known = {"also", *known}
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._first: tuple[str, str] | None = None
        self._ignored: dict[str, None] = {}
        self._of_several_turns = 0

    def read(self, place: str, row: Mapping[str, object]) -> ExampleRow:
        """The example of one row.

        Raises:
            TaskFormatError: it has none of the shapes, another one than the first row, or a cell is of the wrong kind.
        """
        shape = self._shape(place, row)
        # a table may have a column without a name, which no shape reads
        asked, answers, told, turns = (
            row.get(column) if column else None for column in (shape.input, shape.output, shape.instruction, shape.chat)
        )
        if shape.chat:
            example = self._conversation(place, turns, shape.chat)
        elif is_chat(asked) or is_chat(answers):
            example = self._conversation(place, _turns(asked, answers), shape.input)
        else:
            example = ExampleRow(
                place,
                cell_text(place, "input", asked),
                tuple(cell_text(place, "output", answer) for answer in _several(answers)),
                cell_text(place, "instruction", told).strip(),
            )
        if row.get("also") is not None:
            further = tuple(cell_text(place, "output", answer) for answer in _several(row["also"]))
            example = replace(example, answers=example.answers + further)
        return example

    def remarks(self) -> list[str]:
        """What was passed over in the rows read so far, and how conversations were read."""
        remarks = []
        if self._ignored:
            names = [repr(name[:40]) for name in self._ignored]
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            columns, are = ("column", "is") if len(names) == 1 else ("columns", "are")
            remarks.append(f"the {columns} {', '.join(names[:_MOST_NAMED])}{more} {are} not read")
        if several := self._of_several_turns:
            remarks.append(
                f"of {several} conversations of several turns the last answer is learned, the rest is the input"
            )
        return remarks

    def _shape(self, place: str, row: Mapping[str, object]) -> Shape:
        columns = tuple(row)
        if (shape := self._shapes.get(columns)) is None:
            shape = self._shapes[columns] = shape_of(place, columns, self._named, self._remedy)
            used = {*shape.columns, *self._known}
            self._ignored |= dict.fromkeys(column for column in columns if column not in used)
        first = self._first = self._first or (shape.name, place)
        if shape.name != first[0]:
            raise TaskFormatError(
                f"{place}: is {shape.name}, where {first[1].rpartition(', ')[2]} is {first[0]}",
                "Write all rows of a file in one shape, or split the file.",
            )
        return shape

    def _conversation(self, place: str, turns: object, column: str) -> ExampleRow:
        if not isinstance(turns, list):
            raise TaskFormatError(
                f"{place}: {column!r} is {type(turns).__name__}, not a list of turns",
                'Write turns as {"role": …, "content": …}.',
            )
        chat = read_chat(place, turns)
        self._of_several_turns += chat.earlier_answers > 0
        return ExampleRow(place, chat.input, (chat.answer,), chat.system)


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _turns(prompt: object, completion: object) -> list[object]:
    """The turns of a prompt and a completion of which one at least is in turns; one that holds both is there once."""
    asked = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
    if completion == prompt:
        return asked
    return asked + (completion if isinstance(completion, list) else [{"role": "assistant", "content": completion}])


def cell_text(place: str, field_name: str, value: object) -> str:
    """The text of a cell; a number counts as its digits, nothing as empty text.

    Raises:
        TaskFormatError: the value is of another kind.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    kind = "not a number" if isinstance(value, float) else type(value).__name__
    raise TaskFormatError(f"{place}: the {field_name} is {kind}, not text", "Give text or a number.")


def settle_instructions(rows: Sequence[ExampleRow]) -> tuple[list[ExampleRow], str, list[str]]:
    """The rows with all of their inputs, what all of them are told to do, and a remark on it if there is one.

    An instruction that all rows share describes the task. Instructions that differ, or stand where no row has an
    input, are the first part of the inputs.
    """
    told = {" ".join(row.instruction.split()) for row in rows}
    if told == {""} or not told:
        return list(rows), "", []
    if len(told) == 1 and any(row.input.strip() for row in rows):
        return list(rows), told.pop(), []
    both = any(row.instruction and row.input.strip() for row in rows)
    joined = [replace(row, input="\n".join(filter(None, (row.instruction, row.input))), instruction="") for row in rows]
    return joined, "", ["the instruction differs between rows and is read as part of the input"] if both else []
