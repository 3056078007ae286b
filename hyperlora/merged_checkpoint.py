"""Write a merged checkpoint from the base model's files, tensor by tensor, without loading the model.

The output has the layout of the base checkpoint; only the adapted weights differ. Memory stays at one tensor.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import torch

from hyperlora.adapter import Adapter, LoraFactors
from hyperlora.base_models import BaseIdentity
from hyperlora.durable import staged_folder, write_json
from hyperlora.errors import AdapterFormatError, BaseModelError
from hyperlora.peft_folder import require_free
from hyperlora.progress import progress
from hyperlora.safetensors_header import TensorEntry, read_header

MERGE_RECORD = "hyperlora_merge.json"
_SIDE_FILES = ("*.json", "*.jinja", "*.model", "*.txt")
_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_BLOCK = 2**24


class BaseFiles(Protocol):
    """A base model on disk; `LocatedBase` and `BaseModel` both are."""

    @property
    def identity(self) -> BaseIdentity:
        """Its name."""

    @property
    def folder(self) -> Path:
        """Where config, tokenizer and safetensors weights are."""


def export_merged(base: BaseFiles, adapter: Adapter, folder: Path) -> Path:
    """Write a checkpoint with ``W + scaling · B A`` in the adapted modules, which plain transformers loads.

    Sums are taken in float32 and stored in the dtype of the base checkpoint. Besides transformers' files the folder
    holds `hyperlora_merge.json`: base, adapter content hash and card.

    Raises:
        InputError: the folder is not empty.
        BaseModelError: the adapter was made for another base model.
        AdapterFormatError: it changes a module whose weight the checkpoint does not hold as a float matrix.
    """
    require_free(folder)
    adapter.require_base(base.identity)
    files = check_fits(base, adapter)
    changes = {f"{name}.weight": factors for name, factors in adapter.modules.items()}
    if folder.is_dir():
        folder.rmdir()
    total = sum(path.stat().st_size for path in files)
    with staged_folder(folder.absolute()) as staging, progress(total, "merge", "B", scale=True) as bar:
        for pattern in _SIDE_FILES:
            for path in base.folder.glob(pattern):
                if path.name.startswith("hyperlora_"):
                    continue  # our own notes on the base folder are not true of the merged one
                shutil.copyfile(path, staging / path.name)
        for path, entries in files.items():
            _merge_file(path, staging / path.name, entries, changes, bar)
        record = {
            "base": adapter.base.model_dump(mode="json"),
            "adapter": adapter.content_hash,
            "card": adapter.card.model_dump(mode="json"),
        }
        write_json(staging / MERGE_RECORD, record)
    return folder


def check_fits(base: BaseFiles, adapter: Adapter) -> dict[Path, dict[str, TensorEntry]]:
    """Check from the checkpoint's headers alone that every adapted module is there in the adapter's shape.

    Returns:
        The headers, by file.

    Raises:
        BaseModelError: the base model's folder holds no safetensors weights.
        AdapterFormatError: a module is missing, of another shape, or quantised.
    """
    files = {path: read_header(path) for path in sorted(base.folder.glob("*.safetensors"))}
    if not files:
        raise BaseModelError(f"{base.folder} holds no safetensors weights", "Save the base model with save_pretrained.")
    entries = {name: entry for header in files.values() for name, entry in header.items()}
    problems = []
    for module, factors in adapter.modules.items():
        name = f"{module}.weight"
        entry, shape = entries.get(name), (factors.B.shape[0], factors.A.shape[1])
        if entry is None:
            problems.append(f"the checkpoint has no tensor {name}")
        elif entry.dtype not in _DTYPES or entry.shape != shape:
            problems.append(f"{name} is {entry.dtype} {list(entry.shape)}, the adapter's change {list(shape)}")
    if problems:
        raise AdapterFormatError("; ".join(problems[:4]), "Use an unquantised checkpoint of the adapter's base model.")
    return files


def _merge_file(
    source: Path, target: Path, entries: Mapping[str, TensorEntry], changes: Mapping[str, LoraFactors], bar: Any
) -> None:
    """Copy one safetensors file; the header stays as it is, because no name, dtype, shape or offset changes."""
    ordered = sorted(entries.items(), key=lambda item: item[1].start)
    with source.open("rb") as reader, target.open("wb") as writer:
        _copy(reader, writer, ordered[0][1].start if ordered else source.stat().st_size, bar)
        for name, entry in ordered:
            size = entry.end - entry.start
            if name in changes:
                writer.write(_merged_bytes(reader.read(size), entry, changes[name]))
                bar.update(size)
            else:
                _copy(reader, writer, size, bar)


def _copy(reader: BinaryIO, writer: BinaryIO, size: int, bar: Any) -> None:
    while size:
        block = reader.read(min(size, _BLOCK))
        writer.write(block)
        bar.update(len(block))
        size -= len(block)


def _merged_bytes(data: bytes, entry: TensorEntry, factors: LoraFactors) -> bytes:
    dtype = _DTYPES[entry.dtype]
    weight = torch.frombuffer(bytearray(data), dtype=dtype).view(entry.shape).float()
    weight = torch.addmm(weight, factors.B.float().cpu(), factors.A.float().cpu(), alpha=factors.scaling)
    return weight.to(dtype).contiguous().view(torch.uint8).numpy().tobytes()
