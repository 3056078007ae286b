"""From a few solved examples to the adapters whose own examples read most alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.tasks.prompts import Solved


class ExamplesIndex:
    """Adapters by the mean embedding of their examples as text (LoraRetriever, Zhao et al. 2024, section 3.2).

    Args:
        encoder: embeds examples.
        examples: each adapter's own; one without examples is never found.
    """

    def __init__(self, encoder: TextEncoder, examples: Mapping[str, Sequence[Solved]]) -> None:
        self._encoder = encoder
        self._names = [name for name, own in examples.items() if own]
        self._vectors = np.stack([self._embed(examples[name]) for name in self._names]) if self._names else None

    def search(self, shown: Sequence[Solved], k: int = 1) -> list[tuple[str, float]]:
        """The k closest adapters with their cosine, best first; fewer if the pool is smaller."""
        if self._vectors is None:
            return []
        similarity = self._vectors @ self._embed(shown)
        best = np.argsort(-similarity, kind="stable")[:k]
        return [(self._names[place], float(similarity[place])) for place in best]

    def _embed(self, examples: Sequence[Solved]) -> NDArray[np.float32]:
        vectors = self._encoder.encode([f"{example.input} → {example.output}" for example in examples])
        mean: NDArray[np.float32] = vectors.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)
