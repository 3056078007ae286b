"""MiSS: one small matrix added to, or with `bat` also multiplied into, every shard of the weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import MethodConfig, Shape, Site, Understood


class MissConfig(MethodConfig):
    """MiSS's fields."""

    ignored: ClassVar[frozenset[str]] = frozenset({"miss_dropout"})
    only: ClassVar[Understood] = {"modules_to_save": ([],), "bias": ("none",)}

    peft_type: Literal["MISS"]
    init_weights: bool | Literal["bat", "mini"] = True
    mini_r: int = Field(default=1, ge=1, le=2**18)

    def tensor_names(self) -> frozenset[str]:
        """The matrix."""
        return frozenset({"miss_block"})

    def layout(self, site: Site) -> dict[str, Shape]:
        """(r, out); for `mini` (r, mini_r); for `bat` one (r, r) for each r rows of the weight."""
        if self.init_weights == "bat":
            return {"miss_block": (site.out_features // self.r, self.r, self.r)}
        return {"miss_block": (self.r, self.mini_r if self.init_weights == "mini" else site.out_features)}

    def misfit(self, site: Site) -> str | None:
        """Shards that do not tile the weight."""
        if self.r > site.in_features:
            return f"r={self.r} exceeds its {site.in_features} inputs"
        if self.init_weights == "bat" and (site.out_features % self.r or site.in_features % self.r):
            return f"r={self.r} does not divide its shape {list(site.shape)}, as init_weights='bat' needs"
        if self.init_weights == "mini" and site.out_features % self.mini_r:
            return f"mini_r={self.mini_r} does not divide its {site.out_features} outputs"
        return None

    def rank_bound(self, site: Site) -> int:
        """r, but for `bat`, whose change has full rank."""
        return min(site.shape) if self.init_weights == "bat" else min(self.r, *site.shape)


@method("MISS", title="MiSS", reference="https://arxiv.org/abs/2409.15371")
def miss(config: MissConfig, site: Site, tensors: Mapping[str, Tensor], W: Tensor) -> Tensor:
    """The block repeated along the inputs: column j of the change is row ``j mod r`` of the block (Kang and Yin 2024).

    With `mini` the block also repeats along the outputs; with `bat` the change of an (r, r) shard is
    ``W_shard block + block``, the block that of the shard's rows.
    """
    block = tensors["miss_block"]
    if config.init_weights == "bat":
        shards = W.unflatten(1, (-1, config.r)).unflatten(0, (-1, config.r)).transpose(1, 2)
        return (shards @ block[:, None] + block[:, None]).transpose(1, 2).reshape(site.shape)
    if config.init_weights == "mini":
        block = block.repeat(1, site.out_features // config.mini_r)
    return block[torch.arange(site.in_features) % config.r].mT
