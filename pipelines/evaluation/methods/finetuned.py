"""Adapters trained on the few examples a user would have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from hyperlora.adapter import Adapter
from hyperlora.identity import content_hash
from hyperlora.tasks import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Plan, plain_prompts
from pipelines.evaluation.wordings import Control
from pipelines.recipes import AdapterRecipe
from pipelines.train_adapters import train_adapters


def few_examples_recipe(bench: Bench, count: int) -> AdapterRecipe:
    """How an adapter is trained on `count` examples: all of them in every step."""
    few = bench.recipe.finetune
    return bench.recipe.oracle.model_copy(
        update={
            "steps": few.steps,
            "samples_per_task": count,
            "learning_rate": few.learning_rate,
            "warmup_steps": few.warmup_steps,
            "snapshot_steps": (),
            "checkpoint_steps": few.steps,
        }
    )


def _train(bench: Bench, tasks: Sequence[Task], count: int) -> None:
    recipe = few_examples_recipe(bench, count)
    few = [replace(task, train=tuple(bench.shown(task, count))) for task in tasks]
    folder = bench.folder / content_hash([recipe.hash, [task.training_hash for task in few]])[:16]
    adapters = train_adapters(bench.training_base, few, recipe, folder, lambda report: None)
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
