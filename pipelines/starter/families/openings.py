"""Inputs of several words, kept from beginning with a word that a seen task asks about by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.starter.draft import Pairs, Side

_FIRST_WORD = re.compile(r"\w+")


def opens_on(side: Side, text: str) -> bool:
    """Whether the word that a text begins with belongs to this half; always true of seen tasks."""
    first = _FIRST_WORD.match(text)
    return side.name == "seen" or first is None or side.has(first[0])


def opening_on(side: Side, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The pairs whose input begins with a word of this half."""
    return (pair for pair in pairs if opens_on(side, pair[0]))


def opening_pairs(pairs: Pairs) -> Pairs:
    """The pairs of a task, kept from beginning with a word of the other half."""
    return lambda side: opening_on(side, pairs(side))
