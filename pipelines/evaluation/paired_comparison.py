"""Methods of one table that were measured at different times, compared by their tasks' means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipelines.evaluation.intervals import Resamples, interval, recovery
from pipelines.evaluation.summary import FLOOR, LEAST_ROOM, ORACLE


class TaskMeans:
    """The means of a group's tasks, with their draws, of every method that is known on all of them.

    Families, and tasks in them, are drawn alike for all. Single answers are not kept, so that intervals leave out how a
    task's mean would differ on other examples.

    Args:
        kept: what `docs/results/` holds of an evaluation.
        group: of its tasks.
    """

    def __init__(self, kept: Mapping[str, Any], group: str) -> None:
        tasks = kept["summary"]["groups"][group]["tasks"]
        known = {name: means for name, means in kept["means"].items() if all(task in means for task in tasks)}
        self._place = {name: place for place, name in enumerate(known)}
        self._means = np.array([[means[task] for means in known.values()] for task in tasks])
        families = [kept["tasks"][task]["family"] for task in tasks]
        self._draws = Resamples(list(self._means[:, :, None]), families)
        self._mean_draws = self._draws.means()

    def difference(self, one: str, other: str) -> dict[str, float] | None:
        """How much better one method is than another; None unless both are known."""
        if not {one, other} <= self._place.keys():
            return None
        left, right = self._place[one], self._place[other]
        low, high = interval(self._mean_draws[:, left] - self._mean_draws[:, right])
        return {"mean": float((self._means[:, left] - self._means[:, right]).mean()), "low": low, "high": high}

    def recovered(self, method: str) -> dict[str, float] | None:
        """A method's recovery, as `summarise` gives it of methods measured together; None where it has none."""
        if not {FLOOR, ORACLE, method} <= self._place.keys():
            return None
        floor, oracle, place = self._place[FLOOR], self._place[ORACLE], self._place[method]
        counted = self._means[:, oracle] - self._means[:, floor] >= LEAST_ROOM
        value = recovery(self._means, counted, floor, oracle)
        drawn = self._draws.recoveries(counted, floor, oracle)
        if value is None or not len(drawn):
            return None
        low, high = interval(drawn[:, place])
        return {"value": float(value[place]), "low": low, "high": high}
