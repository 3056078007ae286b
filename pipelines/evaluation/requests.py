"""What a method asks the model for one task: a prompt, an answer to score, and perhaps an adapter, for each example."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hyperlora.bank import Gates
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example, Task

Mixture = tuple[tuple[Adapter, float], ...]
"""Adapters that act together, each with its weight."""

Acting = Adapter | Mixture | None
"""What acts on a prompt; None is the bare base model."""


@dataclass(frozen=True, eq=False)
class GatedPool:
    """Adapters among which every token chooses by itself; requests of one such pool are answered together.

    Attributes:
        adapters: in the order of the gates.
        gates: how tokens choose.
    """

    adapters: tuple[Adapter, ...]
    gates: Gates


@dataclass(frozen=True)
class EvaluationRequest:
    """How a method answers a task's test examples.

    Attributes:
        task: the task.
        prompts: one for each test example that is asked.
        adapters: what acts on each.
        chat: the prompts end in the model's chat template, after which an answer begins without a space.
        pool: the adapters are of this pool, and a prompt's tokens choose among the prompt's own.
        notes: what the method chose, for the results file.
    """

    task: Task
    prompts: tuple[str, ...]
    adapters: tuple[Acting, ...]
    chat: bool = False
    pool: GatedPool | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    def completions(self) -> list[str]:
        """What the model should write after each prompt."""
        asked = self.task.test[: len(self.prompts)]
        if self.chat:
            return [example.output for example in asked]
        return [render_completion(self.task.prompt_template, example.output) for example in asked]


@dataclass(frozen=True)
class Answers:
    """A request's outcome.

    Attributes:
        scores: one for each example, from 0 to 1.
        prompt_tokens: mean length of the prompts, which is paid on every call.
        notes: the request's.
    """

    scores: tuple[float, ...]
    prompt_tokens: float
    notes: Mapping[str, Any] = field(default_factory=dict)


def plain_prompts(task: Task, asked: Sequence[Example]) -> tuple[str, ...]:
    """The task's template and nothing else."""
    return tuple(render_prompt(task.prompt_template, example.input) for example in asked)


def drawn_examples(task: Task, count: int, seed: int) -> list[Example]:
    """The training examples that a method with `count` examples is given, the same for every method and run.

    Five are the first five of sixteen, so that methods with more examples know what those with fewer do.
    """
    order = random.Random(f"{seed}/{task.name}").sample(range(len(task.train)), len(task.train))
    return [task.train[index] for index in order[:count]]
