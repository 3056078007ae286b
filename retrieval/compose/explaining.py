"""What a composition did: how much of the weighted sum it kept, and how its adapters get on with one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import cosine, module_inner_products, norm, weighted_sum


@dataclass(frozen=True)
class Explanation:
    """Measures of a composition, all on weight changes.

    Attributes:
        norms: Frobenius norm of each adapter's change.
        cosines: between every two adapters.
        energy_kept: ``1 - |composed - sum|² / |sum|²`` against the weighted sum: the share of its energy that a
            truncation kept; below 0 where a method made something else of the adapters.
        energy_kept_by_module: the same by module.
        interference: by module ``1 - |sum|² / Σ |w_i ΔW_i|²``: 0 where the adapters do not meet, 1 where they cancel,
            below 0 where they pull together.
    """

    norms: tuple[float, ...]
    cosines: tuple[tuple[float, ...], ...]
    energy_kept: float
    energy_kept_by_module: Mapping[str, float]
    interference: Mapping[str, float]

    def summary(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def explain(composed: Adapter, adapters: Sequence[Adapter], weights: Sequence[float]) -> Explanation:
    """Measure a composition of adapters with weights.

    Raises:
        InputError, BaseModelError: as `hyperlora.lora.algebra.weighted_sum`.
    """
    exact = weighted_sum(adapters, weights, composed.card)
    summed = module_inner_products(exact, exact)
    both = module_inner_products(composed, exact)
    own = module_inner_products(composed, composed)
    missed = {name: own.get(name, 0.0) - 2 * both.get(name, 0.0) + square for name, square in summed.items()}
    apart = dict.fromkeys(summed, 0.0)
    for adapter, weight in zip(adapters, weights, strict=True):
        for name, square in module_inner_products(adapter, adapter).items():
            apart[name] += weight**2 * square
    return Explanation(
        norms=tuple(map(norm, adapters)),
        cosines=tuple(tuple(cosine(left, right) for right in adapters) for left in adapters),
        energy_kept=_kept(sum(missed.values()), sum(summed.values())),
        energy_kept_by_module={name: _kept(missed[name], square) for name, square in summed.items()},
        interference={name: _kept(square, apart[name]) for name, square in summed.items()},
    )


def _kept(part: float, whole: float) -> float:
    return 1 - part / whole if whole else 1.0
