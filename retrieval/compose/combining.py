"""Adapters, weights and a method's name to one adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import torch

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from retrieval.compose.changes import grouped_changes
from retrieval.compose.method import Number, find_method


def even_weights(count: int) -> tuple[float, ...]:
    """The same weight for each of `count` adapters, 1 in sum."""
    return (1 / count,) * count


def compose(
    adapters: Sequence[Adapter],
    weights: Sequence[float] | None = None,
    *,
    method: str = "svd",
    rank: int | None = None,
    options: Mapping[str, Number] | None = None,
    card: Card | None = None,
) -> Adapter:
    """One adapter from several, whose ranks, scalings and modules may differ.

    One adapter with weight 1 comes back as it was, whatever the method, if all of it is kept (density 1, its rank).
    An adapter of weight 0 takes no part. The order of the adapters matters only where a method draws by chance.

    Args:
        weights: one for each adapter; even ones that sum to 1 when None.
        method: a name in `METHODS`.
        rank: the largest rank of a module; the method's own when None: the sum of the ranks for `cat` and `mixture`,
            at most that for `knots`, else the largest. More than the result has changes nothing.
        options: the method's own, such as `density` or `seed`.
        card: of the result; the first adapter's, as composed, when None.

    Returns:
        float32 factors with scaling 1.

    Raises:
        InputError: no adapters, wrong weights, unknown method or option, a rank below 1.
        BaseModelError: the adapters were made for different base models.
    """
    found = find_method(method)
    chosen = found.checked(options or {})
    if not adapters:
        raise InputError("there are no adapters to compose", "Give at least one.")
    given = _checked_weights(even_weights(len(adapters)) if weights is None else weights, len(adapters))
    if rank is not None and rank < 1:
        raise InputError(f"rank is {rank}", "Ask for a rank of at least 1.")
    for adapter in adapters[1:]:
        adapter.require_base(adapters[0].base)
    taken = [(adapter, weight) for adapter, weight in zip(adapters, given, strict=True) if weight]
    modules: dict[str, LoraFactors] = {}
    for changes in grouped_changes([adapter for adapter, _ in taken], [weight for _, weight in taken]):
        A, B = found.combine(changes, rank, **chosen)
        if A.shape[1]:
            pairs = zip(changes.modules, A.to(torch.float32), B.to(torch.float32), strict=True)
            modules |= {name: LoraFactors(own_A.contiguous(), own_B.contiguous(), 1.0) for name, own_A, own_B in pairs}
    return Adapter(modules, adapters[0].base, card or adapters[0].card.model_copy(update={"origin": "composed"}))


def _checked_weights(weights: Sequence[float], count: int) -> Sequence[float]:
    if len(weights) != count:
        raise InputError(f"{count} adapters and {len(weights)} weights", "Give one weight per adapter.")
    if not all(map(isfinite, weights)):
        raise InputError(f"a weight is no number: {list(weights)}", "Give finite weights.")
    if not any(weights):
        raise InputError("all weights are 0, which leaves the base model", "Give at least one adapter a weight.")
    return weights
