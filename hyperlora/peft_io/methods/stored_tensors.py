"""The tensors of an adapter's file, read one at a time after the header was checked."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from hyperlora.errors import AdapterFormatError
from hyperlora.files.safetensors_header import read_header
from hyperlora.files.stored_floats import read_tensor


class StoredTensors:
    """The tensors of one safetensors file, none in memory.

    Attributes:
        path: the file.
        entries: its header.

    Raises:
        AdapterFormatError: the header lies, or is not one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries = read_header(path)

    def describe(self, name: str) -> str:
        """Dtype and shape of a tensor as the header has them, e.g. `F32 [64, 64]`."""
        entry = self.entries[name]
        return f"{entry.dtype} {list(entry.shape)}"

    def read(self, name: str) -> Tensor:
        """One float tensor, in its stored dtype.

        Raises:
            AdapterFormatError: the file is shorter than its header said.
        """
        try:
            return read_tensor(self.path, self.entries[name])
        except EOFError as error:
            raise AdapterFormatError(f"{self.path} became shorter while it was read", "Read it again.") from error
