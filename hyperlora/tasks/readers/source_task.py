"""A task as its source gives it, before it is checked, split and described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hyperlora.tasks.example_rows import cell_text
from hyperlora.tasks.task import Metric


@dataclass(frozen=True)
class SourceExample:
    """An input and every answer that the source accepts for it, the first one first; either may be unusable yet."""

    input: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class SourceTask:
    """A task as its source gives it.

    Attributes:
        name: as the source spells it.
        place: the file or folder, for messages.
        examples: by split; the key `train` also holds what the source puts in no split, and a split that the source
            has but left empty is there with nothing in it.
        descriptions: the source's own; empty for a source without.
        remarks: what the reader passed over.
    """

    name: str
    place: str
    examples: Mapping[str, Sequence[SourceExample]]
    descriptions: Sequence[str] = ()
    family: str = ""
    metric: Metric = "exact_match"
    case_sensitive: bool = True
    source: str = ""
    licence: str = ""
    remarks: Sequence[str] = field(default_factory=tuple)


def source_example(place: str, input_value: object, output_value: object) -> SourceExample:
    """The example of two values; a number counts as its digits, nothing as empty text, a list as several answers.

    Raises:
        TaskFormatError: a value is of another kind.
    """
    answers = output_value if isinstance(output_value, list) else [output_value]
    return SourceExample(
        cell_text(place, "input", input_value), tuple(cell_text(place, "output", answer) for answer in answers)
    )
