"""The pool: which registered adapters are found at all."""

from __future__ import annotations

from collections.abc import Iterable

from hyperlora.registry import Entry, Query, Registry

POOL_ORIGINS = ("trained", "composed", "imported")
# Says what an adapter must be told in its prompt besides the input, such as `description` or `examples`.
READS_TAG = "reads"


def pool_entries(registry: Registry, base: str) -> list[Entry]:
    """The newest version of every adapter of the pool for one base model.

    The pool is what was trained, composed or imported. What `adapt` itself produced is left out: a copy of a pool
    adapter would only compete with its parent. So are adapters that are tagged as reading more in their prompt than
    the input, which answer nothing without it.

    Args:
        base: fingerprint of the base model.
    """
    return newest_of_pool(registry.catalogue.entries(Query(base=base, origins=POOL_ORIGINS)))


def undescribed_entries(registry: Registry, base: str, most: int) -> list[Entry]:
    """The pool's adapters whose task nobody knows, the latest first: no text finds them, examples tell what they do.

    Args:
        base: fingerprint of the base model.
        most: how many.
    """
    asked = Query(base=base, origins=POOL_ORIGINS, description_source="unknown", newest=True, order="-created")
    return newest_of_pool(registry.search(asked, limit=most).entries)


def newest_of_pool(entries: Iterable[Entry]) -> list[Entry]:
    """Of entries in order of version, the newest of each name and base model that belongs to the pool."""
    fitting = (entry for entry in entries if entry.kind == "adapter" and entry.origin in POOL_ORIGINS)
    live = (entry for entry in fitting if entry.archived is None and READS_TAG not in entry.tags)
    return list({(entry.name, entry.base): entry for entry in live}.values())
