"""Which tasks are learned from and which are asked, by the parts of a suite."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hyperlora.errors import InputError
from hyperlora.tasks.task import PARTITIONS, Example, Suite, Task
from pipelines.evaluation.selection import select_tasks, training_tasks


def suite(*parts: str, undivided: bool = False) -> Suite:
    """A suite of a task for each part, named a, b, …"""
    one = (Example("x", "y"),)
    tasks = [
        Task(name, "toys", ("Do it.",), one, one, one, partition=part)  # type: ignore[arg-type]
        for name, part in zip("abc", parts, strict=False)
    ]
    return replace(Suite.of("mine", tasks), undivided=undivided)


DIVIDED = suite(*PARTITIONS)
UNDIVIDED = suite("held-out", "held-out", undivided=True)


def names(tasks: list[Task]) -> str:
    return "".join(task.name for task in tasks)


def test_the_seen_tasks_are_learned_from_unless_a_split_is_named() -> None:
    assert names(training_tasks(DIVIDED)) == "a"
    assert names(training_tasks(DIVIDED, ["held-out", "dev"])) == "bc"
    assert names(training_tasks(DIVIDED, ["all"])) == "abc"
    assert names(training_tasks(DIVIDED, ["all"], ["c", "a"])) == "ac"


def test_tasks_of_no_part_are_learned_from_and_asked() -> None:
    assert names(training_tasks(UNDIVIDED)) == "ab"
    assert names(training_tasks(UNDIVIDED, ["seen"], ["b"])) == "b"
    assert names(training_tasks(UNDIVIDED, ["held-out"])) == "ab"
    for parts in ([], ["seen"], ["held-out"], ["all"]):
        assert names(select_tasks(UNDIVIDED, parts, [])) == "ab"
    with pytest.raises(InputError, match="has no dev tasks"):
        select_tasks(UNDIVIDED, ["dev"], [])


def test_a_refusal_names_the_split_that_would_do() -> None:
    with pytest.raises(InputError, match="task b of suite mine is dev, not seen") as caught:
        training_tasks(DIVIDED, [], ["a", "b"])
    assert "--split dev" in caught.value.remedy
    with pytest.raises(InputError, match="suite mine has no seen tasks, only held-out") as caught:
        training_tasks(suite("held-out"))
    assert "--split held-out" in caught.value.remedy
    with pytest.raises(InputError, match="has no task 'castles'"):
        training_tasks(DIVIDED, [], ["castles"])
