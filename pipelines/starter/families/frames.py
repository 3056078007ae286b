"""Sentences from frames: `[one|other]` is a choice written on the spot, `{slot}` a value from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws

Slots = Mapping[str, Callable[[Draws], str]]
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"\w+")
_SLOT = re.compile(r"\{(\w+)\}")


def words(text: str) -> tuple[str, ...]:
    """The words of a text that is a list of single words."""
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The parts of a text between its commas."""
    return tuple(text.split(", "))


def one_of(values: Sequence[str]) -> Callable[[Draws], str]:
    """A slot filled by any of these values."""
    return lambda draws: draws.pick(values)


def opens_apart(text: str, side: Side) -> bool:
    """Whether an input is free to begin as it does.

    Seen tasks take single words as inputs, and no input of another task may begin with one of theirs.
    """
    first = _WORD.search(text)
    return side.name == "seen" or first is None or side.has(first[0])


def fill(frame: str, slots: Slots, draws: Draws) -> tuple[str, dict[str, str]]:
    """A sentence and the values that went into its slots; choices may hold slots and further choices."""
    while _CHOICE.search(frame):
        frame = _CHOICE.sub(lambda match: draws.pick(match[1].split("|")), frame)
    values = {name: slots[name](draws) for name in _SLOT.findall(frame)}
    return frame.format_map(values), values
