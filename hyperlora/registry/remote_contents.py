"""Contents in an object store: uploaded before they are registered, verified and cached on this machine when read.

Any place that MLflow can keep artifacts in will do: `s3://`, `gs://`, `wasbs://`, a shared folder, or the store behind
an MLflow server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from hyperlora.errors import HyperLoRAError, InputError, RegistryError
from hyperlora.files.durable import fault_point
from hyperlora.identity import content_hash
from hyperlora.registry.contents import Contents, ContentStore, Manifest, manifest_of
from hyperlora.registry.tracking import EXPERIMENT, connect, tracking_uri

_RUN_TAG = "hyperlora.contents"
_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ArtifactRoot:
    """Where folders are kept.

    Attributes:
        uri: an artifact URI without a slash at the end.
        tracking_uri: the MLflow server behind `mlflow-artifacts:` URIs.
        run_id: the run whose artifacts these are, if they are a run's.
    """

    uri: str
    tracking_uri: str
    run_id: str | None = None


def contents_for(home: Path, uri: str | None = None, artifact_uri: str = "") -> Contents:
    """Where the contents of a registry lie; nothing is connected yet.

    With an MLflow server that is the server's own artifact store, since others must be able to load what they see;
    with a database it is a folder in `home`.

    Args:
        home: the registry's folder.
        uri: the record's MLflow URI; the settings' when None.
        artifact_uri: an object store or shared folder to use instead.

    Raises:
        InputError: a server does not take versions whose files are there.
    """
    cache = ContentStore(home / "contents")
    record = uri or tracking_uri(home)
    served = record.startswith(("http://", "https://"))
    scheme = artifact_uri.partition(":")[0] if ":" in artifact_uri else "file"
    if not artifact_uri:
        return RemoteContents(cache, lambda: _root_on_server(home, record)) if served else cache
    if served and scheme in ("file", "mlflow-artifacts", "http", "https"):
        raise InputError(
            f"an MLflow server takes no versions whose files are at {artifact_uri}",
            "Unset HYPERLORA_ARTIFACT_URI to use the server's own store, or name an object store.",
        )
    root = artifact_uri if ":" in artifact_uri else Path(artifact_uri).expanduser().absolute().as_uri()
    return RemoteContents(cache, lambda: ArtifactRoot(root.rstrip("/"), record))


def _root_on_server(home: Path, uri: str) -> ArtifactRoot:
    """The artifacts of the one run that owns all contents.

    A server accepts a version only if its files are among the artifacts of the run that it names as source.
    """
    from mlflow.entities import ViewType

    client = connect(home, uri)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id

    def oldest() -> Any:
        return client.search_runs(
            [experiment], f"tags.`{_RUN_TAG}` = 'all'", ViewType.ALL, max_results=1, order_by=["start_time ASC"]
        )

    if not oldest():
        note = "The files of all registered adapters, generators and retrievers. Do not delete this run."
        made = client.create_run(
            experiment, run_name="hyperlora contents", tags={_RUN_TAG: "all", "mlflow.note.content": note}
        )
        client.set_terminated(made.info.run_id)
    info = oldest()[0].info  # asked again: another machine may have been first
    return ArtifactRoot(f"{info.artifact_uri.rstrip('/')}/contents", uri, info.run_id)


class RemoteContents:
    """Folders under an artifact root, each named by the hash of its manifest, with verified copies on this machine.

    Args:
        cache: where the copies are.
        root: finds the artifact root; called at the first use.
    """

    def __init__(self, cache: ContentStore, root: Callable[[], ArtifactRoot]) -> None:
        self._cache = cache
        self._find_root = root
        self._opened: tuple[ArtifactRoot, Any] | None = None
        self._opening = Lock()

    @property
    def source_run_id(self) -> str | None:
        """The run that versions have to name as their source; None where it does not matter."""
        return self._root.run_id

    def put(self, write: Callable[[Path], None]) -> tuple[str, dict[str, str]]:
        """Let `write` fill a staged folder, keep it here and upload it; see `ContentStore.put`.

        A folder that was here before, and is there with all files in their sizes, is not uploaded again.

        Raises:
            RegistryError: the artifact root cannot be written.
        """
        known = False

        def write_and_look(staging: Path) -> None:
            nonlocal known
            write(staging)
            known = self.path(content_hash(manifest_of(staging))).is_dir()

        content, manifest = self._cache.put(write_and_look)
        with self._talking("written", content):
            if not known or not self._is_complete(content, manifest):
                self._upload(content, manifest)
        return content, manifest

    def path(self, content: str) -> Path:
        """Where the copy of this content on this machine is, or would be."""
        return self._cache.path(content)

    def uri(self, content: str) -> str:
        """Where others find the folder: what MLflow records as the source of a version."""
        return f"{self._root.uri}/{content}"

    def listed(self) -> set[str]:
        """The content hashes of all folders that are there or here, complete or not."""
        with self._talking("listed"):
            there = {PurePosixPath(found.path).name for found in self._repository.list_artifacts() if found.is_dir}
        return {name for name in there if _CONTENT.fullmatch(name)} | self._cache.listed()

    def remove(self, content: str) -> None:
        """Delete a folder there and here; nothing happens when it is not there."""
        with self._talking("deleted", content):
            if self._repository.list_artifacts(content):
                self._repository.delete_artifacts(content)
        fault_point("remote-content-removed")
        self._cache.remove(content)

    def reap(self) -> int:
        """Delete what killed writers left on this machine; the caller knows that none is writing."""
        return self._cache.reap()

    def verify(self, content: str, manifest: Manifest) -> Path:
        """The folder on this machine, after checking every byte against the manifest; downloaded if it is not sound.

        Raises:
            RegistryError: it is damaged there, or cannot be downloaded.
        """
        if self.path(content).is_dir():
            try:
                return self._cache.verify(content, manifest)
            except RegistryError:
                pass  # what is damaged here may be sound there
        if content_hash(dict(manifest)) != content or any(map(_leads_out, manifest)):
            raise RegistryError(
                f"{self.uri(content)}: the record's list of its files was changed",
                "Delete this version and register the adapter again.",
            )

        def download(staging: Path) -> None:
            with self._talking("read", content):
                self._download(content, manifest, staging)
            found = manifest_of(staging)
            differing = sorted(name for name in manifest if found.get(name) != manifest[name])
            if differing:
                raise RegistryError(
                    f"{self.uri(content)} does not match its record: {', '.join(differing[:5])}",
                    "Restore it from a backup, or register the adapter again on this machine, which uploads it anew.",
                )

        self._cache.put(download)
        return self.path(content)

    @property
    def _root(self) -> ArtifactRoot:
        return self._open()[0]

    @property
    def _repository(self) -> Any:
        return self._open()[1]

    def _open(self) -> tuple[ArtifactRoot, Any]:
        with self._opening:
            if self._opened is None:
                from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

                with self._talking("opened", at="the artifact root"):
                    root = self._find_root()
                    self._opened = root, get_artifact_repository(root.uri, tracking_uri=root.tracking_uri)
            return self._opened

    @contextmanager
    def _talking(self, what: str, content: str = "", at: str = "") -> Iterator[None]:
        where = at or f"{self._root.uri}/{content}"
        try:
            yield
        except HyperLoRAError:
            raise
        except Exception as error:  # every kind of store raises classes of its own
            first_line = str(error).partition("\n")[0]
            raise RegistryError(
                f"{where} could not be {what} ({type(error).__name__}: {first_line})",
                "Check HYPERLORA_ARTIFACT_URI, its credentials and the network. What is gone comes back from a backup.",
            ) from error

    def _upload(self, content: str, manifest: Manifest) -> None:
        folder = self.path(content)
        for name in sorted(manifest):
            target = PurePosixPath(content, name).parent
            self._repository.log_artifact(str(folder / name), target.as_posix())
            fault_point("content-part-uploaded")
        fault_point("content-uploaded")

    def _download(self, content: str, manifest: Manifest, staging: Path) -> None:
        for name in manifest:
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # the call that every store implements; `download_artifacts` around it draws a progress bar for each file
            self._repository._download_file(f"{content}/{name}", str(target))

    def _is_complete(self, content: str, manifest: Manifest) -> bool:
        there, folder = dict(self._sizes(content)), self.path(content)
        return all(there.get(f"{content}/{name}") == (folder / name).stat().st_size for name in manifest)

    def _sizes(self, path: str) -> Iterator[tuple[str, int]]:
        for found in self._repository.list_artifacts(path):
            if found.is_dir:
                yield from self._sizes(found.path)
            else:
                yield found.path, found.file_size


def _leads_out(name: str) -> bool:
    """True of a file name that is not plainly below its folder."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or path.as_posix() != name
