"""Lists of everyday nouns, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.inflection import noun_plurals

PACKAGES = ("lemminflect", "wordfreq")
_SAMPLES = 1600
_LONGEST = 10
_LEFT_OUT_TEXT = (
    "gun gunman bullet pistol missile cannon tumor hostage virus socialist demon refugee cigarette drug victim "
    "psychosis neurosis god saint priest bishop mosque church prophet crime murder prison corpse scandal "
    "villain idol thief monk lady witch disability minority race tribe injection defendant bride widow servant "
    "pregnancy"
)
_LEFT_OUT = frozenset(_LEFT_OUT_TEXT.split())


@cache
def list_nouns(side: Side) -> list[str]:
    """Frequent nouns of a side that are neither long nor unpleasant."""
    nouns = (noun for noun, _ in noun_plurals() if len(noun) <= _LONGEST and noun not in _LEFT_OUT)
    return side.kept(nouns)


def drawn_lists(side: Side, seed: str, shortest: int, longest: int, count: int = _SAMPLES) -> Iterator[list[str]]:
    """Lists of different nouns.

    Args:
        side: whose nouns are used.
        seed: names the draws.
        shortest, longest: how many nouns a list has.
        count: how many lists are drawn.
    """
    draws, nouns = Draws(f"{seed} {side.name}"), list_nouns(side)
    for _ in range(count):
        yield draws.sample(nouns, draws.between(shortest, longest))
