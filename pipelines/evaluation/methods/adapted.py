"""What `hyperlora adapt` makes of a few examples: the best of pool and generator, trained on them if it needs to be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Task
from pipelines.adapt.candidates import Choice, choose, find_candidates, score_candidates
from pipelines.adapt.generate import refine_recipe
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest
from pipelines.evaluation.wordings import Control
from pipelines.training.refine import refine


def _choose(context: EvaluationContext, task: Task, count: int) -> Choice:
    shown = context.shown(task, count)
    found = find_candidates(context.runtime, context.wordings(task)[0], shown)
    return choose(*score_candidates(context.runtime, found, shown), count)


def _train(context: EvaluationContext, tasks: Sequence[Task], count: int) -> None:
    chosen = {task.name: _choose(context, task, count) for task in tasks}
    trained = [task for task in tasks if chosen[task.name].steps]
    begun = [chosen[task.name].adapter for task in trained]
    shown = [context.shown(task, count) for task in trained]
    adapters = refine(context.training_base, begun, shown, refine_recipe(), label=f"adapt on {count}")
    made = {task.name: adapter for task, adapter in zip(trained, adapters, strict=True)}
    for name, choice in chosen.items():
        context.kept["adapt", count, name] = choice, made.get(name, choice.adapter)


def _plan(context: EvaluationContext, task: Task, control: Control, count: int) -> EvaluationRequest:
    choice, adapter = context.kept["adapt", count, task.name]
    prompts = tuple(render_prompt(adapter.card.prompt_template, example.input) for example in context.asked(task))
    return EvaluationRequest(
        task, prompts, (adapter,) * len(prompts), notes={"adapter": choice.candidate.reference, "steps": choice.steps}
    )


for _count in (5, 16):
    method(
        f"adapt-{_count}",
        f"best of pool and generator by {_count} examples, trained on if needed",
        described=True,
        prepare=partial(_train, count=_count),
        group="refined",
    )(partial(_plan, count=_count))
