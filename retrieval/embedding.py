"""Adapters as vectors: by their wordings, by their wordings with inputs, or by what the base model makes of examples.

After LoraRetriever (Zhao et al. 2024, section 3.2), which embeds an instruction with m sampled inputs. An adapter has
one vector, the mean, because means find their tasks far better than the closest single wording does; see
docs/research/2026-11-23-retriever.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from hyperlora.embeddings.task_vectors import task_vector_layer, task_vectors
from hyperlora.errors import InputError
from hyperlora.models import BaseModel
from hyperlora.registry import Entry
from hyperlora.tasks.task import Example
from retrieval.documents import MOST_INPUTS, QueryKind, Vectors, card_of, document_of, unit_mean
from retrieval.index import Passage


class Encodes(Protocol):
    """Makes vectors of texts: a text encoder, or what has its methods."""

    @property
    def id(self) -> str:
        """Changes whenever any vector would."""

    @property
    def dimensions(self) -> int:
        """Of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit-length vectors, (texts, dimensions)."""


class TextEmbedder:
    """The mean embedding of an adapter's wordings, or, for queries that are prompts, of its wordings with inputs.

    Args:
        encoder: embeds texts.
        kind: of the queries.
    """

    def __init__(self, encoder: Encodes, kind: QueryKind) -> None:
        self._encoder = encoder
        self._kind = kind

    @property
    def id(self) -> str:
        """Of encoder and kind."""
        return f"{self._encoder.id}/{self._kind}"

    @property
    def dimensions(self) -> int:
        """The encoder's."""
        return self._encoder.dimensions

    def passages(self, entry: Entry) -> list[Passage]:
        """One passage of all texts that queries of this kind are compared with; none where nobody knows the task."""
        texts = tuple(document_of(entry).texts(self._kind))
        return [Passage(entry.description, texts)] if texts else []

    def embed(self, passages: Sequence[Passage]) -> Vectors:
        """The passages' means, (passages, dimensions)."""
        return mean_embeddings(self._encoder, [passage.texts for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The texts' embeddings."""
        return self._encoder.encode(texts)


class TaskVectorEmbedder:
    """The task vector of an adapter's examples; an adapter of another base model, or without examples, has none.

    Args:
        base: the untuned base model that reads them.
    """

    def __init__(self, base: BaseModel) -> None:
        self._base = base

    @property
    def id(self) -> str:
        """Of base model, dtype and layer."""
        layer = task_vector_layer(self._base)
        return f"task-vectors-{self._base.identity.fingerprint}-{self._base.model.dtype}-{layer}"

    @property
    def dimensions(self) -> int:
        """The base model's hidden size."""
        return int(self._base.model.config.hidden_size)

    def passages(self, entry: Entry) -> list[Passage]:
        """One passage: the prompt template, then inputs and answers in turn."""
        card = card_of(entry) if entry.base == self._base.identity.fingerprint else None
        if card is None or not card.examples:
            return []
        solved = [text for example in card.examples[:MOST_INPUTS] for text in (example.input, example.output)]
        return [Passage(entry.description, (card.prompt_template, *solved))]

    def embed(self, passages: Sequence[Passage]) -> Vectors:
        """The passages' task vectors, (passages, hidden_size)."""
        vectors = np.zeros((len(passages), self.dimensions), dtype=np.float32)
        templates = {passage.texts[0] for passage in passages}
        for template in sorted(templates):
            rows = [row for row, passage in enumerate(passages) if passage.texts[0] == template]
            groups = [_examples(passages[row].texts[1:]) for row in rows]
            vectors[rows] = task_vectors(self._base, groups, template=template)
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Texts have no task vector."""
        raise InputError("a text has no task vector", "Search by solved examples.")


def _examples(texts: Sequence[str]) -> list[Example]:
    return [Example(asked, answer) for asked, answer in zip(texts[::2], texts[1::2], strict=True)]


def mean_embeddings(encoder: Encodes, groups: Sequence[Sequence[str]]) -> Vectors:
    """The unit mean of each group of texts, (groups, dimensions); a text is embedded once."""
    if not groups:
        return np.zeros((0, encoder.dimensions), dtype=np.float32)
    texts = list(dict.fromkeys(text for group in groups for text in group))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    return np.stack([unit_mean(np.stack([vectors[text] for text in group])) for group in groups])
