"""Train a hypernet through the base model: conditions in, loss on the tasks' examples out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import nn

from generator.canonical import Weights, leading_directions, projected
from generator.condition_features import FeatureSizes
from generator.conditions import Senses
from generator.hypernet import Hypernet, HypernetConfig
from hyperlora.bank import AdapterBank, StackedFactors
from hyperlora.errors import InputError
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE
from hyperlora.tasks.task import Task
from pipelines.recipes import HypernetRecipe
from pipelines.training.batch_samplers import TaskSampler
from pipelines.training.condition_sampler import ConditionSampler
from pipelines.training.divergence import require_finite_loss
from pipelines.training.loop import StepReport, train

_RECONSTRUCTION_RATE = 2e-3
# A task may be taken for one of so many others.
_SIMILAR = 6


class _ConditionedFactors:
    """Hands out the generated adapters that a step's sampler ask for, each step from another condition."""

    def __init__(self, network: Hypernet, told: ConditionSampler, sampler: TaskSampler) -> None:
        self.module: nn.Module = network
        self._network = network
        self._told = told
        self._sampler = sampler

    def factors(self, step: int) -> Mapping[str, StackedFactors]:
        numbers = self._sampler.adapters(step)
        conditions = torch.stack([self._told.draw(number, step) for number in numbers])
        noise = self._told.noise(len(numbers), self._network.entering, step)
        device = next(self._network.parameters()).device
        return self._network(conditions.to(device), None if noise is None else noise.to(device))


def train_hypernet(
    base: BaseModel,
    senses: Senses,
    tasks: Sequence[Task],
    recipe: HypernetRecipe,
    folder: Path,
    on_step: Callable[[StepReport], None],
    *,
    pool: Mapping[str, Weights] | None = None,
) -> Hypernet:
    """Train a hypernet on tasks, their training paraphrases and, where it reads examples, their training examples.

    Args:
        base: loaded with ``training=True``.
        senses: read the conditions.
        folder: holds this run's checkpoint; a second call continues from it.
        pool: adapters by the names of tasks, not of all of them perhaps, at which a dictionary begins.

    Returns:
        The hypernet, on CPU, in evaluation mode.

    Raises:
        InputError: the tasks have different prompt templates.
        TrainingError: the loss, or a parameter, is not finite.
    """
    templates = {task.prompt_template for task in tasks}
    if len(templates) != 1:
        raise InputError("the training tasks have different prompt templates", "Train one generator per template.")
    template = templates.pop()
    config = hypernet_config(base, senses, recipe, template, [task.name for task in tasks])
    told = ConditionSampler(tasks, config.views, senses, recipe, template)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = Hypernet(config)
        if network.views is not None:
            network.views.fit(*told.whitenings())
        if network.dictionary is not None and pool:
            _begin_at(network, told, [task.name for task in tasks], pool, recipe)
    bank = AdapterBank(base.model)
    try:
        sampler = TaskSampler(
            base,
            tasks,
            recipe.tasks_per_step or len(tasks),
            recipe.samples_per_task,
            recipe.seed,
            prompted=recipe.prompted,
            misled=recipe.misled,
            similar=told.similar(_SIMILAR) if recipe.misled else (),
        )
        source = _ConditionedFactors(network, told, sampler)
        train(base, bank, sampler, source, recipe, folder, label="train hypernet", on_step=on_step)
    finally:
        bank.close()
    return network.cpu().eval().requires_grad_(False)


def hypernet_config(
    base: BaseModel,
    senses: Senses,
    recipe: HypernetRecipe,
    template: str = DEFAULT_TEMPLATE,
    tasks: Sequence[str] = (),
) -> HypernetConfig:
    """The sizes of a hypernet for a base model and an encoder, by its recipe."""
    sizes = _view_sizes(base, senses, recipe)
    return HypernetConfig(
        base=base.identity,
        encoder=senses.encoder.id,
        condition_size=senses.encoder.dimensions if sizes is None else sizes.total,
        views=sizes,
        modules=find_target_modules(base.model, recipe.target_modules),
        rank=recipe.rank,
        alpha=recipe.alpha,
        common_rank=recipe.common_rank,
        form=recipe.form,
        atoms=recipe.atoms if recipe.form == "dictionary" else 0,
        width=recipe.width,
        embedding_size=recipe.embedding_size,
        prompt_template=template,
        tasks=tuple(tasks),
    )


def _view_sizes(base: BaseModel, senses: Senses, recipe: HypernetRecipe) -> FeatureSizes | None:
    """What a condition is made of; None for the encoder's embedding alone."""
    if not recipe.reads_states:
        return None
    layers = int(base.model.config.num_hidden_layers)
    return FeatureSizes(
        embedding=senses.encoder.dimensions,
        hidden=int(base.model.config.hidden_size),
        reading_layer=round(recipe.reading_depth * layers),
        examples_layer=round(recipe.examples_depth * layers),
    )


def _begin_at(
    network: Hypernet, told: ConditionSampler, names: Sequence[str], pool: Mapping[str, Weights], recipe: HypernetRecipe
) -> None:
    """Begin at the pool: its common A, its mean and directions; then coefficients from conditions, as in use.

    Text-to-LoRA's reconstruction (section 3.2), of coefficients instead of weights.
    """
    assert network.dictionary is not None
    numbers = [number for number, name in enumerate(names) if name in pool]
    weights = [pool[names[number]] for number in numbers]
    common = leading_directions(weights, network.config.modules, network.config.conditional_rank)
    flat = network.layout.flat(projected(weights, network.config.modules, common).factors)
    wanted = network.begin_at(flat, common)
    learning = [*network.condition.parameters(), *network.dictionary.whole.parameters()]
    optimiser = torch.optim.AdamW(learning, lr=_RECONSTRUCTION_RATE, weight_decay=0.0)
    for step in range(recipe.reconstruction_steps):
        # other draws than those of training, which counts from 0
        conditions = torch.stack([told.draw(number, -1 - step) for number in numbers])
        noise = told.noise(len(numbers), network.entering, -1 - step)
        loss = (network.dictionary.whole(network.read(conditions, noise)) - wanted).square().mean()
        require_finite_loss(loss.item(), "begin at the pool", step + 1)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
