"""A trained retriever on disk: `retriever.json` and `retriever.safetensors`, nothing that can run code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from hyperlora.adapter import LoraFactors
from hyperlora.durable import write_bytes, write_json
from hyperlora.encoder_change import EncoderChange
from hyperlora.errors import AdapterFormatError
from retrieval.calibration import Calibration
from retrieval.documents import QueryKind

CONFIG_FILE = "retriever.json"
WEIGHTS_FILE = "retriever.safetensors"
_REMEDY = "Train the retriever again, or restore the folder."


class RetrieverConfig(BaseModel):
    """What a retriever is besides its weights.

    Attributes:
        encoder: id of the text encoder that it changes.
        calibrations: by kind of query, how sure a similarity makes.
        tasks: names of the tasks it was trained on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = 1
    encoder: str
    calibrations: dict[QueryKind, Calibration] = Field(default_factory=dict)
    tasks: tuple[str, ...] = ()


def write_retriever(config: RetrieverConfig, change: EncoderChange, folder: Path) -> None:
    """Write both files into an existing folder."""
    tensors = {
        f"{name}.{side}": tensor.detach().float().cpu().contiguous()
        for name, factors in change.modules.items()
        for side, tensor in (("A", factors.scaling * factors.A), ("B", factors.B))
    }
    write_bytes(folder / WEIGHTS_FILE, save(tensors, metadata={"format": "pt"}))
    write_json(folder / CONFIG_FILE, config.model_dump(mode="json"))


def read_retriever(folder: Path) -> tuple[RetrieverConfig, EncoderChange]:
    """Read a retriever.

    Raises:
        AdapterFormatError: a file is missing or damaged.
    """
    try:
        config = RetrieverConfig.model_validate_json((folder / CONFIG_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise AdapterFormatError(f"{folder / CONFIG_FILE} is missing or not a retriever's config", _REMEDY) from error
    path = folder / WEIGHTS_FILE
    try:
        tensors = load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise AdapterFormatError(f"{path} is missing or damaged", _REMEDY) from error
    if bad := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
        raise AdapterFormatError(f"{path}: {', '.join(bad[:5])} hold NaN or Inf", _REMEDY)
    return config, EncoderChange(config.encoder, _factors(tensors, path))


def _factors(tensors: Mapping[str, Tensor], path: Path) -> dict[str, LoraFactors]:
    modules = {}
    for name in sorted({name.rpartition(".")[0] for name in tensors}):
        A, B = tensors.get(f"{name}.A"), tensors.get(f"{name}.B")
        if A is None or B is None or A.ndim != 2 or B.shape[1:] != A.shape[:1]:
            raise AdapterFormatError(f"{path}: the factors of {name} do not fit each other", _REMEDY)
        modules[name] = LoraFactors(A, B, 1.0)
    return modules
