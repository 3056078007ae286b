"""Comparisons of methods that were measured at different times."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.evaluation.documents import pairs_table
from pipelines.evaluation.paired_comparison import TaskMeans

TASKS = ("a", "b", "c", "d")


@pytest.fixture
def kept() -> dict[str, Any]:
    means = {
        "no-condition": (0.0, 0.1, 0.1, 0.5),
        "oracle": (1.0, 0.9, 0.5, 0.55),  # no room on the last
        "generated": (0.5, 0.3, 0.3, 0.9),
        "description": (0.4, 0.2, 0.2, 0.8),
        "retrieved-1": (0.9, 0.1, 0.2, 0.3),
    }
    return {
        "tasks": {task: {"family": family} for task, family in zip(TASKS, "xxyz", strict=True)},
        "means": {name: dict(zip(TASKS, row, strict=True)) for name, row in means.items()},
        "summary": {"groups": {"all": {"tasks": list(TASKS)}, "near": {"tasks": ["a", "c"]}}},
    }


def test_a_difference_is_of_the_same_tasks_and_so_surer_than_the_means(kept: dict[str, Any]) -> None:
    found = TaskMeans(kept, "all").difference("generated", "description")
    assert found == {key: pytest.approx(0.1) for key in ("mean", "low", "high")}, "as much on every task"
    found = TaskMeans(kept, "all").difference("generated", "retrieved-1")
    assert found is not None
    assert found["mean"] == pytest.approx((-0.4 + 0.2 + 0.1 + 0.6) / 4)
    assert found["low"] < found["mean"] < found["high"]
    found = TaskMeans(kept, "near").difference("generated", "retrieved-1")
    assert found is not None
    assert found["mean"] == pytest.approx(-0.15)


def test_recovery_counts_the_tasks_with_room_together(kept: dict[str, Any]) -> None:
    assert TaskMeans(kept, "all").recovered("oracle") == {key: pytest.approx(1) for key in ("value", "low", "high")}
    found = TaskMeans(kept, "all").recovered("generated")
    assert found is not None
    assert found["value"] == pytest.approx((0.5 + 0.2 + 0.2) / (1.0 + 0.8 + 0.4))
    assert found["low"] < found["value"] < found["high"]


def test_what_is_not_known_of_every_task_is_not_compared(kept: dict[str, Any]) -> None:
    del kept["means"]["description"]["b"]
    assert TaskMeans(kept, "all").difference("generated", "description") is None
    assert TaskMeans(kept, "near").difference("generated", "description") is not None
    assert TaskMeans(kept, "all").difference("generated", "icl-5") is None
    del kept["means"]["oracle"]
    assert TaskMeans(kept, "all").recovered("generated") is None
    for task in TASKS[2:]:
        kept["means"]["no-condition"][task] = 1.0
    assert TaskMeans(kept, "near").recovered("generated") is None


def test_the_table_has_the_pairs_that_are_known(kept: dict[str, Any]) -> None:
    lines = pairs_table(kept).splitlines()
    assert lines[0] == "| method | beside | all | near |"
    assert [line.split("|")[2].strip() for line in lines[2:]] == ["`retrieved-1`", "`description`", "`no-condition`"]
    assert lines[3] == "| `generated` | `description` | +0.100 [+0.10, +0.10] | +0.100 [+0.10, +0.10] |"
