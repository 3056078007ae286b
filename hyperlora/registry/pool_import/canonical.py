"""An adapter in the one form that its weight change has: balanced SVD factors with scaling 1."""

from __future__ import annotations

from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.algebra import Recompressed, recompress

# Components this small (1e-7 of the largest, squared) are rounding of float32, in which factors are kept.
_ROUNDING = 1e-14


def canonicalise(adapter: Adapter, *, rank: int | None = None, energy: float | None = None) -> Recompressed:
    """Write an adapter in balanced SVD form, cut to a rank or to a share of its energy.

    Args:
        rank: the largest rank kept in any module.
        energy: without `rank`, the share of each module's squared norm to keep, at the smallest rank that does; 1
            drops rounding alone. Without either every module keeps its rank.
    """
    whole = recompress(adapter, rank)
    if rank is not None or energy is None:
        return whole
    modules, kept, total = {}, 0.0, 0.0
    for name, factors in whole.adapter.modules.items():
        squares = whole.singular_values[name].square()
        norm = float(squares.sum())
        # what is lost after each component, summed from the small end, where a difference would be rounding
        tails = squares.flip(0).cumsum(0).flip(0)[1:]
        k = int((tails > (1 - energy + _ROUNDING) * norm).sum()) + 1
        modules[name] = LoraFactors(factors.A[:k].contiguous(), factors.B[:, :k].contiguous(), factors.scaling)
        kept, total = kept + float(squares[:k].sum()), total + norm
    cut = Adapter(modules, adapter.base, adapter.card)
    return Recompressed(cut, 1.0 if total == 0 else kept / total, whole.singular_values)
