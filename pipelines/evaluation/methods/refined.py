"""Adapters trained on from where a generator, or the pool's mean, begins, on the few examples a user would have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from generator.conditions import AdapterRequest
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Task
from pipelines.adapt.generate import GenerationConfig, generate_adapters, refine_recipe
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest
from pipelines.evaluation.wordings import Control
from pipelines.training.refine import refine

Start = Literal["generated", "generated+description", "no-condition"]


def _begin(context: EvaluationContext, tasks: Sequence[Task], count: int, start: Start) -> list[Adapter]:
    if start == "no-condition":
        return [context.mean_adapter] * len(tasks)
    requests = [AdapterRequest(context.wordings(task)[0], tuple(context.shown(task, count))) for task in tasks]
    how = GenerationConfig(in_prompt=start == "generated+description")
    return [adapter for [adapter] in generate_adapters(context.runtime, requests, how)]


def _train(context: EvaluationContext, tasks: Sequence[Task], count: int, start: Start) -> None:
    begun = _begin(context, tasks, count, start)
    shown = [context.shown(task, count) for task in tasks]
    adapters = refine(context.training_base, begun, shown, refine_recipe(), label=f"refine on {count}")
    for task, adapter in zip(tasks, adapters, strict=True):
        context.kept[start, count, task.name] = adapter


def _plan(context: EvaluationContext, task: Task, control: Control, count: int, start: Start) -> EvaluationRequest:
    adapter: Adapter = context.kept[start, count, task.name]
    prompts = tuple(render_prompt(adapter.card.prompt_template, example.input) for example in context.asked(task))
    return EvaluationRequest(task, prompts, (adapter,) * len(prompts))


_STARTS: dict[Start, str] = {
    "generated": "generated adapter",
    "generated+description": "generated adapter, description in the prompt too",
    "no-condition": "mean adapter of the pool",
}
for _start, _title in _STARTS.items():
    for _count in (5, 16):
        method(
            f"{_start}+refine-{_count}",
            f"{_title}, trained on with {_count} examples",
            described=_start != "no-condition",
            prepare=partial(_train, count=_count, start=_start),
            group="refined",
        )(partial(_plan, count=_count, start=_start))
