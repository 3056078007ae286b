"""What all generators have in common, and the one forward pass in which they write adapters."""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor

from generator.condition_features import FeatureSizes
from hyperlora.bank import StackedFactors, unstack
from hyperlora.lora.adapter import LoraFactors
from hyperlora.models import BaseIdentity


class GeneratorConfig(Protocol):
    """What is known of every generator, by the names of `HypernetConfig`'s attributes."""

    @property
    def kind(self) -> str:
        """Of network."""

    @property
    def base(self) -> BaseIdentity:
        """The base model it writes adapters for."""

    @property
    def encoder(self) -> str:
        """Id of what makes its conditions."""

    @property
    def condition_size(self) -> int:
        """Numbers in a condition."""

    @property
    def views(self) -> FeatureSizes | None:
        """What a condition is made of; the encoder's embedding alone when None."""

    @property
    def rank(self) -> int:
        """Of the adapters it writes."""

    @property
    def prompt_template(self) -> str:
        """Of the adapters it writes."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks it was trained on."""


class Generator(Protocol):
    """A trained network that writes adapters."""

    @property
    def config(self) -> GeneratorConfig:
        """What is known of it."""

    def forward(self, conditions: Tensor) -> dict[str, StackedFactors]:
        """Factors by module, stacked over conditions (n, condition_size)."""


class SamplingGenerator(Protocol):
    """A generator that leaves something of an adapter open, which a latent decides."""

    def forward(self, conditions: Tensor, latent: Tensor) -> dict[str, StackedFactors]:
        """As `Generator.forward`, with latents (n, latent_size), by nature of a standard normal distribution."""


def latent_size(network: Generator) -> int:
    """Dimensions of the latent; 0 for a network that writes one adapter for a condition and no other."""
    return int(getattr(network.config, "latent_size", 0))


def write(network: Generator, conditions: Tensor, latent: Tensor | None = None) -> list[dict[str, LoraFactors]]:
    """Write one adapter for each condition, all in one forward pass.

    Args:
        conditions: (n, condition_size).
        latent: (n, latent_size); without, what the network itself takes for the likeliest.

    Returns:
        n adapters' factors by module.
    """
    with torch.no_grad():
        if latent is None:
            factors = network.forward(conditions)
        else:
            factors = cast(SamplingGenerator, network).forward(conditions, latent)
        return [unstack(factors, place) for place in range(conditions.shape[0])]
