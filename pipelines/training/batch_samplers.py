"""What each training step is trained on: which tasks, which of their examples, and in which prompts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hyperlora.inference.batching import Encoded, encode
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import described_prompt, render_completion, render_prompt, shown_prompt
from hyperlora.tasks.task import Example, Task


@dataclass(frozen=True)
class Sample:
    """One prompt with its answer in a step.

    Attributes:
        adapter: position of the adapter that acts on it, among those the trainee hands out for the step.
        task: any number that the samples of one task share; the loss is a mean over tasks.
        encoded: its tokens.
    """

    adapter: int
    task: int
    encoded: Encoded


class BatchSampler(Protocol):
    """Hands out the samples of every step, whatever was asked for before."""

    def samples(self, step: int) -> list[Sample]:
        """The samples of a step, counted from 0."""


def encode_prompts(base: BaseModel, task: Task, prompts: Sequence[str], examples: Sequence[Example]) -> list[Encoded]:
    """Token ids of prompts with the answers of these examples, each closed by the stop token."""
    completions = [render_completion(task.prompt_template, example.output) for example in examples]
    return encode(base.tokenizer, prompts, completions, min(base.stop_ids))


def encode_examples(base: BaseModel, task: Task, examples: Sequence[Example]) -> list[Encoded]:
    """Token ids of a task's examples under its template, each answer closed by the stop token."""
    prompts = [render_prompt(task.prompt_template, example.input) for example in examples]
    return encode_prompts(base, task, prompts, examples)


def step_samples(task: Task, count: int, step: int, per_step: int, seed: int) -> list[int]:
    """Which of a task's `count` training examples step `step` uses: epoch by epoch, reshuffled, stateless.

    Depends on nothing but its arguments, so that a resumed run sees what the killed one would have seen.
    """
    return _epochs(task.name, count, step, per_step, seed)


def step_tasks(count: int, step: int, per_step: int, seed: int) -> list[int]:
    """Which of `count` tasks step `step` uses, each once an epoch."""
    return _epochs("tasks", count, step, min(per_step, count), seed)


def _epochs(name: str, count: int, step: int, per_step: int, seed: int) -> list[int]:
    orders: dict[int, list[int]] = {}
    chosen = []
    for position in range(step * per_step, (step + 1) * per_step):
        epoch, offset = divmod(position, count)
        if epoch not in orders:
            orders[epoch] = list(range(count))
            random.Random(f"{seed}/{name}/{epoch}").shuffle(orders[epoch])
        chosen.append(orders[epoch][offset])
    return chosen


class AllTasksSampler:
    """Every task in every step, each on the adapter of its position."""

    def __init__(self, base: BaseModel, tasks: Sequence[Task], per_task: int, seed: int) -> None:
        self._tasks = tasks
        self._pools = [encode_examples(base, task, task.train) for task in tasks]
        self._per_task = per_task
        self._seed = seed

    def samples(self, step: int) -> list[Sample]:
        """The next examples of each task."""
        return [
            Sample(number, number, pool[index])
            for number, (task, pool) in enumerate(zip(self._tasks, self._pools, strict=True))
            for index in step_samples(task, len(pool), step, self._per_task, self._seed)
        ]


@dataclass(frozen=True)
class _Ask:
    """One sample: which training example, the description in its prompt, and whose adapter misleads it."""

    example: int
    told: str
    misled_by: int | None


@dataclass(frozen=True)
class _Plan:
    """What a step asks of one task."""

    task: int
    asks: tuple[_Ask, ...]


class TaskSampler:
    """Some tasks in each step, in turn, each on an adapter of its own.

    Args:
        per_step: tasks in a step.
        per_task: samples of each.
        prompted: share of samples whose prompt holds one of the task's training descriptions.
        misled: share of those that act on the adapter of a similar task instead. What a generator writes for a task
            that it does not know is like that, and the prompt has to put it right.
        similar: numbers of the tasks that each task may be taken for.
    """

    def __init__(
        self,
        base: BaseModel,
        tasks: Sequence[Task],
        per_step: int,
        per_task: int,
        seed: int,
        *,
        prompted: float = 0,
        misled: float = 0,
        similar: Sequence[Sequence[int]] = (),
    ) -> None:
        self._base = base
        self._tasks = tasks
        self._pools = [encode_examples(base, task, task.train) for task in tasks]
        self._per_step = per_step
        self._per_task = per_task
        self._seed = seed
        self._prompted = prompted
        self._misled = misled
        self._similar = similar

    def adapters(self, step: int) -> list[int]:
        """Numbers of the tasks whose adapters the samples of a step act on: the step's, then those that mislead."""
        plans = self._plans(step)
        asks = [ask for plan in plans for ask in plan.asks]
        return [plan.task for plan in plans] + [ask.misled_by for ask in asks if ask.misled_by is not None]

    def samples(self, step: int) -> list[Sample]:
        """Examples of the step's tasks."""
        plans = self._plans(step)
        samples, extra = [], len(plans)
        for row, plan in enumerate(plans):
            for ask in plan.asks:
                misled = ask.misled_by is not None
                samples.append(Sample(extra if misled else row, plan.task, self._encoded(plan.task, ask)))
                extra += misled
        return samples

    def _plans(self, step: int) -> list[_Plan]:
        return [self._plan(number, step) for number in step_tasks(len(self._tasks), step, self._per_step, self._seed)]

    def _plan(self, number: int, step: int) -> _Plan:
        task = self._tasks[number]
        draw = random.Random(f"{self._seed}/{task.name}/{step}")
        asks = []
        for example in draw.sample(range(len(task.train)), min(self._per_task, len(task.train))):
            told, misled_by = "", None
            if self._prompted and draw.random() < self._prompted:
                told = draw.choice(task.descriptions)
                if self._misled and self._similar[number] and draw.random() < self._misled:
                    misled_by = draw.choice(self._similar[number])
            asks.append(_Ask(example, told, misled_by))
        return _Plan(number, tuple(asks))

    def _encoded(self, number: int, ask: _Ask) -> Encoded:
        if not ask.told:
            return self._pools[number][ask.example]
        task = self._tasks[number]
        example = task.train[ask.example]
        prompt = described_prompt(task.prompt_template, ask.told, example.input)
        return encode_prompts(self._base, task, [prompt], [example])[0]


class PromptedTaskSampler:
    """Some tasks in each step, all on one adapter, which reads in the prompt what the task is.

    Args:
        shots: how many solved examples the prompt shows; 0 for one of the task's training descriptions instead.
        per_step: tasks in a step.
        per_task: samples of each; they share their description or solved examples.
    """

    def __init__(
        self, base: BaseModel, tasks: Sequence[Task], shots: int, per_step: int, per_task: int, seed: int
    ) -> None:
        self._base = base
        self._tasks = tasks
        self._shots = shots
        self._per_step = per_step
        self._per_task = per_task
        self._seed = seed

    def samples(self, step: int) -> list[Sample]:
        """Examples of the step's tasks, in prompts that tell the task."""
        samples = []
        for number in step_tasks(len(self._tasks), step, self._per_step, self._seed):
            task = self._tasks[number]
            draw = random.Random(f"{self._seed}/{task.name}/{step}")
            wanted = min(self._shots + self._per_task, len(task.train))
            chosen = [task.train[index] for index in draw.sample(range(len(task.train)), wanted)]
            shots, asked = chosen[: self._shots], chosen[self._shots :]
            description = draw.choice(task.descriptions)
            prompts = [
                shown_prompt(task.prompt_template, shots, example.input)
                if shots
                else described_prompt(task.prompt_template, description, example.input)
                for example in asked
            ]
            samples += [Sample(0, number, encoded) for encoded in encode_prompts(self._base, task, prompts, asked)]
        return samples
