"""`magnitude_prune`: the weighted sum of each change's largest entries."""

from __future__ import annotations

import torch

from retrieval.compose.changes import Changes, Product
from retrieval.compose.dense import combined_densely
from retrieval.compose.method import composition
from retrieval.compose.sparse import largest


@composition("magnitude_prune", title="Magnitude pruning", paper="https://arxiv.org/abs/1506.02626")
def magnitude_prune(changes: Changes, rank: int | None, *, density: float = 0.5) -> Product:
    """The weighted sum of the changes, each with only its entries of largest magnitude."""
    weights = changes.scales().float()
    return combined_densely(changes, rank, lambda dense, _: torch.tensordot(weights, largest(dense, density), dims=1))
