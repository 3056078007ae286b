"""Gradient descent through the frozen base model: one loop for adapters and for generators.

What is trained hands out stacked factors; the loop runs batches through the bank and hands the factors' gradients
back. It checkpoints, resumes exactly where it was killed, and reports loss and speed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from safetensors.torch import save
from torch import Tensor, nn

from hyperlora.bank import AdapterBank, Route, StackedFactors
from hyperlora.cancellation import check_cancelled
from hyperlora.files.durable import fault_point, write_bytes
from hyperlora.inference.batching import label_logits
from hyperlora.inference.prefix_sharing import packed_batches
from hyperlora.models import BaseModel
from hyperlora.progress import progress
from pipelines.recipes import TrainingRecipe
from pipelines.training.batch_samplers import BatchSampler, Sample
from pipelines.training.checkpointing import resume, write_checkpoint
from pipelines.training.divergence import require_finite_loss


class FactorSource(Protocol):
    """Something whose parameters become adapters."""

    @property
    def module(self) -> nn.Module:
        """Holds every trained parameter."""

    def factors(self, step: int) -> Mapping[str, StackedFactors]:
        """The adapters that a step's samples act on, differentiable with respect to the parameters."""


@dataclass(frozen=True)
class StepReport:
    """One optimiser step: its number from 1, and the mean loss per answer token over tasks, in nats."""

    step: int
    loss: float


def train(
    base: BaseModel,
    bank: AdapterBank,
    sampler: BatchSampler,
    source: FactorSource,
    recipe: TrainingRecipe,
    folder: Path,
    *,
    label: str,
    on_step: Callable[[StepReport], None],
    snapshots: Path | None = None,
) -> None:
    """Train until `recipe.steps`, continuing from the checkpoint in `folder` if there is one.

    Args:
        base: loaded for training; its weights stay as they are.
        bank: on `base.model`.
        sampler: what each step trains on.
        folder: keeps the checkpoint of this run and of no other.
        on_step: called after every step.
        snapshots: where the parameters are kept after each of `recipe.snapshot_steps`, for those who learn from the
            path that training takes.

    Raises:
        TrainingError: the loss, or a parameter, is not finite.
    """
    source.module.to(base.device).train()
    optimiser = torch.optim.AdamW(source.module.parameters(), lr=recipe.learning_rate, weight_decay=0.0)
    done = resume(source.module, optimiser, folder)
    with progress(recipe.steps, label, "step", initial=done) as bar:
        for step in range(done, recipe.steps):
            check_cancelled()
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * learning_rate_share(step, recipe)
            optimiser.zero_grad(set_to_none=True)
            loss = accumulate_gradients(base, bank, source.factors(step), sampler.samples(step), recipe.micro_batch)
            require_finite_loss(loss, label, step + 1, recipe)
            optimiser.step()
            bar.set_postfix_str(f"loss {loss:.3f}")
            bar.update()
            on_step(StepReport(step + 1, loss))
            if snapshots is not None and step + 1 in recipe.snapshot_steps:
                write_snapshot(source.module, snapshots / f"step-{step + 1:06d}.safetensors")
            if (step + 1) % recipe.checkpoint_steps == 0 or step + 1 == recipe.steps:
                write_checkpoint(source.module, optimiser, step + 1, folder)
                fault_point(f"{label}-checkpoint".replace(" ", "-"))


def learning_rate_share(step: int, recipe: TrainingRecipe) -> float:
    """The share of the learning rate at a step: a linear rise over the warm-up, then a linear fall to zero."""
    if step < recipe.warmup_steps:
        return (step + 1) / recipe.warmup_steps
    return (recipe.steps - step) / (recipe.steps - recipe.warmup_steps)


def accumulate_gradients(
    base: BaseModel,
    bank: AdapterBank,
    factors: Mapping[str, StackedFactors],
    samples: Sequence[Sample],
    micro_batch: int,
) -> float:
    """Add the gradient of the summed per-task losses to the source's parameters; return the mean loss.

    Each task's loss is its mean over answer tokens, so that an adapter learns as it would alone. Micro-batches stop
    at copies of the factors; one backward through whatever made the factors follows.
    """
    tokens: Counter[int] = Counter()
    for sample in samples:
        tokens[sample.task] += len(sample.encoded.completion)
    weights = torch.tensor([1.0 / tokens[sample.task] for sample in samples], device=base.device)
    leaves = {name: StackedFactors(_leaf(stack.A), _leaf(stack.B), stack.scaling) for name, stack in factors.items()}
    total = 0.0
    encoded, rows = [sample.encoded for sample in samples], [sample.adapter for sample in samples]
    for packed in packed_batches(base.model, encoded, rows, base.pad_id, micro_batch, base.device):
        batch = packed.batch
        with bank.run(leaves, Route.select(packed.keys)):
            logits = label_logits(base.model, batch, bank).float()
        losses = nn.functional.cross_entropy(logits, batch.labels, reduction="none")
        loss = (losses * weights.index_select(0, batch.samples)).sum()
        loss.backward()
        total += loss.item()
    outputs = [tensor for stack in factors.values() for tensor in (stack.A, stack.B)]
    gradients = [tensor.grad for stack in leaves.values() for tensor in (stack.A, stack.B)]
    torch.autograd.backward(outputs, gradients)
    return total / len(tokens)


def _leaf(tensor: Tensor) -> Tensor:
    return tensor.detach().requires_grad_()


def write_snapshot(module: nn.Module, path: Path) -> None:
    """The parameters as they are, in half precision."""
    tensors = {
        name: value.detach().to("cpu", torch.float16).contiguous() for name, value in module.state_dict().items()
    }
    write_bytes(path, save(tensors))
