"""LoHa: the elementwise product of two low-rank matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from torch import Tensor

from hyperlora.peft_io.methods.lycoris_config import LycorisConfig
from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import Shape, Site


class LohaConfig(LycorisConfig):
    """LoHa's fields."""

    peft_type: Literal["LOHA"]

    def tensor_names(self) -> frozenset[str]:
        """The two factors of both matrices."""
        return frozenset({"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"})

    def layout(self, site: Site) -> dict[str, Shape]:
        """(out, r) and (r, in), twice."""
        rank = self.rank_of(site.module)
        left, right = (site.out_features, rank), (rank, site.in_features)
        return {"hada_w1_a": left, "hada_w1_b": right, "hada_w2_a": left, "hada_w2_b": right}

    def rank_bound(self, site: Site) -> int:
        """r²: ranks multiply at most under the elementwise product."""
        return min(self.rank_of(site.module) ** 2, *site.shape)


@method("LOHA", title="LoHa", reference="https://arxiv.org/abs/2108.06098")
def loha(config: LohaConfig, site: Site, tensors: Mapping[str, Tensor]) -> Tensor:
    """``alpha / r · (w1_a w1_b) ⊙ (w2_a w2_b)`` (Hyeon-Woo et al. 2022)."""
    first = tensors["hada_w1_a"] @ tensors["hada_w1_b"]
    return config.scaling_of(site.module) * first * (tensors["hada_w2_a"] @ tensors["hada_w2_b"])
