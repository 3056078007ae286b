"""Slots: adapters that stay beside the base model for serving, replaced and removed while requests run.

The factors' tensors have fixed shapes and places, so that routes change but memory does not. A request leases the
versions it began with; a version that was replaced or removed leaves its slot when its last lease ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

import torch

from hyperlora.bank.factors import Factors, RankBuckets, StackedFactors
from hyperlora.bank.route import Route
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import TargetModule


class AdapterSlots:
    """A fixed number of adapters, stacked as a bank runs them. Safe to use from many threads.

    Args:
        targets: the modules an adapter may change.
        sizes: how many slots there are of each rank, e.g. ``{8: 1000, 64: 16}``. A version takes a slot of the smallest
            rank that holds it and is free; versions still leased hold theirs.
        device, dtype: of the factors.

    Raises:
        InputError: there would be no slot, or a slot of rank 0.
    """

    def __init__(
        self,
        targets: Sequence[TargetModule],
        sizes: Mapping[int, int],
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        if not sizes or min(sizes) < 1 or min(sizes.values()) < 1:
            raise InputError(f"slots of sizes {dict(sizes)} hold no adapter", "Use ranks and numbers of at least 1.")
        self._sizes = sorted(sizes.items())
        self._places = [(bucket, place) for bucket, (_, count) in enumerate(self._sizes) for place in range(count)]
        self._stacks = {
            target.name: [
                StackedFactors(
                    torch.zeros(count, rank, target.in_features, device=device, dtype=dtype),
                    torch.zeros(count, target.out_features, rank, device=device, dtype=dtype),
                    torch.zeros(count, device=device),
                )
                for rank, count in self._sizes
            ]
            for target in targets
        }
        bucket, place = torch.tensor(self._places).unbind(1)
        self._factors = {
            name: stacks[0] if len(stacks) == 1 else RankBuckets(tuple(stacks), bucket, place)
            for name, stacks in self._stacks.items()
        }
        self._slots: dict[str, int] = {}
        self._free: list[list[int]] = [[] for _ in self._sizes]
        for slot in reversed(range(len(self._places))):
            self._release(slot)
        self._leases: Counter[int] = Counter()
        self._lock = Lock()

    @property
    def factors(self) -> Factors:
        """What to give `AdapterBank.run` together with a leased route."""
        return self._factors

    @property
    def names(self) -> tuple[str, ...]:
        """The adapters that can be leased now, sorted."""
        with self._lock:
            return tuple(sorted(self._slots))

    @property
    def num_free(self) -> int:
        """Slots that neither a current nor a still leased version fills."""
        with self._lock:
            return sum(len(free) for free in self._free)

    def put(self, name: str, adapter: Adapter) -> None:
        """Add an adapter, or replace the one of this name for requests that begin from now on.

        Raises:
            AdapterFormatError: it changes modules that have no place here, or its rank is too large.
            InputError: no slot is free.
        """
        self._check(adapter)
        rank = max(adapter.ranks, default=1)
        with self._lock:
            fitting = next(
                (free for (size, _), free in zip(self._sizes, self._free, strict=True) if free and size >= rank), None
            )
            if fitting is None:
                raise InputError(
                    f"all slots that hold rank {rank} are taken", "Remove an adapter, or serve with more slots."
                )
            slot = fitting.pop()
        try:
            self._write(slot, adapter)
        except BaseException:
            with self._lock:
                self._release(slot)
            raise
        with self._lock:
            replaced = self._slots.get(name)
            self._slots[name] = slot
            self._retire(replaced)

    def remove(self, name: str) -> None:
        """Take an adapter out for requests that begin from now on.

        Raises:
            InputError: there is none of this name.
        """
        with self._lock:
            if name not in self._slots:
                raise InputError(f"no slot holds {name!r}", "See the names of the adapters that are loaded.")
            self._retire(self._slots.pop(name))

    @contextmanager
    def lease(self, names: Sequence[str | None]) -> Iterator[Route]:
        """The route of a batch, one adapter (or None for the bare base model) a sample, kept valid inside the body.

        Raises:
            InputError: a name is not loaded; nothing is leased then.
        """
        with self._lock:
            if missing := sorted({name for name in names if name is not None and name not in self._slots}):
                raise InputError(f"not loaded: {', '.join(missing)}", "Load it first.")
            slots = [None if name is None else self._slots[name] for name in names]
            held = {slot for slot in slots if slot is not None}
            self._leases.update(held)
        try:
            yield Route.select(slots)
        finally:
            with self._lock:
                self._leases.subtract(held)
                current = set(self._slots.values())
                for slot in held - current:
                    self._retire(slot)

    def _release(self, slot: int) -> None:
        self._free[self._places[slot][0]].append(slot)

    def _retire(self, slot: int | None) -> None:
        if slot is not None and self._leases[slot] == 0:
            self._release(slot)

    def _check(self, adapter: Adapter) -> None:
        shapes = {name: stack.shape for name, stack in self._factors.items()}
        problems = [
            f"{name} is not one of the modules held here, or of another shape"
            for name, factors in adapter.modules.items()
            if shapes.get(name) != (factors.B.shape[0], factors.A.shape[1])
        ]
        if (rank := max(adapter.ranks, default=0)) > self._sizes[-1][0]:
            problems.append(f"rank {rank} is above {self._sizes[-1][0]}")
        if problems:
            raise AdapterFormatError("; ".join(problems[:4]), "Serve with more target modules or a larger rank.")

    @torch.no_grad()
    def _write(self, slot: int, adapter: Adapter) -> None:
        bucket, place = self._places[slot]
        for name, stacks in self._stacks.items():
            stack, factors = stacks[bucket], adapter.modules.get(name)
            if factors is None:
                stack.scaling[place] = 0  # what is left of A and B then changes nothing
                continue
            rank = factors.rank
            stack.A[place, :rank].copy_(factors.A)
            stack.A[place, rank:].zero_()
            stack.B[place, :, :rank].copy_(factors.B)
            stack.B[place, :, rank:].zero_()
            stack.scaling[place] = factors.scaling
