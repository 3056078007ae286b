"""Train a hypernet through the base model: descriptions in, loss on the tasks' examples out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import nn

from generator.hypernet import Hypernet, HypernetConfig
from hyperlora.bank import AdapterBank, StackedFactors
from hyperlora.base_models import BaseModel
from hyperlora.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.target_modules import find_target_modules
from hyperlora.tasks import Task
from pipelines.lessons import SomeTasks, step_tasks
from pipelines.recipes import HypernetRecipe
from pipelines.training import StepReport, train


class _DescribedTasks:
    """Hands out one generated adapter for each of a step's tasks, each step from another training paraphrase."""

    def __init__(self, network: Hypernet, tasks: Sequence[Task], encoder: TextEncoder, recipe: HypernetRecipe) -> None:
        self.module: nn.Module = network
        self._network = network
        self._embeddings = [torch.from_numpy(encoder.encode(list(task.descriptions))) for task in tasks]
        self._names = [task.name for task in tasks]
        self._seed = recipe.seed
        self._per_step = recipe.tasks_per_step or len(tasks)

    def factors(self, step: int) -> Mapping[str, StackedFactors]:
        rows = []
        for number in step_tasks(len(self._names), step, self._per_step, self._seed):
            embeddings = self._embeddings[number]
            draw = random.Random(f"{self._seed}/{self._names[number]}/{step}")
            rows.append(embeddings[draw.randrange(len(embeddings))])
        return self._network(torch.stack(rows).to(next(self._network.parameters()).device))


def train_hypernet(
    base: BaseModel,
    encoder: TextEncoder,
    tasks: Sequence[Task],
    recipe: HypernetRecipe,
    folder: Path,
    on_step: Callable[[StepReport], None],
) -> Hypernet:
    """Train a hypernet on tasks and their training paraphrases.

    Args:
        base: loaded with ``training=True``.
        folder: holds this run's checkpoint; a second call continues from it.

    Returns:
        The hypernet, on CPU, in evaluation mode.

    Raises:
        InputError: the tasks have different prompt templates.
    """
    templates = {task.prompt_template for task in tasks}
    if len(templates) != 1:
        raise InputError("the training tasks have different prompt templates", "Train one generator per template.")
    config = HypernetConfig(
        base=base.identity,
        encoder=encoder.id,
        condition_size=encoder.dimensions,
        modules=find_target_modules(base.model, recipe.target_modules),
        rank=recipe.rank,
        alpha=recipe.alpha,
        width=recipe.width,
        embedding_size=recipe.embedding_size,
        prompt_template=templates.pop(),
        tasks=tuple(task.name for task in tasks),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = Hypernet(config)
    bank = AdapterBank(base.model)
    try:
        trainee = _DescribedTasks(network, tasks, encoder, recipe)
        per_step = recipe.tasks_per_step or len(tasks)
        lessons = SomeTasks(base, tasks, per_step, recipe.samples_per_task, recipe.seed)
        train(base, bank, lessons, trainee, recipe, folder, label="train hypernet", on_step=on_step)
    finally:
        bank.close()
    return network.cpu().eval().requires_grad_(False)
