"""Names for the adapters of a pool: from their folders, as the registry takes them, no two alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set

_LONGEST = 100
_SUFFIX = 8


def slug(text: str) -> str:
    """Text as a name that the registry takes; empty when nothing of it can stay."""
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower().replace("/", "-"))
    return re.sub(r"-{2,}", "-", name).strip("-._")[:_LONGEST].rstrip("-._")


def name_folders(
    folders: Iterable[str],
    hashes: Mapping[str, str],
    prefix: str,
    taken: Set[str],
    named_after: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """A name for each folder.

    A name that is taken, by an earlier folder or in the registry, gets the beginning of the folder's hash as suffix.

    Args:
        folders: relative paths, in the order of the import.
        hashes: by folder, hex.
        prefix: put in front of each.
        taken: names in the registry that belong to others.
        named_after: what a folder's name is made from, where that is not its path.
    """
    names: dict[str, str] = {}
    used = set(taken)
    for folder in folders:
        suffix = hashes[folder][:_SUFFIX]
        path = (named_after or {}).get(folder, folder)
        name = slug(prefix + path) if slug(path) else slug(f"{prefix}adapter-{suffix}")
        if name in used:
            name = f"{name}-{suffix}"
        copies = 1
        unique = name
        while unique in used:
            copies += 1
            unique = f"{name}-{copies}"
        names[folder] = unique
        used.add(unique)
    return names
