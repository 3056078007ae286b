"""Scores and how sure they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperlora.tasks.task import Example, Metric

# Scripts written without spaces between words: a character stands for a word.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def exact_match(answer: str, expected: str, *, case_sensitive: bool = True) -> bool:
    """True if the answer is the expected one, surrounding spaces aside."""
    left, right = answer.strip(), expected.strip()
    return left == right if case_sensitive else left.casefold() == right.casefold()


def answer_score(metric: Metric, answer: str, example: Example, *, case_sensitive: bool = True) -> float:
    """How good an answer is, from 0 to 1: the best over the example's accepted answers.

    Args:
        metric: `exact_match` (0 or 1), or `rouge_l`: the F1 of the longest common subsequence of words (Lin 2004,
            section 3), stemmed and without case as Super-NaturalInstructions scores it.
        answer: what the model wrote, read by `read_answer`.
        example: the example answered.
        case_sensitive: whether case counts in an exact match; in ROUGE-L it never does.
    """
    if metric == "exact_match":
        return float(any(exact_match(answer, each, case_sensitive=case_sensitive) for each in example.answers))
    if any(exact_match(answer, each, case_sensitive=False) for each in example.answers):
        # an answer of signs alone, such as "?", has no words to share
        return 1.0
    return max(float(_rouge_l().score(each, answer)["rougeL"].fmeasure) for each in example.answers)


@lru_cache(maxsize=1)
def _rouge_l() -> Any:
    # seconds to import, and most tasks are scored by exact match
    from rouge_score.rouge_scorer import RougeScorer
    from rouge_score.tokenizers import DefaultTokenizer

    return RougeScorer(["rougeL"], tokenizer=_Words(DefaultTokenizer(use_stemmer=True).tokenize))


class _Words:
    """The words of text in any script; those of ASCII text are the ROUGE package's own, which would drop the others."""

    def __init__(self, ascii_words: Callable[[str], list[str]]) -> None:
        self._ascii_words = ascii_words

    def tokenize(self, text: str) -> list[str]:
        """The words, stemmed where they are ASCII."""
        if text.isascii():
            return self._ascii_words(text)
        return [part for word in _words(text) for part in (self._ascii_words(word) if word.isascii() else [word])]


def _words(text: str) -> list[str]:
    """The words of text in any script: runs of letters, digits and the marks on them, in lower case."""
    spaced = []
    for character in unicodedata.normalize("NFC", text.lower()):
        if unicodedata.category(character)[0] not in "LNM":
            spaced.append(" ")
        elif unicodedata.name(character, "").startswith(_UNSPACED):
            spaced.append(f" {character} ")
        else:
            spaced.append(character)
    return "".join(spaced).split()


def bootstrap_mean(
    groups: Sequence[Sequence[float]], *, resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float, float]:
    """The mean of group means with a percentile interval from a two-stage bootstrap.

    Groups (tasks) are resampled, then the items inside each, so that the interval covers both other tasks and other
    examples (Davison and Hinkley 1997, section 3.8).

    Args:
        groups: scores by task; each task needs at least one.

    Returns:
        Mean, lower and upper bound.
    """
    arrays = [np.asarray(group, dtype=np.float64) for group in groups]
    generator = np.random.default_rng(seed)
    samples = np.zeros(resamples)
    # a task that is drawn twice gets its examples drawn twice
    for _ in arrays:
        means = np.stack([_resampled_means(array, resamples, generator) for array in arrays])
        picks = generator.integers(len(arrays), size=resamples)
        samples += means[picks, np.arange(resamples)] / len(arrays)
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(np.mean([array.mean() for array in arrays])), float(low), float(high)


def binomial_interval(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927): it stays within 0 and 1, and is no point where all are right.

    Args:
        trials: at least 1.

    Returns:
        Lower and upper bound.
    """
    # a second to import, and few commands need it
    from scipy.stats import binomtest

    found = binomtest(successes, trials).proportion_ci(confidence_level=level, method="wilson")
    return float(found.low), float(found.high)


def _resampled_means(array: NDArray[np.float64], resamples: int, generator: np.random.Generator) -> NDArray[np.float64]:
    picks = generator.integers(len(array), size=(resamples, len(array)))
    means: NDArray[np.float64] = array[picks].mean(axis=1)
    return means
