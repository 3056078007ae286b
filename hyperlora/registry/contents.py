"""Content-addressed folders: a folder's name is the hash of its files, checked at every read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from hyperlora.errors import RegistryError
from hyperlora.files.durable import commit_folder, fault_point, reap_staging, staging_folder
from hyperlora.identity import content_hash, file_hash

Manifest = Mapping[str, str]
# MLflow notes name and version in a folder that it loads in place; the note is nobody's content
_MLFLOW_NOTE = "registered_model_meta"


def manifest_of(folder: Path) -> dict[str, str]:
    """SHA-256 (hex) of every file below a folder, by relative path; without the note that MLflow may leave there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    return {name: file_hash(folder / name) for name in names if name != _MLFLOW_NOTE}


class Contents(Protocol):
    """What the registry asks of a store of folders; `ContentStore` describes each call."""

    @property
    def source_run_id(self) -> str | None: ...  # noqa: D102
    def put(self, write: Callable[[Path], None]) -> tuple[str, dict[str, str]]: ...  # noqa: D102
    def path(self, content: str) -> Path: ...  # noqa: D102
    def uri(self, content: str) -> str: ...  # noqa: D102
    def listed(self) -> set[str]: ...  # noqa: D102
    def remove(self, content: str) -> None: ...  # noqa: D102
    def reap(self) -> int: ...  # noqa: D102
    def verify(self, content: str, manifest: Manifest) -> Path: ...  # noqa: D102


class ContentStore:
    """Folders under `root`, each named by the hash of its manifest."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def source_run_id(self) -> str | None:
        """The run that MLflow must be told as the source of versions; None, because here any run will do."""
        return None

    def put(self, write: Callable[[Path], None]) -> tuple[str, dict[str, str]]:
        """Let `write` fill a staged folder and keep it under its content hash.

        Returns:
            The content hash and the manifest. Writing the same files twice keeps one folder.
        """
        with staging_folder(self._root) as staging:
            write(staging)
            manifest = manifest_of(staging)
            content = content_hash(manifest)
            fault_point("content-staged")
            target = self.path(content)
            if target.is_dir() and manifest_of(target) != manifest:
                # damaged since: out of the way, so that the sound copy takes its place
                target.rename(self._root / f".staging-damaged-{content[:12]}-{staging.name[-12:]}")
            commit_folder(staging, target)
        return content, manifest

    def path(self, content: str) -> Path:
        """Where the folder with this content hash is, or would be."""
        return self._root / content[:2] / content

    def uri(self, content: str) -> str:
        """Where others find the folder: what MLflow records as the source of a version."""
        return self.path(content).as_uri()

    def listed(self) -> set[str]:
        """The content hashes of all folders that are there, sound or not."""
        return {folder.name for folder in self._root.glob("[0-9a-f][0-9a-f]/*") if folder.is_dir()}

    def remove(self, content: str) -> None:
        """Delete a folder; nothing happens when it is not there.

        It goes out of sight in one rename, so that nobody reads half a folder.
        """
        target = self.path(content)
        if target.is_dir():
            doomed = self._root / f".staging-removed-{content[:24]}"
            shutil.rmtree(doomed, ignore_errors=True)
            target.rename(doomed)
            fault_point("content-removed")
            shutil.rmtree(doomed)

    def reap(self) -> int:
        """Delete what killed writers left; the caller knows that none is writing. How many there were."""
        return reap_staging(self._root)

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
