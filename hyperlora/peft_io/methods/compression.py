"""A dense weight change becomes LoRA factors: the leading part of its SVD, and how much of its norm that keeps."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hyperlora.lora.adapter import LoraFactors

# Up to this side a dense SVD takes under a second, so that only larger changes of full rank are approximated.
_DENSE_SIDE = 1024
_OVERSAMPLING = 16
_POWER_ITERATIONS = 4
# Components this small (1e-7 of the largest, squared) are rounding of float32, in which factors are kept.
_ROUNDING = 1e-14


@dataclass(frozen=True)
class Compressed:
    """A weight change as LoRA.

    Attributes:
        factors: scaling 1 and in balanced form, ``A = sqrt(S) V^T``, ``B = U sqrt(S)``, in float32.
        kept: the squared norm of ``B A``.
        total: the squared norm of the weight change.
    """

    factors: LoraFactors
    kept: float
    total: float


def compress(change: Tensor, *, bound: int, rank: int | None, energy: float) -> Compressed:
    """The best approximation of a weight change by LoRA factors (Eckart and Young 1936).

    A change that is known to have a low rank is decomposed exactly within a random range that holds all of it; one of
    full rank that is large and wanted at a low `rank`, within a range that power iterations bring close to the
    leading one (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1). What was kept is measured, never assumed.

    Args:
        change: (out_features, in_features), float64.
        bound: a rank the change does not exceed.
        rank: keep this many components, or all there are if fewer; None leaves the choice to `energy`.
        energy: keep the fewest components that hold this share of the squared norm; 1 keeps all above rounding.
    """
    total = float(change.square().sum())
    U, S, Vh = _leading(change, bound, rank)
    # what is lost after each component, summed from the small end, where a difference of sums would be rounding
    tails = torch.cat([S.square().flip(0).cumsum(0).flip(0)[1:], S.new_zeros(1)])
    reachable = int((tails > _ROUNDING * total).sum()) + 1
    wanted = rank or int((tails > (1 - energy + _ROUNDING) * total).sum()) + 1
    k = min(wanted, reachable, len(S))
    root = S[:k].sqrt()
    A, B = root[:, None] * Vh[:k], U[:, :k] * root
    return Compressed(
        LoraFactors(A.float().contiguous(), B.float().contiguous(), 1.0), float(S[:k].square().sum()), total
    )


def _leading(change: Tensor, bound: int, rank: int | None) -> tuple[Tensor, Tensor, Tensor]:
    """Leading singular triplets, as many as the bound or `rank` makes worth computing."""
    side = min(change.shape)
    whole = 4 * (bound + _OVERSAMPLING) <= side
    width = (bound if whole else rank or side) + _OVERSAMPLING
    if not whole and (side <= _DENSE_SIDE or 4 * width > side):
        U, S, Vh = torch.linalg.svd(change, full_matrices=False)
        return U, S, Vh
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(change.shape[1], width, generator=generator, dtype=change.dtype)
    Q = torch.linalg.qr(change @ start).Q
    for _ in range(0 if whole else _POWER_ITERATIONS):
        Q = torch.linalg.qr(change @ torch.linalg.qr(change.mT @ Q).Q).Q
    U, S, Vh = torch.linalg.svd(Q.mT @ change, full_matrices=False)
    return Q @ U, S, Vh
