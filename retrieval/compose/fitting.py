"""Weights fitted to a few examples without gradients, after LoraHub (Huang et al. 2023, section 3)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

_BOUND = 1.5


def fit_weights(
    loss: Callable[[Sequence[float]], float],
    count: int,
    *,
    budget: int = 40,
    l1: float = 0.05,
    seed: int = 0,
    on_step: Callable[[], None] | None = None,
) -> tuple[float, ...]:
    """The weights, each in [-1.5, 1.5], of the smallest loss found, by nevergrad's NGOpt from all zeros.

    Args:
        loss: of the composition with given weights, such as the examples' mean negative log-likelihood.
        count: how many weights.
        budget: how many compositions are tried.
        l1: added to the loss for every unit of mean absolute weight.
        seed: of the search.
        on_step: called after every composition tried.
    """
    import nevergrad  # takes seconds, and nothing else of composition needs it

    parameters = nevergrad.p.Array(init=[0.0] * count, lower=-_BOUND, upper=_BOUND)
    parameters.random_state.seed(seed)
    optimiser = nevergrad.optimizers.NGOpt(parameters, budget=budget)
    tried: list[tuple[float, tuple[float, ...]]] = []
    for _ in range(budget):
        with warnings.catch_warnings():
            # it hands settings of its own to SciPy, which SciPy corrects
            warnings.simplefilter("ignore", UserWarning)
            candidate = optimiser.ask()
        weights = tuple(float(weight) for weight in candidate.value)
        value = loss(weights) + l1 * sum(map(abs, weights)) / count
        optimiser.tell(candidate, value)
        tried.append((value, weights))
        if on_step is not None:
            on_step()
    return min(tried)[1]
