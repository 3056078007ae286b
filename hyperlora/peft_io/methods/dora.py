"""DoRA: LoRA on the directions of a weight's rows, their lengths learned apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from torch import Tensor

from hyperlora.peft_io.methods.lora_variant import LoraVariantConfig
from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import Shape, Site


class DoraConfig(LoraVariantConfig):
    """LoRA's fields with `use_dora` on."""

    feature: ClassVar[str] = "use_dora"

    use_dora: Literal[True]

    def tensor_names(self) -> frozenset[str]:
        """Both factors and the rows' lengths."""
        return super().tensor_names() | {"lora_magnitude_vector"}

    def layout(self, site: Site) -> dict[str, Shape]:
        """(r, in), (out, r) and (out,)."""
        return super().layout(site) | {"lora_magnitude_vector": (site.out_features,)}


@method("LORA", feature="use_dora", title="DoRA", reference="https://arxiv.org/abs/2402.09353")
def dora(config: DoraConfig, site: Site, tensors: Mapping[str, Tensor], W: Tensor) -> Tensor:
    """``m / ||V|| · V - W`` by row, with ``V = W + s · B A`` (Liu et al. 2024, equation 5)."""
    V = W + config.scaling_of(site.module) * (tensors["lora_B.weight"] @ tensors["lora_A.weight"])
    return (tensors["lora_magnitude_vector"] / V.norm(dim=1))[:, None] * V - W
