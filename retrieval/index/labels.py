"""Conditions on adapters, and the labels of numbered places that they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hyperlora.references.base_names import base_names
from retrieval.index.points import Mask

_FIRST_SIZE = 64


@dataclass(frozen=True)
class Where:
    """Which adapters may be found. All conditions hold together; one that is None or empty always holds.

    Attributes:
        base: the base model, by fingerprint or by any id that this is registered under.
        tags: people's tags it has; a value of None stands for any.
        origins: one of these.
        without: references of adapters that may not.
    """

    base: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        return hash((self.base, frozenset(self.tags.items()), self.origins, self.without))


class Labels:
    """Labels of numbered places; base models and origins as codes in arrays, tags, which few have, by key."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._fixed = np.full((3, 0), -1, dtype=np.int32)  # base, base id and origin by place; -1 for an empty one
        self._tags: dict[str, dict[int, str]] = {}
        self._tagged: dict[int, tuple[str, ...]] = {}

    def set(self, place: int, base: str, base_id: str, origin: str, tags: Mapping[str, str]) -> None:
        """Label a place that is empty."""
        if place >= self._fixed.shape[1]:
            longer = np.full((3, max(_FIRST_SIZE, 2 * place)), -1, dtype=np.int32)
            longer[:, : self._fixed.shape[1]] = self._fixed
            self._fixed = longer
        self._fixed[:, place] = [self._codes.setdefault(text, len(self._codes)) for text in (base, base_id, origin)]
        if tags:
            self._tagged[place] = tuple(tags)
            for key, value in tags.items():
                self._tags.setdefault(key, {})[place] = value

    def clear(self, place: int) -> None:
        """Empty a place."""
        self._fixed[:, place] = -1
        for key in self._tagged.pop(place, ()):
            del self._tags[key][place]
            if not self._tags[key]:
                del self._tags[key]

    def mask(self, places: int) -> Mask:
        """Which of the first places are labelled."""
        labelled: Mask = self._fixed[0, :places] >= 0
        return labelled

    def matching(self, where: Where, places: int) -> Mask:
        """Which of the first places have the base model, one of the origins, and all tags that are asked for."""
        matching = self.mask(places)
        if where.base is not None:
            codes = [self._codes.get(name, -2) for name in base_names(where.base)]
            bases, ids = self._fixed[0, :places], self._fixed[1, :places]
            called = np.isin(ids, codes)
            # what has no fingerprint is not one base model
            same = set(np.unique(bases[called]).tolist()) - {self._codes.get("", -2)}
            matching &= called | np.isin(bases, [*codes, *same])
        if where.origins:
            codes = [self._codes.get(origin, -2) for origin in where.origins]
            matching &= np.isin(self._fixed[2, :places], codes)
        for key, wanted in where.tags.items():
            having = self._tags.get(key, {})
            tagged: NDArray[np.bool_] = np.zeros(places, dtype=np.bool_)
            tagged[[place for place, value in having.items() if wanted is None or value == wanted]] = True
            matching &= tagged
        return matching
