"""`MLmodel`: the file by which MLflow loads an adapter folder, and which vouches for every byte of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hyperlora.errors import AdapterFormatError
from hyperlora.files.durable import write_bytes
from hyperlora.identity import canonical_json, content_hash
from hyperlora.inference.sampling import Sampling
from hyperlora.registry.contents import manifest_of

MLMODEL_FILE = "MLmodel"

_LOADER = "hyperlora.mlflow_model"
_PYFUNC, _OURS = "python_function", "hyperlora"
_LARGEST = 2**20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DOWNLOAD_AGAIN = "Download the model again; if it is damaged in the registry too, register the adapter again."


def write_mlmodel(folder: Path) -> None:
    """Write `MLmodel` into an adapter folder that is otherwise complete.

    Equal files give equal bytes on one minor version of Python, which MLflow wants to know. There is no pickle, and
    nothing that MLflow would install or import but this package.
    """
    files = {name: digest for name, digest in manifest_of(folder).items() if name != MLMODEL_FILE}
    default = Sampling()
    params = [
        _param("max_new_tokens", "long", default.max_new_tokens),
        _param("temperature", "double", default.temperature),
        _param("top_p", "double", default.top_p),
        _param("seed", "long", default.seed),
        _param("raw", "boolean", False),
    ]
    column = canonical_json([{"required": True, "type": "string"}])
    model: dict[str, Any] = {
        "flavors": {
            _PYFUNC: {
                "config": {"base": ""},  # what a caller's model_config may say; MLflow drops all else
                "loader_module": _LOADER,
                "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
            },
            _OURS: {"files": files},
        },
        "signature": {"inputs": column, "outputs": column, "params": canonical_json(params)},
    }
    model["flavors"][_OURS]["digest"] = content_hash(model)
    write_bytes(folder / MLMODEL_FILE, _text(model))


def verify_model_folder(folder: Path) -> None:
    """Check every byte of a folder that MLflow downloaded, or of a stored one, against its `MLmodel`.

    Raises:
        AdapterFormatError: a file is missing, added or changed; or `MLmodel` itself is not as it was written.
    """
    listed = _listed(folder / MLMODEL_FILE)
    found = manifest_of(folder)
    found.pop(MLMODEL_FILE)
    differing = sorted(name for name in set(found) | set(listed) if found.get(name) != listed.get(name))
    if differing:
        raise AdapterFormatError(f"{folder} is not as its MLmodel says: {', '.join(differing[:5])}", _DOWNLOAD_AGAIN)


def _listed(path: Path) -> Mapping[str, str]:
    """The hashes by file that an `MLmodel` lists, after checking that nobody changed it."""
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise AdapterFormatError(f"{path} is not there, or larger than 1 MiB", _DOWNLOAD_AGAIN)
    stored = path.read_bytes()
    changed = AdapterFormatError(f"{path} is not as HyperLoRA wrote it", _DOWNLOAD_AGAIN)
    try:
        model = yaml.safe_load(stored)
        same = _text(model) == stored
        ours = model["flavors"][_OURS]
        digest, files = ours.pop("digest"), ours["files"]
        if not same or content_hash(model) != digest:
            raise changed
        if not all(_SHA256.fullmatch(value) for value in files.values()):
            raise changed
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise changed from error
    return dict(files)


def _param(name: str, kind: str, default: float) -> dict[str, Any]:
    return {"default": default, "name": name, "shape": None, "type": kind}


def _text(model: Any) -> bytes:
    return yaml.safe_dump(model, sort_keys=True, default_flow_style=False, width=10_000).encode()
