"""Bring what the catalogue stores of a name to what the record says of it, and note each difference as an event."""

from __future__ import annotations

import math
import sqlite3
from typing import Any

from hyperlora.registry.catalogue.bodies import Body, body_of, differing, dump, load, texts_of
from hyperlora.registry.catalogue.events import Action, EventLog
from hyperlora.registry.entry import Entry, NameState

_TERMS = ("kind", "origin", "family", "base", "base_id", "licence", "description_source")
_COLUMNS = ("created", "expires", "live", *_TERMS)
_INSERT = f"""INSERT INTO entries (name, version, newest, passing, {", ".join(_COLUMNS)})
    VALUES (?, ?, 0, 0, {", ".join("?" * len(_COLUMNS))})"""
_UPDATE = f"UPDATE entries SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE id = ?"
_LARGEST = 2**63 - 1


class Writer:
    """Writes names within one transaction.

    Args:
        connection: inside a transaction.
        log: takes the events; None where nobody is told, because everything is made anew.
    """

    def __init__(self, connection: sqlite3.Connection, log: EventLog | None) -> None:
        self._connection = connection
        self._log = log
        self._terms: dict[str, int] = {}

    def write(self, state: NameState) -> None:
        """Store the state of one name; its mark is cleared."""
        name = state.name
        rows = dict(self._execute("SELECT version, id FROM entries WHERE name = ?", name).fetchall())
        self._execute("INSERT OR REPLACE INTO names VALUES (?, ?)", name, state.kind)
        gone = set(rows) - set(state.entries)
        for version in sorted(state.entries):
            if version in rows:
                self._change(rows[version], state.entries[version])
            else:
                rows[version] = self._insert(state.entries[version])
        for version in sorted(gone):
            if version in state.tombstones or not state.partial:
                self._remove(rows.pop(version), state, version)
        self._write_aliases(state, rows)
        self._write_tombstones(state)
        self._mark_newest(name)
        self._mark_passing(name)
        self._execute("DELETE FROM pending WHERE name = ?", name)

    def forget(self, name: str) -> None:
        """Remove a name that the record no longer has, with its versions, aliases and tombstones."""
        kind = self._execute("SELECT kind FROM names WHERE name = ?", name).fetchone()
        if kind is not None:
            self.write(NameState(kind[0], name, {}))
            self._execute("DELETE FROM names WHERE name = ?", name)
        self._execute("DELETE FROM pending WHERE name = ?", name)

    # --- one version --------------------------------------------------------------------------------------------

    def _insert(self, entry: Entry) -> int:
        body = body_of(entry)
        row = int(self._execute(_INSERT, entry.name, entry.version, *self._columns(body)).lastrowid or 0)
        self._add_details(entry.name, row, body, dump(body))
        self._note("registered", entry.name, entry.version)
        return row

    def _change(self, row: int, entry: Entry) -> None:
        body = body_of(entry)
        text = dump(body)
        record = self._record(row)
        if text == record:
            return
        old = load(record)
        self._execute(_UPDATE, *self._columns(body), row)
        self._drop_details(entry.name, row, old)
        self._add_details(entry.name, row, body, text)
        changed = differing(old, body)
        if (old["archived"] is None) != (entry.archived is None):
            changed.remove("archived")
            self._note("restored" if entry.archived is None else "archived", entry.name, entry.version)
        if changed:
            self._note("changed", entry.name, entry.version, fields=changed)

    def _remove(self, row: int, state: NameState, version: int) -> None:
        body = load(self._record(row))
        self._drop_details(state.name, row, body)
        self._execute("DELETE FROM entries WHERE id = ?", row)
        buried = state.tombstones.get(version)
        reason = "elsewhere" if buried is None else buried.reason
        self._note("deleted", state.name, version, content=body["content"], reason=reason)

    def _columns(self, body: Body) -> list[int | None]:
        times = [value and max(-_LARGEST, min(value, _LARGEST)) for value in (body["created"], body["expires"])]
        return [*times, int(body["archived"] is None), *(self._term(body[column]) for column in _TERMS)]

    def _record(self, row: int) -> str:
        return str(self._execute("SELECT record FROM bodies WHERE id = ?", row).fetchone()[0])

    def _add_details(self, name: str, row: int, body: Body, record: str) -> None:
        hashes = (body["content"], body["identity"], body["weights"], body["recipe"])
        self._execute("INSERT INTO bodies VALUES (?, ?, ?, ?, ?, ?)", row, *hashes, record)
        if body["kind"] == "adapter" and body["sketch"]:
            self._execute("INSERT INTO sketches VALUES (?, ?, ?)", row, body["weights"], body["sketch"])
        self._execute(
            "INSERT INTO texts (rowid, name, description, paraphrases, family, tags) VALUES (?, ?, ?, ?, ?, ?)",
            *(row, *texts_of(name, body)),
        )
        for key, value in body["tags"].items():
            self._execute("INSERT INTO tags VALUES (?, ?, ?)", self._term(key), self._term(value), row)
        for metric, value in body["metrics"].items():
            if not math.isnan(value):  # nothing is larger or smaller than it
                self._execute("INSERT INTO metrics VALUES (?, ?, ?)", row, metric, value)
        for parent in set(body["parents"]):
            self._execute("INSERT INTO parents VALUES (?, ?)", parent, row)

    def _drop_details(self, name: str, row: int, body: Body) -> None:
        self._execute(
            "INSERT INTO texts (texts, rowid, name, description, paraphrases, family, tags)"
            " VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            *(row, *texts_of(name, body)),
        )
        for table, column in (("bodies", "id"), ("sketches", "entry"), ("tags", "entry"), ("metrics", "entry")):
            self._execute(f"DELETE FROM {table} WHERE {column} = ?", row)
        for parent in set(body["parents"]):
            self._execute("DELETE FROM parents WHERE parent = ? AND entry = ?", parent, row)

    # --- the name -----------------------------------------------------------------------------------------------

    def _write_aliases(self, state: NameState, rows: dict[int, int]) -> None:
        name = state.name
        stored = dict(self._execute("SELECT alias, version FROM aliases WHERE name = ?", name).fetchall())
        self._execute("DELETE FROM aliases WHERE name = ?", name)
        for alias, version in sorted(state.aliases.items()):
            self._execute("INSERT INTO aliases VALUES (?, ?, ?, ?)", name, alias, version, rows.get(version))
            if stored.get(alias) != version:
                self._note("alias", name, version, alias=alias, **{"from": stored.get(alias)})
        for alias in sorted(set(stored) - set(state.aliases)):
            self._note("unalias", name, stored[alias], alias=alias)

    def _write_tombstones(self, state: NameState) -> None:
        self._execute("DELETE FROM tombstones WHERE name = ?", state.name)
        for version, buried in state.tombstones.items():
            values = (state.name, version, buried.content, buried.deleted, buried.reason)
            self._execute("INSERT INTO tombstones VALUES (?, ?, ?, ?, ?)", *values)

    def _mark_newest(self, name: str) -> None:
        found = self._execute(
            "SELECT id FROM entries WHERE name = ? AND live = 1 ORDER BY version DESC LIMIT 1", name
        ).fetchone()
        newest = found[0] if found else -1
        self._execute(
            "UPDATE entries SET newest = (id = ?) WHERE name = ? AND newest != (id = ?)", newest, name, newest
        )

    def _mark_passing(self, name: str) -> None:
        """What has an end goes by itself, unless somebody gave it an alias."""
        self._execute(
            """UPDATE entries SET passing = 1 - passing WHERE name = ? AND passing != (
                expires IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM aliases a WHERE a.name = entries.name AND a.version = entries.version)
            )""",
            name,
        )

    def _term(self, text: str) -> int:
        """The number that stands for a text in the tables."""
        if text not in self._terms:
            self._execute("INSERT OR IGNORE INTO terms (text) VALUES (?)", text)
            self._terms[text] = self._execute("SELECT id FROM terms WHERE text = ?", text).fetchone()[0]
        return self._terms[text]

    def _note(self, action: Action, name: str, version: int, **detail: Any) -> None:
        if self._log is not None:
            self._log.append(action, name, version, **detail)

    def _execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)
