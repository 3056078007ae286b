"""How a query is answered quickly whatever its conditions are.

SQLite plans without knowing how many rows a value has. A bounded count of each condition's ids tells which of them,
if any, leaves few enough rows to fetch and sort them all. Where none does, the rows are walked in the wanted order
and tested until the page is full. That walk is tried on a part first: conditions that are each common may be rare
together, or hold only at the far end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from hyperlora.registry.catalogue.conditions import Condition, Value, conditions_of, has_metric
from hyperlora.registry.catalogue.pages import Place
from hyperlora.registry.catalogue.query import Query

_FEW = 5_000  # so many rows are fetched and sorted in some milliseconds
_PART = 10_000  # so many are walked along an order
_PROBED = 500  # so many are looked up in the full-text index one by one
_RANKED = 5_000
_WEIGHTS = "10.0, 4.0, 2.0, 4.0, 2.0"  # of the full-text columns: a name says most, one wording of many says least
_GROUPED = ("kind", "live", "newest", "origin", "family", "base_id", "licence", "description_source")


@dataclass(frozen=True)
class Order:
    """An order of entries.

    Attributes:
        walk: FROM clause that gives entries `e` along an index, in this order.
        fetch: FROM clause that gives them by id.
        keys: what is sorted by; no two entries have the same.
        types: of the keys.
        descending: the other way round.
        values: for the placeholders of either clause.
    """

    walk: str
    fetch: str
    keys: tuple[str, ...]
    types: tuple[type, ...]
    descending: bool = False
    values: tuple[Value, ...] = ()

    @property
    def sorting(self) -> str:
        """The ORDER BY clause."""
        return ", ".join(f"{key} {'DESC' if self.descending else 'ASC'}" for key in self.keys)

    def behind(self, place: Place | None) -> Condition | None:
        """The test that a row comes after a place."""
        return None if place is None else self._beside(place, "<" if self.descending else ">")

    def up_to(self, place: Place | None) -> Condition | None:
        """The test that a row is at a place or before it."""
        return None if place is None else self._beside(place, ">=" if self.descending else "<=")

    def _beside(self, place: Place, sign: str) -> Condition:
        test = f"({', '.join(self.keys)}) {sign} ({', '.join('?' * len(self.keys))})"
        return Condition("", test, tuple(place))


def order_of(query: Query) -> Order:
    """The order that a query asks for; not that by relevance."""
    descending = query.order.startswith("-")
    if query.order_metric:
        walk = "metrics m INDEXED BY metrics_by_value CROSS JOIN entries e ON m.name = ? AND e.id = m.entry"
        fetch = "entries e NOT INDEXED CROSS JOIN metrics m ON m.name = ? AND m.entry = e.id"
        return Order(walk, fetch, ("m.value", "m.entry"), (float, int), descending, (query.order_metric,))
    fetch = "entries e NOT INDEXED"
    if query.order == "name":
        return Order("entries e INDEXED BY entries_by_name", fetch, ("e.name", "e.version"), (str, int))
    walk = "entries e INDEXED BY entries_by_created"
    return Order(walk, fetch, ("e.created", "e.name", "e.version"), (int, str, int), descending)


class Plan:
    """The conditions of one query on one state of the catalogue.

    Args:
        connection: inside a transaction.
        query: what to look for.

    Raises:
        InputError: the query's text cannot be looked for.
    """

    def __init__(self, connection: sqlite3.Connection, query: Query) -> None:
        self._connection = connection
        self._query = query
        self._conditions = conditions_of(connection, query)

    def page(self, order: Order, size: int, after: Place | None) -> tuple[list[int], list[Place]]:
        """The ids of up to `size` entries behind a place in an order, and the place of each."""
        few, count = self._fewest(_FEW)
        if few is not None:
            return self._sorted(order, few, size, after, many=count > _PROBED)
        part = self._end_of_part(order, after)
        found = self._walked(order, size, after, part, many=False)
        if part is None or len(found[0]) == size:
            return found
        few, count = self._fewest(None)
        if few is not None and 4 * count < self._rows():
            return self._sorted(order, few, size, after, many=True)
        return self._walked(order, size, after, None, many=True)

    def ranked(self, size: int) -> list[int]:
        """The ids of the entries that match the query's text best.

        If more than 5,000 entries match, then only those 5,000 of them that were stored last are compared.
        """
        *others, text = self._conditions
        few, _ = self._fewest(_FEW, others)
        first = [] if few is None else [Condition("", f"+e.id IN ({few.ids})", few.values)]
        where, values = _all([Condition("", "texts MATCH ?", text.values), *first, *others], many=True)
        rows = self._connection.execute(
            f"""SELECT id FROM (
                SELECT e.id AS id, bm25(texts, {_WEIGHTS}) AS score
                FROM texts CROSS JOIN entries e ON e.id = texts.rowid WHERE {where}
                ORDER BY texts.rowid DESC LIMIT {_RANKED}
            ) ORDER BY score, id DESC LIMIT {size}""",
            values,
        )
        return [row[0] for row in rows]

    def count(self) -> int:
        """How many entries there are."""
        clauses, values = self._all_rows()
        return self._connection.execute(f"SELECT count(*) FROM {clauses}", values).fetchone()[0]

    def groups(self) -> tuple[tuple[str, ...], list[tuple[int, ...]]]:
        """Columns, and for each combination of their terms in the entries a row, the number of entries last."""
        clauses, values = self._all_rows()
        columns = ", ".join(f"e.{column}" for column in _GROUPED)
        rows = self._connection.execute(f"SELECT {columns}, count(*) FROM {clauses} GROUP BY {columns}", values)
        return _GROUPED, rows.fetchall()

    def counts_beside(self, table: str, column: str) -> dict[str | int, int]:
        """How many of the entries have each value of a column of a table that refers to entries."""
        conditions = self._counted()
        few, _ = self._fewest(_FEW, conditions)
        source = f"{table} t CROSS JOIN entries e ON e.id = t.entry"
        if few is not None:
            conditions = [_within(few), *(condition for condition in conditions if condition is not few)]
            source = f"entries e NOT INDEXED CROSS JOIN {table} t ON t.entry = e.id"
        where, values = _all(conditions, many=True)
        rows = self._connection.execute(
            f"SELECT t.{column}, count(*) FROM {source} WHERE {where} GROUP BY t.{column}", values
        )
        return dict(rows.fetchall())

    # --- ways to the rows ---------------------------------------------------------------------------------------

    def _sorted(
        self, order: Order, few: Condition, size: int, after: Place | None, *, many: bool
    ) -> tuple[list[int], list[Place]]:
        """Fetch every entry of one condition, test the others, sort."""
        others = [condition for condition in self._conditions if condition is not few]
        where, values = _all([_within(few), order.behind(after), *others], many)
        return self._rows_of(order, order.fetch, where, values, size)

    def _walked(
        self, order: Order, size: int, after: Place | None, until: Place | None, *, many: bool
    ) -> tuple[list[int], list[Place]]:
        """Walk along an order and test, to a place in it or to its end."""
        where, values = _all([order.behind(after), order.up_to(until), *self._conditions], many)
        return self._rows_of(order, order.walk, where, values, size)

    def _rows_of(
        self, order: Order, source: str, where: str, values: tuple[Value, ...], size: int
    ) -> tuple[list[int], list[Place]]:
        rows = self._connection.execute(
            f"SELECT e.id, {', '.join(order.keys)} FROM {source} WHERE {where} ORDER BY {order.sorting} LIMIT {size}",
            (*order.values, *values),
        ).fetchall()
        return [row[0] for row in rows], [row[1:] for row in rows]

    def _end_of_part(self, order: Order, after: Place | None) -> Place | None:
        """The place that ends the part to try; None if the rest is smaller."""
        length = _PART if self._query.text is None else _PROBED
        where, values = _all([order.behind(after)])
        return self._connection.execute(
            f"SELECT {', '.join(order.keys)} FROM {order.walk} WHERE {where}"
            f" ORDER BY {order.sorting} LIMIT 1 OFFSET {length - 1}",
            (*order.values, *values),
        ).fetchone()

    def _all_rows(self) -> tuple[str, tuple[Value, ...]]:
        """FROM and WHERE of all the entries, in no order."""
        conditions = self._counted()
        few, count = self._fewest(None, conditions)
        if few is None or 4 * count >= self._rows():
            where, values = _all(conditions, many=True)
            return f"entries e INDEXED BY entries_by_facet WHERE {where}", values
        others = [condition for condition in conditions if condition is not few]
        where, values = _all([_within(few), *others], many=True)
        return f"entries e NOT INDEXED WHERE {where}", values

    def _counted(self) -> list[Condition]:
        metric = self._query.order_metric
        return self._conditions if metric is None else [has_metric(metric), *self._conditions]

    def _fewest(self, limit: int | None, conditions: list[Condition] | None = None) -> tuple[Condition | None, int]:
        """The condition with the fewest ids, and how many; none if all have more than the limit."""
        least, few = (self._rows() if limit is None else limit) + 1, None
        for condition in self._conditions if conditions is None else conditions:
            count = self._connection.execute(
                f"SELECT count(*) FROM ({condition.ids} LIMIT {least})", condition.values
            ).fetchone()[0]
            if count < least:
                least, few = count, condition
        return few, least

    def _rows(self) -> int:
        """How many entries the catalogue has, or a few more."""
        return self._connection.execute("SELECT coalesce(max(id), 0) FROM entries").fetchone()[0]


def _within(condition: Condition) -> Condition:
    """The condition as what the entries are fetched by."""
    return Condition("", f"e.id IN ({condition.ids})", condition.values)


def _all(conditions: Sequence[Condition | None], many: bool = False) -> tuple[str, tuple[Value, ...]]:
    """The tests of all conditions in a row."""
    tests = [condition for condition in conditions if condition is not None]
    where = " AND ".join((many and condition.test_many) or condition.test for condition in tests)
    return where or "1", tuple(value for condition in tests for value in condition.values)
