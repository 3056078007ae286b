"""Changes combined entry by entry, and what of the dense result a rank can hold."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from retrieval.compose.changes import Changes, Product

# Modules that are dense at one time: a large model's would not fit into memory all together.
_AT_ONCE = 4
# Directions searched beyond those asked for, and how little the last step may have gained of the kept energy: angles go
# with its root.
_SPARE = 8
_ROUGH_STEPS = 6
_FINE_STEPS = 12
_GAIN = 1e-13


def combined_densely(changes: Changes, rank: int | None, combine: Callable[[Tensor, str], Tensor]) -> Product:
    """Combine the changes entry by entry, a few modules at a time, and keep the best approximation of `rank`.

    Args:
        rank: the largest of the adapters' when None.
        combine: from all changes of a module, (adapters, out_features, in_features), float32, and its name to one.
    """
    rank = min(rank or changes.largest_rank, changes.B[0].shape[1], changes.A[0].shape[2])
    factors = [(A.float(), B.float()) for A, B in zip(changes.A, changes.B, strict=True)]
    pairs = []
    for start in range(0, len(changes.modules), _AT_ONCE):
        rows = range(start, min(start + _AT_ONCE, len(changes.modules)))
        merged = [combine(torch.stack([B[row] @ A[row] for A, B in factors]), changes.modules[row]) for row in rows]
        pairs.append(truncated_matrices(torch.stack(merged), rank, sum(changes.ranks)))
    return torch.cat([A for A, _ in pairs]), torch.cat([B for _, B in pairs])


def truncated_matrices(W: Tensor, rank: int, signals: int = 0) -> Product:
    """The best approximations of `rank` of matrices, (modules, out, in), in balanced form and float64.

    Few directions of a large matrix are found by subspace iteration (Halko et al. 2011, algorithm 4.4), first in the
    dtype of `W` and then in float64 until they stay; else by the eigenvectors of the smaller square.

    Args:
        signals: how many singular values stand out of the rest, about; the more, the more directions are searched.
    """
    if W.shape[1] > W.shape[2]:
        A, B = truncated_matrices(W.mT, rank, signals)
        return B.mT, A.mT
    searched = max(rank, signals) + _SPARE
    U = _leading(W, rank, searched) if 4 * searched <= W.shape[1] else None
    exact = W.double()
    if U is None:
        # half the digits of float64 are lost by squaring; those that are left are more than float32 holds
        U = torch.linalg.eigh(exact @ exact.mT).eigenvectors[:, :, -rank:].flip(-1)
    projected = U.mT @ exact
    root = projected.norm(dim=2, keepdim=True).sqrt()
    return projected / root.clamp(min=torch.finfo(root.dtype).tiny), U * root.mT


def _leading(W: Tensor, rank: int, searched: int) -> Tensor | None:
    """The first `rank` left singular vectors, (modules, out, rank), float64; None if they do not settle."""
    start = torch.randn(W.shape[2], searched, generator=torch.Generator().manual_seed(0)).to(W)
    Q = torch.linalg.qr(W @ start).Q
    for _ in range(_ROUGH_STEPS):
        Q = torch.linalg.qr(W @ (W.mT @ Q)).Q
    exact, Q = W.double(), torch.linalg.qr(Q.double()).Q
    kept = torch.zeros(len(W), dtype=exact.dtype, device=exact.device)
    for _ in range(_FINE_STEPS):
        projected = exact.mT @ Q
        values, vectors = torch.linalg.eigh(projected.mT @ projected)
        before, kept = kept, values[:, -rank:].sum(1)
        if bool((kept - before <= _GAIN * kept).all()):
            return Q @ vectors[:, :, -rank:].flip(-1)
        Q = torch.linalg.qr(exact @ projected).Q
    return None
