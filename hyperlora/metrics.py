"""Scores and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def exact_match(answer: str, expected: str, *, case_sensitive: bool = True) -> bool:
    """True if the answer is the expected one, surrounding spaces aside."""
    left, right = answer.strip(), expected.strip()
    return left == right if case_sensitive else left.casefold() == right.casefold()


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


def _resampled_means(array: NDArray[np.float64], resamples: int, generator: np.random.Generator) -> NDArray[np.float64]:
    picks = generator.integers(len(array), size=(resamples, len(array)))
    means: NDArray[np.float64] = array[picks].mean(axis=1)
    return means
