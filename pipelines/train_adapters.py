"""Train one adapter per task, all in one pass through the bank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from hyperlora.adapter import Adapter
from hyperlora.bank import AdapterBank, StackedFactors, unstack
from hyperlora.base_models import BaseModel
from hyperlora.card import Card, CardExample
from hyperlora.target_modules import TargetModule, find_target_modules
from hyperlora.tasks import Task
from pipelines.recipes import AdapterRecipe
from pipelines.training import StepReport, train

CARD_EXAMPLES = 8


class StackedParameters(nn.Module):
    """Leaf factors of many adapters, trained side by side. Adam works elementwise, so none sees another."""

    def __init__(self, modules: Sequence[TargetModule], names: Sequence[str], recipe: AdapterRecipe) -> None:
        super().__init__()
        self._targets = modules
        n, rank = len(names), recipe.rank
        self.A = nn.ParameterList([torch.empty(n, rank, module.in_features) for module in modules])
        self.B = nn.ParameterList([torch.zeros(n, module.out_features, rank) for module in modules])
        self.register_buffer("scaling", torch.full((n,), recipe.alpha / rank), persistent=False)
        # B starts at zero and A as in LoRA (Hu et al. 2021, section 4.1), from a generator of this recipe's seed
        generator = torch.Generator().manual_seed(recipe.seed)
        with torch.no_grad():
            for A in self.A:
                bound = A.shape[-1] ** -0.5
                A.uniform_(-bound, bound, generator=generator)

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
) -> list[Adapter]:
    """Train an adapter for each task.

    Args:
        base: loaded with ``training=True``.
        folder: holds this run's checkpoint; a second call continues from it.
        on_step: called after every optimiser step.

    Returns:
        The adapters in the tasks' order, on CPU, each with a card.
    """
    modules = find_target_modules(base.model, recipe.target_modules)
    stacked = StackedParameters(modules, [task.name for task in tasks], recipe)
    bank = AdapterBank(base.model)
    try:
        train(base, bank, tasks, stacked, recipe, folder, label="train adapters", on_step=on_step)
    finally:
        bank.close()
    factors = stacked.to("cpu").factors(recipe.steps)
    return [
        Adapter(unstack(factors, position), base.identity, task_card(task, recipe.hash))
        for position, task in enumerate(tasks)
    ]


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
        dataset_hash=task.identity,
    )
