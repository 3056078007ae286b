"""What fine-tuning made of a text encoder: low-rank changes of its linear modules, as LoRA would have them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from hyperlora.errors import AdapterFormatError
from hyperlora.lora.adapter import LoraFactors


@dataclass(frozen=True)
class EncoderChange:
    """Changes of one text encoder.

    Attributes:
        encoder: id of the encoder that they change, as `TextEncoder.id` gives it.
        modules: factors by the module's path in the encoder.
    """

    encoder: str
    modules: Mapping[str, LoraFactors]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the encoder's id, the module names and the factors."""
        digest = hashlib.sha256(self.encoder.encode())
        for name, factors in sorted(self.modules.items()):
            digest.update(f"\0{name}\0{float(factors.scaling)!r}\0{tuple(factors.A.shape)}".encode())
            for tensor in (factors.A, factors.B):
                digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
        return digest.hexdigest()

    @torch.no_grad()
    def apply(self, model: nn.Module) -> None:
        """Add the changes to a freshly loaded encoder's weights.

        Raises:
            AdapterFormatError: the encoder has no such modules, or of other shapes.
        """
        linears = dict(model.named_modules())
        for name, factors in self.modules.items():
            linear = linears.get(name)
            wanted = (factors.B.shape[0], factors.A.shape[1])
            if not isinstance(linear, nn.Linear) or tuple(linear.weight.shape) != wanted:
                raise AdapterFormatError(
                    f"the encoder has no linear module {name} of {wanted[0]}x{wanted[1]}",
                    f"Use a retriever that was trained for it: {self.encoder}.",
                )
            linear.weight += factors.weight_change().to(linear.weight.device, linear.weight.dtype)


def change_between(encoder: str, before: Mapping[str, Tensor], after: nn.Module, rank: int) -> EncoderChange:
    """The best approximation of rank `rank` (Eckart and Young) to what training did to linear modules.

    Args:
        encoder: id of the encoder before training.
        before: the weights before, (out_features, in_features), by module path; only these are compared.
        after: the trained model.
    """
    modules = {}
    for name, old in before.items():
        weight = after.get_submodule(name).weight
        assert isinstance(weight, Tensor)
        change = weight.detach().double().cpu() - old.double().cpu()
        U, S, V = torch.linalg.svd(change, full_matrices=False)
        kept = min(rank, S.shape[0])
        root = S[:kept].sqrt()
        modules[name] = LoraFactors(
            A=(root[:, None] * V[:kept]).float().contiguous(), B=(U[:, :kept] * root).float().contiguous(), scaling=1.0
        )
    return EncoderChange(encoder, modules)
