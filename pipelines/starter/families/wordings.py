"""Wordings of tasks, one a line."""

from __future__ import annotations

from typing import TypedDict

_SEEN_COUNT = 8
_UNSEEN_COUNT = 4


class Wordings(TypedDict):
    """The descriptions of a task, as its draft takes them."""

    descriptions: tuple[str, ...]
    unseen_descriptions: tuple[str, ...]


def wordings(text: str) -> Wordings:
    """Read eight descriptions that are trained on and then four that are not, one a line.

    Raises:
        ValueError: there are not twelve lines.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) != _SEEN_COUNT + _UNSEEN_COUNT or not all(lines):
        raise ValueError(f"{len(lines)} lines, not {_SEEN_COUNT} + {_UNSEEN_COUNT}, after {lines[0]!r}")
    return {"descriptions": tuple(lines[:_SEEN_COUNT]), "unseen_descriptions": tuple(lines[_SEEN_COUNT:])}
