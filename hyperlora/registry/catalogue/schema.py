"""The tables of the catalogue.

`entries` holds what is filtered, sorted and counted, as numbers into `terms` where values repeat, so that reading
all of it stays cheap; `bodies` holds the rest of an entry, and is read only for the rows of a page. The full-text
index keeps no copy of its texts: they are made again from `bodies` when one is removed.
"""

from __future__ import annotations

import sqlite3
import uuid

SCHEMA_VERSION = 3  # raise it with every change here, or to what is indexed: older files are then made anew

_KEPT = """
CREATE TABLE about (epoch TEXT NOT NULL, complete INTEGER NOT NULL);
CREATE TABLE pending (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_TABLES = """
CREATE TABLE terms (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE names (name TEXT PRIMARY KEY, kind TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER,
    passing INTEGER NOT NULL,
    live INTEGER NOT NULL, newest INTEGER NOT NULL, kind INTEGER NOT NULL, origin INTEGER NOT NULL,
    family INTEGER NOT NULL, base INTEGER NOT NULL, base_id INTEGER NOT NULL, licence INTEGER NOT NULL,
    description_source INTEGER NOT NULL, UNIQUE (name, version)
);
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY, content TEXT NOT NULL, identity TEXT NOT NULL, weights TEXT NOT NULL, recipe TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE TABLE sketches (entry INTEGER PRIMARY KEY, weights TEXT NOT NULL, sketch TEXT NOT NULL);
CREATE TABLE tags (
    key INTEGER NOT NULL, value INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (key, value, entry)
) WITHOUT ROWID;
CREATE TABLE metrics (
    entry INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL, PRIMARY KEY (entry, name)
) WITHOUT ROWID;
CREATE TABLE parents (parent TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (parent, entry)) WITHOUT ROWID;
CREATE TABLE aliases (
    name TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL, entry INTEGER, PRIMARY KEY (name, alias)
) WITHOUT ROWID;
CREATE TABLE tombstones (
    name TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL, deleted INTEGER NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (name, version)
) WITHOUT ROWID;
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, action TEXT NOT NULL, name TEXT NOT NULL,
    version INTEGER NOT NULL, detail TEXT NOT NULL
);
CREATE VIRTUAL TABLE texts USING fts5(
    name, description, paraphrases, family, tags, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2'
);
"""

# the orders hold every column of small filters, so that a walk along them looks nothing up; each column of a facet
# has an index that counts it
_INDEXES = """
CREATE INDEX entries_by_name ON entries
    (name, version, kind, live, newest, origin, family, base, base_id, licence, description_source);
CREATE INDEX entries_by_passing ON entries
    (passing, name, version, kind, live, newest, origin, family, base, base_id, licence, description_source);
CREATE INDEX entries_by_created ON entries
    (created, name, version, kind, live, newest, origin, family, base, base_id, licence, description_source);
CREATE INDEX entries_by_status ON entries
    (kind, live, newest, origin, family, base_id, licence, description_source, base);
CREATE INDEX entries_by_kind ON entries (kind, live, newest);
CREATE INDEX entries_by_origin ON entries (origin, kind, live, newest);
CREATE INDEX entries_by_family ON entries (family, kind, live, newest);
CREATE INDEX entries_by_base ON entries (base, base_id);
CREATE INDEX entries_by_base_id ON entries (base_id, kind, live, newest);
CREATE INDEX entries_by_licence ON entries (licence, kind, live, newest);
CREATE INDEX entries_by_description_source ON entries (description_source, kind, live, newest);
CREATE INDEX entries_by_expires ON entries (expires) WHERE expires IS NOT NULL;
CREATE INDEX bodies_by_content ON bodies (content);
CREATE INDEX bodies_by_identity ON bodies (identity) WHERE identity != '';
CREATE INDEX bodies_by_weights ON bodies (weights) WHERE weights != '';
CREATE INDEX bodies_by_recipe ON bodies (recipe) WHERE recipe != '';
CREATE INDEX tags_by_entry ON tags (entry, key);
CREATE INDEX metrics_by_value ON metrics (name, value, entry);
CREATE INDEX aliases_by_alias ON aliases (alias, entry);
CREATE INDEX aliases_by_entry ON aliases (entry);
"""

_NAMES = [line.split()[2] for line in _TABLES.splitlines() if line.startswith("CREATE TABLE")]


def create(connection: sqlite3.Connection) -> None:
    """Make all tables in an empty file, inside the caller's transaction."""
    _run(connection, _KEPT)
    connection.execute("INSERT INTO about VALUES (?, 0)", (uuid.uuid4().hex,))
    _run(connection, _TABLES)
    _run(connection, _INDEXES)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def empty(connection: sqlite3.Connection) -> None:
    """Drop everything but the marks, and make the tables again without their indexes, under a new epoch."""
    for table in (*_NAMES, "texts"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("UPDATE about SET epoch = ?, complete = 0", (uuid.uuid4().hex,))
    _run(connection, _TABLES)


def index(connection: sqlite3.Connection) -> None:
    """Make the indexes, which is quicker after filling the tables than before."""
    _run(connection, _INDEXES)


def _run(connection: sqlite3.Connection, statements: str) -> None:
    # not executescript, which would commit the caller's transaction
    for statement in statements.split(";"):
        if statement.strip():
            connection.execute(statement)
