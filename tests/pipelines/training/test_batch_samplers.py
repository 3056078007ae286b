"""What a step trains on: decided by the step alone, every task in its turn, and nothing asked that is also shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlora.models import BaseModel
from hyperlora.tasks.task import Example, Task
from pipelines.training.batch_samplers import (
    AllTasksSampler,
    BatchSampler,
    PromptedTaskSampler,
    Sample,
    TaskSampler,
    step_tasks,
)


@pytest.fixture(scope="session")
def asked_tasks(toy_tasks: list[Task]) -> list[Task]:
    """The toy tasks with answers that name their inputs, so that an example can be told from its tokens."""
    return [
        replace(task, train=tuple(Example(each.input, f"{task.name} {each.input}") for each in task.train))
        for task in toy_tasks
    ]


def texts(base: BaseModel, sample: Sample) -> tuple[str, str]:
    """Prompt and answer of a sample; the answer must end with the stop token."""
    assert sample.encoded.completion[-1] in base.stop_ids
    decode = base.tokenizer.decode
    return decode(list(sample.encoded.prompt)), decode(list(sample.encoded.completion[:-1]))


@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 5))
def test_every_task_comes_once_an_epoch(count: int, per_step: int, seed: int) -> None:
    size = min(count, per_step)
    drawn = [number for step in range(3 * count) for number in step_tasks(count, step, per_step, seed)]
    assert len(drawn) == 3 * count * size
    epochs = [drawn[start : start + count] for start in range(0, len(drawn), count)]
    assert all(sorted(epoch) == list(range(count)) for epoch in epochs)


def make(kind: str, base: BaseModel, tasks: list[Task], seed: int = 0) -> BatchSampler:
    """Samplers of each kind, two tasks in a step where there is a choice."""
    if kind == "every":
        return AllTasksSampler(base, tasks, 3, seed)
    if kind == "some":
        return TaskSampler(base, tasks, 2, 3, seed)
    return PromptedTaskSampler(base, tasks, {"described": 0, "shown": 2}[kind], 2, 3, seed)


@pytest.mark.parametrize("kind", ["every", "some", "described", "shown"])
def test_the_samples_of_a_step_depend_on_the_step_alone(
    kind: str, tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    sampler = make(kind, tiny_base, asked_tasks)
    forwards = [sampler.samples(step) for step in range(8)]
    backwards = [make(kind, tiny_base, asked_tasks).samples(step) for step in reversed(range(8))]
    assert forwards == backwards[::-1] == [sampler.samples(step) for step in range(8)]
    assert len({str(samples) for samples in forwards}) == 8, "steps differ"
    assert make(kind, tiny_base, asked_tasks, seed=1).samples(0) != forwards[0]


def test_every_task_trains_on_the_adapter_of_its_place(tiny_base: BaseModel, asked_tasks: list[Task]) -> None:
    samples = make("every", tiny_base, asked_tasks).samples(4)
    assert [(sample.adapter, sample.task) for sample in samples] == [(n, n) for n in range(3) for _ in range(3)]
    for sample in samples:
        prompt, answer = texts(tiny_base, sample)
        example = next(each for each in asked_tasks[sample.task].train if answer == f" {each.output}")
        assert prompt == f"Input: {example.input}\nOutput:"


def test_an_adapters_lessons_are_the_same_beside_others_and_alone(
    tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    together = make("every", tiny_base, asked_tasks).samples(5)
    alone = make("every", tiny_base, asked_tasks[1:2]).samples(5)
    assert [sample.encoded for sample in together if sample.task == 1] == [sample.encoded for sample in alone]


def test_some_tasks_train_on_the_adapters_of_the_step_in_order(tiny_base: BaseModel, asked_tasks: list[Task]) -> None:
    sampler = make("some", tiny_base, asked_tasks)
    for step in range(6):
        samples, chosen = sampler.samples(step), step_tasks(3, step, 2, 0)
        assert [(sample.adapter, sample.task) for sample in samples] == [
            (row, number) for row, number in enumerate(chosen) for _ in range(3)
        ]
        assert len({sample.encoded for sample in samples}) == 6, "no example twice"
        assert all(texts(tiny_base, each)[1].split()[0] == asked_tasks[each.task].name for each in samples)


def test_a_share_of_prompts_holds_a_training_description_before_the_same_examples(
    tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    plain = make("some", tiny_base, asked_tasks)
    sampler = TaskSampler(tiny_base, asked_tasks, 2, 3, 0, prompted=0.5)
    told, count = {task.name: set() for task in asked_tasks}, 0  # type: dict[str, set[str]], int
    for step in range(40):
        samples = sampler.samples(step)
        assert samples == sampler.samples(step), "whatever was asked before"
        for sample in samples:
            prompt, answer = texts(tiny_base, sample)
            *said, line, end = prompt.split("\n")
            assert (line.partition(": ")[0], end) == ("Input", "Output:")
            assert answer.split()[0] == asked_tasks[sample.task].name
            if said:
                told[asked_tasks[sample.task].name].add(said[0])
            count += bool(said)
        assert [(each.adapter, each.task) for each in samples] == [
            (each.adapter, each.task) for each in plain.samples(step)
        ]
    assert 90 <= count <= 150, "half of 240"
    assert told == {task.name: set(task.descriptions) for task in asked_tasks}


def test_misled_samples_act_on_similar_tasks_adapters_which_follow_those_of_the_step(
    tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    similar = [[1], [2], [0]]
    straight = TaskSampler(tiny_base, asked_tasks, 2, 3, 0, prompted=0.5)
    sampler = TaskSampler(tiny_base, asked_tasks, 2, 3, 0, prompted=0.5, misled=0.5, similar=similar)
    prompted = misled = 0
    for step in range(40):
        samples, adapters, chosen = sampler.samples(step), sampler.adapters(step), step_tasks(3, step, 2, 0)
        assert adapters[:2] == chosen and straight.adapters(step) == chosen
        extra = [sample for sample in samples if sample.adapter >= 2]
        assert [sample.adapter for sample in extra] == list(range(2, len(adapters))), "each its own, in order"
        for sample in samples:
            told = not texts(tiny_base, sample)[0].startswith("Input: ")
            if sample.adapter < 2:
                assert adapters[sample.adapter] == sample.task
            else:
                assert told and adapters[sample.adapter] in similar[sample.task]
            prompted += told
        misled += len(extra)
    assert 0.3 < misled / prompted < 0.7
    alone = TaskSampler(tiny_base, asked_tasks[:1], 1, 3, 0, prompted=1, misled=1, similar=[[]])
    assert alone.adapters(0) == [0], "nothing is like it"


def test_described_prompts_begin_with_a_training_description_of_the_task(
    tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    sampler = make("described", tiny_base, asked_tasks)
    told = {task.name: set() for task in asked_tasks}  # type: dict[str, set[str]]
    for step in range(24):
        by_task: dict[int, set[str]] = {}
        for sample in sampler.samples(step):
            assert sample.adapter == 0, "one adapter for all"
            said, blank, line, end = texts(tiny_base, sample)[0].split("\n")
            by_task.setdefault(sample.task, set()).add(said)
            assert (blank, line.partition(": ")[0], end) == ("", "Input", "Output:")
        assert set(by_task) == set(step_tasks(3, step, 2, 0))
        for number, said_of_it in by_task.items():
            assert len(said_of_it) == 1, "the samples of a task share their description"
            told[asked_tasks[number].name] |= said_of_it
    assert told == {task.name: set(task.descriptions) for task in asked_tasks}


def test_shown_prompts_hold_solved_training_examples_and_never_the_one_asked(
    tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    sampler = make("shown", tiny_base, asked_tasks)
    for step in range(12):
        shown: dict[int, set[tuple[str, ...]]] = {}
        for sample in sampler.samples(step):
            prompt, answer = texts(tiny_base, sample)
            *shots, question = prompt.split("\n\n")
            train = {f"Input: {each.input}\nOutput: {each.output}" for each in asked_tasks[sample.task].train}
            assert len(set(shots)) == len(shots) == 2
            assert set(shots) <= train
            assert f"{question}{answer}" in train
            assert f"{question}{answer}" not in shots
            shown.setdefault(sample.task, set()).add(tuple(shots))
        assert all(len(seen) == 1 for seen in shown.values()), "the samples of a task share their shots"


def test_a_task_with_few_examples_asks_what_is_left_after_the_shots(
    tiny_base: BaseModel, asked_tasks: list[Task]
) -> None:
    few = replace(asked_tasks[0], train=asked_tasks[0].train[:3])
    [sample] = PromptedTaskSampler(tiny_base, [few], 2, 1, 3, 0).samples(0)
    assert texts(tiny_base, sample)[0].count("Input:") == 3
