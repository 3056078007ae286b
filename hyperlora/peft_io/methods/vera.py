"""VeRA: two vectors a module, around random projections that all modules share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import MethodConfig, Seed, Shape, Site, Understood


class VeraConfig(MethodConfig):
    """VeRA's fields."""

    ignored: ClassVar[frozenset[str]] = frozenset({"vera_dropout", "d_initial", "init_weights"})
    only: ClassVar[Understood] = {"modules_to_save": ([],), "bias": ("none",), "fan_in_fan_out": (False,)}

    peft_type: Literal["VERA"]
    projection_prng_key: Seed = 0
    save_projection: bool = True

    def tensor_names(self) -> frozenset[str]:
        """The two vectors."""
        return frozenset({"vera_lambda_b", "vera_lambda_d"})

    def layout(self, site: Site) -> dict[str, Shape]:
        """(out,) and (r,)."""
        return {"vera_lambda_b": (site.out_features,), "vera_lambda_d": (self.r,)}

    def rank_bound(self, site: Site) -> int:
        """r."""
        return min(self.r, *site.shape)

    def shared_layout(self, sites: Sequence[Site]) -> dict[str, Shape]:
        """Both projections, as wide as the largest modules, unless `save_projection` is off."""
        return self._projections(sites) if self.save_projection else {}

    def regenerated(self, sites: Sequence[Site]) -> dict[str, Tensor]:
        """Both projections drawn as PEFT draws them: Kaiming uniform on CPU, A before B."""
        if self.save_projection:
            return {}
        generator = torch.Generator().manual_seed(self.projection_prng_key)
        drawn = {}
        for name, shape in self._projections(sites).items():
            limit = math.sqrt(3) * math.sqrt(2) / math.sqrt(shape[1])
            drawn[name] = torch.empty(shape).uniform_(-limit, limit, generator=generator)
        return drawn

    def _projections(self, sites: Sequence[Site]) -> dict[str, Shape]:
        widest = max(site.in_features for site in sites), max(site.out_features for site in sites)
        return {"vera_A": (self.r, widest[0]), "vera_B": (widest[1], self.r)}


@method("VERA", title="VeRA", reference="https://arxiv.org/abs/2310.11454")
def vera(config: VeraConfig, site: Site, tensors: Mapping[str, Tensor]) -> Tensor:
    """``diag(b) B diag(d) A``, B and A cut to the module's size (Kopiczko et al. 2024)."""
    A = tensors["vera_lambda_d"][:, None] * tensors["vera_A"][:, : site.in_features]
    return tensors["vera_lambda_b"][:, None] * (tensors["vera_B"][: site.out_features] @ A)
