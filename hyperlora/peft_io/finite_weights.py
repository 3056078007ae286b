"""Whether the tensors of a safetensors file are finite: hashes tell that a file is whole, not that it is sound."""

from __future__ import annotations

import math
from pathlib import Path

from hyperlora.files.safetensors_header import read_header
from hyperlora.files.stored_floats import FLOATS
from hyperlora.peft_io.folder.blocks import read_blocks


def non_finite_tensors(path: Path) -> list[str]:
    """The names of the float tensors that hold NaN or Inf, sorted.

    Raises:
        AdapterFormatError: it is no safetensors file.
    """
    entries = {name: entry for name, entry in read_header(path).items() if entry.dtype in FLOATS}
    blocks = read_blocks(path, entries)
    if math.isfinite(blocks.largest):
        return []
    return sorted(name for name, tensor in blocks.tensors.items() if not tensor.isfinite().all())
