"""Where a bank's factors are: adapters of like rank stacked in one tensor, those of unlike ranks in buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperlora.lora.adapter import Adapter, LoraFactors

_SMALLEST_BUCKET = 8


@dataclass(frozen=True)
class StackedFactors:
    """The factors of n adapters for one module, stacked.

    Attributes:
        A: (n, rank, in_features).
        B: (n, out_features, rank).
        scaling: (n,).
    """

    A: Tensor
    B: Tensor
    scaling: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        """(out_features, in_features) of the module."""
        return self.B.shape[1], self.A.shape[2]

    def __len__(self) -> int:
        return self.A.shape[0]


@dataclass(frozen=True)
class RankBuckets:
    """The factors of n adapters of unlike ranks for one module: like ranks are stacked together.

    A sample then pays for at most twice its own adapter's rank, not for the largest rank in the bank.

    Attributes:
        buckets: stacks of growing rank, none empty.
        bucket: (n,), long, on the CPU; which bucket an adapter is in, -1 if it leaves the module alone.
        place: (n,), long, on the CPU; its place in there.
    """

    buckets: tuple[StackedFactors, ...]
    bucket: Tensor
    place: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        """(out_features, in_features) of the module."""
        return self.buckets[0].shape

    def __len__(self) -> int:
        return self.bucket.shape[0]


ModuleFactors = StackedFactors | RankBuckets
Factors = Mapping[str, ModuleFactors]


def bucket_rank(rank: int) -> int:
    """The rank that bounds the bucket of an adapter: 8, or the next power of two."""
    return max(_SMALLEST_BUCKET, 1 << (rank - 1).bit_length())


def stack_adapters(adapters: Sequence[Adapter], device: torch.device | str = "cpu") -> dict[str, ModuleFactors]:
    """Stack adapters for a bank, module by module.

    Adapters whose ranks fall into one bucket are filled up with zeros, which change nothing; unlike ranks go into
    buckets of their own.
    """
    return {name: _stack_module(parts, device) for name, parts in _by_module(adapters).items()}


def stack_at_one_rank(adapters: Sequence[Adapter], device: torch.device | str = "cpu") -> dict[str, StackedFactors]:
    """As `stack_adapters`, all of a module's factors filled up to the largest rank."""
    return {name: _stack(parts, device) for name, parts in _by_module(adapters).items()}


def _by_module(adapters: Sequence[Adapter]) -> dict[str, list[LoraFactors | None]]:
    names = {name: None for adapter in adapters for name in adapter.modules}
    return {name: [adapter.modules.get(name) for adapter in adapters] for name in names}


def _stack_module(parts: Sequence[LoraFactors | None], device: torch.device | str) -> ModuleFactors:
    bounds = [None if part is None else bucket_rank(part.rank) for part in parts]
    distinct = sorted({bound for bound in bounds if bound is not None})
    if len(distinct) == 1:
        return _stack(parts, device)
    bucket = torch.tensor([-1 if bound is None else distinct.index(bound) for bound in bounds])
    place = torch.zeros_like(bucket)
    buckets = []
    for position in range(len(distinct)):
        members = (bucket == position).nonzero()[:, 0]
        place[members] = torch.arange(len(members))
        buckets.append(_stack([parts[member] for member in members.tolist()], device))
    return RankBuckets(tuple(buckets), bucket, place)


def _stack(parts: Sequence[LoraFactors | None], device: torch.device | str) -> StackedFactors:
    present = [part for part in parts if part is not None]
    rank = max(part.rank for part in present)
    A = torch.zeros(len(parts), rank, present[0].A.shape[1])
    B = torch.zeros(len(parts), present[0].B.shape[0], rank)
    scaling = torch.zeros(len(parts))
    for position, part in enumerate(parts):
        if part is not None:
            A[position, : part.rank] = part.A
            B[position, :, : part.rank] = part.B
            scaling[position] = part.scaling
    return StackedFactors(A.to(device), B.to(device), scaling.to(device))


def unstack(factors: Mapping[str, StackedFactors], position: int) -> dict[str, LoraFactors]:
    """One adapter's factors out of a stack of like ranks, detached and copied."""
    return {
        name: LoraFactors(
            stack.A[position].detach().clone(), stack.B[position].detach().clone(), float(stack.scaling[position])
        )
        for name, stack in factors.items()
    }
