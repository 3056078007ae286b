"""The adapter: LoRA factors for one base model, immutable, with its card."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import torch
from torch import Tensor

from hyperlora.errors import BaseModelError
from hyperlora.lora.card import Card
from hyperlora.models.identity import BaseIdentity


@dataclass(frozen=True)
class LoraFactors:
    """The factors of one module: its weight changes by `scaling * B @ A`.

    Attributes:
        A: (rank, in_features).
        B: (out_features, rank).
        scaling: alpha / rank, or alpha / sqrt(rank) for rsLoRA.
    """

    A: Tensor
    B: Tensor
    scaling: float

    @property
    def rank(self) -> int:
        """The inner dimension."""
        return self.A.shape[0]

    def weight_change(self) -> Tensor:
        """`scaling * B @ A`, (out_features, in_features), in float32."""
        return self.scaling * (self.B.float() @ self.A.float())


@dataclass(frozen=True)
class Adapter:
    """LoRA factors by module path of the base model, e.g. `model.layers.0.self_attn.q_proj`.

    Do not change the tensors in place: adapters are shared and addressed by content.
    """

    modules: Mapping[str, LoraFactors]
    base: BaseIdentity
    card: Card

    def __post_init__(self) -> None:
        ordered = {name: self.modules[name] for name in sorted(self.modules)}
        object.__setattr__(self, "modules", MappingProxyType(ordered))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) over base fingerprint, module names, scalings and float32 factor values.

        The card is not part of it: two adapters with the same hash change the model alike.
        """
        digest = hashlib.sha256(self.base.fingerprint.encode())
        for name, factors in self.modules.items():
            digest.update(f"\0{name}\0{factors.scaling:.9g}".encode())
            for tensor in (factors.A, factors.B):
                values = tensor.detach().to("cpu", torch.float32).contiguous()
                digest.update(str(tuple(values.shape)).encode())
                digest.update(values.numpy().tobytes())
        return digest.hexdigest()

    @property
    def ranks(self) -> tuple[int, ...]:
        """The distinct ranks, ascending."""
        return tuple(sorted({factors.rank for factors in self.modules.values()}))

    @property
    def num_parameters(self) -> int:
        """How many numbers A and B hold together."""
        return sum(factors.A.numel() + factors.B.numel() for factors in self.modules.values())

    def with_card(self, card: Card) -> Adapter:
        """The same weights under another card."""
        return replace(self, card=card)

    def require_base(self, base: BaseIdentity) -> None:
        """Raise `BaseModelError` unless the adapter was made for `base`."""
        if self.base.fingerprint.startswith("config:") and self.base.fingerprint != base.fingerprint:
            raise BaseModelError(
                f"the adapter was imported for {self.base.id} without that model's weights",
                "Name the folder that holds them: hyperlora registry edit registry:NAME --base REF",
            )
        if self.base.fingerprint != base.fingerprint:
            raise BaseModelError(
                f"the adapter was made for {self.base.id} (weights {self.base.fingerprint[:12]}), "
                f"not for {base.id} (weights {base.fingerprint[:12]})",
                f"Load it with --base {self.base.id}, or choose an adapter for {base.id}.",
            )
