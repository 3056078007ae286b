"""Match module paths against the patterns PEFT reads as regular expressions, in bounded time.

A stranger's pattern is never given to `re`: a short one can take years there. What people write is a small language
(literal text, `.`, `.*`, `\\.`, `\\d+`, `[0-9]`, `(0|1|2)`, `^`, `$`), and its matches are found here as sets of
positions, in time proportional to pattern times name. Whatever lies outside of it is refused by the caller.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_LONGEST = 512
_DEEPEST = 8
_LITERAL = frozenset(string.ascii_letters + string.digits + "_-")
_DIGITS = frozenset(string.digits)
_NAME = _LITERAL | {"."}
_ESCAPES: dict[str, frozenset[str]] = {
    "d": _DIGITS,
    "w": frozenset(string.ascii_letters + string.digits + "_"),
    ".": frozenset("."),
    "-": frozenset("-"),
}


@dataclass(frozen=True)
class _Characters:
    """One character out of a set, `least` to `most` times; `most` None is without end."""

    allowed: frozenset[str]
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True)
class _Choice:
    """One of several sequences, once: repeated groups are where exponential patterns live, and no path needs one."""

    branches: tuple[tuple[_Item, ...], ...]


_Item = _Characters | _Choice


@dataclass(frozen=True)
class ModulePattern:
    """A pattern whose meaning is known; make one with `parse_pattern`."""

    items: tuple[_Item, ...]
    anchored: bool
    tail: str

    def is_path(self, name: str) -> bool:
        """Whether the pattern describes the whole of a module path, as PEFT reads a `target_modules` string."""
        return self._ends(name, 1)

    def is_end_of_path(self, name: str) -> bool:
        """Whether it describes a path's last parts, as PEFT reads a key of `rank_pattern`."""
        if not name.endswith(self.tail):
            return False
        starts = 1 if self.anchored else 1 | _positions(name, frozenset(".")) << 1
        return self._ends(name, starts)

    def _ends(self, name: str, starts: int) -> bool:
        return bool(_advance(self.items, name, starts) >> len(name) & 1)


def parse_pattern(text: str) -> ModulePattern | None:
    """The pattern that a text writes; None where it leaves the language above."""
    if len(text) > _LONGEST:
        return None
    anchored = text.startswith("^")
    body = text.removeprefix("^")
    if body.endswith("$"):
        body = body[:-1]
    try:
        items, end = _sequence(body, 0, 0)
    except (_UnknownSyntaxError, IndexError):
        return None
    if end != len(body):
        return None
    return ModulePattern(items, anchored, _literal_tail(items))


def first_match(patterns: Iterable[tuple[str, ModulePattern]], name: str) -> str | None:
    """The first key, in order, whose pattern describes the end of a module path."""
    return next((key for key, pattern in patterns if pattern.is_end_of_path(name)), None)


class _UnknownSyntaxError(Exception):
    """The text is not in the language."""


def _sequence(text: str, position: int, depth: int) -> tuple[tuple[_Item, ...], int]:
    items: list[_Item] = []
    while position < len(text) and text[position] not in "|)":
        item: _Item
        if text[position] == "(":
            item, position = _choice(text, position + 1, depth + 1)
        else:
            allowed, position = _character(text, position)
            least, most, position = _repetition(text, position)
            item = _Characters(allowed, least, most)
        items.append(item)
    return tuple(items), position


def _choice(text: str, position: int, depth: int) -> tuple[_Choice, int]:
    if depth > _DEEPEST:
        raise _UnknownSyntaxError
    position += 2 * text.startswith("?:", position)
    branches = []
    while True:
        branch, position = _sequence(text, position, depth)
        branches.append(branch)
        if text[position] == ")":
            break
        position += 1
    return _Choice(tuple(branches)), position + 1


def _character(text: str, position: int) -> tuple[frozenset[str], int]:
    character = text[position]
    if character == ".":
        return _NAME, position + 1
    if character == "\\":
        if text[position + 1] not in _ESCAPES:
            raise _UnknownSyntaxError
        return _ESCAPES[text[position + 1]], position + 2
    if character == "[":
        return _set(text, position + 1)
    if character not in _LITERAL:
        raise _UnknownSyntaxError
    return frozenset(character), position + 1


def _set(text: str, position: int) -> tuple[frozenset[str], int]:
    negated = text[position] == "^"
    end = text.index("]", position) if "]" in text[position:] else len(text)
    body = text[position + negated : end]
    allowed: set[str] = set()
    while body:
        if len(body) > 2 and body[1] == "-":
            first, last, body = body[0], body[2], body[3:]
            if not ({first, last} <= _LITERAL - {"-"} and first <= last):
                raise _UnknownSyntaxError
            allowed.update(map(chr, range(ord(first), ord(last) + 1)))
        elif body[0] in _NAME - {"-"}:
            allowed.add(body[0])
            body = body[1:]
        else:
            raise _UnknownSyntaxError
    if not allowed or end == len(text):
        raise _UnknownSyntaxError
    return frozenset(_NAME - allowed if negated else allowed), end + 1


def _repetition(text: str, position: int) -> tuple[int, int | None, int]:
    bounds: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
    sign = text[position : position + 1]
    if sign not in bounds or not sign:
        return 1, 1, position
    lazy = text[position + 1 : position + 2] == "?"
    return *bounds[sign], position + 1 + lazy


def _literal_tail(items: tuple[_Item, ...]) -> str:
    tail = ""
    for item in reversed(items):
        if not isinstance(item, _Characters) or len(item.allowed) != 1 or (item.least, item.most) != (1, 1):
            break
        tail = next(iter(item.allowed)) + tail
    return tail


@lru_cache(maxsize=4096)
def _positions(name: str, allowed: frozenset[str]) -> int:
    """A bit for every place of the name that holds one of the characters."""
    return sum(1 << place for place, character in enumerate(name) if character in allowed)


def _advance(items: tuple[_Item, ...], name: str, starts: int) -> int:
    """Where a match of the items can end, a bit a position, if it begins at one of `starts`."""
    reached = starts
    for item in items:
        if not reached:
            return 0
        if isinstance(item, _Choice):
            ends = 0
            for branch in item.branches:
                ends |= _advance(branch, name, reached)
            reached = ends
            continue
        places = _positions(name, item.allowed)
        once = (reached & places) << 1
        if item.most is None:
            # the sum carries every start through its run of fitting places, to the place after the run
            once |= (places + (once & places)) ^ places
        reached = once if item.least else reached | once
    return reached
