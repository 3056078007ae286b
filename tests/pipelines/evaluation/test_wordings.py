"""What methods are told: unseen words, and as controls words without meaning or another task's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlora.errors import InputError
from hyperlora.tasks.task import Suite, Task
from pipelines.evaluation.wordings import own_wordings, wordings
from pipelines.starter import starter_suite


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def described(name: str, family: str, count: int = 1) -> Task:
    unseen = tuple(f"Do {name}, way {number}." for number in range(count))
    return Task(name, family, (f"Seen {name}.",), (), (), (), unseen_descriptions=unseen)


def test_methods_are_told_what_nothing_was_trained_on(parts: Suite) -> None:
    told = wordings(list(parts), "", 0)
    assert told == {task.name: task.unseen_descriptions for task in parts}
    for task in parts:
        assert not set(told[task.name]) & set(task.descriptions)


def test_a_task_without_unseen_descriptions_is_told_its_own(parts: Suite) -> None:
    task = parts.tasks["homes"]
    assert own_wordings(replace(task, unseen_descriptions=())) == task.descriptions


def test_random_words_never_say_what_the_task_is() -> None:
    tasks = list(starter_suite())
    told = wordings(tasks, "random", 0)
    for task in tasks:
        right = set().union(*map(words, (*task.descriptions, *task.unseen_descriptions)))
        assert len(told[task.name]) == len(task.unseen_descriptions)
        for text in told[task.name]:
            assert not words(text) & right, task.name
            assert len(text.split()) == 10
    assert len({text for texts in told.values() for text in texts}) == sum(map(len, told.values())), "they differ"


@pytest.mark.parametrize("control", ["random", "shuffled"])
def test_controls_are_the_same_in_every_run_and_others_with_another_seed(control: str) -> None:
    tasks = [described(f"task-{number}", f"family-{number % 3}", 2) for number in range(12)]
    assert wordings(tasks, control, 1) == wordings(tasks, control, 1)  # type: ignore[arg-type]
    assert wordings(tasks, control, 1) != wordings(tasks, control, 2)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12), st.integers(0, 3))
def test_shuffled_gives_each_task_anothers_description_and_uses_each_once(families: list[int], seed: int) -> None:
    tasks = [described(f"task-{number}", f"family-{family}") for number, family in enumerate(families)]
    told = wordings(tasks, "shuffled", seed)
    assert sorted(told.values()) == sorted(own_wordings(task) for task in tasks)
    assert all(told[task.name] != own_wordings(task) for task in tasks)
    largest = Counter(families).most_common(1)[0][1]
    if 2 * largest <= len(tasks):
        owner = {own_wordings(task): task.family for task in tasks}
        assert all(owner[told[task.name]] != task.family for task in tasks), "another family where there are enough"


def test_there_is_nothing_to_shuffle_for_a_task_alone() -> None:
    with pytest.raises(InputError, match="a single task"):
        wordings([described("alone", "f")], "shuffled", 0)
