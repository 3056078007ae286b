"""One float tensor of a safetensors file, by its entry in a checked header."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from hyperlora.files.safetensors_header import TensorEntry

FLOATS = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def read_tensor(path: Path, entry: TensorEntry) -> Tensor:
    """The tensor, in the dtype it is stored in, one of `FLOATS`.

    Raises:
        EOFError: the file is shorter than its header said.
    """
    data = bytearray(entry.end - entry.start)
    with path.open("rb") as handle:
        handle.seek(entry.start)
        if handle.readinto(data) != len(data):
            raise EOFError(str(path))
    return torch.frombuffer(data, dtype=FLOATS[entry.dtype]).view(entry.shape)
