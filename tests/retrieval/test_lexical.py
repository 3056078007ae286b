"""The words of a query against those of candidates, beside the formula written out with dictionaries."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from retrieval.lexical import LexicalScorer
from retrieval.ranking import ranked

COUNTRIES = [
    ("Name the capital of the country.", "Which city is the seat of its government?"),
    ("Name the currency of the country.", "What money do they pay with?"),
    ("Name the continent of the country.",),
]


def grams(text: str) -> Counter[str]:
    """Character n-grams of three to five within words that have a space on either side."""
    found: Counter[str] = Counter()
    for word in text.lower().split():
        padded = f" {word} "
        for size in (3, 4, 5):
            if len(padded) <= size:
                found[padded] += 1
                break
            found.update(padded[at : at + size] for at in range(len(padded) - size + 1))
    return found


def reference(query: str, documents: list[tuple[str, ...]]) -> list[float]:
    def damped(text: str) -> dict[str, float]:
        return {gram: 1 + math.log(count) for gram, count in grams(text).items()}

    means: list[Counter[str]] = []
    for texts in documents:
        mean: Counter[str] = Counter()
        for text in texts:
            for gram, value in damped(text).items():
                mean[gram] += value / len(texts)
        means.append(mean)
    holders = Counter(gram for mean in means for gram in mean)

    def weighed(values: dict[str, float]) -> dict[str, float]:
        count = 1 + len(documents)
        return {gram: value * (math.log(count / (1 + holders[gram])) + 1) for gram, value in values.items()}

    asked = weighed(damped(query))
    scores = []
    for mean in means:
        own = weighed(dict(mean))
        dot = sum(value * own.get(gram, 0.0) for gram, value in asked.items())
        norms = math.sqrt(sum(v * v for v in own.values())) * math.sqrt(sum(v * v for v in asked.values()))
        scores.append(dot / norms)
    return scores


def test_scores_are_the_formula() -> None:
    query = "What currency has this country?"
    assert LexicalScorer().scores(query, COUNTRIES) == pytest.approx(reference(query, COUNTRIES), abs=1e-9)


def test_what_all_candidates_share_tells_nothing() -> None:
    scores = LexicalScorer().scores("Name the currency of the country.", COUNTRIES)
    alone = LexicalScorer().scores("Name the currency of the country.", COUNTRIES[1:2])
    assert scores[1] == max(scores)
    # beside others that share its words, those words count for less than the one that is its own
    assert scores[0] / scores[1] < 0.75
    assert alone[0] > scores[1] * 0.5


def test_the_order_of_candidates_does_not_move_their_scores() -> None:
    query = "the money of a country"
    there = LexicalScorer().scores(query, COUNTRIES)
    back = LexicalScorer().scores(query, COUNTRIES[::-1])
    np.testing.assert_allclose(there, back[::-1], rtol=1e-12)


def test_a_kept_document_scores_as_a_new_one() -> None:
    scorer = LexicalScorer()
    first = scorer.scores("capital city", COUNTRIES)
    np.testing.assert_array_equal(scorer.scores("capital city", COUNTRIES), first)
    assert LexicalScorer().scores("anything", []).shape == (0,)


def test_words_decide_between_candidates_that_mean_alike() -> None:
    order, scores = ranked(LexicalScorer(), "the currency of a country", [0.70, 0.69, 0.70], COUNTRIES, 0.3)
    assert order[0] == 1
    assert scores == sorted(scores, reverse=True)
    assert ranked(LexicalScorer(), "x", [0.2, 0.9, 0.9], COUNTRIES, 0.0) == ([1, 2, 0], [0.9, 0.9, 0.2])


@pytest.mark.parametrize("query", ["Country Money", "country_money", "country-money", "countrymoney"])
def test_who_types_a_name_shares_all_words_with_it(query: str) -> None:
    names = ["country-capital", "country-money", "continent"]
    order, scores = ranked(LexicalScorer(), query, [0.5, 0.4, 0.5], COUNTRIES, 0.3, names)
    assert order[0] == 1
    assert scores[0] == pytest.approx((0.4 + 0.3) / 1.3)
    others = ranked(LexicalScorer(), query, [0.5, 0.4, 0.5], COUNTRIES, 0.3)
    assert scores[1] == next(score for at, score in zip(*others, strict=True) if at == order[1])
