"""A learned dictionary of weight changes: a hypernet says how much of each atom goes into each module.

Adapters of unlike tasks are nearly orthogonal, and those of a few dozen tasks span most of what further tasks need.
Atoms that begin as the principal directions of a pool's adapters are therefore worth more than heads that begin at
zero; training through the base model then moves them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from generator.layout import WeightLayout
from generator.principal import begin_at_directions

# Atoms that the pool does not fill begin so much smaller than its weights vary.
_UNFILLED = 0.3


class Dictionary(nn.Module):
    """Features of a condition, and of it in every module, to weights: a mean and a weighted sum of atoms.

    Args:
        layout: of the weights.
        atoms: how many there are.
        width: of the features.

    Attributes:
        mean: (size,), what is written when all coefficients are 0.
        atoms: (atoms, size).
    """

    def __init__(self, layout: WeightLayout, atoms: int, width: int) -> None:
        super().__init__()
        self._layout = layout
        self.mean = nn.Parameter(torch.zeros(layout.size))
        self.atoms = nn.Parameter(torch.empty(atoms, layout.size).normal_(std=0.02))
        self.whole = nn.Linear(width, atoms)
        self.part = nn.Linear(width, atoms)
        for head in (self.whole, self.part):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    @torch.no_grad()
    def fit(self, weights: Tensor) -> Tensor:
        """Begin at a pool: its mean, and its principal directions, which lose least of it at their number.

        Atoms beyond the rank of the pool begin at random.

        Args:
            weights: (adapters, layout.size).

        Returns:
            (adapters, atoms): the coefficients of each, of unit variance, which `whole` should give.
        """
        mean = weights.mean(dim=0)
        left = weights - mean
        self.mean.copy_(mean)
        self.atoms.normal_().mul_(_UNFILLED * left.square().mean().sqrt())
        nn.init.xavier_uniform_(self.whole.weight)
        return begin_at_directions(self.atoms, left)

    def forward(self, condition: Tensor, features: Tensor) -> Tensor:
        """Write weights.

        Args:
            condition: (n, width), for the coefficients that all modules share.
            features: (n, modules, width), for what a module's differ by.

        Returns:
            (n, layout.size).
        """
        coefficients = (self.whole(condition)[:, None] + self.part(features)) / self.atoms.shape[0] ** 0.5
        written = [
            torch.einsum("nmk,kmrf->nmrf", coefficients[:, list(group.modules)], atoms)
            for group, atoms in zip(self._layout.groups, self._layout.tokens(self.atoms), strict=True)
        ]
        return self._layout.join(written) + self.mean
