"""`dare`: drop entries by chance and scale up the rest, then add, or join as TIES does."""

from __future__ import annotations

import torch
from torch import Tensor

from retrieval.compose.changes import Changes, Product
from retrieval.compose.dense import combined_densely
from retrieval.compose.method import composition
from retrieval.compose.sparse import dropped, elected


@composition("dare", title="DARE", paper="https://arxiv.org/abs/2311.03099")
def dare(changes: Changes, rank: int | None, *, density: float = 0.5, elect: bool = False, seed: int = 0) -> Product:
    """Each change with entries dropped by chance and the rest rescaled, then the weighted sum.

    After Yu et al. (2023), section 3.2, on the weight changes themselves; with `elect` what agrees in sign is averaged
    as in `ties` rather than all added.
    """
    weights = changes.scales().float()

    def combine(dense: Tensor, module: str) -> Tensor:
        kept = dropped(dense, density, seed, module)
        return elected(kept, weights, changes.strength) if elect else torch.tensordot(weights, kept, dims=1)

    return combined_densely(changes, rank, combine)
