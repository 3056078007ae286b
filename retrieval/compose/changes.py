"""What several adapters change, brought into one form: factors in float64, modules of one shape stacked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import copysign, sqrt

import torch
from torch import Tensor

from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.algebra import truncated_product

Product = tuple[Tensor, Tensor]
"""A (modules, rank, in_features) and B (modules, out_features, rank): the changes ``B A`` of modules of one shape."""


@dataclass(frozen=True)
class Changes:
    """The changes that the same adapters make to modules of one shape, ``B_i A_i`` for adapter i.

    An adapter that leaves these modules alone is not among them.

    Attributes:
        modules: their names.
        members: which of the composition's adapters these are.
        A: for each adapter (modules, rank_i, in_features), float64, with the root of the scaling in it.
        B: for each adapter (modules, out_features, rank_i), with the root and the sign of the scaling.
        all_weights: of all adapters of the composition.
    """

    modules: tuple[str, ...]
    members: tuple[int, ...]
    A: tuple[Tensor, ...]
    B: tuple[Tensor, ...]
    all_weights: tuple[float, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """Of the adapters that change these modules."""
        return tuple(self.all_weights[member] for member in self.members)

    @property
    def strength(self) -> float:
        """The sum of all weights' sizes: what methods that average are scaled by."""
        return sum(map(abs, self.all_weights))

    @property
    def ranks(self) -> tuple[int, ...]:
        """Each adapter's rank."""
        return tuple(A.shape[1] for A in self.A)

    @property
    def largest_rank(self) -> int:
        """The largest of the adapters' ranks."""
        return max(self.ranks)

    def summed(self) -> Product:
        """The weighted sum of the changes, exactly: factors side by side along the rank, weights in A."""
        return torch.cat([weight * A for weight, A in zip(self.weights, self.A, strict=True)], 1), torch.cat(self.B, 2)

    def scales(self) -> Tensor:
        """The weights as a tensor, (adapters,), beside the factors."""
        return torch.tensor(self.weights, dtype=self.A[0].dtype, device=self.A[0].device)


def grouped_changes(adapters: Sequence[Adapter], weights: Sequence[float]) -> Iterator[Changes]:
    """The adapters' changes, each group of modules of one shape that the same adapters change at the same ranks."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name in sorted({name for adapter in adapters for name in adapter.modules}):
        held = [adapter.modules.get(name) for adapter in adapters]
        shape = next((part.B.shape[0], part.A.shape[1]) for part in held if part is not None)
        groups.setdefault((shape, *(part and part.rank for part in held)), []).append(name)
    for names in groups.values():
        members = [place for place, adapter in enumerate(adapters) if names[0] in adapter.modules]
        pairs = [_stacked([adapters[place].modules[name] for name in names]) for place in members]
        yield Changes(
            tuple(names),
            tuple(members),
            tuple(A for A, _ in pairs),
            tuple(B for _, B in pairs),
            tuple(weights),
        )


def _stacked(parts: Sequence[LoraFactors]) -> Product:
    roots = [sqrt(abs(part.scaling)) for part in parts]
    A = torch.stack([part.A.double() * root for part, root in zip(parts, roots, strict=True)])
    B = torch.stack([part.B.double() * copysign(root, part.scaling) for part, root in zip(parts, roots, strict=True)])
    return A, B


def kept_rank(product: Product, rank: int | None) -> Product:
    """The product itself if its rank is at most `rank`, else its best approximation of that rank."""
    A, B = product
    if rank is None or A.shape[1] <= rank:
        return product
    return truncated_product(A, B, rank)[:2]
