"""Each condition of a query as SQL, in two forms: the ids it holds for, and a test of one entry."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hyperlora.references.base_names import base_names
from hyperlora.registry.catalogue.query import MetricRange, Query
from hyperlora.registry.entry import KINDS

_LARGEST = 2**63 - 1
_NO_TERM = -1
# every fingerprint there is, one seek each, and of these those under which one of some ids is registered
_FINGERPRINTS = """
WITH RECURSIVE found (base) AS (
    SELECT min(base) FROM entries
    UNION ALL SELECT (SELECT min(base) FROM entries WHERE base > found.base) FROM found WHERE found.base IS NOT NULL
)
SELECT base FROM found WHERE base IS NOT NULL AND EXISTS (
    SELECT 1 FROM entries WHERE entries.base = found.base AND base_id IN ({ids})
)
"""

Value = str | int | float


@dataclass(frozen=True)
class Condition:
    """One condition; all its forms take the same values.

    Attributes:
        ids: a SELECT of the ids of the entries it holds for.
        test: an expression on the entry `e`.
        values: for the placeholders.
    """

    ids: str
    test: str
    values: tuple[Value, ...] = ()


def conditions_of(connection: sqlite3.Connection, query: Query) -> list[Condition]:
    """The conditions of a query but for its text; its status first, and the cheaper to test, the earlier."""
    terms = _terms(connection, query)
    return [
        _status(query, terms),
        *_columns(query, terms),
        *(() if query.base is None else (_base(connection, query.base, terms),)),
        *_ranges(query),
        *_hashes(query),
        *_tables(query, terms),
        *(_metric(wanted) for wanted in query.metrics),
    ]


def has_metric(name: str) -> Condition:
    """The entry has a metric, whatever its value."""
    return _metric(MetricRange(name))


def _terms(connection: sqlite3.Connection, query: Query) -> dict[str, int]:
    texts = {*KINDS, *query.origins, *query.families, *query.tags}
    texts |= {"", *(() if query.base is None else base_names(query.base))}
    texts |= {text for text in (query.licence, query.description_source, *query.tags.values()) if text is not None}
    return _ids_of(connection, texts)


def _ids_of(connection: sqlite3.Connection, texts: set[str]) -> dict[str, int]:
    marks = ", ".join("?" * len(texts))
    found = dict(connection.execute(f"SELECT text, id FROM terms WHERE text IN ({marks})", tuple(texts)).fetchall())
    return {text: found.get(text, _NO_TERM) for text in texts}


def _status(query: Query, terms: dict[str, int]) -> Condition:
    kinds = KINDS if query.kind is None else (query.kind,)
    parts = [f"kind IN ({_listed(terms, kinds)})"]
    if query.archived is not None:
        parts.append(f"live = {int(not query.archived)}")
    if query.newest:
        parts.append("newest = 1")
    ids = f"SELECT id FROM entries INDEXED BY entries_by_status WHERE {' AND '.join(parts)}"
    return Condition(ids, " AND ".join(f"e.{part}" for part in parts))


def _columns(query: Query, terms: dict[str, int]) -> Iterator[Condition]:
    licences = () if query.licence is None else (query.licence,)
    sources = () if query.description_source is None else (query.description_source,)
    columns = {"origin": query.origins, "family": query.families, "licence": licences, "description_source": sources}
    for column, wanted in columns.items():
        if wanted:
            part = f"{column} IN ({_listed(terms, wanted)})"
            yield Condition(f"SELECT id FROM entries WHERE {part}", f"e.{part}")


def bases_of(connection: sqlite3.Connection, text: str) -> Condition:
    """The entry's base model is the one that is called `text`, by fingerprint or by any id it is registered under."""
    names = ("", *base_names(text))
    return _base(connection, text, _ids_of(connection, set(names)))


def _base(connection: sqlite3.Connection, text: str, terms: dict[str, int]) -> Condition:
    names = base_names(text)
    ids, nameless = _listed(terms, names), terms[""]
    found = connection.execute(_FINGERPRINTS.format(ids=ids)).fetchall()
    bases = {terms[name] for name in names} | {row[0] for row in found}
    if "" not in names:
        bases.discard(nameless)  # what has no fingerprint is not one base model
    listed = ", ".join(map(str, sorted(bases)))
    both = f"SELECT id FROM entries WHERE base IN ({listed})"
    if nameless in bases:
        return Condition(both, f"e.base IN ({listed})")
    both += f" UNION ALL SELECT id FROM entries WHERE base = {nameless} AND base_id IN ({ids})"
    return Condition(both, f"(e.base IN ({listed}) OR e.base = {nameless} AND e.base_id IN ({ids}))")


def _ranges(query: Query) -> Iterator[Condition]:
    bounds: list[tuple[str, Value]] = []
    if query.name is not None:
        bounds.append(("name = ?", query.name))
    if query.since is not None:
        bounds.append(("created >= ?", _fitting(query.since)))
    if query.until is not None:
        bounds.append(("created <= ?", _fitting(query.until)))
    if query.expired_before is not None:
        bounds.append(("expires < ?", _fitting(query.expired_before)))
    for part, value in bounds:
        yield Condition(f"SELECT id FROM entries WHERE {part}", f"e.{part}", (value,))
    if query.name_prefix:
        values = (query.name_prefix, query.name_prefix + "\U0010ffff")
        ids = "SELECT id FROM entries WHERE name >= ? AND name < ?"
        yield Condition(ids, "e.name >= ? AND e.name < ?", values)


def _hashes(query: Query) -> Iterator[Condition]:
    for column in ("identity", "weights", "recipe"):
        value = getattr(query, column)
        if value is not None:
            # what the column's index leaves out has to be said again for the index to be used
            ids = f"SELECT id FROM bodies WHERE {column} = ? AND {column} != ''"
            yield Condition(ids, f"EXISTS ({ids} AND bodies.id = e.id)", (value,))


def _tables(query: Query, terms: dict[str, int]) -> Iterator[Condition]:
    for key, value in query.tags.items():
        ids = f"SELECT entry FROM tags WHERE key = {terms[key]}"
        ids += "" if value is None else f" AND value = {terms[value]}"
        yield Condition(ids, f"EXISTS ({ids} AND tags.entry = e.id)")
    if query.alias is not None:
        ids = "SELECT entry FROM aliases WHERE alias = ? AND entry IS NOT NULL"
        yield Condition(ids, f"EXISTS ({ids} AND aliases.entry = e.id)", (query.alias,))
    if query.parent is not None:
        ids = "SELECT entry FROM parents WHERE parent = ?"
        yield Condition(ids, f"EXISTS ({ids} AND parents.entry = e.id)", (query.parent,))


def _metric(wanted: MetricRange) -> Condition:
    ids, values = "SELECT entry FROM metrics WHERE name = ?", [wanted.name]
    bounds = [(sign, bound) for sign, bound in ((">=", wanted.low), ("<=", wanted.high)) if bound is not None]
    for sign, _ in bounds:
        ids += f" AND value {sign} ?"
    return Condition(ids, f"EXISTS ({ids} AND metrics.entry = e.id)", (*values, *(float(bound) for _, bound in bounds)))


def _listed(terms: dict[str, int], wanted: Iterable[str]) -> str:
    return ", ".join(str(terms[text]) for text in wanted)


def _fitting(moment: int) -> int:
    return max(-_LARGEST, min(moment, _LARGEST))
