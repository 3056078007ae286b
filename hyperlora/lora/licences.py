"""What licence an adapter has that was made from others."""

from __future__ import annotations

import re
from collections.abc import Iterable

UNKNOWN = "unknown"


def combined_licence(licences: Iterable[str]) -> str:
    """The SPDX expression under which weights made from several others may be used.

    All terms hold at once: equal licences stay one, different ones are joined with `AND`, and one that nobody knows
    makes the whole unknown. That an expression can be written does not say that its licences are compatible.
    """
    terms = {term for licence in licences for term in _terms(licence)}
    if not terms or UNKNOWN in terms:
        return UNKNOWN
    ordered = sorted(terms, key=str.lower)
    return ordered[0] if len(ordered) == 1 else " AND ".join(map(_bracketed, ordered))


def _terms(licence: str) -> list[str]:
    """The parts of an expression that hold all at once; one with `OR` outside brackets is a part by itself."""
    depth, parts, start = 0, [], 0
    for match in re.finditer(r"[()]|\bAND\b|\bOR\b", licence):
        token = match.group()
        depth += (token == "(") - (token == ")")
        if token == "OR" and depth == 0:
            return [licence.strip()]
        if token == "AND" and depth == 0:
            parts.append(licence[start : match.start()])
            start = match.end()
    return [_unbracketed(part) for part in [*parts, licence[start:]] if part.strip()] or [UNKNOWN]


def _bracketed(term: str) -> str:
    return f"({term})" if re.search(r"\bOR\b", term) else term


def _unbracketed(part: str) -> str:
    part = part.strip()
    return part[1:-1].strip() if re.fullmatch(r"\([^()]*\)", part) else part
