"""Read a safetensors header, and nothing else, before any tensor memory is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import AdapterFormatError
from hyperlora.files.strict_json import parse_json

_LONGEST_HEADER = 16 * 2**20
# An entry holds at least four commas. So many are enough for any model, and bound what parsing takes.
_MOST_COMMAS = 2**20
_LARGEST_SIDE = 2**62
_ITEM_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "F8_E8M0": 1,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U64": 8,
    "U32": 4,
    "U16": 2,
    "U8": 1,
    "BOOL": 1,
}
_OTHER_FORMATS = {b"PK": "a ZIP archive, as torch.save writes", b"\x80": "a pickle", b"\x1f\x8b": "a gzip archive"}
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
        AdapterFormatError: not a regular file, or the header lies, is too long or is not one.
    """
    # opening a pipe waits until somebody writes into it
    if not path.is_file():
        raise AdapterFormatError(f"{path} is {'not a regular file' if path.exists() else 'missing'}", _REMEDY)
    size = path.stat().st_size
    with path.open("rb") as handle:
        first = handle.read(8)
        length = int.from_bytes(first, "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            for magic, what in _OTHER_FORMATS.items():
                if first.startswith(magic):
                    raise AdapterFormatError(f"{path} is {what}, and is never opened", _REMEDY)
            raise AdapterFormatError(f"{path}: header length {length} does not fit the file", _REMEDY)
        text = handle.read(length)
    try:
        entries = _entries(text, 8 + length)
    except (ValueError, RecursionError) as error:
        raise AdapterFormatError(f"{path}: the header is not a safetensors header: {error}", _REMEDY) from error
    position = 8 + length
    for name, entry in sorted(entries.items(), key=lambda item: item[1].start):
        if entry.start != position:
            raise AdapterFormatError(f"{path}: tensor {name!r} overlaps another or leaves a hole", _REMEDY)
        position = entry.end
    if position != size:
        raise AdapterFormatError(f"{path}: the header describes {position} bytes, the file has {size}", _REMEDY)
    return entries


def _entries(text: bytes, offset: int) -> dict[str, TensorEntry]:
    if text.count(b",") > _MOST_COMMAS:
        raise ValueError(f"it lists more than {_MOST_COMMAS} things")
    header = parse_json(text)
    if not isinstance(header, dict):
        raise ValueError("it is not a JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("__metadata__ is not an object of texts")
    return {name: _entry(name, spec, offset) for name, spec in header.items()}


def _entry(name: str, spec: Any, offset: int) -> TensorEntry:
    try:
        shape, (start, end), item = tuple(spec["shape"]), spec["data_offsets"], _ITEM_BYTES[spec["dtype"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"tensor {name[:120]!r} has no shape, data_offsets or known dtype") from error
    size = item
    for side in shape:
        # stops before the product of many huge sides is worked out
        if type(side) is not int or not 0 <= side <= _LARGEST_SIDE or size > _LARGEST_SIDE:
            raise ValueError(f"tensor {name[:120]!r} has an impossible shape")
        size *= side
    if type(start) is not int or type(end) is not int or start < 0 or end - start != size:
        raise ValueError(f"tensor {name[:120]!r} has other bytes than its shape takes")
    return TensorEntry(spec["dtype"], shape, offset + start, offset + end)
