"""Write a merged checkpoint from the base model's files, a few rows at a time, without loading the model.

The output has the layout of the base checkpoint; only the adapted weights differ. A weight that the base ties to
another one gets a tensor of its own.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import torch

from hyperlora.errors import AdapterFormatError, BaseModelError
from hyperlora.files.durable import require_free, staged_folder, write_json
from hyperlora.files.safetensors_header import TensorEntry
from hyperlora.files.stored_floats import FLOATS
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.models import BaseIdentity
from hyperlora.models.config_only import shapes_of
from hyperlora.models.dequantising import SIDE_FILES, dequantised, quantisation_of
from hyperlora.models.stored_weights import StoredWeights
from hyperlora.progress import progress

MERGE_RECORD = "hyperlora_merge.json"
_BLOCK = 2**22


class BaseFiles(Protocol):
    """A base model on disk; `LocatedBase` and `BaseModel` both are."""

    @property
    def identity(self) -> BaseIdentity:
        """Its name."""

    @property
    def folder(self) -> Path:
        """Where config, tokenizer and safetensors weights are."""


def export_merged(base: BaseFiles, adapter: Adapter, folder: Path, *, dequantise: bool = False) -> Path:
    """Write a checkpoint with ``W + scaling · B A`` in the adapted modules, which plain transformers loads.

    Sums are taken in float32 and stored in the dtype of the base checkpoint. Besides transformers' files the folder
    holds `hyperlora_merge.json`: base, adapter content hash and card.

    Args:
        base, adapter: what to merge.
        folder: must not exist, or be an empty folder.
        dequantise: merge a quantised base model in its plain form, which the cache keeps. The checkpoint is plain
            then, and as large.

    Raises:
        InputError: the folder is not empty.
        BaseModelError: the adapter was made for another base model; or the base model is quantised and `dequantise`
            is not set, or cannot be de-quantised here.
        AdapterFormatError: it changes a module whose weight the checkpoint does not hold as a float matrix.
    """
    require_free(folder)
    adapter.require_base(base.identity)
    weights = StoredWeights(_plain_folder(base, dequantise))
    _require_fit(weights, adapter)
    plan = _Plan(weights, adapter)
    if folder.is_dir():
        folder.rmdir()
    total = sum(path.stat().st_size for path in weights.files) + plan.added_bytes
    with staged_folder(folder.absolute()) as staging, progress(total, "merge", "B", scale=True) as bar:
        for pattern in SIDE_FILES:
            for path in weights.folder.glob(pattern):
                if path.name.startswith("hyperlora_"):
                    continue  # our own notes on the base folder are not true of the merged one
                shutil.copyfile(path, staging / path.name)
        for path, entries in weights.files.items():
            _merge_file(path, staging / path.name, entries, plan, bar)
        if plan.unties:
            _untie(staging, plan)
        record = {
            "base": adapter.base.model_dump(mode="json"),
            "adapter": adapter.content_hash,
            "card": adapter.card.model_dump(mode="json"),
        }
        write_json(staging / MERGE_RECORD, record)
    return folder


def check_fits(base: BaseFiles, adapter: Adapter) -> None:
    """Check from the checkpoint's headers alone that every adapted module is there in the adapter's shape.

    A base model that was located without weights is asked by its config.

    Raises:
        BaseModelError: the base model's folder holds no safetensors weights.
        AdapterFormatError: a module is missing, of another shape, or quantised.
    """
    _require_fit(shapes_of(base.identity, base.folder), adapter)


def _plain_folder(base: BaseFiles, dequantise: bool) -> Path:
    quantisation = quantisation_of(base.folder)
    if quantisation is None:
        return base.folder
    if not dequantise:
        raise BaseModelError(
            f"{base.identity.id} is quantised ({quantisation.get('quant_method', 'unknown')})",
            "Merge into its de-quantised form with hyperlora merge --dequantise (dequantise=True); it is larger.",
        )
    return dequantised(base.identity, base.folder)


def _require_fit(weights: StoredWeights, adapter: Adapter) -> None:
    problems = []
    for module, factors in adapter.modules.items():
        name = f"{module}.weight"
        place, shape = weights.find(name), (factors.B.shape[0], factors.A.shape[1])
        if place is None:
            problems.append(f"the checkpoint has no tensor {name}")
        elif place[1].dtype not in FLOATS or place[1].shape != shape:
            problems.append(f"{name} is {place[1].dtype} {list(place[1].shape)}, the adapter's change {list(shape)}")
    if problems:
        raise AdapterFormatError("; ".join(problems[:4]), "Use an unquantised checkpoint of the adapter's base model.")


class _Plan:
    """What becomes of each tensor.

    Attributes:
        changes: the factors of each tensor that changes.
        added: new tensors by name, with the file and place their values come from.
        unties: whether a tied tensor changes, so that its partners must not follow it.
    """

    def __init__(self, weights: StoredWeights, adapter: Adapter) -> None:
        self.changes: dict[str, LoraFactors] = {}
        self.added: dict[str, tuple[Path, TensorEntry]] = {}
        self.unties = False
        for module, factors in adapter.modules.items():
            name = f"{module}.weight"
            self.changes[name] = factors
            partners = weights.tied_with(name)
            self.unties |= bool(partners)
            for each in (name, *sorted(partners)):
                if not weights.has(each) and (place := weights.find(each)):
                    self.added[each] = place

    @property
    def added_bytes(self) -> int:
        """What the new tensors add to the base checkpoint's size."""
        return sum(entry.end - entry.start for _, entry in self.added.values())


def _merge_file(source: Path, target: Path, entries: Mapping[str, TensorEntry], plan: _Plan, bar: Any) -> None:
    """Write one safetensors file: its tensors where they were, then those that are added to it."""
    ordered = sorted(entries.items(), key=lambda item: item[1].start)
    added = [(name, entry) for name, (path, entry) in plan.added.items() if path == source]
    with source.open("rb") as reader, target.open("wb") as writer:
        head = reader.read(ordered[0][1].start if ordered else source.stat().st_size)
        writer.write(_with_added(head, added))
        bar.update(len(head))
        for name, entry in [*ordered, *added]:
            reader.seek(entry.start)
            if factors := plan.changes.get(name):
                _merge_rows(reader, writer, entry, factors, bar)
            else:
                _copy(reader, writer, entry.end - entry.start, bar)


def _with_added(head: bytes, added: Sequence[tuple[str, TensorEntry]]) -> bytes:
    """A safetensors file's header with more tensors behind the old ones; the same bytes where there are none."""
    if not added:
        return head
    header = json.loads(head[8:])
    position = max(spec["data_offsets"][1] for name, spec in header.items() if name != "__metadata__")
    for name, entry in added:
        size = entry.end - entry.start
        spec = {"dtype": entry.dtype, "shape": entry.shape, "data_offsets": [position, position + size]}
        header[name] = spec
        position += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # readers map the data that follows, which wants whole words
    return len(text).to_bytes(8, "little") + text


def _copy(reader: BinaryIO, writer: BinaryIO, size: int, bar: Any) -> None:
    while size:
        block = reader.read(min(size, _BLOCK))
        writer.write(block)
        bar.update(len(block))
        size -= len(block)


def _merge_rows(reader: BufferedReader, writer: BinaryIO, entry: TensorEntry, factors: LoraFactors, bar: Any) -> None:
    dtype, (rows, columns) = FLOATS[entry.dtype], entry.shape
    A, B = factors.A.float().cpu(), factors.B.float().cpu()
    step = min(rows, max(1, _BLOCK // (columns * dtype.itemsize)))
    buffer = bytearray(step * columns * dtype.itemsize)
    block = torch.frombuffer(buffer, dtype=dtype).view(step, columns)
    for start in range(0, rows, step):
        some = B[start : start + step]
        weight = block[: len(some)]
        data = memoryview(buffer)[: weight.nbytes]
        reader.readinto(data)
        weight.copy_(weight.float().addmm_(some, A, alpha=factors.scaling))
        writer.write(data)
        bar.update(len(data))


def _untie(folder: Path, plan: _Plan) -> None:
    """Say in the copied config and index that the tied tensors stand alone now."""
    config = json.loads((folder / "config.json").read_text())
    for part in (config, config.get("text_config")):
        if isinstance(part, dict):
            part["tie_word_embeddings"] = False
    write_json(folder / "config.json", config)
    for path in folder.glob("*.safetensors.index.json"):
        index = json.loads(path.read_text())
        for name, (file, entry) in plan.added.items():
            index["weight_map"][name] = file.name
            for count, more in (("total_size", entry.end - entry.start), ("total_parameters", math.prod(entry.shape))):
                if count in index.get("metadata", {}):
                    index["metadata"][count] += more
        write_json(path, index)
