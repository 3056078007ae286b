"""Hidden states scaled so that what tells tasks apart counts, and what varies within a task does not.

A base model's state over a text holds far more than which task the text is about. Dividing by the covariance within
tasks, as speaker recognition does (WCCN, Hatch et al. 2006), leaves what differs between them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperlora.errors import InputError

# The share of the mean variance that is added to every direction's.
_SHRINKAGE = 0.1
# A variance this small beside that over all states, which is 1, is rounding of float32.
_ROUNDING = 1e-9


def fit_whitening(states: NDArray[np.float32], owners: Sequence[int]) -> tuple[Tensor, Tensor]:
    """What to subtract from states and what to multiply them with, so that those of one task lie closest for their
    spread over all.

    Where nothing varies within tasks, as with one text of each, there is nothing to divide by: all directions then
    count by their spread over all states alone, and those along which no states differ stay as they are.

    Args:
        states: (n, hidden_size), several of every task.
        owners: (n,), which task each is of, from 0.

    Returns:
        Centre (hidden_size,) and matrix (hidden_size, hidden_size), float32.

    Raises:
        InputError: there are no states, or some that are not finite.
    """
    if not len(states) or not np.isfinite(states).all():
        raise InputError(
            f"of {len(states)} texts the base model's states are missing, NaN or Inf",
            "Look for texts that are empty or odd, or read them in float32: HYPERLORA_TRAINING_DTYPE=float32.",
        )
    own = np.asarray(owners)
    centre, spread = states.mean(axis=0), states.std(axis=0)
    spread = np.where(spread > 1e-6, spread, 1)
    even = (states - centre) / spread
    means = np.stack([even[own == task].mean(axis=0) for task in range(int(own.max()) + 1)])
    within = np.cov(even - means[own], rowvar=False, bias=True)
    variance = float(np.trace(within)) / len(within)
    within = within + _SHRINKAGE * variance * np.eye(len(within)) if variance > _ROUNDING else np.eye(len(within))
    variances, directions = np.linalg.eigh(within)
    matrix = (directions / np.sqrt(variances)) / spread[:, None]
    return torch.from_numpy(centre).float(), torch.from_numpy(matrix).float()


def whitened(states: Tensor, centre: Tensor, matrix: Tensor) -> Tensor:
    """States (n, hidden_size) as vectors of unit length, (n, dimensions)."""
    return torch.nn.functional.normalize((states - centre) @ matrix, dim=-1)
