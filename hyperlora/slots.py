"""Slots: adapters that stay beside the base model for serving, replaced and removed while requests run.

The factors' tensors have fixed shapes and places, so that routes change but memory does not. A request leases the
versions it began with; a version that was replaced or removed leaves its slot when its last lease ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

import torch

from hyperlora.adapter import Adapter
from hyperlora.bank import Factors, Route, StackedFactors
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.target_modules import TargetModule


class AdapterSlots:
    """A fixed number of adapters, stacked as a bank runs them. Safe to use from many threads.

    Args:
        targets: the modules an adapter may change.
        capacity: how many versions fit at a time, those still leased included.
        max_rank: the largest rank that fits.
        device, dtype: of the factors.
    """

    def __init__(
        self,
        targets: Sequence[TargetModule],
        *,
        capacity: int,
        max_rank: int,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        if capacity < 1 or max_rank < 1:
            raise InputError(f"capacity {capacity} and rank {max_rank} hold no adapter", "Use at least 1 of each.")
        self.capacity = capacity
        self.max_rank = max_rank
        self._device = device
        self._factors = {
            target.name: StackedFactors(
                torch.zeros(capacity, max_rank, target.in_features, device=device, dtype=dtype),
                torch.zeros(capacity, target.out_features, max_rank, device=device, dtype=dtype),
                torch.zeros(capacity, device=device),
            )
            for target in targets
        }
        self._slots: dict[str, int] = {}
        self._free = list(range(capacity))[::-1]
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
            return len(self._free)

    def put(self, name: str, adapter: Adapter) -> None:
        """Add an adapter, or replace the one of this name for requests that begin from now on.

        Raises:
            AdapterFormatError: it changes modules that have no place here, or its rank is too large.
            InputError: no slot is free.
        """
        self._check(adapter)
        with self._lock:
            if not self._free:
                raise InputError(
                    f"all {self.capacity} slots are taken", "Remove an adapter, or serve with a larger capacity."
                )
            slot = self._free.pop()
        try:
            self._write(slot, adapter)
        except BaseException:
            with self._lock:
                self._free.append(slot)
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

    def _retire(self, slot: int | None) -> None:
        if slot is not None and self._leases[slot] == 0:
            self._free.append(slot)

    def _check(self, adapter: Adapter) -> None:
        shapes = {name: (stack.B.shape[1], stack.A.shape[2]) for name, stack in self._factors.items()}
        problems = [
            f"{name} is not one of the modules held here, or of another shape"
            for name, factors in adapter.modules.items()
            if shapes.get(name) != (factors.B.shape[0], factors.A.shape[1])
        ]
        if (rank := max(adapter.ranks, default=0)) > self.max_rank:
            problems.append(f"rank {rank} is above {self.max_rank}")
        if problems:
            raise AdapterFormatError("; ".join(problems[:4]), "Serve with more target modules or a larger rank.")

    @torch.no_grad()
    def _write(self, slot: int, adapter: Adapter) -> None:
        for name, stack in self._factors.items():
            for tensor in (stack.A, stack.B, stack.scaling):
                tensor[slot] = 0
            if factors := adapter.modules.get(name):
                stack.A[slot, : factors.rank] = factors.A.to(stack.A)
                stack.B[slot, :, : factors.rank] = factors.B.to(stack.B)
                stack.scaling[slot] = factors.scaling
