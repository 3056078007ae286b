"""The catalogue kept in step with the record: every write goes through here, and leaves a mark until it is done.

A write marks its name in the catalogue, changes MLflow, reads the name back from MLflow and stores what it found;
the same transaction clears the mark. Who finds a mark with nobody writing knows that a writer was killed, and
completes its work from the record.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hyperlora.errors import RegistryError
from hyperlora.files.durable import write_json
from hyperlora.identity import content_hash
from hyperlora.registry.catalogue import Catalogue, Event
from hyperlora.registry.contents import Contents
from hyperlora.registry.entry import NameState
from hyperlora.registry.record import Record
from hyperlora.registry.tracking import tracking_uri

_log = logging.getLogger(__name__)


class Ledger:
    """Record and catalogue of one registry.

    Args:
        home: the registry's folder.
        uri: the record's MLflow URI; the settings' when None.
        record: the record.
        contents: whose leftovers are reaped when a killed writer's work is completed.
    """

    def __init__(self, home: Path, uri: str | None, record: Record, contents: Contents) -> None:
        self._home = home
        self._uri = content_hash(uri or tracking_uri(home))  # a URI may hold a password
        self._record = record
        self._contents = contents
        self._opened: dict[str, Catalogue] = {}

    def reading(self) -> Catalogue:
        """The catalogue, filled from the record if it is new, with killed writers' work completed.

        Opens no MLflow connection when there is nothing to do.
        """
        known = self._known_ids().get(self._uri)
        catalogue = self._catalogue(known or self._record.id)
        if not catalogue.complete:
            with self.locked():
                pass
        elif catalogue.pending():
            try:
                with self.locked(timeout=0):
                    pass
            except Timeout:
                pass  # somebody is writing: the mark is theirs
            except Exception as error:
                # no room, no right to write, no record to ask: what is stored can be read all the same
                _log.warning("a killed writer's work cannot be completed now: %s", error)
        return catalogue

    @contextmanager
    def writing(self, name: str) -> Iterator[set[int]]:
        """Hold the lock while the body changes one name in MLflow, then store what MLflow has.

        The body adds the versions it touches to the set that it is given.
        """
        with self.locked() as catalogue:
            catalogue.begin(name)
            touched: set[int] = set()
            try:
                yield touched
            except BaseException:
                self._record.finish(name)  # MLflow may have taken a part of it
                self._take_over(catalogue, name, None)
                raise
            self._take_over(catalogue, name, touched)

    @contextmanager
    def locked(self, timeout: float = -1) -> Iterator[Catalogue]:
        """Hold the registry's lock; the catalogue is complete and has no marks inside.

        Args:
            timeout: seconds to wait for the lock, forever if negative.

        Raises:
            Timeout: somebody else held the lock for that long.
            RegistryError: the registry's folder cannot be written to.
        """
        record_id = self._record.id  # connecting takes the same lock, so first
        lock = FileLock(self._home / ".lock")
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=timeout)
        except OSError as error:
            if isinstance(error, Timeout):
                raise
            raise RegistryError(
                f"{self._home} cannot be written to: {error.strerror}",
                "Check its permissions and the free disk space, or set HYPERLORA_HOME elsewhere.",
            ) from error
        try:
            if self._known_ids().get(self._uri) != record_id:
                write_json(self._ids_file, {**self._known_ids(), self._uri: record_id})
            catalogue = self._catalogue(record_id)
            marked = catalogue.pending()
            for name in marked:
                self._record.finish(name)
            if marked:
                self._contents.reap()
            if not catalogue.complete:
                catalogue.replace(self._record.states())
            for name in marked:
                self._take_over(catalogue, name, None)
            yield catalogue
        finally:
            lock.release()

    def sync(self) -> list[Event]:
        """Compare everything with the record and store the differences, which are returned."""
        with self.locked() as catalogue:
            gone = catalogue.names()

            def seen() -> Iterator[NameState]:
                for state in self._record.states():
                    gone.discard(state.name)
                    yield state

            return [*catalogue.apply(seen()), *catalogue.apply([], gone=gone)]

    def rebuild(self) -> None:
        """Fill the catalogue anew from the record."""
        with self.locked() as catalogue:
            catalogue.replace(self._record.states())

    def contents_of_other_records(self) -> set[str]:
        """Contents that other records which have used this home refer to; they are not garbage."""
        others = set(self._known_ids().values()) - {self._record.id}
        return {content for other in others for content in self._catalogue(other).contents()}

    def _take_over(self, catalogue: Catalogue, name: str, touched: set[int] | None) -> None:
        state = self._record.state(name, touched)
        catalogue.apply([] if state is None else [state], gone=[name] if state is None else [])

    def _catalogue(self, record_id: str) -> Catalogue:
        if record_id not in self._opened:
            self._home.mkdir(parents=True, exist_ok=True)
            path = self._home / f"catalogue-{record_id[:12]}.db"
            self._opened[record_id] = Catalogue(path, self._contents.path)
        return self._opened[record_id]

    @property
    def _ids_file(self) -> Path:
        return self._home / "records.json"

    def _known_ids(self) -> dict[str, str]:
        """Record ids by the hash of the URI, from the last time each was written to."""
        return json.loads(self._ids_file.read_text()) if self._ids_file.is_file() else {}
