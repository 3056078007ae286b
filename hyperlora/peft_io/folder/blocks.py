"""Read many small tensors of a safetensors file as one block a dtype: a hundred factors cost hardly more than one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from hyperlora.errors import AdapterFormatError
from hyperlora.files.safetensors_header import TensorEntry
from hyperlora.files.stored_floats import FLOATS


@dataclass(frozen=True)
class TensorBlocks:
    """Tensors that share memory, one block a dtype.

    Attributes:
        tensors: by name, each contiguous, none overlapping another.
        largest: the largest magnitude in all of them; NaN or infinite when one holds such a value.
    """

    tensors: Mapping[str, Tensor]
    largest: float


def read_blocks(path: Path, entries: Mapping[str, TensorEntry]) -> TensorBlocks:
    """Read the float tensors that `entries`, from a checked header, describe.

    Raises:
        AdapterFormatError: the file is shorter than its header said.
    """
    tensors: dict[str, Tensor] = {}
    largest = 0.0
    with path.open("rb") as handle:
        for dtype in sorted({entry.dtype for entry in entries.values()}):
            ordered = sorted(
                ((name, entry) for name, entry in entries.items() if entry.dtype == dtype),
                key=lambda item: item[1].start,
            )
            counts = [math.prod(entry.shape) for _, entry in ordered]
            block = torch.empty(sum(counts), dtype=FLOATS[dtype])
            target = memoryview(block.view(torch.uint8).numpy())  # type: ignore[arg-type]
            for start, end in _runs([entry for _, entry in ordered]):
                handle.seek(start)
                if handle.readinto(target[: end - start]) != end - start:
                    raise AdapterFormatError(f"{path} became shorter while it was read", "Read it again.")
                target = target[end - start :]
            for (name, entry), part in zip(ordered, block.split(counts), strict=True):
                tensors[name] = part.view(entry.shape)
            least, most = (value.item() for value in torch.aminmax(block))
            # max() would drop a NaN in second place
            largest = math.nan if math.isnan(least + most) or math.isnan(largest) else max(largest, -least, most)
    return TensorBlocks(tensors, largest)


def _runs(entries: list[TensorEntry]) -> list[tuple[int, int]]:
    """The byte ranges of entries in file order, neighbours joined."""
    runs: list[tuple[int, int]] = []
    for entry in entries:
        if runs and runs[-1][1] == entry.start:
            runs[-1] = (runs[-1][0], entry.end)
        else:
            runs.append((entry.start, entry.end))
    return runs
