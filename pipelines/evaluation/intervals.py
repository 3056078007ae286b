"""How sure a mean over tasks is, and how sure the difference of two: a paired, nested bootstrap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Resamples:
    """Families, tasks in them and examples in these, each drawn again with replacement, alike for every method.

    So an interval covers other families, other tasks and other examples, and the difference of two methods is taken
    on the same draws (Davison and Hinkley 1997, section 3.8).

    Args:
        scores: for each task an array (methods, examples).
        families: the family of each task.
        count: how many times everything is drawn.
    """

    def __init__(self, scores: Sequence[Array], families: Sequence[str], count: int = 2000, seed: int = 0) -> None:
        draw = np.random.default_rng(seed)
        # each task's mean over `count` draws of its examples: (tasks, count, methods)
        means = np.stack([_example_means(task, count, draw) for task in scores])
        members = [np.flatnonzero(np.array(families) == family) for family in sorted(set(families))]
        self._tasks: list[NDArray[np.intp]] = []
        self._means: list[Array] = []
        for _ in range(count):
            drawn = [members[number] for number in draw.integers(len(members), size=len(members))]
            tasks = np.concatenate([draw.choice(family, size=len(family)) for family in drawn])
            self._tasks.append(tasks)
            self._means.append(means[tasks, draw.integers(count, size=len(tasks))])

    def means(self) -> Array:
        """Mean over tasks of every draw, (count, methods)."""
        return np.stack([drawn.mean(axis=0) for drawn in self._means])

    def recoveries(self, counted: NDArray[np.bool_], floor: int, oracle: int) -> Array:
        """`recovery` of every draw, (count, methods); draws without a counted task are left out."""
        kept = []
        for tasks, drawn in zip(self._tasks, self._means, strict=True):
            chosen = drawn[counted[tasks]]
            room = float((chosen[:, oracle] - chosen[:, floor]).sum())
            if room > 0:
                kept.append((chosen - chosen[:, [floor]]).sum(axis=0) / room)
        return np.stack(kept) if kept else np.zeros((0, self._means[0].shape[1]))


def _example_means(scores: Array, count: int, draw: np.random.Generator) -> Array:
    size = scores.shape[1]
    times = draw.multinomial(size, [1 / size] * size, size=count)
    result: Array = times @ scores.T / size
    return result


def recovery(means: Array, counted: NDArray[np.bool_], floor: int, oracle: int) -> Array | None:
    """The share of the way from the floor to the oracle that each method goes, over the counted tasks together.

    Args:
        means: (tasks, methods).
        counted: (tasks,), which have room enough between floor and oracle.

    Returns:
        (methods,), not clipped; None where no task is counted.
    """
    chosen = means[counted]
    room = float((chosen[:, oracle] - chosen[:, floor]).sum())
    if room <= 0:
        return None
    result: Array = (chosen - chosen[:, [floor]]).sum(axis=0) / room
    return result


def interval(draws: Array, level: float = 0.95) -> tuple[float, float]:
    """The percentile interval of one statistic's draws."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
