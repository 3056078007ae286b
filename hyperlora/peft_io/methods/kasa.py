"""KaSA: LoRA with learned singular values, on a weight without its r smallest ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from hyperlora.peft_io.methods.lora_variant import LoraVariantConfig
from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import Shape, Site


class KasaConfig(LoraVariantConfig):
    """LoRA's fields with `kasa_config` on; what that holds only shapes the training loss."""

    feature: ClassVar[str] = "kasa_config"

    kasa_config: dict[str, Any]

    def tensor_names(self) -> frozenset[str]:
        """Both factors and the singular values."""
        return super().tensor_names() | {"lora_diag"}

    def layout(self, site: Site) -> dict[str, Shape]:
        """(r, in), (out, r) and (r,)."""
        return super().layout(site) | {"lora_diag": (self.rank_of(site.module),)}

    def misfit(self, site: Site) -> str | None:
        """A rank that leaves nothing of the weight."""
        rank = self.rank_of(site.module)
        return f"rank {rank} drops all of its {min(site.shape)} components" if rank >= min(site.shape) else None

    def rank_bound(self, site: Site) -> int:
        """2r: what is dropped and what is added."""
        return min(2 * self.rank_of(site.module), *site.shape)


@method("LORA", feature="kasa_config", title="KaSA", reference="https://arxiv.org/abs/2412.06071")
def kasa(config: KasaConfig, site: Site, tensors: Mapping[str, Tensor], W: Tensor) -> Tensor:
    """``s · B diag(d) A - W_r``, W_r the r smallest singular components of W (Wang et al. 2025).

    PEFT takes W_r off the base weight when it loads the adapter; here the base stays and W_r is part of the change.
    The components come from W W^T in float64, at a fraction of an SVD's cost.
    """
    added = (tensors["lora_B.weight"] * tensors["lora_diag"]) @ tensors["lora_A.weight"]
    tall = site.out_features > site.in_features
    wide = W.mT if tall else W
    U = torch.linalg.eigh(wide @ wide.mT).eigenvectors[:, : config.rank_of(site.module)]
    dropped = U @ (U.mT @ wide)
    return config.scaling_of(site.module) * added - (dropped.mT if tall else dropped)
