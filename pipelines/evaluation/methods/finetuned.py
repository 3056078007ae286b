"""Adapters trained on the few examples a user would have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from hyperlora.bank import unstack
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.tasks.task import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Plan, plain_prompts
from pipelines.evaluation.wordings import Control
from pipelines.training.adapters import StackedParameters, task_card
from pipelines.training.refine import refine


def _train(bench: Bench, tasks: Sequence[Task], count: int) -> None:
    recipe, base = bench.recipe.oracle, bench.training_base
    fresh = StackedParameters(find_target_modules(base.model, recipe.target_modules), 1, recipe)
    begun = unstack(fresh.factors(0), 0)
    starts = [Adapter(begun, base.identity, task_card(task, "")) for task in tasks]
    shown = [bench.shown(task, count) for task in tasks]
    adapters = refine(base, starts, shown, bench.recipe.finetune, label=f"finetune on {count}")
    for task, adapter in zip(tasks, adapters, strict=True):
        bench.kept["finetuned", count, task.name] = adapter


def _plan(bench: Bench, task: Task, control: Control, count: int) -> Plan:
    adapter: Adapter = bench.kept["finetuned", count, task.name]
    prompts = plain_prompts(task, bench.asked(task))
    return Plan(task, prompts, (adapter,) * len(prompts))


def _preparing(count: int) -> Callable[[Bench, Sequence[Task]], None]:
    return lambda bench, tasks: _train(bench, tasks, count)


for _count in (5, 16):
    method(f"finetune-{_count}", f"adapter trained on {_count} examples", prepare=_preparing(_count))(
        partial(_plan, count=_count)
    )
