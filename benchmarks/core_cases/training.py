"""One optimiser step of every task's adapter: all in one pass through the bank, beside PEFT task by task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any

import torch
from torch import Tensor, nn

from core_cases.inputs import Inputs, sharing_weights
from hyperlora.bank import AdapterBank
from hyperlora.inference.batching import Encoded, collate, label_logits
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel
from pipelines.recipes import AdapterRecipe, load_recipe

# The shipped step itself, private as it is: a copy here would be measured long after the shipped one had changed.
from pipelines.training.adapters import StackedParameters
from pipelines.training.batch_samplers import Sample, encode_examples, step_samples
from pipelines.training.loop import accumulate_gradients
from side_by_side import Comparison, Prepared

_IGNORED = -100

Batches = Callable[[int], list[list[Encoded]]]
PeerLoss = Callable[[Any, Sequence[Encoded], int], Tensor]


def comparisons(inputs: Inputs) -> Iterator[Comparison]:
    """One a number of samples per task."""
    base = inputs.load_base(training=True)
    bank = AdapterBank(base.model)
    pools = [encode_examples(base, task, task.train) for task in inputs.tasks]
    for samples in inputs.sizes.samples_per_task:
        recipe = shipped_recipe(rank=inputs.sizes.rank, samples_per_task=samples)
        yield Comparison(
            f"train, {samples} samples per task",
            partial(_ours, inputs, base, bank, recipe, _batches(inputs, pools, samples)),
            {
                "peft_best": partial(
                    _peft,
                    inputs,
                    base,
                    recipe,
                    _batches(inputs, pools, samples),
                    label="PEFT task by task, eager attention, logits at labels only, fused AdamW",
                    attention="eager",
                    loss=label_loss,
                    fused=True,
                ),
                "peft_default": partial(
                    _peft,
                    inputs,
                    base,
                    recipe,
                    _batches(inputs, pools, samples),
                    label="PEFT task by task, sdpa, model(labels=...), AdamW",
                    attention="sdpa",
                    loss=whole_loss,
                    fused=None,
                ),
            },
            {
                "tasks": len(inputs.tasks),
                "samples_per_task": samples,
                "rank": recipe.rank,
                "modules": recipe.target_modules,
            },
        )


def shipped_recipe(**changes: object) -> AdapterRecipe:
    """How the quickstart trains adapters, with changes."""
    return AdapterRecipe.model_validate(load_recipe().adapters.model_dump() | changes)


def label_loss(model: Any, samples: Sequence[Encoded], pad_id: int) -> Tensor:
    """Mean loss over answer tokens; the head sees no other positions."""
    batch = collate(samples, pad_id)
    return nn.functional.cross_entropy(label_logits(model, batch).float(), batch.labels)


def whole_loss(model: Any, samples: Sequence[Encoded], pad_id: int) -> Tensor:
    """The same as transformers computes it from padded labels."""
    batch = collate(samples, pad_id)
    labels = torch.full_like(batch.input_ids, _IGNORED)
    # a position predicts the token after it, and transformers shifts the labels itself
    labels.view(-1)[batch.positions + 1] = batch.labels
    loss: Tensor = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=labels).loss
    return loss


def peft_model(model: Any, recipe: AdapterRecipe) -> Any:
    """A PEFT model with one new adapter as the recipe wants it, sharing the frozen weights of `model`."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        target_modules=list(recipe.target_modules),
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
    )
    return get_peft_model(sharing_weights(model), config)


def trained_parameters(model: Any) -> list[Tensor]:
    """The adapter's factors in a PEFT model."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def _learnt(loss: float, B: Tensor) -> Tensor:
    """The loss, and one module's factors after the step: before it they are zero, and any loss would agree."""
    return torch.cat([torch.tensor([loss]), B.flatten()])


def _batches(inputs: Inputs, pools: Sequence[Sequence[Encoded]], samples: int) -> Batches:
    """From a step to each task's samples; the same on every side."""

    def batch(step: int) -> list[list[Encoded]]:
        return [
            [pool[index] for index in step_samples(task, len(pool), step, samples, 0)]
            for task, pool in zip(inputs.tasks, pools, strict=True)
        ]

    return batch


def _new_parameters(base: BaseModel, inputs: Inputs, recipe: AdapterRecipe) -> StackedParameters:
    targets = find_target_modules(base.model, recipe.target_modules)
    return StackedParameters(targets, len(inputs.tasks), recipe)


def _ours(inputs: Inputs, base: BaseModel, bank: AdapterBank, recipe: AdapterRecipe, batches: Batches) -> Prepared:
    stacked = _new_parameters(base, inputs, recipe)
    optimiser = torch.optim.AdamW(stacked.parameters(), lr=recipe.learning_rate, weight_decay=0.0)
    steps = count()

    def run() -> float:
        step = next(steps)
        samples = [Sample(row, row, encoded) for row, own in enumerate(batches(step)) for encoded in own]
        optimiser.zero_grad(set_to_none=True)
        loss = accumulate_gradients(base, bank, stacked.factors(step), samples, recipe.micro_batch)
        optimiser.step()
        return loss

    return Prepared(
        "all tasks in one pass through the bank",
        run,
        lambda loss: _learnt(loss, list(stacked.factors(0).values())[-1].B),
    )


def _peft(
    inputs: Inputs,
    base: BaseModel,
    recipe: AdapterRecipe,
    batches: Batches,
    *,
    label: str,
    attention: str,
    loss: PeerLoss,
    fused: bool | None,
) -> Prepared:
    frozen = inputs.load_peer_model(base, attention)
    # each task has a model of its own with one adapter, because training task by task never switches adapters
    models = [peft_model(frozen, recipe) for _ in inputs.tasks]
    start = _new_parameters(base, inputs, recipe).factors(0)
    for position, model in enumerate(models):
        for name, stack in start.items():
            layer = model.get_base_model().get_submodule(name)
            layer.lora_A["default"].weight.data.copy_(stack.A[position])
    optimisers = [
        torch.optim.AdamW(trained_parameters(model), lr=recipe.learning_rate, weight_decay=0.0, fused=fused)
        for model in models
    ]
    steps = count()

    def run() -> float:
        losses = []
        for model, optimiser, samples in zip(models, optimisers, batches(next(steps)), strict=True):
            optimiser.zero_grad(set_to_none=True)
            value = loss(model.get_base_model(), samples, base.pad_id)
            torch.autograd.backward(value)
            optimiser.step()
            losses.append(value.item())
        return sum(losses) / len(losses)

    name = list(start)[-1]
    trained = [model.get_base_model().get_submodule(name).lora_B["default"].weight for model in models]
    return Prepared(label, run, lambda loss: _learnt(loss, torch.stack(trained)))
