"""Conditions: what somebody wants an adapter for, and how a generator is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from generator.writing import GeneratorConfig
from hyperlora.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError
from hyperlora.tasks import Example

Part = Literal["description", "examples"]


@dataclass(frozen=True)
class Wanted:
    """What an adapter is wanted for.

    Attributes:
        description: the task, in words.
        examples: solved examples of it.
    """

    description: str = ""
    examples: tuple[Example, ...] = ()


class Senses(Protocol):
    """What reads descriptions and examples; each is loaded when it is first asked for."""

    @property
    def encoder(self) -> TextEncoder:
        """The text encoder."""


@dataclass(frozen=True)
class ConditionKind:
    """One way to tell a generator what is wanted.

    Attributes:
        needs: what must be given; the other parts are not read.
        read: the conditions (n, condition_size) of n that are wanted.
    """

    needs: frozenset[Part]
    read: Callable[[GeneratorConfig, Sequence[Wanted], Senses], Tensor]


def _embedded(config: GeneratorConfig, wanted: Sequence[Wanted], senses: Senses) -> Tensor:
    embeddings = torch.from_numpy(senses.encoder.encode([each.description for each in wanted]))
    if embeddings.shape[1] != config.condition_size:
        raise AdapterFormatError(
            f"the generator takes conditions of {config.condition_size} numbers, and {config.encoder} gives "
            f"{embeddings.shape[1]}",
            "Train the generator again, or restore its folder.",
        )
    return embeddings


EMBEDDED_DESCRIPTION = ConditionKind(frozenset({"description"}), _embedded)


def condition_kind(config: GeneratorConfig) -> ConditionKind:
    """How a generator is told what is wanted. Every kind there is reads the text encoder's view of a description."""
    return EMBEDDED_DESCRIPTION


def missing_part(config: GeneratorConfig, wanted: Wanted) -> Part | None:
    """What a generator needs and is not given, or None."""
    given: dict[Part, bool] = {"description": bool(wanted.description.strip()), "examples": bool(wanted.examples)}
    needs = condition_kind(config).needs
    return next((part for part, there in given.items() if part in needs and not there), None)
