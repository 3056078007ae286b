"""What the starter suite promises beyond being clean: how many tasks, of how many families, how split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hyperlora.tasks.task import PARTITIONS, Suite, Task
from pipelines.starter import relation_evidence

LEAST = {"seen": 200, "dev": 24, "held-out": 48}
_LEAST_TASKS, _LEAST_FAMILIES, _LEAST_FAR_FAMILIES = 280, 16, 6
_WORDINGS, _UNSEEN_WORDINGS = 8, 4
# A twin's adapter nearly solves it: it answers much of it, and nearly as much as one trained on it does.
_TWIN_SCORE, _TWIN_SHARE = 0.4, 0.8
_LONG_INPUT, _LEAST_LONG_SHARE = 15, 0.25

CountTokens = Callable[[list[str]], list[int]]


def broken_promises(suite: Suite, count_tokens: CountTokens) -> list[str]:
    """Every promise that the suite does not keep, one line each.

    Args:
        count_tokens: how many tokens of the base model's each text has.
    """
    return [*_counts(suite), *_wordings(suite), *_long_inputs(suite, count_tokens), *_relations(suite)]


def partition_counts(suite: Suite) -> dict[str, int]:
    """How many tasks each part of the suite has, and how many held-out ones each relation."""
    counts: dict[str, int] = {partition: len(suite.part(partition)) for partition in PARTITIONS}
    for task in suite.part("held-out"):
        counts[task.relation] = counts.get(task.relation, 0) + 1
    return counts


def _counts(suite: Suite) -> Iterator[str]:
    least: Mapping[str, tuple[int, int]] = {
        "tasks": (len(suite), _LEAST_TASKS),
        "families": (len({task.family for task in suite}), _LEAST_FAMILIES),
        "far families held out": (
            len({task.family for task in suite.part("held-out") if task.relation == "far"}),
            _LEAST_FAR_FAMILIES,
        ),
    } | {f"{partition} tasks": (len(suite.part(partition)), LEAST[partition]) for partition in PARTITIONS}
    for what, (count, wanted) in least.items():
        if count < wanted:
            yield f"suite: {count} {what}, fewer than {wanted}"


def _wordings(suite: Suite) -> Iterator[str]:
    for task in suite:
        found = (len(task.descriptions), len(task.unseen_descriptions))
        if found != (_WORDINGS, _UNSEEN_WORDINGS):
            wanted = f"{_WORDINGS} and {_UNSEEN_WORDINGS}"
            yield f"{task.name}: {found[0]} descriptions and {found[1]} unseen ones, not {wanted}"


def _relations(suite: Suite) -> Iterator[str]:
    for name, (adapter, score, oracle) in relation_evidence().items():
        if name not in suite.tasks or suite.tasks[name].partition != "held-out":
            continue
        relation = suite.tasks[name].relation
        solved = score >= _TWIN_SCORE and score >= _TWIN_SHARE * oracle
        if solved != (relation == "twin"):
            yield f"{name}: is {relation}, but {adapter} scores {score:.2f} on it and its own adapter {oracle:.2f}"


def _long_inputs(suite: Suite, count_tokens: CountTokens) -> Iterator[str]:
    long = sum(mean_tokens(task, count_tokens) > _LONG_INPUT for task in suite)
    if long < _LEAST_LONG_SHARE * len(suite):
        yield f"suite: {long} of {len(suite)} tasks have inputs of over {_LONG_INPUT} tokens, fewer than a quarter"


def mean_tokens(task: Task, count_tokens: CountTokens) -> float:
    """Mean length of a task's test inputs in tokens."""
    return sum(count_tokens([example.input for example in task.test])) / len(task.test)
