"""The order of a query's candidates: by similarity of meaning, and by the words they share."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from hyperlora.registry.catalogue.words import joined
from retrieval.documents import QueryKind
from retrieval.lexical import LexicalScorer

# Closest by meaning, among which words decide, too; and how much where nothing is trained. Chosen on dev tasks of the
# starter suite, see docs/research/2026-11-23-retriever.md.
CANDIDATES = 30
LEXICAL_WEIGHT: dict[QueryKind, float] = {"description": 0.3, "prompt": 0.6}

Key = TypeVar("Key", bound=Hashable)


def ranked(
    scorer: LexicalScorer,
    query: str,
    similarities: Sequence[float],
    texts: Sequence[Sequence[str]],
    weight: float,
    names: Sequence[str] = (),
) -> tuple[list[int], list[float]]:
    """Candidates in their order, and their scores in it.

    Args:
        similarities: cosines, one a candidate.
        texts: of the candidates.
        weight: of the words; 0 leaves the candidates to their similarities.
        names: of the candidates; one whose name is the query, however its words are joined, shares all words with it.

    Returns:
        Positions of candidates, best first, and ``(similarity + weight · lexical) / (1 + weight)`` of each.
    """
    shared = scorer.scores(query, texts) if weight else [0.0] * len(texts)
    asked = joined(query)
    named = [bool(asked) and joined(name) == asked for name in names] or [False] * len(texts)
    scores = [
        (similarity + weight * (1.0 if is_named else float(word))) / (1 + weight)
        for similarity, word, is_named in zip(similarities, shared, named, strict=True)
    ]
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return order, [scores[place] for place in order]


def combined(whole: Mapping[Key, float], parts: Sequence[Mapping[Key, float]]) -> dict[Key, float]:
    """The scores of a text's candidates by the text as a whole and by its parts, best first.

    Half of a score is the whole text's, half the best that any part or the whole gives: a sentence of context leads
    astray less than it would alone, and the sentence that says the task counts in a long text. On long descriptions
    of the zoo's tasks this finds 0.96 first, where the whole alone finds 0.85 and the best part 0.86
    (docs/research/2026-11-30-choosing-without-examples.md).

    Args:
        whole: score by candidate, as the text found them.
        parts: likewise for each of its parts; none for a text of one.
    """
    lowest = min(whole.values(), default=0.0)
    best: dict[Key, float] = dict(whole)
    for part in parts:
        for key, score in part.items():
            best[key] = max(score, best.get(key, score))
    scores = {key: (whole.get(key, min(lowest, score)) + score) / 2 for key, score in best.items()}
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))
