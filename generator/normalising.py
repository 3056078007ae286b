"""Zero mean and unit size for what a generator learns, by statistics of its training pool alone.

The statistics are stored with the generator. ICM-LoRA's released code takes those of the target task's own checkpoint,
which a generator does not have when it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hyperlora.errors import InputError

# A spread this small beside the numbers themselves is rounding of float32.
_ROUNDING = 1e-6


class Standardiser(nn.Module):
    """Subtracts the pool's mean of every weight and divides by one deviation for each block of weights.

    One deviation a block, not a weight, for two reasons: a stored number a weight is a tenth of what a small generator
    may hold, and inside a block the sizes of errors stay what they are in the adapter. Until `fit` it changes nothing.

    Args:
        block_sizes: lengths of the blocks that share a deviation, in the order of the vector.

    Attributes:
        mean: (size,).
        deviation: (blocks,), the root mean square of what is left of a block without the mean; 1 where nothing is.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, block_sizes: Sequence[int]) -> None:
        super().__init__()
        self._sizes = list(block_sizes)
        self.register_buffer("mean", torch.zeros(sum(self._sizes)))
        self.register_buffer("deviation", torch.ones(len(self._sizes)))

    def fit(self, weights: Tensor) -> None:
        """Take mean and deviations from training adapters.

        Args:
            weights: (adapters, size).

        Raises:
            InputError: there are none, or numbers that are not finite.
        """
        if not weights.shape[0] or not weights.isfinite().all():
            raise InputError(
                f"the training pool of {weights.shape[0]} adapters is empty or holds NaN or Inf",
                "Give at least one adapter, and leave out those that are not finite.",
            )
        mean = weights.mean(dim=0, dtype=torch.float64)
        for number, (part, centre) in enumerate(
            zip(weights.split(self._sizes, dim=1), mean.split(self._sizes), strict=True)
        ):
            size = part.double().square().mean().sqrt()
            deviation = (part.double() - centre).square().mean().sqrt()
            self.deviation[number] = deviation if deviation > _ROUNDING * size else 1.0
        self.mean.copy_(mean)

    def normalise(self, weights: Tensor) -> Tensor:
        """(n, size) of weights to numbers of zero mean and unit size over the training pool."""
        return (weights - self.mean) / self.deviations()

    def restore(self, normalised: Tensor) -> Tensor:
        """Undo `normalise`."""
        return normalised * self.deviations() + self.mean

    def deviations(self) -> Tensor:
        """What each weight is divided by, (size,)."""
        return self.deviation.repeat_interleave(torch.tensor(self._sizes, device=self.deviation.device))
