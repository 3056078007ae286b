"""The licence of what is trained on tasks: the project's for the shipped suite, what the tasks say for others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hyperlora.tasks.task import Task
from pipelines.starter import starter_suite
from pipelines.training.data_licence import licence_of_tasks


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        (("mit", "mit", "mit"), "mit"),
        (("mit", "cc-by-4.0", "mit"), "cc-by-4.0 AND mit"),
        (("mit", "", "mit"), "unknown"),
        (("", "", ""), "unknown"),
        (("a" * 300, "b" * 300, "mit"), "unknown"),
    ],
)
def test_own_tasks_say_it_themselves(toy_tasks: list[Task], said: tuple[str, ...], licence: str) -> None:
    tasks = [replace(task, licence=each) for task, each in zip(toy_tasks, said, strict=True)]
    assert licence_of_tasks(tasks) == licence


def test_the_shipped_suite_has_the_projects_also_with_fewer_examples(toy_tasks: list[Task]) -> None:
    seen = starter_suite().part("seen")
    assert licence_of_tasks(seen) == "apache-2.0"
    assert licence_of_tasks([replace(seen[0], train=seen[0].train[:4])]) == "apache-2.0"
    own = replace(toy_tasks[0], licence="mit")
    assert licence_of_tasks([seen[0], own]) == "apache-2.0 AND mit"
    # a task of one's own that happens to have a shipped one's name
    assert licence_of_tasks([replace(own, name=seen[0].name)]) == "mit"
    assert licence_of_tasks([]) == "unknown"
