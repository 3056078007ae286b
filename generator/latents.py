"""Many adapters from a CVAE: samples of one condition, and the way from one condition or latent to another."""

from __future__ import annotations

import torch
from torch import Tensor

from generator.cvae import Cvae
from hyperlora.bank import StackedFactors
from hyperlora.errors import InputError


@torch.no_grad()
def sample(network: Cvae, conditions: Tensor, n: int, generator: torch.Generator) -> dict[str, StackedFactors]:
    """Write n adapters of each condition, with latents drawn from the prior.

    Args:
        conditions: (k, condition_size).
        generator: of the draws, on the conditions' device; equal states give equal adapters.

    Returns:
        Factors by module name, stacked over k · n adapters, those of one condition beside each other.
    """
    latent = torch.randn(
        conditions.shape[0] * n, network.config.latent_size, generator=generator, device=conditions.device
    )
    return network(conditions.repeat_interleave(n, dim=0), latent)


def between(start: Tensor, end: Tensor, count: int) -> Tensor:
    """Points on the great circle from one vector to another, lengths changing evenly (Shoemake 1985, section 3.3).

    Conditions are of unit length and latents of nearly one length, which points on a straight line are not.

    Args:
        start, end: (size,).
        count: points, both ends included.

    Returns:
        (count, size).

    Raises:
        InputError: fewer than two points, or the vectors are opposite, so that every great circle would do.
    """
    if count < 2:
        raise InputError(f"{count} points lie between two ends", "Ask for at least 2.")
    share = torch.linspace(0, 1, count, dtype=start.dtype, device=start.device)[:, None]
    lengths = start.norm(), end.norm()
    if min(lengths) == 0:
        return start + share * (end - start)
    first, last = start / lengths[0], end / lengths[1]
    across = last - (first @ last) * first
    sine = across.norm()
    angle = torch.atan2(sine, first @ last)
    if sine < 1e-6:
        if angle > 1:
            raise InputError("the ends are opposite", "Choose another start or end.")
        directions = first.expand(count, -1)
    else:
        directions = (share * angle).cos() * first + (share * angle).sin() * (across / sine)
    points = directions * (lengths[0] + share * (lengths[1] - lengths[0]))
    points[0], points[-1] = start, end
    return points
