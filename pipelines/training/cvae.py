"""Train a CVAE on the adapters of a pool: weights along each task's training, conditions drawn anew at every step.

No forward through the base model is needed. That a task's condition is another wording, or another subset of its
examples, at each step, is the in-context meta-learning of ICM-LoRA (Shao et al. 2025): one network learns from what
varies what a task's conditions have in common.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import torch
from torch import Tensor

from generator.canonical import Weights, aligned, leading_directions, mean_reference, projected
from generator.cvae import Cvae, CvaeConfig, kl_divergence
from generator.input_metric import InputMetric
from hyperlora.errors import InputError
from hyperlora.files.durable import fault_point
from hyperlora.lora.target_modules import TargetModule
from hyperlora.models import BaseIdentity
from hyperlora.progress import progress
from hyperlora.settings import get_settings
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE
from pipelines.recipes.cvae_recipe import CvaeRecipe
from pipelines.training.batch_samplers import step_tasks
from pipelines.training.checkpointing import resume, write_checkpoint
from pipelines.training.divergence import require_finite_loss

# Limits of the width that a recipe leaves open: in one direction less than there are adapters they differ.
_FEWEST_ATOMS, _MOST_ATOMS = 8, 2**14
DrawCondition = Callable[[random.Random], Tensor]


@dataclass(frozen=True)
class TaskWeights:
    """What is learned of one task.

    Attributes:
        name: of the task.
        weights: its adapter's factors at some steps of training, the finished one last; of any rank and scaling.
        condition: draws a condition (condition_size,) of unit length; see `one_of` and `mean_of_some`.
    """

    name: str
    weights: Sequence[Weights]
    condition: DrawCondition


@dataclass(frozen=True)
class CvaeReport:
    """One optimiser step.

    Attributes:
        step: its number from 1.
        loss: what was descended.
        reconstruction: mean squared error of a normalised weight; 1 is the mean adapter's.
        kl: mean divergence of the latents that were not the prior's mean, in nats.
    """

    step: int
    loss: float
    reconstruction: float
    kl: float


def one_of(embeddings: Tensor) -> DrawCondition:
    """Draw one of a task's conditions (variants, condition_size), e.g. the embeddings of its paraphrases."""
    return lambda draw: embeddings[draw.randrange(embeddings.shape[0])]


def mean_of_some(states: Tensor, fewest: int = 1, most: int = 32) -> DrawCondition:
    """Draw the task vector of a random subset of a task's examples.

    Args:
        states: (examples, condition_size), hidden states of single examples; a task vector is the mean of some,
            brought to unit length.
        fewest, most: examples in a subset; each number in between is as likely.
    """

    def mean(draw: random.Random) -> Tensor:
        count = draw.randint(min(fewest, len(states)), min(most, len(states)))
        chosen = draw.sample(range(len(states)), count)
        return torch.nn.functional.normalize(states[chosen].mean(dim=0), dim=0)

    return mean


def train_cvae(
    base: BaseIdentity,
    modules: Sequence[TargetModule],
    tasks: Sequence[TaskWeights],
    recipe: CvaeRecipe,
    folder: Path,
    on_step: Callable[[CvaeReport], None],
    *,
    encoder: str,
    prompt_template: str = DEFAULT_TEMPLATE,
    metric: InputMetric | None = None,
) -> Cvae:
    """Train one CVAE for all tasks.

    Adapters enter in canonical form, those of unlike inits, ranks and scalings alike.

    Args:
        base: of the adapters.
        modules: that the generator is to write.
        folder: holds this run's checkpoint; a second call continues from it.
        on_step: called after every optimiser step.
        encoder: id of what makes the conditions.
        prompt_template: of the adapters.
        metric: in which adapters are brought onto a common A, or cut down to the rank; the weights' own when None.

    Returns:
        The CVAE, on CPU, in evaluation mode.

    Raises:
        InputError: there are no tasks, one has no weights or two have one name; conditions differ in size; an adapter
            does not fit the modules or is not finite.
        TrainingError: the loss, or a parameter, is not finite.
    """
    condition_size = _check(tasks)
    config = CvaeConfig(
        base=base,
        encoder=encoder,
        condition_size=condition_size,
        modules=tuple(modules),
        rank=recipe.rank,
        alpha=recipe.alpha,
        sides=recipe.sides,
        form=recipe.form,
        latent_size=recipe.latent_size,
        width=recipe.width or min(max(len(tasks) - 1, _FEWEST_ATOMS), _MOST_ATOMS),
        hidden_size=recipe.hidden_size,
        embedding_size=recipe.embedding_size,
        prompt_template=prompt_template,
        tasks=tuple(task.name for task in tasks),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = Cvae(config)
    weights = _fit(network, tasks, metric)
    device = get_settings().torch_device()
    network.to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate, weight_decay=0.0)
    done = resume(network, optimiser, folder)
    with progress(recipe.steps, "train cvae", "step", initial=done) as bar:
        for step in range(done, recipe.steps):
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * _learning_rate_share(step, recipe)
            drawn, conditions = _samples(tasks, weights, step, recipe)
            report = _descend(network, optimiser, drawn.to(device), conditions.to(device), step, recipe)
            bar.set_postfix_str(f"reconstruction {report.reconstruction:.3f}, kl {report.kl:.1f}", refresh=False)
            bar.update()
            on_step(report)
            if (step + 1) % recipe.checkpoint_steps == 0 or step + 1 == recipe.steps:
                write_checkpoint(network, optimiser, step + 1, folder)
                fault_point("train-cvae-checkpoint")
    return network.cpu().eval().requires_grad_(False)


def canonical_weights(network: Cvae, pool: Sequence[Weights]) -> Tensor:
    """Adapters as vectors of a trained network's layout, to encode or to compare; (adapters, layout.size).

    They are brought onto its A in the weights' own metric.

    Raises:
        InputError: an adapter does not fit the network's modules, or is not finite.
    """
    modules, rank = network.config.modules, network.config.rank
    if network.config.sides == "B":
        return network.layout.flat(projected(pool, modules, network.common()).factors)
    mean = network.layout.factors(network.standardiser.mean[None])
    reference = {name: stack.A[0] for name, stack in mean.items()}
    return network.layout.flat(aligned(pool, modules, rank, reference).factors)


def _fit(network: Cvae, tasks: Sequence[TaskWeights], metric: InputMetric | None) -> list[Tensor]:
    """Give the network what it takes from the pool; for each task its weights as vectors (snapshots, layout.size)."""
    modules, rank = network.config.modules, network.config.rank
    pool = [weights for task in tasks for weights in task.weights]
    if metric is not None:
        pool = metric.measured(pool) if network.config.sides == "B" else metric.cut(pool, modules, rank)
    finished = [pool[end - 1] for end in accumulate(len(task.weights) for task in tasks)]
    if network.config.sides == "B":
        common = leading_directions(finished, modules, rank)
        flat = network.layout.flat(projected(pool, modules, common).factors)
        network.fit(flat, common if metric is None else metric.as_read(common))
    else:
        reference = mean_reference(finished, modules, rank)
        flat = network.layout.flat(aligned(pool, modules, rank, reference).factors)
        network.fit(flat)
    return list(flat.split([len(task.weights) for task in tasks]))


def _check(tasks: Sequence[TaskWeights]) -> int:
    """The conditions' size."""
    names = [task.name for task in tasks]
    if not tasks or len(set(names)) != len(names):
        raise InputError("there are no tasks, or two have one name", "Give each task once, with all its snapshots.")
    if bare := [task.name for task in tasks if not task.weights]:
        raise InputError(f"{', '.join(bare)} have no weights", "Train their adapters first, or leave them out.")
    sizes = {task.condition(random.Random(0)).shape for task in tasks}
    if len(sizes) != 1:
        raise InputError(f"conditions have sizes {sorted(map(tuple, sizes))}", "Make all of them with one encoder.")
    return int(sizes.pop()[0])


def _samples(
    tasks: Sequence[TaskWeights], weights: Sequence[Tensor], step: int, recipe: CvaeRecipe
) -> tuple[Tensor, Tensor]:
    """Weights and conditions of a step; they depend on nothing but the step, so that a resumed run sees the same."""
    drawn, conditions = [], []
    for number in step_tasks(len(tasks), step, recipe.tasks_per_step or len(tasks), recipe.seed):
        draw = random.Random(f"{recipe.seed}/{tasks[number].name}/{step}")
        drawn.append(weights[number][draw.randrange(len(weights[number]))])
        conditions.append(_disturbed(tasks[number].condition(draw).float(), recipe.condition_noise, draw))
    return torch.stack(drawn), torch.stack(conditions)


def _disturbed(condition: Tensor, length: float, draw: random.Random) -> Tensor:
    noise = torch.randn(len(condition), generator=torch.Generator().manual_seed(draw.getrandbits(63)))
    return torch.nn.functional.normalize(condition + length * len(condition) ** -0.5 * noise, dim=0)


def _descend(
    network: Cvae,
    optimiser: torch.optim.Optimizer,
    weights: Tensor,
    conditions: Tensor,
    step: int,
    recipe: CvaeRecipe,
) -> CvaeReport:
    """One step on the mean of two losses: the CVAE's, and that of decoding the prior's mean.

    The second is what the generator does without a latent. Alone the first lets the latent tell the decoder the task,
    which the condition should; both together are the hybrid objective of Sohn et al. (2015, section 4.2).
    """
    draws = torch.Generator().manual_seed(random.Random(f"{recipe.seed}/latents/{step}").getrandbits(63))
    noise = torch.randn(len(weights), recipe.latent_size, generator=draws).to(weights.device)
    own = (torch.rand(len(weights), generator=draws) >= recipe.prior_share).to(weights.device)
    mean, log_variance = network.encode(weights, conditions)
    latent = (mean + (0.5 * log_variance).exp() * noise) * own[:, None]
    reconstruction = network.reconstruction_loss(network.decode(latent, conditions), weights).mean()
    kl = (kl_divergence(mean, log_variance) * own).sum() / own.sum().clamp(min=1)
    loss = reconstruction + recipe.kl_weight * kl
    require_finite_loss(loss.item(), "train cvae", step + 1, recipe)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return CvaeReport(step + 1, loss.item(), reconstruction.item(), kl.item())


def _learning_rate_share(step: int, recipe: CvaeRecipe) -> float:
    if step < recipe.warmup_steps:
        return (step + 1) / recipe.warmup_steps
    return (recipe.steps - step) / (recipe.steps - recipe.warmup_steps)
