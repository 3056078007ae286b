"""What changed in the registry, in order, and the watermark by which a reader knows how far it has come."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hyperlora.errors import InputError

Action = Literal["registered", "changed", "alias", "unalias", "archived", "restored", "deleted"]
_WATERMARK = re.compile(r"([0-9a-f]{32}):([0-9]{1,18})")


@dataclass(frozen=True)
class Event:
    """One change of one version.

    Attributes:
        sequence: grows by one with each event.
        at: when the catalogue learnt of it, in milliseconds since the epoch.
        action: what happened.
        name, version: to what; an alias's event names the version that has it now, or had it last.
        detail: `fields` of a change, `alias` and `from` (the version before) of an alias, `reason` and `content` of a
            deletion.
    """

    sequence: int
    at: int
    action: Action
    name: str
    version: int
    detail: Mapping[str, Any] = field(default_factory=dict)


class EventLog:
    """Appends events within one transaction.

    Args:
        connection: inside a transaction.
        at: the moment of the transaction, in milliseconds since the epoch.
    """

    def __init__(self, connection: sqlite3.Connection, at: int) -> None:
        self._connection = connection
        self._at = at
        self._sequence = _last(connection)
        self.events: list[Event] = []

    def append(self, action: Action, name: str, version: int, **detail: Any) -> None:
        """Write one event."""
        self._sequence += 1
        event = Event(self._sequence, self._at, action, name, version, detail)
        row = (event.sequence, event.at, action, name, version, json.dumps(detail, sort_keys=True))
        self._connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
        self.events.append(event)


def watermark(connection: sqlite3.Connection) -> str:
    """`<epoch>:<sequence of the last event>`; the epoch is random and new whenever the catalogue is made anew."""
    return f"{epoch(connection)}:{_last(connection)}"


def events_since(connection: sqlite3.Connection, since: str | None, limit: int) -> list[Event]:
    """The next `limit` events after a watermark; from the first when None.

    Raises:
        InputError: not a watermark, or one of another catalogue.
    """
    after = 0
    if since is not None:
        match = _WATERMARK.fullmatch(since)
        if not match:
            raise InputError(f"{since!r} is not a watermark", "Pass one that the registry gave, or none.")
        after = int(match.group(2))
        if match.group(1) != epoch(connection) or after > _last(connection):
            raise InputError(
                "the registry's catalogue was made anew since that watermark",
                "Rebuild what was built from it, e.g. the index: hyperlora index build",
            )
    rows = connection.execute(
        "SELECT sequence, at, action, name, version, detail FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
        (after, limit),
    )
    return [
        Event(sequence, at, action, name, version, json.loads(detail))
        for sequence, at, action, name, version, detail in rows
    ]


def epoch(connection: sqlite3.Connection) -> str:
    """The random name of this filling of the file."""
    return connection.execute("SELECT epoch FROM about").fetchone()[0]


def _last(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()[0]
