"""The adapters of an index, and which of its keys are theirs; conditions on them become masks over keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from hyperlora.identity import content_hash
from hyperlora.registry import Entry
from retrieval.index.labels import Labels, Where
from retrieval.index.points import Mask, Numbers

_MOST_MASKS = 32


@dataclass(frozen=True)
class Member:
    """One adapter of an index.

    Attributes:
        name, version, base, base_id, origin, tags: the entry's.
        fingerprint: changes with whatever its passages are made from.
        wordings: of its passages.
        digests: of what each passage's vector was made from.
        keys: of each passage's vector.
    """

    name: str
    version: int
    base: str
    base_id: str
    origin: str
    tags: tuple[tuple[str, str], ...]
    fingerprint: str
    wordings: tuple[str, ...]
    digests: tuple[str, ...]
    keys: tuple[int, ...]

    @property
    def reference(self) -> str:
        """`registry:name@version`."""
        return f"registry:{self.name}@{self.version}"

    def to_json(self) -> list[Any]:
        """Its fields."""
        return list(astuple(self))

    @classmethod
    def from_json(cls, fields: Sequence[Any]) -> Member:
        """From what `to_json` gave.

        Raises:
            TypeError, ValueError: it did not give this.
        """
        name, version, base, base_id, origin, tags, mark, wordings, digests, keys = fields
        pairs = tuple((str(key), str(value)) for key, value in tags)
        member = cls(name, version, base, base_id, origin, pairs, mark, tuple(wordings), tuple(digests), tuple(keys))
        texts = (name, base, base_id, origin, mark, *wordings, *digests)
        if not all(isinstance(text, str) for text in texts) or type(version) is not int:
            raise TypeError("a field has another type")
        if not all(type(key) is int for key in keys) or not len(wordings) == len(digests) == len(keys):
            raise ValueError("passages without a key")
        return member


def fingerprint(entry: Entry) -> str:
    """Changes with the stored files and with what the record says of the task."""
    return content_hash([entry.content, entry.description, entry.paraphrases])[:32]


class Members:
    """The members, each in a place of its own, and the place of every key. Not locked."""

    def __init__(self) -> None:
        self._members: list[Member | None] = []
        self._free_places: list[int] = []
        self._places: dict[str, list[int]] = {}
        self._place_of = np.zeros(0, dtype=np.int64)  # by key, -1 for a key of nobody's
        self._next_key = 0
        self._free_keys: list[int] = []
        self._labels = Labels()
        self._masks: dict[frozenset[Where], tuple[int, Mask | None]] = {}

    def __len__(self) -> int:
        return len(self._members) - len(self._free_places)

    def __iter__(self) -> Iterator[Member]:
        return (member for member in self._members if member is not None)

    def __getitem__(self, place: int) -> Member:
        member = self._members[place]
        assert member is not None
        return member

    @property
    def names(self) -> set[str]:
        """The names that have members."""
        return set(self._places)

    def named(self, name: str) -> list[Member]:
        """The members of a name."""
        return [self[place] for place in self._places.get(name, ())]

    def places(self, keys: Numbers) -> Numbers:
        """The place of the member that each key belongs to; -1 for a key of nobody's."""
        places = np.full(keys.shape, -1, dtype=np.int64)
        inside = (keys >= 0) & (keys < len(self._place_of))
        places[inside] = self._place_of[keys[inside]]
        return places

    # --- changes ------------------------------------------------------------------------------------------------

    def new_keys(self, count: int) -> list[int]:
        """So many keys that are nobody's."""
        used = [self._free_keys.pop() for _ in range(min(count, len(self._free_keys)))]
        fresh = range(self._next_key, self._next_key + count - len(used))
        self._next_key = fresh.stop
        return [*used, *fresh]

    def free_keys(self, keys: Iterable[int]) -> None:
        """Let keys that are nobody's be given out again."""
        self._free_keys += keys

    def replace(self, name: str, members: Sequence[Member]) -> None:
        """Let a name have just these members."""
        for place in self._places.pop(name, ()):
            self._place_of[list(self[place].keys)] = -1
            self._members[place] = None
            self._labels.clear(place)
            self._free_places.append(place)
        for member in members:
            if not self._free_places:
                self._free_places.append(len(self._members))
                self._members.append(None)
            place = self._free_places.pop()
            self._members[place] = member
            self._places.setdefault(name, []).append(place)
            self._labels.set(place, member.base, member.base_id, member.origin, dict(member.tags))
            self._own(place, member.keys)
        self._masks.clear()

    def _own(self, place: int, keys: Sequence[int]) -> None:
        highest = max(keys, default=-1)
        if highest >= len(self._place_of):
            longer = np.full(max(highest + 1, 2 * len(self._place_of)), -1, dtype=np.int64)
            longer[: len(self._place_of)] = self._place_of
            self._place_of = longer
        self._place_of[list(keys)] = place
        self._next_key = max(self._next_key, highest + 1)

    # --- conditions ---------------------------------------------------------------------------------------------

    def allowed(self, conditions: Iterable[Where]) -> tuple[int, Mask | None]:
        """How many members fulfil all conditions, and the mask of their keys; None where all members do."""
        wanted = frozenset(conditions)
        known = self._masks.get(wanted)
        if known is None:
            if len(self._masks) >= _MOST_MASKS:
                self._masks.clear()
            known = self._masks[wanted] = self._allowed(wanted)
        return known

    def _allowed(self, conditions: Iterable[Where]) -> tuple[int, Mask | None]:
        fitting = self._labels.mask(len(self._members))
        for where in conditions:
            fitting &= self._labels.matching(where, len(self._members))
            for reference in where.without:
                name = reference.removeprefix("registry:").rpartition("@")[0]
                for place in self._places.get(name, ()):
                    fitting[place] &= self[place].reference != reference
        count = int(np.count_nonzero(fitting))
        if count == len(self):
            return count, None
        mask = np.append(fitting, False)[self._place_of]  # the place -1 is the last one, of nobody
        mask.flags.writeable = False
        return count, mask
