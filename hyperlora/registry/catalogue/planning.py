"""How a query is answered quickly whatever its conditions are.

SQLite plans without knowing how many entries a value has. A bounded count of each condition's ids tells which of
them, if any, leaves few enough entries to fetch and sort them all. Where none does, entries are walked in the wanted
order and tested until the page is full. That walk is tried on a part first: conditions that are each common may be
rare together, or hold only at the far end. A text's matches are always read as the full-text index gives them, which
costs little for each; looking entries up in that index one by one costs much.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from hyperlora.registry.catalogue.conditions import Condition, Value, conditions_of, has_metric
from hyperlora.registry.catalogue.orders import Order
from hyperlora.registry.catalogue.pages import Place
from hyperlora.registry.catalogue.query import Query
from hyperlora.registry.catalogue.words import match_expression

_FEW = 10_000  # so many entries are fetched and sorted in some milliseconds
_PART = 3_000  # so many are walked along an order in fewer
_RANKED = 5_000
_WEIGHTS = "10.0, 4.0, 2.0, 4.0, 2.0"  # of the full-text columns: a name says most, one wording of many says least

Found = tuple[list[int], list[Place]]


@dataclass(frozen=True)
class _Selection:
    """FROM and WHERE clauses that give all entries `e` of a query, and the values of their placeholders."""

    source: str
    where: str
    values: tuple[Value, ...]


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
        self._text = None if query.text is None else match_expression(query.text)
        self._conditions = conditions_of(connection, query)
        if query.order_metric is not None:
            self._conditions.append(has_metric(query.order_metric))

    def page(self, order: Order, size: int, after: Place | None) -> Found:
        """The ids of up to `size` entries behind a place in an order, and the place of each."""
        few, _ = self._fewest(_FEW)
        if few is not None or self._text is not None:
            return self._fetched(order, few, size, after)
        end = self._end_of_part(order, after)
        found = self._walked(order, size, after, end)
        if end is None or len(found[0]) == size:
            return found
        few = self._worth_fetching()
        return self._walked(order, size, after, None) if few is None else self._fetched(order, few, size, after)

    def ranked(self, size: int) -> list[int]:
        """The ids of the entries that match the query's text best.

        If more than 5,000 entries match, then only those 5,000 of them that were stored last are compared.
        """
        chosen = self._selection(self._fewest(_FEW)[0])
        rows = self._connection.execute(
            f"""SELECT id FROM (
                SELECT e.id AS id, bm25(texts, {_WEIGHTS}) AS score FROM {chosen.source} WHERE {chosen.where}
                ORDER BY texts.rowid DESC LIMIT {_RANKED}
            ) ORDER BY score, id DESC LIMIT {size}""",
            chosen.values,
        )
        return [row[0] for row in rows]

    def count(self) -> int:
        """How many entries there are."""
        chosen = self._selection(self._worth_fetching())
        statement = f"SELECT count(*) FROM {chosen.source} WHERE {chosen.where}"
        return int(self._connection.execute(statement, chosen.values).fetchone()[0])

    def versions(self) -> list[tuple[str, int, int]]:
        """Name, version and creation of all entries, by name and version."""
        chosen = self._selection(self._worth_fetching())
        statement = f"SELECT e.name, e.version, e.created FROM {chosen.source} WHERE {chosen.where}"
        return self._connection.execute(f"{statement} ORDER BY e.name, e.version", chosen.values).fetchall()

    def groups(self, columns: Sequence[str]) -> list[tuple[tuple[int | None, ...], int]]:
        """Combinations of terms that the entries have in some columns, and the number of entries with each.

        Where every entry of some status is counted, each column stands alone, None in the others: that is quicker.
        """
        few = self._worth_fetching()
        if few is not None or self._text is not None or len(self._conditions) > 1:
            chosen, listed = self._selection(few), ", ".join(f"e.{column}" for column in columns)
            statement = f"SELECT {listed}, count(*) FROM {chosen.source} WHERE {chosen.where} GROUP BY {listed}"
            return [(row[:-1], row[-1]) for row in self._connection.execute(statement, chosen.values)]
        groups: list[tuple[tuple[int | None, ...], int]] = []
        for column in columns:
            statement = f"SELECT e.{column}, count(*) FROM entries e INDEXED BY entries_by_{column}"
            rows = self._connection.execute(f"{statement} WHERE {self._conditions[0].test} GROUP BY e.{column}")
            groups += [(tuple(term if other == column else None for other in columns), count) for term, count in rows]
        return groups

    def counts_beside(self, table: str, column: str) -> dict[str | int, int]:
        """How many of the entries have each value of a column of a table that refers to entries."""
        few = self._worth_fetching()
        chosen = self._selection(few)
        source = f"{chosen.source} CROSS JOIN {table} t ON t.entry = e.id"
        if few is None and self._text is None:
            source = f"{table} t CROSS JOIN entries e ON e.id = t.entry"
        statement = f"SELECT t.{column}, count(*) FROM {source} WHERE {chosen.where} GROUP BY t.{column}"
        return dict(self._connection.execute(statement, chosen.values).fetchall())

    # --- ways to the entries ------------------------------------------------------------------------------------

    def _selection(self, few: Condition | None, beside: Condition | None = None) -> _Selection:
        """All entries, in no order, by way of the text's matches, of one condition's ids or of neither."""
        tests = [condition for condition in self._conditions if condition is not few]
        tests += [] if beside is None else [beside]
        source = "entries e INDEXED BY entries_by_status"
        if self._text is not None:
            source = "texts CROSS JOIN entries e ON e.id = texts.rowid"
            within = [] if few is None else [Condition("", f"+texts.rowid IN ({few.ids})", few.values)]
            tests = [Condition("", "texts MATCH ?", (self._text,)), *within, *tests]
        elif few is not None:
            source = "entries e NOT INDEXED"
            tests = [Condition("", f"e.id IN ({few.ids})", few.values), *tests]
        return _Selection(source, *_all(tests))

    def _fetched(self, order: Order, few: Condition | None, size: int, after: Place | None) -> Found:
        """Fetch all, then sort."""
        chosen = self._selection(few, order.behind(after))
        return self._rows(order, chosen.source + order.join, chosen.where, chosen.values, size)

    def _walked(self, order: Order, size: int, after: Place | None, until: Place | None) -> Found:
        """Walk along an order and test, to a place in it or to its end."""
        where, values = _all([order.behind(after), order.up_to(until), *self._conditions])
        return self._rows(order, order.walk, where, values, size)

    def _rows(self, order: Order, source: str, where: str, values: tuple[Value, ...], size: int) -> Found:
        rows = self._connection.execute(
            f"SELECT e.id, {', '.join(order.keys)} FROM {source} WHERE {where} ORDER BY {order.sorting} LIMIT {size}",
            (*order.values, *values),
        ).fetchall()
        return [row[0] for row in rows], [row[1:] for row in rows]

    def _end_of_part(self, order: Order, after: Place | None) -> Place | None:
        """The place that ends the part to try; None if the rest is smaller."""
        where, values = _all([order.behind(after)])
        place: Place | None = self._connection.execute(
            f"SELECT {', '.join(order.keys)} FROM {order.walk} WHERE {where}"
            f" ORDER BY {order.sorting} LIMIT 1 OFFSET {_PART - 1}",
            (*order.values, *values),
        ).fetchone()
        return place

    def _worth_fetching(self) -> Condition | None:
        """The condition with the fewest ids, unless walking along all entries takes less time."""
        few, _ = self._fewest(self._connection.execute("SELECT coalesce(max(id), 0) / 4 FROM entries").fetchone()[0])
        return few

    def _fewest(self, limit: int) -> tuple[Condition | None, int]:
        """The condition with the fewest ids, and how many; none if all have more than the limit."""
        least, few = limit + 1, None
        for condition in self._conditions:
            statement = f"SELECT count(*) FROM ({condition.ids} LIMIT {least})"
            count = self._connection.execute(statement, condition.values).fetchone()[0]
            if count < least:
                least, few = count, condition
        return few, least


def _all(conditions: Sequence[Condition | None]) -> tuple[str, tuple[Value, ...]]:
    """The tests of all conditions in a row, and their values."""
    tests = [condition for condition in conditions if condition is not None]
    where = " AND ".join(condition.test for condition in tests)
    return where or "1", tuple(value for condition in tests for value in condition.values)
