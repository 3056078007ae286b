"""Wordings of tasks, one a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs
from pipelines.starter.splits import USUAL_SIZES

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


def worded_draft(
    wordings: Mapping[str, Wordings],
    name: str,
    pairs: Pairs,
    partition: Partition = "seen",
    twin_of: str = "",
    packages: tuple[str, ...] = (),
    sizes: tuple[int, int, int] = USUAL_SIZES,
) -> Draft:
    """A task whose wordings stand in a table of its family's."""
    return Draft(
        name, pairs=pairs, packages=packages, partition=partition, twin_of=twin_of, sizes=sizes, **wordings[name]
    )
