"""Adapters trained on the few examples a user would have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from hyperlora.bank import unstack
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.tasks.task import Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest, plain_prompts
from pipelines.evaluation.wordings import Control
from pipelines.training.adapters import StackedParameters, task_card
from pipelines.training.refine import refine


def _train(context: EvaluationContext, tasks: Sequence[Task], count: int) -> None:
    recipe, base = context.recipe.oracle, context.training_base
    fresh = StackedParameters(find_target_modules(base.model, recipe.target_modules), 1, recipe)
    begun = unstack(fresh.factors(0), 0)
    starts = [Adapter(begun, base.identity, task_card(task, "")) for task in tasks]
    shown = [context.shown(task, count) for task in tasks]
    adapters = refine(base, starts, shown, context.recipe.finetune, label=f"finetune on {count}")
    for task, adapter in zip(tasks, adapters, strict=True):
        context.kept["finetuned", count, task.name] = adapter


def _plan(context: EvaluationContext, task: Task, control: Control, count: int) -> EvaluationRequest:
    adapter: Adapter = context.kept["finetuned", count, task.name]
    prompts = plain_prompts(task, context.asked(task))
    return EvaluationRequest(task, prompts, (adapter,) * len(prompts))


def _preparing(count: int) -> Callable[[EvaluationContext, Sequence[Task]], None]:
    return lambda context, tasks: _train(context, tasks, count)


for _count in (5, 16):
    method(f"finetune-{_count}", f"adapter trained on {_count} examples", prepare=_preparing(_count))(
        partial(_plan, count=_count)
    )
