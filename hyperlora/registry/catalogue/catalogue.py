"""The catalogue: what the registry answers lists, searches and counts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.files.durable import fault_point
from hyperlora.registry.catalogue import schema
from hyperlora.registry.catalogue.bodies import entry_of
from hyperlora.registry.catalogue.conditions import bases_of
from hyperlora.registry.catalogue.connections import Connections
from hyperlora.registry.catalogue.events import Event, EventLog, epoch, events_since, watermark
from hyperlora.registry.catalogue.orders import order_of
from hyperlora.registry.catalogue.pages import LARGEST_PAGE, Page, decode_cursor, encode_cursor
from hyperlora.registry.catalogue.planning import Plan
from hyperlora.registry.catalogue.query import FACETS, Query
from hyperlora.registry.catalogue.writing import Writer
from hyperlora.registry.entry import Entry, NameState, Tombstone, now


class Catalogue:
    """A SQLite file that holds every name's state; it may be deleted at any time and made anew from the record.

    Threads and processes may share it. Reading waits for no writer; who writes holds the registry's lock.

    Args:
        path: of the file; made if it is missing, and made anew if it is damaged or of another format.
        folder_of: the local folder of a content hash.

    Raises:
        RegistryError: the file cannot be opened, or, from any method, cannot be read or written.
    """

    def __init__(self, path: Path, folder_of: Callable[[str], Path]) -> None:
        self._connections = Connections(path)
        self._folder_of = folder_of

    def close(self) -> None:
        """Close the calling thread's connection; the next use opens another."""
        self._connections.close()

    # --- writing: the caller holds the registry's lock ----------------------------------------------------------

    @property
    def complete(self) -> bool:
        """Whether `replace` has filled the file; a new one must be filled before it is asked anything."""
        with self._connections.reading() as connection:
            return bool(connection.execute("SELECT complete FROM about").fetchone()[0])

    def begin(self, name: str) -> None:
        """Mark a name as being written, on disk, until its state is applied."""
        with self._connections.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO pending VALUES (?)", (name,))
        fault_point("catalogue-marked")

    def pending(self) -> list[str]:
        """The names that are marked."""
        with self._connections.reading() as connection:
            return [row[0] for row in connection.execute("SELECT name FROM pending ORDER BY name")]

    def apply(self, states: Iterable[NameState], *, gone: Iterable[str] = ()) -> list[Event]:
        """Store what the record says of some names, all or nothing, and clear their marks.

        Args:
            states: of names; read while the transaction is open.
            gone: names that the record no longer has.

        Returns:
            One event for each change.
        """
        with self._connections.writing() as connection:
            log = EventLog(connection, now())
            writer = Writer(connection, log)
            for state in states:
                writer.write(state)
            for name in gone:
                writer.forget(name)
        fault_point("catalogue-applied")
        return log.events

    def replace(self, states: Iterable[NameState]) -> None:
        """Fill the catalogue anew with all names of the record; readers see the old one until it is done.

        Marks of other names stay. There are no events: watermarks of before are refused from now on.
        """
        with self._connections.writing() as connection:
            schema.empty(connection)
            writer = Writer(connection, None)
            for state in states:
                writer.write(state)
            schema.index(connection)
            connection.execute("UPDATE about SET complete = 1")
        fault_point("catalogue-applied")
        self._connections.give_back_room()

    def names(self) -> set[str]:
        """Every name, also those of which only deleted versions are left."""
        with self._connections.reading() as connection:
            return {row[0] for row in connection.execute("SELECT name FROM names")}

    # --- entries ------------------------------------------------------------------------------------------------

    def page(self, query: Query, *, limit: int = 50, cursor: str | None = None, total: bool = False) -> Page:
        """Some entries that a query asks for.

        An entry that is there during a whole traversal comes exactly once in it, whatever is added, removed or
        changed meanwhile, unless its own place in the order changes. An order by relevance has one page only, for a
        word's weight depends on all entries; if more than 5,000 entries match its text, then only those 5,000 of
        them that were stored last are compared.

        Args:
            limit: how many entries at most, up to 1,000.
            cursor: `next` of the page before; the first page when None.
            total: whether to count the entries of all pages, too.

        Raises:
            InputError: the limit is out of range, the text holds no word, or the cursor is not one of this query.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise InputError(f"a page of {limit} entries", f"Ask for 1 to {LARGEST_PAGE}.")
        with self._connections.reading() as connection:
            plan = Plan(connection, query)
            count = plan.count() if total else None
            if query.order == "relevance":
                if cursor is not None:
                    raise InputError("an order by relevance has one page", "Raise its limit, or choose another order.")
                return Page(tuple(self._entries(connection, plan.ranked(limit))), None, count)
            order, age = order_of(query), epoch(connection)
            after = None if cursor is None else decode_cursor(query, age, cursor, order.types)
            rows, places = plan.page(order, limit + 1, after)
            following = encode_cursor(query, age, places[limit - 1]) if len(rows) > limit else None
            return Page(tuple(self._entries(connection, rows[:limit])), following, count)

    def entries(self, query: Query) -> Iterator[Entry]:
        """All entries that a query asks for, in order; of an order by relevance the first 1,000."""
        page = self.page(query, limit=LARGEST_PAGE)
        yield from page.entries
        while page.next is not None:
            page = self.page(query, limit=LARGEST_PAGE, cursor=page.next)
            yield from page.entries

    def versions(self, query: Query) -> list[tuple[str, int, int]]:
        """Name, version and creation, in milliseconds since the epoch, of all entries that a query asks for.

        By name and version, whatever the query's order. This takes a tenth of the time that `entries` does.
        """
        with self._connections.reading() as connection:
            return Plan(connection, query).versions()

    def count(self, query: Query) -> int:
        """How many entries a query asks for."""
        with self._connections.reading() as connection:
            return Plan(connection, query).count()

    def facets(self, query: Query, fields: Sequence[str] = FACETS, *, limit: int = 20) -> dict[str, dict[str, int]]:
        """How many of the entries that a query asks for have each value, the most frequent values first.

        Args:
            fields: some of `FACETS`; `tag` counts the keys of people's tags.
            limit: how many values of each field at most; empty ones are left out.

        Raises:
            InputError: there is no such field.
        """
        if unknown := sorted(set(fields) - set(FACETS)):
            raise InputError(f"entries cannot be counted by {unknown[0]}", f"Use {', '.join(FACETS)}.")
        with self._connections.reading() as connection:
            plan = Plan(connection, query)
            counts: dict[str, Counter[Any]] = {field: Counter() for field in fields}
            columns = [field for field in fields if field not in ("alias", "tag")]
            for row, count in plan.groups(columns) if columns else ():
                for column, term in zip(columns, row, strict=True):
                    counts[column][term] += count
            if "alias" in counts:
                counts["alias"] = Counter(plan.counts_beside("aliases", "alias"))
            if "tag" in counts:
                counts["tag"] = Counter(plan.counts_beside("tags", "key"))
            texts = _texts(
                connection, {value for count in counts.values() for value in count if isinstance(value, int)}
            )
        return {field: _most(count, texts, limit) for field, count in counts.items()}

    def state(self, name: str) -> NameState | None:
        """All that is stored of a name."""
        with self._connections.reading() as connection:
            kind = connection.execute("SELECT kind FROM names WHERE name = ?", (name,)).fetchone()
            if kind is None:
                return None
            rows = [row[0] for row in connection.execute("SELECT id FROM entries WHERE name = ?", (name,))]
            entries = {entry.version: entry for entry in self._entries(connection, rows)}
            aliases = dict(connection.execute("SELECT alias, version FROM aliases WHERE name = ?", (name,)).fetchall())
            buried = connection.execute(
                "SELECT version, content, deleted, reason FROM tombstones WHERE name = ?", (name,)
            ).fetchall()
            return NameState(kind[0], name, entries, aliases, {row[0]: Tombstone(*row[1:]) for row in buried})

    def tombstone(self, name: str, version: int) -> Tombstone | None:
        """What is left of a deleted version."""
        state = self.state(name)
        return None if state is None else state.tombstones.get(version)

    def contents(self) -> set[str]:
        """Content hashes of all live versions, archived ones too."""
        with self._connections.reading() as connection:
            return {row[0] for row in connection.execute("SELECT DISTINCT content FROM bodies")}

    def sketches(self, base: str) -> list[tuple[str, str, str]]:
        """Reference, weights and sketch of every adapter of a base (fingerprint or id) that is not archived."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"""SELECT 'registry:' || e.name || '@' || e.version, s.weights, s.sketch
                FROM sketches s JOIN entries e ON e.id = s.entry
                WHERE e.live = 1 AND {bases_of(connection, base).test}
                ORDER BY e.name, e.version"""
            )
            return rows.fetchall()

    # --- events -------------------------------------------------------------------------------------------------

    def watermark(self) -> str:
        """How far the events have come; another prefix than before says that the catalogue was made anew."""
        with self._connections.reading() as connection:
            return watermark(connection)

    def events(self, since: str | None = None, limit: int = 1000) -> list[Event]:
        """The next events after a watermark; from the first when None.

        Raises:
            InputError: the watermark is of another catalogue, so that only reading everything again helps.
        """
        with self._connections.reading() as connection:
            return events_since(connection, since, limit)

    def _entries(self, connection: Any, rows: Sequence[int]) -> list[Entry]:
        """The entries with these ids, in this order."""
        marks = ", ".join("?" * len(rows))
        aliases: dict[int, list[str]] = {row: [] for row in rows}
        for row, alias in connection.execute(f"SELECT entry, alias FROM aliases WHERE entry IN ({marks})", rows):
            aliases[row].append(alias)
        found = connection.execute(
            f"""SELECT e.id, e.name, e.version, b.record FROM entries e NOT INDEXED JOIN bodies b ON b.id = e.id
            WHERE e.id IN ({marks})""",
            rows,
        )
        entries = {
            row: entry_of(name, version, record, aliases[row], self._folder_of) for row, name, version, record in found
        }
        return [entries[row] for row in rows]


def _texts(connection: Any, terms: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for term in terms:
        found[term] = connection.execute("SELECT text FROM terms WHERE id = ?", (term,)).fetchone()[0]
    return found


def _most(counts: Counter[Any], texts: dict[int, str], limit: int) -> dict[str, int]:
    named = {texts.get(value, value): count for value, count in counts.items()}
    ordered = sorted((item for item in named.items() if item[0]), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:limit])
