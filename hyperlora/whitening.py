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

# The share of the mean variance that is added to every direction's.
_SHRINKAGE = 0.1


def fit_whitening(states: NDArray[np.float32], owners: Sequence[int]) -> tuple[Tensor, Tensor]:
    """What to subtract from states and what to multiply them with, so that those of one task lie closest for their
    spread over all.

    Args:
        states: (n, hidden_size), several of every task.
        owners: (n,), which task each is of, from 0.

    Returns:
        Centre (hidden_size,) and matrix (hidden_size, hidden_size), float32.
    """
    own = np.asarray(owners)
    centre, spread = states.mean(axis=0), states.std(axis=0).clip(min=1e-6)
    even = (states - centre) / spread
    means = np.stack([even[own == task].mean(axis=0) for task in range(int(own.max()) + 1)])
    within = np.cov(even - means[own], rowvar=False, bias=True)
    within += _SHRINKAGE * float(np.trace(within)) / len(within) * np.eye(len(within))
    variances, directions = np.linalg.eigh(within)
    matrix = (directions / np.sqrt(variances)) / spread[:, None]
    return torch.from_numpy(centre).float(), torch.from_numpy(matrix).float()


def whitened(states: Tensor, centre: Tensor, matrix: Tensor) -> Tensor:
    """States (n, hidden_size) as vectors of unit length, (n, dimensions)."""
    return torch.nn.functional.normalize((states - centre) @ matrix, dim=-1)
