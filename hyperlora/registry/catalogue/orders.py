"""The orders of entries, each along an index and with keys that no two entries share."""

from __future__ import annotations

from dataclasses import dataclass

from hyperlora.registry.catalogue.conditions import Condition, Value
from hyperlora.registry.catalogue.pages import Place
from hyperlora.registry.catalogue.query import Query


@dataclass(frozen=True)
class Order:
    """An order of entries.

    Attributes:
        walk: FROM clause that gives entries `e` along an index, in this order.
        join: what entries `e` that come another way are joined with.
        keys: what is sorted by.
        types: of the keys.
        descending: the other way round.
        values: for the placeholders of `walk` or `join`.
    """

    walk: str
    join: str
    keys: tuple[str, ...]
    types: tuple[type, ...]
    descending: bool = False
    values: tuple[Value, ...] = ()

    @property
    def sorting(self) -> str:
        """The ORDER BY clause."""
        return ", ".join(f"{key} {'DESC' if self.descending else 'ASC'}" for key in self.keys)

    def behind(self, place: Place | None) -> Condition | None:
        """The test that an entry comes after a place."""
        return None if place is None else self._beside(place, "<" if self.descending else ">")

    def up_to(self, place: Place | None) -> Condition | None:
        """The test that an entry is at a place or before it."""
        return None if place is None else self._beside(place, ">=" if self.descending else "<=")

    def _beside(self, place: Place, sign: str) -> Condition:
        test = f"({', '.join(self.keys)}) {sign} ({', '.join('?' * len(self.keys))})"
        return Condition("", test, place)


def order_of(query: Query) -> Order:
    """The order that a query asks for; not that by relevance."""
    descending = query.order.startswith("-")
    if query.order_metric is not None:
        walk = "metrics m INDEXED BY metrics_by_value CROSS JOIN entries e ON m.name = ? AND e.id = m.entry"
        join = " CROSS JOIN metrics m ON m.name = ? AND m.entry = e.id"
        return Order(walk, join, ("m.value", "m.entry"), (float, int), descending, (query.order_metric,))
    if query.order == "name":
        return Order("entries e INDEXED BY entries_by_name", "", ("e.name", "e.version"), (str, int))
    if query.order == "kept":
        keys = ("e.passing", "e.name", "e.version")
        return Order("entries e INDEXED BY entries_by_passing", "", keys, (int, str, int))
    walk = "entries e INDEXED BY entries_by_created"
    return Order(walk, "", ("e.created", "e.name", "e.version"), (int, str, int), descending)
