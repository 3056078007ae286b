"""How well texts find their tasks: every query against every document, in memory, as the index would rank them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.documents import Document, QueryKind
from retrieval.embedding import Encodes, mean_embeddings
from retrieval.lexical import LexicalScorer
from retrieval.ranking import CANDIDATES, LEXICAL_WEIGHT, combined, ranked
from retrieval.sentences import with_sentences


@dataclass(frozen=True)
class Ranking:
    """What one query found.

    Attributes:
        order: positions of documents, best first, at most `CANDIDATES` for each part of the query.
        scores: theirs, falling.
    """

    order: tuple[int, ...]
    scores: tuple[float, ...]

    def place(self, document: int) -> int:
        """The document's rank from 0; `CANDIDATES` where it is not among those that were found."""
        return self.order.index(document) if document in self.order else CANDIDATES


def rank_queries(
    encoder: Encodes,
    documents: Sequence[Document],
    queries: Sequence[str],
    kind: QueryKind,
    *,
    without: Sequence[Sequence[int]] | None = None,
    words: float | None = None,
) -> list[Ranking]:
    """Rank documents for queries.

    Args:
        without: for each query documents that it must not find.
        words: weight of shared words; that of a plain encoder when None.
    """
    vectors = mean_embeddings(encoder, [document.texts(kind) for document in documents])
    parts = {query: with_sentences(query) if kind == "description" else [query] for query in queries}
    texts = list(dict.fromkeys(part for own in parts.values() for part in own))
    asked = dict(zip(texts, encoder.encode(texts), strict=True))
    scorer = LexicalScorer()
    weight = LEXICAL_WEIGHT[kind] if words is None else words

    def ranking(text: str, hidden: Sequence[int]) -> dict[int, float]:
        similarities: NDArray[np.float32] = vectors @ asked[text]
        similarities[list(hidden)] = -np.inf
        near = np.argsort(-similarities, kind="stable")[:CANDIDATES]
        near = near[np.isfinite(similarities[near])]
        own = [documents[position].texts(kind) for position in near]
        order, scores = ranked(scorer, text, similarities[near].tolist(), own, weight)
        return {int(near[place]): score for place, score in zip(order, scores, strict=True)}

    rankings = []
    for row, query in enumerate(queries):
        hidden = () if without is None else without[row]
        whole, *others = [ranking(part, hidden) for part in parts[query]]
        scored = combined(whole, others)
        rankings.append(Ranking(tuple(scored), tuple(scored.values())))
    return rankings
