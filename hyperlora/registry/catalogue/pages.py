"""Pages of a list, and the cursors that lead from one to the next.

A cursor holds the place of the last entry in the order, not a count of entries, so that what is added or removed
elsewhere moves nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hyperlora.errors import InputError
from hyperlora.identity import content_hash
from hyperlora.registry.catalogue.query import Query
from hyperlora.registry.entry import Entry

LARGEST_PAGE = 1000
_LARGEST_NUMBER = 2**63 - 1

Place = tuple[str | int | float, ...]


@dataclass(frozen=True)
class Page:
    """Some entries of a list.

    Attributes:
        entries: in the query's order.
        next: the cursor of the next page; None on the last.
        total: how many entries the whole list has, if that was asked for.
    """

    entries: tuple[Entry, ...]
    next: str | None = None
    total: int | None = None


def encode_cursor(query: Query, epoch: str, place: Place) -> str:
    """The cursor that stands behind `place`, good for this query only."""
    text = json.dumps([_binding(query, epoch), *place], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(query: Query, epoch: str, cursor: str, types: Sequence[type]) -> Place:
    """The place that a cursor holds.

    Args:
        types: of the place's values.

    Raises:
        InputError: the cursor is damaged, or was given for another query.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        binding, *place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        binding, place = None, []
    if [type(value) for value in place] != list(types) or not all(map(_fits, place)):
        raise InputError("the cursor is damaged", "Pass a page's cursor as it was given, or none for the first page.")
    if binding != _binding(query, epoch):
        raise InputError("the cursor belongs to another query or is too old", "Begin again, without a cursor.")
    return tuple(place)


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return not math.isnan(value) if isinstance(value, float) else abs(value) <= _LARGEST_NUMBER


def _binding(query: Query, epoch: str) -> str:
    # rows are numbered anew with every epoch, and only the order by a metric tells equals apart by these numbers
    return content_hash({"query": asdict(query), "epoch": epoch if query.order_metric else ""})[:16]
