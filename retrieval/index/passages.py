"""What an adapter is found by: passages, each of which becomes one vector, and what embeds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.identity import content_hash
from hyperlora.registry import Entry
from retrieval.index.points import Vectors


@dataclass(frozen=True)
class Passage:
    """What one vector of an adapter stands for.

    Attributes:
        wording: shown with a hit.
        texts: all that the vector is made from, in an order that the embedder knows. Passages of equal texts have
            equal vectors, so that a stored one is used again.
    """

    wording: str
    texts: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """128 bits (hex) of a hash of the texts."""
        return content_hash(self.texts)[:32]


class Embedder(Protocol):
    """Makes vectors of adapters and of queries; all of unit length, (n, dimensions), in float32."""

    @property
    def id(self) -> str:
        """Changes whenever any vector would."""

    @property
    def dimensions(self) -> int:
        """Of a vector."""

    def passages(self, entry: Entry) -> Sequence[Passage]:
        """What an adapter is found by, which has the similarity of the closest; nothing where nothing is known of it.

        Asked again only when the adapter's files or its description change.
        """

    def embed(self, passages: Sequence[Passage]) -> Vectors:
        """The vectors of passages."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of queries."""


class WordingEmbedder:
    """One vector for an adapter's description and for each of its paraphrases; queries are embedded alike.

    Args:
        encoder: embeds them.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    @property
    def id(self) -> str:
        """The encoder's."""
        return self._encoder.id

    @property
    def dimensions(self) -> int:
        """The encoder's."""
        return self._encoder.dimensions

    def passages(self, entry: Entry) -> list[Passage]:
        """Its wordings; none where nobody knows its task."""
        if entry.description_source == "unknown":
            return []
        return [Passage(wording, (wording,)) for wording in (entry.description, *entry.paraphrases)]

    def embed(self, passages: Sequence[Passage]) -> Vectors:
        """The wordings' embeddings."""
        return self._encoder.encode([passage.wording for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The texts' embeddings."""
        return self._encoder.encode(texts)
