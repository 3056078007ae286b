"""The principal directions of a pool: what a learned dictionary begins with.

No other linear decoder of so many features loses less (Baldi and Hornik 1989). Descent from random atoms is slow: a
coefficient has to be right before its atom learns.
"""

from __future__ import annotations

import torch
from torch import Tensor


@torch.no_grad()
def begin_at_directions(atoms: Tensor, rows: Tensor) -> Tensor:
    """Put the leading principal directions of rows into the first atoms, by variance; further atoms stay as they are.

    They are scaled for coefficients of unit variance, in sums over all atoms divided by the root of their number.

    Args:
        atoms: (number, size), changed in place.
        rows: (n, size), around 0.

    Returns:
        (n, number): those coefficients; 0 for the atoms beyond the rank of the rows.
    """
    count, number = len(rows), len(atoms)
    values, directions = torch.linalg.eigh((rows @ rows.T).double())
    values, directions = values.flip(0)[:number], directions.flip(1)[:, :number]
    found = int((values > values[0].clamp(min=0) * 1e-6).sum())
    atoms[:found] = (directions[:, :found].T @ rows.double() * (number / count) ** 0.5).to(atoms.dtype)
    coefficients = torch.zeros(count, number)
    coefficients[:, :found] = directions[:, :found] * count**0.5
    return coefficients
