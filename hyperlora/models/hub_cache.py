"""The layout of the Hugging Face hub's cache: `models--ORG--NAME/snapshots/HASH`, with `refs/main` naming a hash.

Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}?"
_REPOSITORY = re.compile(rf"models--(?:(?P<owner>{_PART})--)?(?P<name>{_PART})")
_LONGEST_REF = 128


@dataclass(frozen=True)
class Snapshot:
    """A folder that is, or lies in, one revision of a repository.

    Attributes:
        repository: `ORG/NAME`, or `NAME` of one without owner.
        revision: the commit.
        root: the repository's folder, which holds `blobs` beside `snapshots`.
        within: the path below the revision's folder; empty for that folder itself.
    """

    repository: str
    revision: str
    root: Path
    within: str = ""


def repository_of(folder_name: str) -> str | None:
    """`ORG/NAME` of a folder named `models--ORG--NAME`; None for another name."""
    match = _REPOSITORY.fullmatch(folder_name)
    if match is None:
        return None
    return match["name"] if match["owner"] is None else f"{match['owner']}/{match['name']}"


def find_snapshot(path: Path) -> Snapshot | None:
    """The snapshot that a path is in; None for a path outside of such a cache."""
    parts = path.parts
    for place in range(len(parts) - 3, -1, -1):
        repository = repository_of(parts[place])
        if repository is not None and parts[place + 1] == "snapshots":
            root = Path(*parts[: place + 1])
            return Snapshot(repository, parts[place + 2], root, "/".join(parts[place + 3 :]))
    return None


def main_revision(root: Path) -> str | None:
    """The commit that a repository's `refs/main` names; None where it is not there."""
    path = root / "refs" / "main"
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST_REF:
            return None
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, ValueError):
        return None


def current_revision(root: Path) -> str | None:
    """The snapshot that a repository's folder stands for: the one `refs/main` names, else the newest.

    None where the folder holds no snapshot.
    """
    folder = root / "snapshots"
    try:
        there = {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_dir()}
    except OSError:
        return None
    named = main_revision(root)
    if named in there:
        return named
    return max(there, key=lambda name: (there[name], name), default=None)
