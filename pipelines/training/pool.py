"""Train the adapters of many tasks, a group at a time, and register each with its validation score."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.files.durable import fault_point
from hyperlora.identity import content_hash
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel, load_base_model
from hyperlora.registry import Entry, Registry
from hyperlora.registry.tracking import tracked_run
from hyperlora.settings import get_settings
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example, Task
from pipelines.code_identity import code_identity
from pipelines.recipes import AdapterRecipe
from pipelines.training.adapters import train_adapters
from pipelines.training.data_licence import licence_of_tasks

CHAMPION = "champion"
TRAINING_CODE = ("pipelines.training.adapters",)


def run_folder(identity: str) -> Path:
    """Where a run keeps its checkpoint."""
    return get_settings().home_dir / "runs" / identity[:16]


def snapshot_folder(identity: str) -> Path:
    """Where a run keeps what its recipe's `snapshot_steps` ask for."""
    return get_settings().home_dir / "snapshots" / identity[:16]


def train_pool(
    registry: Registry,
    base_name: str | None,
    tasks: Sequence[Task],
    recipe: AdapterRecipe,
    say: Callable[[str], None],
    *,
    group: int = 16,
) -> dict[str, Entry]:
    """Train an adapter for every task that has none of this recipe in the registry yet.

    A killed run goes on from its last checkpoint; a finished group is never trained again.

    Args:
        base_name: base model reference; the setting's when None.
        group: tasks trained side by side.

    Returns:
        The registered adapter of each task, by its name.
    """
    base: BaseModel | None = None
    done = registered_adapters(registry, tasks, recipe)
    for start in range(0, len(tasks), group):
        members = _still_to_train(tasks[start : start + group], done, recipe)
        if members:
            base = base or load_base_model(base_name, training=True)
            say(f"training {len(members)} adapters: {', '.join(task.name for task in members)}")
            done |= _train_group(registry, base, members, recipe)
    return {task.name: done[task.name] for task in tasks}


def registered_adapters(registry: Registry, tasks: Sequence[Task], recipe: AdapterRecipe) -> dict[str, Entry]:
    """The adapters that these tasks have in the registry already, trained by this recipe, by the tasks' names."""
    wanted = {(task.name, task.training_hash) for task in tasks}
    return {
        entry.name: entry
        for entry in registry.entries("adapter")
        if (entry.name, entry.dataset) in wanted and entry.recipe == recipe.hash
    }


def _still_to_train(members: Sequence[Task], done: Mapping[str, Entry], recipe: AdapterRecipe) -> Sequence[Task]:
    """A group's tasks without an adapter; the whole group where a killed run of it has left a checkpoint."""
    missing = [task for task in members if task.name not in done]
    begun = run_folder(_group_id(members, recipe)).is_dir()
    return members if missing and begun else missing


def _group_id(tasks: Sequence[Task], recipe: AdapterRecipe) -> str:
    return content_hash(["adapters", recipe.hash, [[task.name, task.training_hash] for task in tasks]])


def _train_group(registry: Registry, base: BaseModel, tasks: Sequence[Task], recipe: AdapterRecipe) -> dict[str, Entry]:
    datasets = {task.name: task.training_hash for task in tasks}
    dtype = str(get_settings().base_training_dtype())
    group = _group_id(tasks, recipe)
    identity = content_hash([group, base.identity.fingerprint, dtype, code_identity(*TRAINING_CODE)])
    folder = run_folder(group) / identity[:16]
    found: dict[str, Entry] = {}
    with tracked_run(registry.home, "train adapters", identity, recipe.model_dump(), datasets) as tracked:
        adapters = train_adapters(
            base,
            tasks,
            recipe,
            folder,
            lambda report: tracked.log(report.step, loss=report.loss),
            snapshot_folder(identity) if recipe.snapshot_steps else None,
        )
        scores = scores_of(base, tasks, adapters, [task.validation for task in tasks])
        for number, (task, adapter, marks) in enumerate(zip(tasks, adapters, scores, strict=True)):
            score = sum(marks) / len(marks)
            changes = {"metrics": {"exact_match.validation": score}, "licence": licence_of_tasks([task])}
            card = adapter.card.model_copy(update=changes)
            found[task.name] = registry.register(
                adapter.with_card(card), task.name, identity=identity, run_id=tracked.run_id, alias=CHAMPION
            )
            tracked.log(recipe.steps, **{f"exact_match.validation.{task.name}": score})
            if number + 1 == len(tasks) // 2:
                fault_point("half-registered")
    shutil.rmtree(run_folder(group), ignore_errors=True)
    return found


def scores_of(
    base: BaseModel, tasks: Sequence[Task], adapters: Sequence[Adapter], examples: Sequence[Sequence[Example]]
) -> list[list[float]]:
    """Whether each task's adapter answers each of its examples exactly: 1 or 0."""
    bank = AdapterBank(base.model)
    rows = [
        (position, task, example)
        for position, (task, own) in enumerate(zip(tasks, examples, strict=True))
        for example in own
    ]
    try:
        scores = teacher_forced_scores(
            base,
            [render_prompt(task.prompt_template, example.input) for _, task, example in rows],
            [render_completion(task.prompt_template, example.output) for _, task, example in rows],
            bank=bank,
            factors=stack_adapters(adapters, base.device),
            choices=[position for position, _, _ in rows],
        )
    finally:
        bank.close()
    marks: list[list[float]] = [[] for _ in tasks]
    for (position, _, _), score in zip(rows, scores, strict=True):
        marks[position].append(float(score.match))
    return marks
