"""The generator, or retriever, that is used where none is named: at most one of a kind for a base model and encoder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hyperlora.registry.catalogue import Query
from hyperlora.registry.entry import Entry

if TYPE_CHECKING:
    from hyperlora.registry.registry import Registry

CHAMPION = "champion"


def by_preference(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order in which they are used: the champion, then the newest.

    Where several names have the alias, set in MLflow itself or by an earlier release, the newest of them comes first.
    """
    return sorted(entries, key=lambda entry: (CHAMPION in entry.aliases, entry.created), reverse=True)


def rivals(registry: Registry, entry: Entry) -> list[Entry]:
    """Champions under other names that stand where this entry would stand."""
    if entry.kind == "adapter":
        return []  # of adapters each name has a champion of its own
    held = registry.catalogue.entries(Query(kind=entry.kind, alias=CHAMPION, archived=None))
    return [
        other
        for other in held
        if other.name != entry.name and (other.base, other.encoder) == (entry.base, entry.encoder)
    ]
