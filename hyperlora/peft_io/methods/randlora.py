"""RandLoRA: a sum of random bases that all modules share, scaled by two small matrices a module; of full rank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from hyperlora.peft_io.methods.method import method
from hyperlora.peft_io.methods.method_config import Alpha, MethodConfig, Seed, Shape, Site, Understood


class RandLoraConfig(MethodConfig):
    """RandLoRA's fields."""

    ignored: ClassVar[frozenset[str]] = frozenset({"randlora_dropout", "init_weights"})
    only: ClassVar[Understood] = {"modules_to_save": ([],), "bias": ("none",), "fan_in_fan_out": (False,)}

    peft_type: Literal["RANDLORA"]
    randlora_alpha: Alpha
    projection_prng_key: Seed = 0
    save_projection: bool = True
    sparse: bool = False
    very_sparse: bool = False

    def tensor_names(self) -> frozenset[str]:
        """The two scalings, and the copies of both bases that PEFT stores beside them."""
        copies = {"randlora_A", "randlora_B"} if self.save_projection else set()
        return frozenset({"randlora_lambda", "randlora_gamma"} | copies)

    def layout(self, site: Site) -> dict[str, Shape]:
        """(r, bases) and (bases, the smaller side)."""
        bases = math.ceil(min(site.shape) / self.r)
        return {"randlora_lambda": (self.r, bases), "randlora_gamma": (bases, min(site.shape))}

    def shared_layout(self, sites: Sequence[Site]) -> dict[str, Shape]:
        """Both bases, as large as the largest modules, unless `save_projection` is off."""
        return self._bases(sites) if self.save_projection else {}

    def regenerated(self, sites: Sequence[Site]) -> dict[str, Tensor]:
        """Both bases drawn as PEFT draws them: on CPU, A before B, each divided by its standard deviation.

        Dense bases are drawn and divided in bfloat16, as PEFT does on every machine that has it.
        """
        if self.save_projection:
            return {}
        shapes = self._bases(sites)
        generator = torch.Generator().manual_seed(self.projection_prng_key)
        if self.sparse or self.very_sparse:
            sparsity = math.sqrt(shapes["randlora_A"][2]) if self.very_sparse else 3
            drawn = {name: _signs(torch.rand(shape, generator=generator), sparsity) for name, shape in shapes.items()}
        else:
            rows, bases, rank = shapes["randlora_B"]
            A = _uniform(shapes["randlora_A"], generator)
            B = torch.cat([_uniform((rows, 1, rank), generator) for _ in range(bases)], dim=1)
            drawn = {"randlora_A": A, "randlora_B": B}
        return {name: (basis / basis.std()).float() for name, basis in drawn.items()}

    def _bases(self, sites: Sequence[Site]) -> dict[str, Shape]:
        largest = max(site.in_features for site in sites), max(site.out_features for site in sites)
        small, large = min(largest), max(largest)
        return {"randlora_A": (self.r, 1, small), "randlora_B": (large, math.ceil(small / self.r), self.r)}


def _uniform(shape: Shape, generator: torch.Generator) -> Tensor:
    """Kaiming uniform with a = sqrt(5), which is within 1 / sqrt(fan in)."""
    limit = 1 / math.sqrt(math.prod(shape[1:]))
    return torch.empty(shape, dtype=torch.bfloat16).uniform_(-limit, limit, generator=generator)


def _signs(uniform: Tensor, sparsity: float) -> Tensor:
    """-1 and 1 with probability 1 / (2 · sparsity) each, else 0 (Achlioptas 2003)."""
    share = 1 / (2 * sparsity)
    return (uniform > 1 - share).float() - (uniform < share).float()


@method("RANDLORA", title="RandLoRA", reference="https://arxiv.org/abs/2502.00987")
def randlora(config: RandLoraConfig, site: Site, tensors: Mapping[str, Tensor]) -> Tensor:
    """``alpha / r · sum_n B_n diag(lambda_n) A diag(gamma_n)`` (Albert et al. 2025), bases cut to size.

    The sum runs over PEFT's flattened order, by basis in B and by rank in A; the smaller side of the weight is A's.
    """
    small, large = min(site.shape), max(site.shape)
    scales, gamma = tensors["randlora_lambda"], tensors["randlora_gamma"]
    bases = scales.shape[1]
    A = (scales[:, :, None] * tensors["randlora_A"][:, :, :small] * gamma).flatten(end_dim=1)
    B = tensors["randlora_B"][:large, :bases].flatten(start_dim=1)
    change = config.randlora_alpha / config.r * (B @ A)
    return change if site.in_features == small else change.mT
