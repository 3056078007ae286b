"""The retriever: from descriptions, prompts or solved examples to adapters of the registry, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.task_vectors import task_vectors
from hyperlora.errors import InputError
from hyperlora.models import BaseModel
from hyperlora.registry import Entry, Registry
from hyperlora.tasks.prompts import Solved
from retrieval.calibration import Calibration
from retrieval.documents import QUERY_KINDS, Document, QueryKind, document_of
from retrieval.embedding import Encodes, TaskVectorEmbedder, TextEmbedder
from retrieval.index import AdapterIndex, Hit, Where
from retrieval.index.adapters import FOLDER
from retrieval.lexical import LexicalScorer
from retrieval.ranking import CANDIDATES, LEXICAL_WEIGHT, combined, ranked
from retrieval.sentences import with_sentences

_KEPT_DOCUMENTS = 20_000


@dataclass(frozen=True)
class Match:
    """One adapter found.

    Attributes:
        entry: the registered adapter.
        similarity: cosine between the query, or the part of it that is most like the adapter, and the adapter.
        score: what the hits are ordered by: the similarity, for texts together with the words that they share.
        confidence: the probability that this is the task asked for; None where the retriever is not calibrated.
    """

    entry: Entry
    similarity: float
    score: float
    confidence: float | None = None

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        measured = {"score": self.score, "similarity": self.similarity, "confidence": self.confidence}
        return {**measured, **self.entry.summary()}


class Retriever:
    """Finds adapters of one registry's pool as it is at each call.

    Args:
        registry: whose pool is searched.
        encoder: embeds texts; trained or plain.
        prompts: embeds texts that are prompts, and adapters for them; the encoder when None.
        calibrations: by kind of query, as the encoder's training found them.
        words: by kind of query, the weight of shared words (`retrieval.ranking`).
        within: what holds of whatever is found.
        folder: where indexes are kept; the registry's own when None.

    Attributes:
        encoder, folder: as given.
    """

    def __init__(
        self,
        registry: Registry,
        encoder: TextEncoder,
        calibrations: Mapping[QueryKind, Calibration] | None = None,
        *,
        prompts: Encodes | None = None,
        words: Mapping[QueryKind, float] = LEXICAL_WEIGHT,
        within: Where | None = None,
        folder: Path | None = None,
    ) -> None:
        self.registry = registry
        self.encoder = encoder
        self._encoders: dict[QueryKind, Encodes] = {"description": encoder, "prompt": prompts or encoder}
        self._calibrations = calibrations or {}
        self._words = words
        self._within = within or Where()
        self.folder = folder or registry.home / FOLDER
        self._indexes: dict[str, AdapterIndex] = {}
        self._scorer = LexicalScorer()
        self._documents: dict[str, Document] = {}

    @property
    def id(self) -> str:
        """Of all that embeds; what is found can change with it."""
        return ", ".join(dict.fromkeys(encoder.id for encoder in self._encoders.values()))

    def count(self, where: Where | None = None) -> int:
        """How many adapters can be found."""
        return self._texts("description").count(where)

    def rebuild(self) -> None:
        """Embed the texts of the whole pool anew; the same is found afterwards, unless an index was damaged."""
        for kind in QUERY_KINDS:
            self._texts(kind).rebuild()

    def search(
        self, text: str, k: int = 3, *, kind: QueryKind = "description", where: Where | None = None
    ) -> list[Match]:
        """The k adapters that fit a text best, best first; fewer if the pool is smaller. See `search_many`."""
        return self.search_many([text], k, kind=kind, where=where)[0]

    def search_many(
        self, texts: Sequence[str], k: int = 3, *, kind: QueryKind = "description", where: Where | None = None
    ) -> list[list[Match]]:
        """For each text the k adapters that fit it best, best first.

        The closest by meaning are ordered by the words that tell them apart, too (`retrieval.lexical`). A description
        of several sentences is searched by each of them as well as whole (`retrieval.ranking.combined`): its core
        may be one sentence, and the encoder reads no more than `TextEncoder.most_tokens` of a text.

        Args:
            kind: whether texts describe tasks, or are prompts with an instruction, an input or both.
            where: which adapters may be found.

        Raises:
            InputError: a text is empty or k is below 1.
        """
        for text in texts:
            if not text.strip():
                raise InputError("the description is empty", "Say in a sentence what the task is.")
        if k < 1:
            raise InputError(f"k is {k}", "Ask for at least 1 adapter.")
        if not texts:
            return []
        parts = [with_sentences(text) if kind == "description" else [text] for text in texts]
        flat = [part for own in parts for part in own]
        near = iter(self._texts(kind).search_vectors(self._encoders[kind].encode(flat), max(k, CANDIDATES), where))
        found = [[(part, next(near)) for part in own] for own in parts]
        return [self._ordered(own, kind)[:k] for own in found]

    def search_examples(
        self, base: BaseModel, shown: Sequence[Solved], k: int = 3, *, where: Where | None = None
    ) -> list[Match]:
        """The k adapters whose own examples the untuned base model takes most like these, best first.

        An adapter without examples is not found.

        Args:
            shown: solved examples of one task, in the prompt template of the adapters.

        Raises:
            InputError: there are no examples, or k is below 1.
        """
        if k < 1:
            raise InputError(f"k is {k}", "Ask for at least 1 adapter.")
        query: NDArray[np.float32] = task_vectors(base, [shown])
        embedder = TaskVectorEmbedder(base)
        [found] = self._index(embedder.id, embedder).search_vectors(query, k, where)
        return [Match(each.entry, each.similarity, each.similarity) for each in found]

    def _texts(self, kind: QueryKind) -> AdapterIndex:
        embedder = TextEmbedder(self._encoders[kind], kind)
        return self._index(embedder.id, embedder)

    def _index(self, name: str, embedder: TextEmbedder | TaskVectorEmbedder) -> AdapterIndex:
        if name not in self._indexes:
            self._indexes[name] = AdapterIndex.open(self.registry, embedder, self.folder).within(self._within)
        else:
            self._indexes[name].catch_up()
        return self._indexes[name]

    def _ordered(self, found: Sequence[tuple[str, Sequence[Hit]]], kind: QueryKind) -> list[Match]:
        """What was found for a text and for its parts, in one order."""
        entries: dict[str, tuple[Entry, float]] = {}
        rankings = []
        for part, hits in found:
            similarities = [each.similarity for each in hits]
            texts = [self._document(each.entry).texts(kind) for each in hits]
            names = [each.entry.name for each in hits]
            order, scores = ranked(self._scorer, part, similarities, texts, self._words[kind], names)
            rankings.append({hits[place].entry.reference: score for place, score in zip(order, scores, strict=True)})
            for hit in hits:
                known = entries.get(hit.entry.reference, (hit.entry, hit.similarity))
                entries[hit.entry.reference] = hit.entry, max(known[1], hit.similarity)
        scored = combined(rankings[0], rankings[1:])
        sure: Sequence[float | None] = [None] * len(scored)
        if kind in self._calibrations:
            sure = self._calibrations[kind].confidence(list(scored.values()))
        return [
            Match(*entries[reference], score, confidence)
            for (reference, score), confidence in zip(scored.items(), sure, strict=True)
        ]

    def _document(self, entry: Entry) -> Document:
        if entry.content not in self._documents:
            if len(self._documents) >= _KEPT_DOCUMENTS:
                self._documents.clear()
            self._documents[entry.content] = document_of(entry)
        return self._documents[entry.content]
