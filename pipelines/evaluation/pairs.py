"""Methods of one table that were measured at different times, compared by their tasks' means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.evaluation.intervals import Resamples, interval, recovery
from pipelines.evaluation.summary import FLOOR, LEAST_ROOM, ORACLE


def difference(kept: Mapping[str, Any], group: str, one: str, other: str) -> dict[str, float] | None:
    """How much better one method is than another on a group's tasks; None unless both are known on all of them.

    The interval draws families, and tasks in them, alike for both. Single answers are not kept, so that it leaves out
    how a task's mean would differ on other examples.
    """
    found = _means(kept, group, (one, other))
    if found is None:
        return None
    means, draws = found
    drawn = draws.means()
    low, high = interval(drawn[:, 0] - drawn[:, 1])
    return {"mean": float((means[:, 0] - means[:, 1]).mean()), "low": low, "high": high}


def recovered(kept: Mapping[str, Any], group: str, method: str) -> dict[str, float] | None:
    """A method's recovery, as `summarise` gives it of methods measured together, with an interval as above."""
    found = _means(kept, group, (FLOOR, ORACLE, method))
    if found is None:
        return None
    means, draws = found
    counted = means[:, 1] - means[:, 0] >= LEAST_ROOM
    value = recovery(means, counted, 0, 1)
    drawn = draws.recoveries(counted, 0, 1)
    if value is None or not len(drawn):
        return None
    low, high = interval(drawn[:, 2])
    return {"value": float(value[2]), "low": low, "high": high}


def _means(kept: Mapping[str, Any], group: str, methods: Sequence[str]) -> tuple[Any, Resamples] | None:
    """Means (tasks, methods) of a group, with their draws."""
    tasks = kept["summary"]["groups"][group]["tasks"]
    known = [kept["means"].get(method, {}) for method in methods]
    if not all(task in means for means in known for task in tasks):
        return None
    scores = [np.array([[means[task]] for means in known]) for task in tasks]
    families = [kept["tasks"][task]["family"] for task in tasks]
    return np.stack([each[:, 0] for each in scores]), Resamples(scores, families)
