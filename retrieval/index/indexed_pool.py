"""The pool's vectors and members, kept in step with the registry and on disk."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import groupby, islice
from pathlib import Path
from threading import RLock

import numpy as np
from safetensors import SafetensorError

from hyperlora.errors import InputError
from hyperlora.progress import progress
from hyperlora.registry import Entry, Query, Registry
from retrieval.index import stored
from retrieval.index.index_update import IndexUpdate
from retrieval.index.members import Member, Members
from retrieval.index.passages import Embedder
from retrieval.index.pool import POOL_ORIGINS, newest_of_pool
from retrieval.index.shared_lock import SharedLock
from retrieval.index.vectors import HNSW_FROM, Kind, VectorIndex

_log = logging.getLogger(__name__)
# Names whose new passages are embedded together.
_BATCH = 256
# From so many names on, it takes long enough to show how far it has come.
_MANY = 2_000
# An index of so many vectors is stored in the blink of an eye, after every change; a larger one after changes that
# are worth it. What is not stored is embedded again by the next process.
_SMALL = 10_000
_WORTH_STORING = 0.01
_MOST_KNOWN = 4_096


class IndexedPool:
    """Members and vectors. Hold `lock.shared()` while reading both; one thread at a time changes them.

    Args:
        embedder: makes the vectors.
        registry: what is followed; None for entries that are given once and for all.
        folder: where it is stored; nowhere when None.
        kind, hnsw_from: as for `VectorIndex`.

    Attributes:
        vectors, members: what is indexed, as of `watermark`.
        watermark: how far the registry's events have been followed; empty when not at all.
    """

    def __init__(
        self,
        embedder: Embedder,
        registry: Registry | None = None,
        folder: Path | None = None,
        *,
        kind: Kind = "auto",
        hnsw_from: int = HNSW_FROM,
    ) -> None:
        self.embedder = embedder
        self.lock = SharedLock()
        self._registry = registry
        self._folder = folder
        self._kind = kind
        self._hnsw_from = hnsw_from
        self._changing = RLock()
        self._known: dict[tuple[str, int], Entry] = {}
        self._unsaved = 0
        self._saved_kind = ""
        self.members = Members()
        self.watermark = ""
        found = None if folder is None else stored.load(folder, embedder.id, kind=kind, hnsw_from=hnsw_from)
        if found is None or not self._take_over(found):
            self.vectors = VectorIndex(embedder.dimensions, kind=kind, hnsw_from=hnsw_from)

    # --- reading ------------------------------------------------------------------------------------------------

    def entry(self, member: Member) -> Entry | None:
        """What is registered of a member; None if it was deleted or archived meanwhile."""
        found = self._known.get((member.name, member.version))
        if found is None and self._registry is not None:
            state = self._registry.catalogue.state(member.name)
            found = None if state is None else state.entries.get(member.version)
            if found is None or found.archived is not None:
                return None
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[member.name, member.version] = found
        return found

    # --- following the registry ---------------------------------------------------------------------------------

    def hold(self, entries: Iterable[Entry]) -> None:
        """Index just these entries, without a registry."""
        with self._changing:
            ordered = sorted(entries, key=lambda entry: entry.name)
            self._known = {(entry.name, entry.version): entry for entry in ordered}
            self._take({name: list(own) for name, own in groupby(ordered, lambda entry: entry.name)})

    def catch_up(self) -> bool:
        """Take over what happened in the registry; whether anything of the pool changed.

        Raises:
            RegistryError: the registry cannot be read.
        """
        if self._registry is None:
            return False
        with self._changing:
            # read before the entries: what happens meanwhile is read again the next time
            watermark = self._registry.watermark()
            changed = False
            if watermark != self.watermark:
                names = self._names_since(self._registry)
                changed = self._take_all(self._registry) if names is None else self._take_names(self._registry, names)
                self.watermark = watermark
            self._save_if_worth_it()
            return changed

    def rebuild(self) -> None:
        """Read and embed everything anew, beside what is there; `vectors` may still be moving into a graph after."""
        if self._registry is None:
            self.vectors.rebuild()
            return
        with self._changing:
            anew = IndexedPool(self.embedder, self._registry, kind=self._kind, hnsw_from=self._hnsw_from)
            anew.catch_up()
            with self.lock.exclusive():
                self.vectors, self.members, self.watermark = anew.vectors, anew.members, anew.watermark
            self._known.clear()
            self.save()

    def _names_since(self, registry: Registry) -> list[str] | None:
        """The names that something happened to; None if everything must be read again."""
        if not self.watermark:
            return None
        try:
            events = registry.events(self.watermark)
        except InputError:  # the catalogue was made anew
            return None
        return list(dict.fromkeys(event.name for event in events))

    def _take_names(self, registry: Registry, names: Sequence[str]) -> bool:
        def read() -> Iterator[tuple[str, list[Entry]]]:
            for name in names:
                state = registry.catalogue.state(name)
                versions = {} if state is None else state.entries
                yield name, newest_of_pool(versions[number] for number in sorted(versions))

        return self._take_many(read(), len(names))

    def _take_all(self, registry: Registry) -> bool:
        gone = self.members.names
        query = Query(origins=POOL_ORIGINS)

        def read() -> Iterator[tuple[str, list[Entry]]]:
            for name, versions in groupby(registry.catalogue.entries(query), lambda entry: entry.name):
                gone.discard(name)
                yield name, newest_of_pool(versions)
            yield from ((name, []) for name in sorted(gone))

        return self._take_many(read(), registry.catalogue.count(query))

    def _take_many(self, names: Iterable[tuple[str, list[Entry]]], total: int) -> bool:
        changed = False
        shown = progress(total, "index", "adapter") if total >= _MANY else nullcontext()
        with shown as bar:
            remaining = iter(names)
            while some := dict(islice(remaining, _BATCH)):
                changed |= self._take(some)
                if bar is not None:
                    bar.update(sum(map(len, some.values())))
                if self._unsaved >= _SMALL:
                    self._save("")  # a kill costs little then: what was embedded is there, and the rest is read again
        return changed

    def _take(self, names: Mapping[str, Sequence[Entry]]) -> bool:
        """Let each name have just these members; whether that changed anything."""
        index_update = IndexUpdate(self.members, self.embedder)
        for name, entries in names.items():
            index_update.want(name, entries)
        try:
            self.vectors.add(index_update.added, index_update.vectors(self.vectors))
        except BaseException:  # added whole or not at all
            self.vectors.remove([key for key in index_update.added if key in self.vectors])
            self.members.free_keys(index_update.added)
            raise
        if index_update.replaced:
            with self.lock.exclusive():
                for name, members in index_update.replaced.items():
                    self.members.replace(name, members)
        if index_update.removed:  # nobody's by now
            self.vectors.remove(index_update.removed)
            self.members.free_keys(index_update.removed)
        if self._registry is not None:
            for known in list(self._known):  # searches may add to it
                if known[0] in names:
                    self._known.pop(known, None)
        self._unsaved += index_update.changes
        return bool(index_update.replaced)

    # --- storing ------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Store it, unless it is kept nowhere."""
        with self._changing:
            self._save(self.watermark)

    def _save_if_worth_it(self) -> None:
        size = len(self.vectors)
        worth = self._unsaved > (0 if size <= _SMALL else _WORTH_STORING * size)
        if not self.vectors.rebuilding and (worth or self._saved_kind != self.vectors.kind):
            self._save(self.watermark)

    def _save(self, watermark: str) -> None:
        if self._folder is None:
            return
        try:
            beside = {"watermark": watermark, "members": [member.to_json() for member in self.members]}
            stored.save(self._folder, self.vectors, self.embedder.id, beside)
        except (OSError, RuntimeError, SafetensorError) as error:  # it answers from memory all the same
            _log.warning("the index cannot be stored in %s: %s", self._folder, error)
        self._unsaved, self._saved_kind = 0, self.vectors.kind

    def _take_over(self, found: stored.Stored) -> bool:
        """Go on with what was stored, if it holds together."""
        try:
            watermark, fields = found.beside["watermark"], found.beside["members"]
            members = sorted(map(Member.from_json, fields), key=lambda member: member.name)
            keys = np.sort(np.array([key for member in members for key in member.keys], dtype=np.int64))
            if not isinstance(watermark, str) or (keys[1:] == keys[:-1]).any() or len(keys) != len(found.vectors):
                raise ValueError("its keys are not those of its members")
            if (absent := next((key for key in keys.tolist() if key not in found.vectors), None)) is not None:
                raise ValueError(f"key {absent} has no vector")
        except (KeyError, TypeError, ValueError, OverflowError, InputError) as error:
            _log.warning("the index in %s cannot be used: %s", self._folder, error)
            return False
        for name, own in groupby(members, lambda member: member.name):
            self.members.replace(name, list(own))
        self.members.free_keys(np.setdiff1d(np.arange(keys[-1] if len(keys) else 0), keys).tolist())
        self.vectors, self.watermark, self._saved_kind = found.vectors, watermark, found.vectors.kind
        return True
