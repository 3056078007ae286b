"""LoKr: the Kronecker product of two small matrices, each whole or in factors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from hyperlora.peft_io.methods.lycoris_config import LycorisConfig
from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import Shape, Site


class LokrConfig(LycorisConfig):
    """LoKr's fields."""

    peft_type: Literal["LOKR"]
    decompose_both: bool = False
    decompose_factor: int = Field(default=-1, ge=-1, le=2**18)

    def tensor_names(self) -> frozenset[str]:
        """Both matrices, whole and in factors."""
        return frozenset(f"lokr_{part}" for part in ("w1", "w1_a", "w1_b", "w2", "w2_a", "w2_b"))

    def layout(self, site: Site) -> dict[str, Shape]:
        """PEFT factors a matrix where that saves numbers, the left one only if `decompose_both` is set."""
        rank = self.rank_of(site.module)
        layout: dict[str, Shape] = {}
        for part, (rows, columns), factored in self._parts(site):
            if factored:
                layout |= {f"{part}_a": (rows, rank), f"{part}_b": (rank, columns)}
            else:
                layout[part] = (rows, columns)
        return layout

    def rank_bound(self, site: Site) -> int:
        """The product of both matrices' ranks."""
        rank = self.rank_of(site.module)
        return math.prod(min(shape + ((rank,) if factored else ())) for _, shape, factored in self._parts(site))

    def _parts(self, site: Site) -> tuple[tuple[str, tuple[int, int], bool], ...]:
        """Of w1 and w2: name, shape, and whether it is stored in factors."""
        rank = self.rank_of(site.module)
        rows, columns = (split(size, self.decompose_factor) for size in site.shape)
        left, right = (rows[0], columns[0]), (rows[1], columns[1])
        return (
            ("lokr_w1", left, self.decompose_both and rank < max(left) / 2),
            ("lokr_w2", right, rank < max(right) / 2),
        )


def split(size: int, factor: int) -> tuple[int, int]:
    """Two factors of `size`: by `factor` where it divides, else as near to square as `factor` allows, small one first.

    Args:
        factor: -1 for no limit.
    """
    if factor > 0 and size % factor == 0:
        return factor, size // factor
    limit = math.isqrt(size) if factor == -1 else min(math.isqrt(size), max(factor, 1))
    small = next(divisor for divisor in range(limit, 0, -1) if size % divisor == 0)
    return small, size // small


@method("LOKR", title="LoKr", reference="https://arxiv.org/abs/2309.14859")
def lokr(config: LokrConfig, site: Site, tensors: Mapping[str, Tensor]) -> Tensor:
    """``alpha / r · w1 ⊗ w2`` (Yeh et al. 2024)."""
    return config.scaling_of(site.module) * torch.kron(_matrix(tensors, "lokr_w1"), _matrix(tensors, "lokr_w2"))


def _matrix(tensors: Mapping[str, Tensor], part: str) -> Tensor:
    return tensors[part] if part in tensors else tensors[f"{part}_a"] @ tensors[f"{part}_b"]
