"""Gradient descent through the frozen base model: one loop for adapters and for generators.

What is trained hands out stacked factors; the loop runs batches through the bank and hands the factors' gradients
back. It checkpoints, resumes exactly where it was killed, and reports loss and speed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from hyperlora.bank import AdapterBank, Route, StackedFactors
from hyperlora.base_models import BaseModel
from hyperlora.batching import Encoded, collate, encode, label_logits, length_buckets
from hyperlora.durable import fault_point, write_bytes
from hyperlora.progress import progress
from hyperlora.prompts import render_completion, render_prompt
from hyperlora.tasks import Example, Task
from pipelines.recipes import AdapterRecipe, HypernetRecipe

_CHECKPOINT = "checkpoint.safetensors"


class Trainee(Protocol):
    """Something whose parameters become one adapter per task."""

    @property
    def module(self) -> nn.Module:
        """Holds every trained parameter."""

    def factors(self, step: int) -> Mapping[str, StackedFactors]:
        """One adapter per task, in the tasks' order, differentiable with respect to the parameters."""


@dataclass(frozen=True)
class StepReport:
    """One optimiser step: its number from 1, and the mean loss per answer token over tasks, in nats."""

    step: int
    loss: float


def encode_examples(base: BaseModel, task: Task, examples: Sequence[Example]) -> list[Encoded]:
    """Token ids of a task's examples under its template, each answer closed by the stop token."""
    prompts = [render_prompt(task.prompt_template, example.input) for example in examples]
    completions = [render_completion(task.prompt_template, example.output) for example in examples]
    return encode(base.tokenizer, prompts, completions, min(base.stop_ids))


def step_samples(task: Task, count: int, step: int, per_step: int, seed: int) -> list[int]:
    """Which of a task's `count` training examples step `step` uses: epoch by epoch, reshuffled, stateless.

    Depends on nothing but its arguments, so that a resumed run sees what the killed one would have seen.
    """
    orders: dict[int, list[int]] = {}
    chosen = []
    for position in range(step * per_step, (step + 1) * per_step):
        epoch, offset = divmod(position, count)
        if epoch not in orders:
            orders[epoch] = list(range(count))
            random.Random(f"{seed}/{task.name}/{epoch}").shuffle(orders[epoch])
        chosen.append(orders[epoch][offset])
    return chosen


def train(
    base: BaseModel,
    bank: AdapterBank,
    tasks: Sequence[Task],
    trainee: Trainee,
    recipe: AdapterRecipe | HypernetRecipe,
    folder: Path,
    *,
    label: str,
    on_step: Callable[[StepReport], None],
) -> None:
    """Train until `recipe.steps`, continuing from the checkpoint in `folder` if there is one.

    Args:
        base: loaded for training; its weights stay as they are.
        bank: on `base.model`.
        folder: keeps the checkpoint of this run and of no other.
        on_step: called after every step.
    """
    pools = [encode_examples(base, task, task.train) for task in tasks]
    trainee.module.to(base.device).train()
    optimiser = torch.optim.AdamW(trainee.module.parameters(), lr=recipe.learning_rate, weight_decay=0.0)
    done = _resume(trainee.module, optimiser, folder)
    with progress(recipe.steps, label, "step", initial=done) as bar:
        for step in range(done, recipe.steps):
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * learning_rate_share(step, recipe)
            samples = [
                (row, pool[index])
                for row, (task, pool) in enumerate(zip(tasks, pools, strict=True))
                for index in step_samples(task, len(pool), step, recipe.samples_per_task, recipe.seed)
            ]
            optimiser.zero_grad(set_to_none=True)
            loss = accumulate_gradients(base, bank, trainee.factors(step), samples, len(tasks), recipe.micro_batch)
            optimiser.step()
            bar.set_postfix_str(f"loss {loss:.3f}")
            bar.update()
            on_step(StepReport(step + 1, loss))
            if (step + 1) % recipe.checkpoint_steps == 0 or step + 1 == recipe.steps:
                _checkpoint(trainee.module, optimiser, step + 1, folder)
                fault_point(f"{label}-checkpoint".replace(" ", "-"))


def learning_rate_share(step: int, recipe: AdapterRecipe | HypernetRecipe) -> float:
    """The share of the learning rate at a step: a linear rise over the warm-up, then a linear fall to zero."""
    if step < recipe.warmup_steps:
        return (step + 1) / recipe.warmup_steps
    return (recipe.steps - step) / (recipe.steps - recipe.warmup_steps)


def accumulate_gradients(
    base: BaseModel,
    bank: AdapterBank,
    factors: Mapping[str, StackedFactors],
    samples: Sequence[tuple[int, Encoded]],
    num_tasks: int,
    micro_batch: int,
) -> float:
    """Add the gradient of the summed per-task losses to the trainee's parameters; return the mean loss.

    Each task's loss is its mean over answer tokens, so that an adapter learns as it would alone. Micro-batches stop
    at copies of the factors; one backward through whatever made the factors follows.
    """
    tokens = [0] * num_tasks
    for row, sample in samples:
        tokens[row] += len(sample.completion)
    leaves = {name: StackedFactors(_leaf(stack.A), _leaf(stack.B), stack.scaling) for name, stack in factors.items()}
    total = 0.0
    for group in length_buckets([len(sample) for _, sample in samples], micro_batch):
        batch = collate([samples[position][1] for position in group], base.pad_id, base.device)
        rows = [samples[position][0] for position in group]
        weight = torch.tensor([1.0 / tokens[row] for row in rows], device=base.device)
        with bank.run(leaves, Route.select(rows)):
            logits = label_logits(base.model, batch, bank).float()
        losses = nn.functional.cross_entropy(logits, batch.labels, reduction="none")
        loss = (losses * weight.index_select(0, batch.rows)).sum()
        loss.backward()
        total += loss.item()
    outputs = [tensor for stack in factors.values() for tensor in (stack.A, stack.B)]
    gradients = [tensor.grad for stack in leaves.values() for tensor in (stack.A, stack.B)]
    torch.autograd.backward(outputs, gradients)
    return total / num_tasks


def _leaf(tensor: Tensor) -> Tensor:
    return tensor.detach().requires_grad_()


def _checkpoint(module: nn.Module, optimiser: torch.optim.Optimizer, step: int, folder: Path) -> None:
    tensors = {f"module.{name}": tensor for name, tensor in module.state_dict().items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": value for name, value in state.items()}
    data = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()},
        metadata={"step": json.dumps(step)},
    )
    write_bytes(folder / _CHECKPOINT, data)


def _resume(module: nn.Module, optimiser: torch.optim.Optimizer, folder: Path) -> int:
    path = folder / _CHECKPOINT
    if not path.is_file():
        return 0
    data = path.read_bytes()
    tensors = load(data)
    module.load_state_dict(_under("module.", tensors))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under("optimiser.", tensors).items():
        index, _, key = name.partition(".")
        state.setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return int(json.loads(header["__metadata__"]["step"]))


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
