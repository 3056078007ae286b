"""What the sparsifying methods share: what is kept of a change, and by which sign changes are joined."""

from __future__ import annotations

import hashlib
from math import ceil

import numpy as np
import torch
from torch import Tensor

_LEVELS = 1 << 16


def largest(changes: Tensor, density: float) -> Tensor:
    """Each change with all but the `density` share of its entries of largest magnitude set to zero.

    Args:
        changes: (adapters, rows, columns).
    """
    count = changes[0].numel()
    kept = ceil(density * count)
    if kept == count:
        return changes
    magnitude = changes.abs().flatten(1)
    threshold = magnitude.kthvalue(count - kept + 1, dim=1).values
    return changes * (magnitude >= threshold[:, None]).view_as(changes)


def dropped(changes: Tensor, density: float, seed: int, module: str) -> Tensor:
    """Each change with entries kept by chance, `density` of them, and those divided by `density`.

    The draws depend on seed, module and the adapter's place, on every device alike; `density` is rounded to 1/65536.

    Args:
        changes: (adapters, rows, columns).
    """
    if density == 1:
        return changes
    digest = hashlib.sha256(f"{seed}/{module}".encode()).digest()
    # two bytes an entry are quicker than a float and fine enough for a share
    draws = np.random.PCG64(int.from_bytes(digest, "big")).random_raw(ceil(changes.numel() / 4)).astype("<u8")
    below = max(round(density * _LEVELS), 1)
    kept = torch.from_numpy(draws.view("<u2")[: changes.numel()] < below).view(changes.shape).to(changes.device)
    return torch.where(kept, changes, 0.0).mul_(_LEVELS / below)


def elected(changes: Tensor, weights: Tensor, strength: float) -> Tensor:
    """Entry by entry, the weighted mean of the changes that have the sign of their weighted sum, times `strength`.

    Zeros have no sign: an adapter without a say does not dilute the others (TIES, Yadav et al. 2023, section 3).

    Args:
        changes: (adapters, rows, columns).
        weights: (adapters,).
    """
    weighted = changes * weights.view(-1, 1, 1)
    agreeing = weighted.sign() == weighted.sum(0).sign()
    agreeing &= weighted != 0
    share = (weights.abs().view(-1, 1, 1) * agreeing).sum(0)
    mean = (weighted * agreeing).sum(0) / share.clamp(min=torch.finfo(share.dtype).tiny)
    return mean * strength
