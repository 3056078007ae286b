"""What has to be embedded, copied, kept and removed so that names have other members."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hyperlora.registry import Entry
from retrieval.index.members import Member, Members, fingerprint
from retrieval.index.passages import Embedder, Passage
from retrieval.index.points import Vectors
from retrieval.index.vectors import VectorIndex


class IndexUpdate:
    """Gathered for many names, so that all that is new is embedded together. Changes nothing but gives out keys.

    Args:
        members: as they are.
        embedder: asked for the passages of what is new.

    Attributes:
        replaced: the members that names shall have, where these are others than now.
        added: keys that need a vector.
        removed: keys that will be nobody's.
    """

    def __init__(self, members: Members, embedder: Embedder) -> None:
        self._members = members
        self._embedder = embedder
        self._sources: list[str | int] = []  # of the added keys: a digest, or a key that has the vector
        self._new: dict[str, Passage] = {}
        self.replaced: dict[str, list[Member]] = {}
        self.added: list[int] = []
        self.removed: list[int] = []

    @property
    def changes(self) -> int:
        """How much is to be done, roughly."""
        return len(self.replaced) + len(self.added) + len(self.removed)

    def want(self, name: str, entries: Sequence[Entry]) -> None:
        """Let a name have just these members."""
        old = self._members.named(name)
        spare: dict[str, list[int]] = {}
        for member in old:
            for digest, key in zip(member.digests, member.keys, strict=True):
                spare.setdefault(digest, []).append(key)
        copies = {digest: keys[0] for digest, keys in spare.items()}
        members = [self._member(entry, old, spare, copies) for entry in entries]
        self.removed += [key for keys in spare.values() for key in keys]
        if members != old:
            self.replaced[name] = members

    def _member(
        self, entry: Entry, old: Sequence[Member], spare: dict[str, list[int]], copies: dict[str, int]
    ) -> Member:
        mark = fingerprint(entry)
        same = [(known.version, known.base, known.fingerprint) == (entry.version, entry.base, mark) for known in old]
        if any(same):
            known = old[same.index(True)]
            wordings, digests = known.wordings, known.digests
        else:
            passages = self._embedder.passages(entry)
            wordings = tuple(passage.wording for passage in passages)
            digests = tuple(passage.digest for passage in passages)
            self._new |= {passage.digest: passage for passage in passages if passage.digest not in copies}
        keys = []
        for digest in digests:
            if spare.get(digest):
                keys.append(spare[digest].pop(0))
                continue
            keys += self._members.new_keys(1)
            self.added.append(keys[-1])
            self._sources.append(copies.get(digest, digest))
        return Member(
            name=entry.name,
            version=entry.version,
            base=entry.base,
            base_id=entry.base_id,
            origin=entry.origin,
            tags=tuple(sorted(entry.tags.items())),
            fingerprint=mark,
            wordings=wordings,
            digests=digests,
            keys=tuple(keys),
        )

    def vectors(self, index: VectorIndex) -> Vectors:
        """Those of the added keys, (added, dimensions): embedded now, or as the index has them for others."""
        places = {digest: place for place, digest in enumerate(self._new)}
        embedded = self._embedder.embed(list(self._new.values())) if self._new else None
        vectors = np.empty((len(self.added), index.dimensions), dtype=np.float32)
        for position, source in enumerate(self._sources):
            if isinstance(source, int):
                vectors[position] = index.vectors([source])
            elif embedded is not None:
                vectors[position] = embedded[places[source]]
        return vectors
