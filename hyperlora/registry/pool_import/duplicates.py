"""Is this adapter in the pool already: by content, or by a weight change in the same direction and of the same size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hyperlora.errors import HyperLoRAError
from hyperlora.lora import algebra
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.sketches import SKETCH_LENGTH

SAME_COSINE = 0.999
SAME_NORM = 0.01
# Two changes that pass both bounds differ by less than 5 % of either; a sketch of 64 numbers says that within a factor
# of three, and what it lets through is compared exactly.
_NEAR = 0.15


@dataclass(frozen=True)
class Duplicate:
    """What an adapter duplicates.

    Attributes:
        reference: of the adapter that was there first.
        cosine: between the two weight changes; 1 for equal content.
        same_content: whether their weights are equal number by number.
    """

    reference: str
    cosine: float
    same_content: bool


@dataclass
class _OnOneBase:
    """References and sketches in the order in which they came; the array doubles when it is full."""

    references: list[str] = field(default_factory=list)
    sketches: NDArray[np.float32] = field(default_factory=lambda: np.empty((16, SKETCH_LENGTH), np.float32))

    def add(self, reference: str, values: NDArray[np.float32]) -> None:
        count = len(self.references)
        if count == len(self.sketches):
            self.sketches = np.concatenate([self.sketches, np.empty_like(self.sketches)])
        self.sketches[count] = values
        self.references.append(reference)

    def near(self, values: NDArray[np.float32]) -> list[str]:
        """References of sketches within `_NEAR`, the nearest first."""
        distances = np.linalg.norm(self.sketches[: len(self.references)] - values, axis=1)
        within = np.flatnonzero(distances <= _NEAR * np.linalg.norm(values))
        return [self.references[place] for place in within[np.argsort(distances[within], kind="stable")]]


class KnownAdapters:
    """The adapters that a new one may duplicate.

    Args:
        load: reads an adapter by reference, to compare it exactly.
    """

    def __init__(self, load: Callable[[str], Adapter]) -> None:
        self._load = load
        self._by_weights: dict[str, str] = {}
        self._by_base: dict[str, _OnOneBase] = {}

    def add(self, reference: str, base: str, weights: str, values: NDArray[np.float32] | None) -> None:
        """Know one more.

        Args:
            base: fingerprint of its base model.
            weights: its content hash.
            values: its sketch; without one it is found by content only.
        """
        self._by_weights.setdefault(weights, reference)
        if values is not None:
            self._by_base.setdefault(base, _OnOneBase()).add(reference, values)

    def has_weights(self, weights: str) -> bool:
        """Whether an adapter with this content hash is known."""
        return weights in self._by_weights

    def find(self, adapter: Adapter, values: NDArray[np.float32]) -> Duplicate | None:
        """The known adapter that this one duplicates, or None.

        Args:
            values: the adapter's sketch.
        """
        if reference := self._by_weights.get(adapter.content_hash):
            return Duplicate(reference, 1.0, same_content=True)
        known = self._by_base.get(adapter.base.fingerprint)
        for reference in [] if known is None else known.near(values):
            try:
                other = self._load(reference)
            except HyperLoRAError:
                continue  # one that is damaged is nothing to fall back on, so the new one is worth having
            cosine = same_change(adapter, other)
            if cosine is not None:
                return Duplicate(reference, cosine, same_content=False)
        return None


def same_change(left: Adapter, right: Adapter) -> float | None:
    """The cosine of two weight changes that are as good as one; None if they are not.

    Two adapters that change nothing are the same.
    """
    norms = algebra.norm(left), algebra.norm(right)
    if abs(norms[0] - norms[1]) > SAME_NORM * max(norms):
        return None
    if max(norms) == 0:
        return 1.0
    cosine = min(1.0, algebra.inner_product(left, right) / (norms[0] * norms[1]))
    return cosine if cosine >= SAME_COSINE else None
