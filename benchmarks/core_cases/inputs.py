"""What all cases share: the base model, copies of it for the peer, real prompts, random adapters and their folders."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel, load_base_model
from hyperlora.models.quiet import quiet_transformers
from hyperlora.peft_io.folder import write_adapter
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Task

QUERY_VALUE = ("q_proj", "v_proj")
ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Sizes:
    """How much work the cases do.

    Attributes:
        rank: of the adapters, where a case does not say otherwise.
        samples_per_task: in a training step, one comparison each.
        wide_rank: of the large adapter that is merged.
        residents: adapters already loaded when another is, one comparison each.
        adapters: distinct ones in a decoded batch, one comparison each.
        prompts: decoded together, at least; more if there are more adapters.
        new_tokens: decoded for each prompt.
    """

    rank: int = 8
    samples_per_task: Sequence[int] = (1, 4, 16)
    wide_rank: int = 64
    residents: Sequence[int] = (1, 10, 100)
    adapters: Sequence[int] = (1, 8, 32, 64)
    prompts: int = 32
    new_tokens: int = 32


@dataclass
class Inputs:
    """The base model, tasks, and adapters for it.

    Attributes:
        reference: of the base model.
        tasks: real ones.
        scratch: an empty folder for adapter folders.
    """

    reference: str
    tasks: Sequence[Task]
    scratch: Path
    sizes: Sizes = field(default_factory=Sizes)

    def load_base(self, *, training: bool = False) -> BaseModel:
        """The base model as our own code loads it."""
        return load_base_model(self.reference, training=training)

    def load_peer_model(self, base: BaseModel, attention: str) -> Any:
        """Another copy of the same weights, frozen, for PEFT to change; "eager" or "sdpa" attention."""
        from transformers import AutoModelForCausalLM

        with quiet_transformers():
            model = AutoModelForCausalLM.from_pretrained(
                base.folder, dtype=base.model.dtype, attn_implementation=attention
            )
        return model.to(base.device).eval().requires_grad_(False)

    def prompts(self, count: int) -> list[str]:
        """Prompts of the tasks' test examples, one task after the other in turn."""
        rendered: Iterator[str] = (
            render_prompt(task.prompt_template, task.test[position].input)
            for position in range(min(len(task.test) for task in self.tasks))
            for task in self.tasks
        )
        return [prompt for prompt, _ in zip(rendered, range(count), strict=False)]

    def adapter(self, base: BaseModel, seed: int, *, rank: int, modules: Sequence[str] = QUERY_VALUE) -> Adapter:
        """An adapter with random factors of the size that training gives them."""
        generator = torch.Generator().manual_seed(seed)
        factors = {}
        for target in find_target_modules(base.model, modules):
            A = torch.randn(rank, target.in_features, generator=generator) * target.in_features**-0.5
            B = torch.randn(target.out_features, rank, generator=generator) * 0.02
            factors[target.name] = LoraFactors(A, B, 2.0)
        return Adapter(factors, base.identity, Card(description=f"Benchmark adapter {seed}"))

    def folder(self, adapter: Adapter) -> Path:
        """The adapter as a PEFT folder, written once."""
        folder = self.scratch / adapter.content_hash[:16]
        return folder if folder.is_dir() else write_adapter(adapter, folder)


def sharing_weights(model: Any) -> Any:
    """A copy of a model's modules around the very same weights."""
    return copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
