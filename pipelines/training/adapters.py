"""Train one adapter per task, all in one pass through the bank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from hyperlora.bank import AdapterBank, StackedFactors, unstack
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card, CardExample
from hyperlora.lora.target_modules import TargetModule, find_target_modules
from hyperlora.models import BaseModel
from hyperlora.tasks.task import Task
from pipelines.recipes import AdapterRecipe, TrainingRecipe
from pipelines.training.batch_samplers import AllTasksSampler, BatchSampler
from pipelines.training.loop import StepReport, train

CARD_EXAMPLES = 8


class StackedParameters(nn.Module):
    """Leaf factors of many adapters, trained side by side. Adam works elementwise, so none sees another.

    All begin with the same A, so that an adapter is the same whatever it is trained beside, and adapters of one pool
    stay comparable factor by factor.
    """

    def __init__(self, modules: Sequence[TargetModule], count: int, recipe: TrainingRecipe) -> None:
        super().__init__()
        self._targets = modules
        n, rank = count, recipe.rank
        self.A = nn.ParameterList([torch.empty(n, rank, module.in_features) for module in modules])
        self.B = nn.ParameterList([torch.zeros(n, module.out_features, rank) for module in modules])
        self.register_buffer("scaling", torch.full((n,), recipe.alpha / rank), persistent=False)
        # B starts at zero and A as in LoRA (Hu et al. 2021, section 4.1), from a generator of this recipe's seed
        generator = torch.Generator().manual_seed(recipe.seed)
        with torch.no_grad():
            for A in self.A:
                bound = A.shape[-1] ** -0.5
                A.copy_(torch.empty(A.shape[1:]).uniform_(-bound, bound, generator=generator).expand_as(A))

    @property
    def module(self) -> nn.Module:
        """Itself: its parameters are what is trained."""
        return self

    def factors(self, step: int) -> dict[str, StackedFactors]:
        """The parameters as they are, one adapter a task; the same at every step."""
        scaling = self.scaling
        assert isinstance(scaling, Tensor)
        return {
            module.name: StackedFactors(A, B, scaling)
            for module, A, B in zip(self._targets, self.A, self.B, strict=True)
        }


def train_adapters(
    base: BaseModel,
    tasks: Sequence[Task],
    recipe: AdapterRecipe,
    folder: Path,
    on_step: Callable[[StepReport], None],
    snapshots: Path | None = None,
) -> list[Adapter]:
    """Train an adapter for each task.

    Args:
        base: loaded with ``training=True``.
        folder: holds this run's checkpoint; a second call continues from it.
        on_step: called after every optimiser step.
        snapshots: see `pipelines.training.loop.train`.

    Returns:
        The adapters in the tasks' order, on CPU, each with a card.
    """
    sampler = AllTasksSampler(base, tasks, recipe.samples_per_task, recipe.seed)
    trained = train_stack(base, sampler, len(tasks), recipe, folder, on_step, "train adapters", snapshots)
    return [
        Adapter(factors, base.identity, task_card(task, recipe.hash))
        for task, factors in zip(tasks, trained, strict=True)
    ]


def train_stack(
    base: BaseModel,
    sampler: BatchSampler,
    count: int,
    recipe: TrainingRecipe,
    folder: Path,
    on_step: Callable[[StepReport], None],
    label: str,
    snapshots: Path | None = None,
) -> list[dict[str, LoraFactors]]:
    """Train `count` adapters on sampler; their factors, on CPU."""
    stacked = StackedParameters(find_target_modules(base.model, recipe.target_modules), count, recipe)
    bank = AdapterBank(base.model)
    try:
        train(base, bank, sampler, stacked, recipe, folder, label=label, on_step=on_step, snapshots=snapshots)
    finally:
        bank.close()
    factors = stacked.to("cpu").factors(recipe.steps)
    return [unstack(factors, position) for position in range(count)]


def task_card(task: Task, recipe_hash: str) -> Card:
    """The card of an adapter trained on a task; its examples come from the validation split."""
    return Card(
        description=task.description,
        family=task.family,
        paraphrases=task.descriptions[1:],
        prompt_template=task.prompt_template,
        examples=tuple(CardExample(input=e.input, output=e.output) for e in task.validation[:CARD_EXAMPLES]),
        origin="trained",
        recipe_hash=recipe_hash,
        dataset_hash=task.training_hash,
    )
