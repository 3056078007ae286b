"""Train one adapter for all seen tasks, which reads in its prompt what the task is, and register it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from hyperlora.errors import InputError
from hyperlora.identity import content_hash
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import load_base_model
from hyperlora.registry import Entry, Query, Registry
from hyperlora.registry.tracking import tracked_run
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Task
from pipelines.code_identity import code_identity
from pipelines.recipes import MultitaskRecipe
from pipelines.training.adapters import train_stack
from pipelines.training.batch_samplers import PromptedTaskSampler
from pipelines.training.data_licence import licence_of_tasks
from pipelines.training.pool import CHAMPION, TRAINING_CODE, run_folder
from retrieval.index import READS_TAG

_READING = {"description": "a description of the task", "examples": "solved examples of the task"}


def train_multitask(
    registry: Registry, base_name: str | None, tasks: Sequence[Task], recipe: MultitaskRecipe, *, again: bool = False
) -> Entry:
    """The registered adapter, trained now unless it was before; a killed run goes on from its last checkpoint.

    Args:
        again: train although one of this recipe and data is there, unless this very code has made it.

    Raises:
        InputError: the tasks have different prompt templates.
        TrainingError: its loss, or a weight, is not finite; nothing is registered.
    """
    templates = {task.prompt_template for task in tasks}
    if len(templates) != 1:
        raise InputError("the training tasks have different prompt templates", "Train one adapter per template.")
    base = load_base_model(base_name, training=True)
    datasets = {task.name: content_hash([task.training_hash, task.descriptions]) for task in tasks}
    dtype = str(get_settings().base_training_dtype())
    identity = content_hash(
        ["multitask", base.identity.fingerprint, dtype, recipe.hash, datasets, code_identity(*TRAINING_CODE)]
    )
    found = registry.find("adapter", identity)
    if not found and not again:
        # another release, or another dtype, made the same of it; the shipped one took hours
        made = recipe.hash, content_hash(datasets), base.identity.fingerprint
        trained = registry.catalogue.entries(Query(base=base.identity.fingerprint, recipe=recipe.hash))
        found = [entry for entry in trained if (entry.recipe, entry.dataset, entry.base) == made]
    if found:
        return found[-1]
    shots = recipe.shots if recipe.reads == "examples" else 0
    sampler = PromptedTaskSampler(base, tasks, shots, recipe.tasks_per_step, recipe.samples_per_task, recipe.seed)
    folder = run_folder(identity)
    name = f"multitask-{recipe.reads}"
    with tracked_run(registry.home, f"train {name}", identity, recipe.model_dump(), datasets) as tracked:
        [factors] = train_stack(
            base,
            sampler,
            1,
            recipe,
            folder,
            lambda report: tracked.log(report.step, loss=report.loss),
            f"train {name}",
        )
        card = Card(
            description=f"Does any of {len(tasks)} tasks, reading {_READING[recipe.reads]} in its prompt",
            prompt_template=templates.pop(),
            origin="trained",
            recipe_hash=recipe.hash,
            dataset_hash=content_hash(datasets),
            licence=licence_of_tasks(tasks),
        )
        adapter = Adapter(factors, base.identity, card)
        tags = {READS_TAG: recipe.reads}
        entry = registry.register(adapter, name, identity=identity, run_id=tracked.run_id, tags=tags, alias=CHAMPION)
    shutil.rmtree(folder, ignore_errors=True)
    return entry
