"""Read a safetensors header, and nothing else, before any tensor memory is asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import AdapterFormatError

_LONGEST_HEADER = 16 * 2**20
_ITEM_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}
_REMEDY = "Save the file again with safetensors."


@dataclass(frozen=True, order=True)
class TensorEntry:
    """One tensor as its header describes it: dtype name, shape and byte range in the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


def read_header(path: Path) -> dict[str, TensorEntry]:
    """The tensors of a safetensors file by name, with absolute byte offsets.

    Checks that ranges match dtype and shape, do not overlap, leave no holes and end with the file.

    Raises:
        AdapterFormatError: the header lies, is too long or is not one.
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        length = int.from_bytes(handle.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise AdapterFormatError(f"{path}: header length {length} does not fit the file", _REMEDY)
        try:
            header = json.loads(handle.read(length))
            header.pop("__metadata__", None)
            entries = {name: _entry(spec, 8 + length) for name, spec in header.items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise AdapterFormatError(f"{path}: the header is not a safetensors header", _REMEDY) from error
    position = 8 + length
    for name, entry in sorted(entries.items(), key=lambda item: item[1].start):
        if entry.start != position:
            raise AdapterFormatError(f"{path}: tensor {name} overlaps another or leaves a hole", _REMEDY)
        position = entry.end
    if position != size:
        raise AdapterFormatError(f"{path}: the header describes {position} bytes, the file has {size}", _REMEDY)
    return entries


def _entry(spec: dict[str, Any], offset: int) -> TensorEntry:
    shape = tuple(spec["shape"])
    start, end = spec["data_offsets"]
    count = 1
    for side in shape:
        if type(side) is not int or side < 0:
            raise ValueError(f"shape {shape}")
        count *= side
    dtype = str(spec["dtype"])
    if type(start) is not int or type(end) is not int or end - start != count * _ITEM_BYTES[dtype]:
        raise ValueError("byte range")
    return TensorEntry(dtype, shape, offset + start, offset + end)
