"""The index: FAISS over the descriptions of registered adapters, from text to adapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np

from hyperlora.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.registry import Entry, Query, Registry

POOL_ORIGINS = ("trained", "composed", "imported")
# Says what an adapter must be told in its prompt besides the input, such as `description` or `examples`.
READS_TAG = "reads"


@dataclass(frozen=True)
class Hit:
    """One adapter found.

    Attributes:
        entry: the registered adapter.
        similarity: cosine between the query and the closest of the adapter's wordings, in [-1, 1].
        wording: that wording.
    """

    entry: Entry
    similarity: float
    wording: str


class AdapterIndex:
    """An exact inner-product index over unit embeddings: one vector for every wording of every adapter.

    Args:
        encoder: embeds wordings and queries.
        entries: the adapters.
        wordings: for each adapter its description and paraphrases.
    """

    def __init__(self, encoder: TextEncoder, entries: Sequence[Entry], wordings: Sequence[Sequence[str]]) -> None:
        self._encoder = encoder
        self._entries = list(entries)
        self._texts = [text for texts in wordings for text in texts]
        self._owners = [position for position, texts in enumerate(wordings) for _ in texts]
        vectors = encoder.encode(self._texts)
        self._faiss = faiss.IndexFlatIP(encoder.dimensions)
        self._faiss.add(vectors)

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, k: int = 3) -> list[Hit]:
        """The k adapters whose closest wording is most similar to the text, best first; fewer if the pool is smaller.

        Raises:
            InputError: the text is empty or k is below 1.
        """
        if not text.strip():
            raise InputError("the description is empty", "Say in a sentence what the task is.")
        if k < 1:
            raise InputError(f"k is {k}", "Ask for at least 1 adapter.")
        if not self._texts:
            return []
        query = self._encoder.encode([text])
        similarities, positions = self._faiss.search(query, len(self._texts))
        best: dict[int, Hit] = {}
        for similarity, position in zip(similarities[0].tolist(), positions[0].tolist(), strict=True):
            owner = self._owners[position]
            if owner not in best:
                best[owner] = Hit(self._entries[owner], float(np.clip(similarity, -1, 1)), self._texts[position])
            if len(best) == k:
                break
        return list(best.values())


def pool_entries(registry: Registry, base: str) -> list[Entry]:
    """The newest version of every adapter of the pool for one base model.

    The pool is what was trained, composed or imported. What `adapt` itself produced is left out: a copy of a pool
    adapter would only compete with its parent. So are adapters that are tagged as reading more in their prompt than
    the input, which answer nothing without it.

    Args:
        base: fingerprint of the base model.
    """
    pool = registry.catalogue.entries(Query(base=base, origins=POOL_ORIGINS))
    return list({entry.name: entry for entry in pool if READS_TAG not in entry.tags}.values())


def build_index(entries: Sequence[Entry], encoder: TextEncoder) -> AdapterIndex:
    """Index entries by their descriptions and paraphrases."""
    return AdapterIndex(encoder, entries, [(entry.description, *entry.paraphrases) for entry in entries])
