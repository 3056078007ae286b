"""Indexes on disk, one for each embedder: a folder of checksummed files for every save, and a file that names it.

That file is replaced in one rename, so that a reader finds the old index or the new one, whenever a writer is killed,
and whoever wrote last among several processes.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from safetensors import SafetensorError

from hyperlora.files.durable import fault_point, staged_folder, write_json
from hyperlora.identity import content_hash, file_hash
from retrieval.index.points import Graph
from retrieval.index.vector_store import KEYS_FILE, VECTORS_FILE
from retrieval.index.vectors import HNSW_FROM, Kind, VectorIndex

_log = logging.getLogger(__name__)
_FORMAT = "hyperlora-index-1"
_CURRENT = "current.json"
_LOCK = ".lock"
_BESIDE_FILE = "beside.json"
_FILES = (VECTORS_FILE, KEYS_FILE, _BESIDE_FILE)
# A writer takes away what a slow reader still reads; then it reads what the writer wrote.
_TRIES = 3
# Indexes of embedders that nobody used for so long are removed.
_UNUSED_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Stored:
    """What was found on disk.

    Attributes:
        vectors: the index.
        beside: the JSON value that it was saved with.
    """

    vectors: VectorIndex
    beside: Any


def save(folder: Path, vectors: VectorIndex, embedder: str, beside: Any) -> None:
    """Store an index as the current one of an embedder; the one before is removed.

    Args:
        folder: of all indexes and nothing else; made if it is missing.
        vectors: the index.
        embedder: id of what made the vectors.
        beside: any JSON value, e.g. whose the vectors are.

    Raises:
        OSError, RuntimeError, SafetensorError: the folder cannot be written to.
    """
    own = _folder_of(folder, embedder)
    own.mkdir(parents=True, exist_ok=True)
    with FileLock(own / _LOCK):
        target = own / uuid.uuid4().hex
        with staged_folder(target) as staging:
            vectors.write(staging)
            with (staging / _BESIDE_FILE).open("w", encoding="utf-8") as file:
                json.dump(beside, file, ensure_ascii=False, separators=(",", ":"))
            hashes = {name: file_hash(staging / name) for name in _FILES}
            fault_point("index-staged")
        fault_point("index-committed")
        current = {"format": _FORMAT, "folder": target.name, "files": hashes, "embedder": embedder}
        write_json(own / _CURRENT, current)
        fault_point("index-current")
        for other in own.iterdir():
            if other.is_dir() and other != target and not other.name.startswith("."):
                shutil.rmtree(other, ignore_errors=True)
    for other in folder.glob(f"*/{_CURRENT}"):
        with suppress(OSError):  # another process removes, too
            if time.time() - other.stat().st_mtime > _UNUSED_SECONDS:
                shutil.rmtree(other.parent, ignore_errors=True)


def load(
    folder: Path, embedder: str, *, kind: Kind = "auto", hnsw_from: int = HNSW_FROM, graph: Graph | None = None
) -> Stored | None:
    """The current index of an embedder; None where there is none that can be used.

    Args:
        folder: that was saved into; need not exist.
        embedder: id of what makes the queries.
        kind, hnsw_from, graph: as for `VectorIndex`, which is rebuilt beside itself where it was another.
    """
    own = _folder_of(folder, embedder)
    tried = failure = None
    for _ in range(_TRIES):
        try:
            current = _current(own)
            if current == tried:
                break
            if current["embedder"] != embedder:
                return None
            tried = current
            stored = _load(own / current["folder"], current, kind, hnsw_from, graph)
            with suppress(OSError):  # perhaps it may only be read
                os.utime(own / _CURRENT)  # it is in use
            return stored
        except (OSError, RuntimeError, ValueError, KeyError, SafetensorError) as error:
            if not (own / _CURRENT).exists():
                return None
            failure = error
    _log.warning("the index in %s cannot be used: %s", own, failure)
    return None


def _folder_of(folder: Path, embedder: str) -> Path:
    return folder / content_hash(embedder)[:16]


def _current(folder: Path) -> dict[str, Any]:
    """What the folder says its current index is.

    Raises:
        OSError, ValueError: it says nothing, or nothing that this version understands.
    """
    said = json.loads((folder / _CURRENT).read_text(encoding="utf-8"))
    if not isinstance(said, dict) or said.get("format") != _FORMAT:
        raise ValueError(f"{_CURRENT} is not of the format {_FORMAT}")
    name, files = said.get("folder"), said.get("files")
    if not (isinstance(name, str) and len(name) == 32 and name.isalnum()):
        raise ValueError(f"{_CURRENT} names no folder")
    if not isinstance(files, dict) or set(files) != set(_FILES) or not isinstance(said.get("embedder"), str):
        raise ValueError(f"{_CURRENT} does not name its files")
    return said


def _load(path: Path, current: Mapping[str, Any], kind: Kind, hnsw_from: int, graph: Graph | None) -> Stored:
    for name, expected in current["files"].items():
        if file_hash(path / name) != expected:
            raise ValueError(f"{name} is not what was written")
    beside = json.loads((path / _BESIDE_FILE).read_text(encoding="utf-8"))
    vectors = VectorIndex.read(path, kind=kind, hnsw_from=hnsw_from, graph=graph)
    return Stored(vectors, beside)
