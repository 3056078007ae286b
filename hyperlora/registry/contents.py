"""Content-addressed folders: a folder's name is the hash of its files, checked at every read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hyperlora.durable import commit_folder, staging_folder
from hyperlora.errors import RegistryError
from hyperlora.identity import content_hash, file_hash

Manifest = Mapping[str, str]


def manifest_of(folder: Path) -> dict[str, str]:
    """SHA-256 (hex) of every file below a folder, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}


class ContentStore:
    """Folders under `root`, each named by the hash of its manifest."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, write: Callable[[Path], None]) -> tuple[str, dict[str, str]]:
        """Let `write` fill a staged folder and keep it under its content hash.

        Returns:
            The content hash and the manifest. Writing the same files twice keeps one folder.
        """
        with staging_folder(self._root) as staging:
            write(staging)
            manifest = manifest_of(staging)
            content = content_hash(manifest)
            target = self.path(content)
            if target.is_dir() and manifest_of(target) != manifest:
                # damaged since: out of the way, so that the sound copy takes its place
                target.rename(self._root / f".staging-damaged-{content[:12]}-{staging.name[-12:]}")
            commit_folder(staging, target)
        return content, manifest

    def path(self, content: str) -> Path:
        """Where the folder with this content hash is, or would be."""
        return self._root / content[:2] / content

    def verify(self, content: str, manifest: Manifest) -> Path:
        """The folder, after checking every byte against the manifest.

        Raises:
            RegistryError: a file is missing, added or changed.
        """
        folder = self.path(content)
        found = manifest_of(folder) if folder.is_dir() else {}
        differing = sorted(name for name in set(found) | set(manifest) if found.get(name) != manifest.get(name))
        if differing:
            raise RegistryError(
                f"{folder} does not match its record: {', '.join(differing[:5])}",
                "Restore the folder from a backup, or train and register the adapter again.",
            )
        return folder
