"""What names a base model: id, revision and a fingerprint over its stored weights."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hyperlora.errors import BaseModelError
from hyperlora.files.durable import write_json
from hyperlora.files.safetensors_header import read_header
from hyperlora.identity import content_hash


class BaseIdentity(BaseModel):
    """A base model's name.

    Attributes:
        id: what people write, e.g. `smollm2-135m-instruct` or `hf:org/name`.
        hub_id: the id other tools know it by; written to `adapter_config.json`.
        revision: release or commit of the source.
        fingerprint: SHA-256 (hex) over name, dtype, shape and bytes of every stored tensor; where nobody saw them
            `config:` and the SHA-256 of the config.
        num_layers: decoder layers, so that an adapter knows whether it covers all of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    hub_id: str
    revision: str
    fingerprint: str
    num_layers: int


def weights_fingerprint(folder: Path, cache: Path) -> str:
    """Fingerprint the safetensors files of a model folder.

    The result is remembered in `cache` under the files' paths, sizes and modification times, so that a
    large model is hashed once.

    Raises:
        BaseModelError: the folder holds no safetensors weights.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise BaseModelError(
            f"{folder} holds no *.safetensors weights",
            "Save the model with save_pretrained; pickled weights are refused.",
        )
    stats = [[str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    memo = cache / "fingerprints" / f"{content_hash(stats)}.json"
    if memo.exists():
        return str(json.loads(memo.read_text())["fingerprint"])
    fingerprint = _hash_tensors(files)
    write_json(memo, {"fingerprint": fingerprint, "files": stats})
    return fingerprint


def _hash_tensors(files: list[Path]) -> str:
    entries = sorted((name, entry, file) for file in files for name, entry in read_header(file).items())
    digest = hashlib.sha256()
    handles = {file: file.open("rb") for file in files}
    try:
        for name, entry, file in entries:
            digest.update(f"{name}\0{entry.dtype}\0{list(entry.shape)}\0".encode())
            handles[file].seek(entry.start)
            remaining = entry.end - entry.start
            while remaining:
                block = handles[file].read(min(remaining, 2**24))
                digest.update(block)
                remaining -= len(block)
    finally:
        for handle in handles.values():
            handle.close()
    return digest.hexdigest()
