"""What a condition is made of where the base model reads beside the text encoder, and one vector of it.

A condition holds, one after the other: the description's embedding, the untuned base model's mean state over the
description, and its mean state at the last token of solved examples (the task vector of ICM-LoRA, Shao et al. 2025,
section 3.2). Either of description and examples may be missing; what is missing is all zeros.
"""

from __future__ import annotations

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from hyperlora.embeddings.whitening import whitened


class FeatureSizes(BaseModel):
    """Parts of a condition.

    Attributes:
        embedding: dimensions of the text encoder.
        hidden: of the base model's states.
        reading_layer: which hidden states over the description are read.
        examples_layer: which hidden states at the examples' last tokens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding: int = Field(ge=1, le=2**16)
    hidden: int = Field(ge=1, le=2**16)
    reading_layer: int = Field(ge=0, le=2**12)
    examples_layer: int = Field(ge=0, le=2**12)

    @property
    def parts(self) -> tuple[int, int, int]:
        """Numbers in each part."""
        return self.embedding, self.hidden, self.hidden

    @property
    def total(self) -> int:
        """Numbers in a condition."""
        return sum(self.parts)


class ConditionFeatures(nn.Module):
    """Conditions to vectors whose parts count alike; states are whitened by how they vary within the training tasks.

    Args:
        sizes: of the parts.

    Attributes:
        size: of the vectors: the parts and, for description and examples, whether they are there.
    """

    reading_centre: Tensor
    reading_matrix: Tensor
    examples_centre: Tensor
    examples_matrix: Tensor

    def __init__(self, sizes: FeatureSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.size = sizes.total + 2
        for name in ("reading", "examples"):
            self.register_buffer(f"{name}_centre", torch.zeros(sizes.hidden))
            self.register_buffer(f"{name}_matrix", torch.eye(sizes.hidden))

    def fit(self, reading: tuple[Tensor, Tensor], examples: tuple[Tensor, Tensor]) -> None:
        """Take centre and matrix of both kinds of states, as `hyperlora.embeddings.whitening.fit_whitening` gives
        them."""
        for name, (centre, matrix) in (("reading", reading), ("examples", examples)):
            getattr(self, f"{name}_centre").copy_(centre)
            getattr(self, f"{name}_matrix").copy_(matrix)

    def forward(self, conditions: Tensor) -> Tensor:
        """(n, sizes.total) to (n, size)."""
        embedding, reading, examples = conditions.split(self.sizes.parts, dim=1)
        described = embedding.any(dim=1, keepdim=True).to(conditions)
        shown = examples.any(dim=1, keepdim=True).to(conditions)
        root = self.sizes.hidden**0.5
        parts = [
            embedding * self.sizes.embedding**0.5,
            whitened(reading, self.reading_centre, self.reading_matrix) * (root * described),
            whitened(examples, self.examples_centre, self.examples_matrix) * (root * shown),
            described,
            shown,
        ]
        return torch.cat(parts, dim=1)
