"""From single scores to the table: means, recovery and differences with intervals, by relation to the seen tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hyperlora.tasks.task import Task
from pipelines.evaluation.intervals import Resamples, interval, recovery
from pipelines.evaluation.journal import Measured
from pipelines.evaluation.methods import Method

FLOOR, ORACLE = "no-condition", "oracle"
# A task counts for recovery where training on it gains at least so much over the floor.
LEAST_ROOM = 0.10
Measurements = Mapping[tuple[str, str], Measured]


def summarise(
    tasks: Sequence[Task],
    methods: Sequence[Method],
    measured: Measurements,
    seed: int,
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The table by group of tasks: `all`, and each relation, partition and label that some but not all tasks have.

    Args:
        labels: more groups: the label of a task by its name.

    Only tasks that every method has answered enter; `without` names the others.
    """
    whole = [task for task in tasks if all((each.name, task.name) in measured for each in methods)]
    groups: dict[str, list[Task]] = {"all": whole}
    for task in whole:
        for label in (task.relation, task.partition, (labels or {}).get(task.name, "")):
            if label:
                groups.setdefault(label, []).append(task)
    kept = {name: members for name, members in groups.items() if name == "all" or len(members) < len(whole)}
    return {
        "groups": {name: _group(members, methods, measured, seed) for name, members in kept.items() if members},
        "without": sorted({task.name for task in tasks} - {task.name for task in whole}),
    }


def _group(tasks: Sequence[Task], methods: Sequence[Method], measured: Measurements, seed: int) -> dict[str, Any]:
    names = [each.name for each in methods]
    scores = [np.array([measured[name, task.name].scores for name in names]) for task in tasks]
    means = np.stack([task.mean(axis=1) for task in scores])
    draws = Resamples(scores, [task.family for task in tasks], seed=seed)
    mean_draws = draws.means()
    rows = {}
    for place, name in enumerate(names):
        low, high = interval(mean_draws[:, place])
        tokens = [measured[name, task.name].prompt_tokens for task in tasks]
        rows[name] = {
            "mean": float(means[:, place].mean()),
            "low": low,
            "high": high,
            "prompt_tokens": float(np.mean(tokens)),
        }
    group: dict[str, Any] = {
        "tasks": [task.name for task in tasks],
        "families": len({task.family for task in tasks}),
        "examples": sum(task.shape[1] for task in scores),
        "methods": rows,
        "differences": _differences(
            [name for name, each in zip(names, methods, strict=True) if not each.control], names, means, mean_draws
        ),
    }
    if FLOOR in names and ORACLE in names:
        _add_recovery(group, names, means, draws)
    return group


def _differences(wanted: Sequence[str], names: Sequence[str], means: Any, draws: Any) -> dict[str, Any]:
    """Of every two methods: how much better the first is, with the interval of the paired difference."""
    result: dict[str, Any] = {}
    for one in wanted:
        for other in wanted:
            if one != other:
                left, right = names.index(one), names.index(other)
                low, high = interval(draws[:, left] - draws[:, right])
                mean = float((means[:, left] - means[:, right]).mean())
                result.setdefault(one, {})[other] = {"mean": mean, "low": low, "high": high}
    return result


def _add_recovery(group: dict[str, Any], names: Sequence[str], means: Any, draws: Resamples) -> None:
    floor, oracle = names.index(FLOOR), names.index(ORACLE)
    counted = means[:, oracle] - means[:, floor] >= LEAST_ROOM
    values = recovery(means, counted, floor, oracle)
    group["recovery_tasks"] = int(counted.sum())
    drawn = draws.recoveries(counted, floor, oracle)
    if values is None or not len(drawn):
        return
    for place, name in enumerate(names):
        low, high = interval(drawn[:, place])
        group["methods"][name]["recovery"] = {"value": float(values[place]), "low": low, "high": high}
