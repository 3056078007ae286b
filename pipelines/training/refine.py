"""Adapters trained on from where they are, each on a few examples of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from hyperlora.bank import AdapterBank, StackedFactors, stack_at_one_rank
from hyperlora.errors import InputError, TrainingError
from hyperlora.inference.batching import encode
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example
from pipelines.recipes import FewExamplesRecipe, TrainingRecipe
from pipelines.training.batch_samplers import Sample
from pipelines.training.loop import train

# Examples of an adapter in one step; of more, the next ones follow in the next step.
MOST_IN_A_STEP = 32


def refine(
    base: BaseModel,
    adapters: Sequence[Adapter],
    examples: Sequence[Sequence[Example]],
    recipe: FewExamplesRecipe,
    *,
    label: str = "refine",
) -> list[Adapter]:
    """Take gradient steps on the examples' answers, side by side for all adapters; none sees another's examples.

    A step takes all examples of an adapter, or, of many, 32 in their turn.
    Nothing is kept to go on from: this takes seconds.

    Args:
        base: loaded with ``training=True``.
        adapters: where training begins; ranks, scalings and modules may differ, and stay.
        examples: of each adapter.
        recipe: its warm-up is cut to what its steps have room for.
        label: of the progress bar.

    Returns:
        The adapters in their order, on CPU, under their old cards.

    Raises:
        InputError: an adapter has no examples, or there are not as many groups of examples as adapters.
        BaseModelError: an adapter was made for another base model.
        TrainingError: the loss, or a weight, is not finite.
    """
    if len(examples) != len(adapters) or not all(examples):
        raise InputError("there are no examples to refine on", "Give some with --examples FILE.")
    for adapter in adapters:
        adapter.require_base(base.identity)
    if not adapters:
        return []
    started = _Started(adapters)
    settings = TrainingRecipe.model_validate(
        {
            "steps": recipe.steps,
            "samples_per_task": min(max(map(len, examples)), MOST_IN_A_STEP),
            "learning_rate": recipe.learning_rate,
            "warmup_steps": min(recipe.warmup_steps, recipe.steps - 1),
            "checkpoint_steps": recipe.steps,
        }
    )
    bank = AdapterBank(base.model)
    try:
        with tempfile.TemporaryDirectory(prefix="hyperlora-refine-") as folder:
            sampler = _Examples(base, adapters, examples)
            train(base, bank, sampler, started, settings, Path(folder), label=label, on_step=lambda report: None)
    except TrainingError as error:
        raise TrainingError(
            error.problem, "Take fewer steps, or none, with --refine, and look for odd texts among the examples."
        ) from error
    finally:
        bank.close()
    return started.adapters()


class _Started(nn.Module):
    """The factors of adapters as parameters.

    Smaller ranks are filled up with zeros, whose gradients are zero: a row of A gets them through a column of B, and
    the other way round.
    """

    def __init__(self, adapters: Sequence[Adapter]) -> None:
        super().__init__()
        self._adapters = list(adapters)
        stacks = stack_at_one_rank(adapters)
        self._names = list(stacks)
        self.A = nn.ParameterList([stack.A for stack in stacks.values()])
        self.B = nn.ParameterList([stack.B for stack in stacks.values()])
        scalings = torch.stack([stack.scaling for stack in stacks.values()])
        self.register_buffer("scalings", scalings, persistent=False)

    @property
    def module(self) -> nn.Module:
        """Itself: its parameters are what is trained."""
        return self

    def factors(self, step: int) -> Mapping[str, StackedFactors]:
        """The parameters as they are, one adapter a position; the same at every step."""
        scalings = self.scalings
        assert isinstance(scalings, Tensor)
        return {
            name: StackedFactors(A, B, scaling)
            for name, A, B, scaling in zip(self._names, self.A, self.B, scalings, strict=True)
        }

    @torch.no_grad()
    def adapters(self) -> list[Adapter]:
        """The adapters as they are now."""
        stacks = self.to("cpu").factors(0)
        made = []
        for place, adapter in enumerate(self._adapters):
            modules = {}
            for name, begun in adapter.modules.items():
                A, B = stacks[name].A[place, : begun.rank], stacks[name].B[place, :, : begun.rank]
                modules[name] = LoraFactors(A.clone(), B.clone(), begun.scaling)
            made.append(Adapter(modules, adapter.base, adapter.card))
        return made


class _Examples:
    """Every adapter's examples, all in each step, or 32 in their turn."""

    def __init__(self, base: BaseModel, adapters: Sequence[Adapter], examples: Sequence[Sequence[Example]]) -> None:
        self._own = []
        for place, (adapter, own) in enumerate(zip(adapters, examples, strict=True)):
            template = adapter.card.prompt_template
            prompts = [render_prompt(template, example.input) for example in own]
            completions = [render_completion(template, example.output) for example in own]
            encoded = encode(base.tokenizer, prompts, completions, min(base.stop_ids))
            self._own.append([Sample(place, place, each) for each in encoded])

    def samples(self, step: int) -> list[Sample]:
        """Of every adapter, the examples whose turn it is."""
        return [
            own[(step * MOST_IN_A_STEP + place) % len(own)]
            for own in self._own
            for place in range(min(len(own), MOST_IN_A_STEP))
        ]
