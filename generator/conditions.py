"""Conditions: what somebody wants an adapter for, and how a generator is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from generator.condition_features import FeatureSizes
from generator.writing import GeneratorConfig
from hyperlora.embeddings import task_vectors
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.hidden_states import text_states
from hyperlora.errors import AdapterFormatError
from hyperlora.models import BaseModel
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Example

Part = Literal["description", "examples"]


@dataclass(frozen=True)
class AdapterRequest:
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

    @property
    def base(self) -> BaseModel:
        """The untuned base model."""


@dataclass(frozen=True)
class ConditionKind:
    """One way to tell a generator what is wanted.

    Attributes:
        takes: what is read if it is given; the other parts are not.
        needs_all: whether all of that must be given; otherwise any of it is enough.
        read: the conditions (n, condition_size) of n that are wanted.
    """

    takes: frozenset[Part]
    needs_all: bool
    read: Callable[[GeneratorConfig, Sequence[AdapterRequest], Senses], Tensor]


def _embedded(config: GeneratorConfig, requests: Sequence[AdapterRequest], senses: Senses) -> Tensor:
    embeddings = torch.from_numpy(senses.encoder.encode([each.description for each in requests]))
    _check_size(
        config.condition_size, embeddings.shape[1], f"conditions of {{}} numbers, and {config.encoder} gives {{}}"
    )
    return embeddings


def _viewed(config: GeneratorConfig, requests: Sequence[AdapterRequest], senses: Senses) -> Tensor:
    sizes = config.views
    assert sizes is not None
    _check_size(
        sizes.hidden, int(senses.base.model.config.hidden_size), "states of {} numbers, and the base model has {}"
    )
    described = [place for place, each in enumerate(requests) if each.description.strip()]
    shown = [place for place, each in enumerate(requests) if each.examples]
    embedding, reading, examples = (torch.zeros(len(requests), size) for size in sizes.parts)
    if described:
        embedding[described], reading[described] = description_features(
            [requests[place].description for place in described], sizes, senses
        )
    if shown:
        groups = [requests[place].examples for place in shown]
        examples[shown] = torch.stack(
            [states.mean(dim=0) for states in example_states(groups, sizes, senses, config.prompt_template)]
        )
    return torch.cat([embedding, reading, examples], dim=1)


def description_features(texts: Sequence[str], sizes: FeatureSizes, senses: Senses) -> tuple[Tensor, Tensor]:
    """Embeddings (n, embedding) and the base model's mean states (n, hidden) of descriptions."""
    embeddings = torch.from_numpy(senses.encoder.encode(list(texts)))
    _check_size(sizes.embedding, embeddings.shape[1], "embeddings of {} numbers, and the encoder gives {}")
    dtype = get_settings().scoring_dtype()
    return embeddings, torch.from_numpy(text_states(senses.base, texts, sizes.reading_layer, "mean", dtype=dtype))


def example_states(
    groups: Sequence[Sequence[Example]], sizes: FeatureSizes, senses: Senses, template: str
) -> list[Tensor]:
    """The base model's states at the last token of each solved example: for each group (examples, hidden).

    Their mean over some of a task's examples is its task vector.
    """
    dtype = get_settings().scoring_dtype()
    states = task_vectors.example_states(
        senses.base, groups, template=template, layer=sizes.examples_layer, dtype=dtype
    )
    return [torch.from_numpy(each) for each in states]


def _check_size(expected: int, given: int, told: str) -> None:
    if given != expected:
        raise AdapterFormatError(
            f"the generator takes {told.format(expected, given)}",
            "Train the generator again, or restore its folder.",
        )


EMBEDDED_DESCRIPTION = ConditionKind(frozenset({"description"}), True, _embedded)
VIEWS = ConditionKind(frozenset({"description", "examples"}), False, _viewed)


def condition_kind(config: GeneratorConfig) -> ConditionKind:
    """How a generator is told what is wanted: by the encoder's embedding, or by what the base model reads, too."""
    return EMBEDDED_DESCRIPTION if config.views is None else VIEWS


def missing_part(config: GeneratorConfig, request: AdapterRequest) -> Part | None:
    """What a generator needs and is not given, or None."""
    kind = condition_kind(config)
    given: dict[Part, bool] = {"description": bool(request.description.strip()), "examples": bool(request.examples)}
    missing = [part for part, there in given.items() if part in kind.takes and not there]
    if kind.needs_all or len(missing) == len(kind.takes):
        return next(iter(missing), None)
    return None
