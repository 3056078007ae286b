"""`fuse`: the weighted average of the factors themselves."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from retrieval.compose.changes import Changes, Product, kept_rank
from retrieval.compose.method import composition


@composition("fuse", title="Parameter fusion", paper="https://arxiv.org/abs/2402.09997")
def fuse(changes: Changes, rank: int | None) -> Product:
    """The weighted average of A times the weighted average of B, smaller ranks filled up with zeros.

    Parameter fusion of LoraRetriever (Zhao et al. 2024, section 3.3). The product of averages has cross terms
    ``w_i w_j B_i A_j`` which the average of the products has not, so adapters trained from unlike starts cancel.
    """
    most = changes.largest_rank
    A = [weight * pad(A, (0, 0, 0, most - A.shape[1])) for weight, A in zip(changes.weights, changes.A, strict=True)]
    B = [weight * pad(B, (0, most - B.shape[2])) for weight, B in zip(changes.weights, changes.B, strict=True)]
    return kept_rank((_total(A), _total(B)), rank)


def _total(parts: list[Tensor]) -> Tensor:
    return torch.stack(parts).sum(0)
