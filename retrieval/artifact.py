"""A trained retriever on disk: `retriever.json` and `retriever.safetensors`, nothing that can run code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from hyperlora.embeddings.encoder_change import EncoderChange
from hyperlora.errors import AdapterFormatError
from hyperlora.files.durable import write_bytes, write_json
from hyperlora.lora.adapter import LoraFactors
from retrieval.calibration import Calibration
from retrieval.documents import QueryKind
from retrieval.ranking import LEXICAL_WEIGHT
from retrieval.state_projection import StateProjection

CONFIG_FILE = "retriever.json"
WEIGHTS_FILE = "retriever.safetensors"
_ENCODER, _READING = "encoder.", "reading."
_REMEDY = "Train the retriever again, or restore the folder."


class StateProjectionConfig(BaseModel):
    """See `retrieval.state_projection.StateProjection`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    layer: int = Field(ge=0)
    weight: float = Field(gt=0)


class RetrieverConfig(BaseModel):
    """What a retriever is besides its tensors.

    Attributes:
        encoder: id of the text encoder that it changes.
        words: by kind of query, the weight of shared words; see `retrieval.ranking`.
        reading: how the base model reads prompts for it, where one does.
        calibrations: by kind of query, how sure a similarity makes.
        tasks: names of the tasks it was trained on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = 1
    encoder: str
    words: dict[QueryKind, float] = Field(default_factory=lambda: dict(LEXICAL_WEIGHT))
    reading: StateProjectionConfig | None = None
    calibrations: dict[QueryKind, Calibration] = Field(default_factory=dict)
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrainedRetriever:
    """What training a retriever gives.

    Attributes:
        config: what it is.
        change: of the text encoder.
        reading: of the base model's states over a prompt; None where no base model reads.
    """

    config: RetrieverConfig
    change: EncoderChange
    reading: StateProjection | None = None

    @property
    def tensors(self) -> dict[str, Tensor]:
        """All of them by name, float32, on the CPU."""
        found = {
            f"{_ENCODER}{name}.{side}": tensor
            for name, factors in self.change.modules.items()
            for side, tensor in (("A", factors.scaling * factors.A), ("B", factors.B))
        }
        if self.reading is not None:
            found |= {f"{_READING}centre": self.reading.centre, f"{_READING}matrix": self.reading.matrix}
        return {name: tensor.detach().float().cpu().contiguous() for name, tensor in found.items()}

    @classmethod
    def of(cls, config: RetrieverConfig, tensors: Mapping[str, Tensor]) -> TrainedRetriever:
        """The retriever that has these tensors.

        Raises:
            AdapterFormatError: they do not fit each other or the config.
        """
        modules = {}
        names = {name.removeprefix(_ENCODER) for name in tensors if name.startswith(_ENCODER)}
        for module in sorted({name.rpartition(".")[0] for name in names}):
            A, B = tensors.get(f"{_ENCODER}{module}.A"), tensors.get(f"{_ENCODER}{module}.B")
            if A is None or B is None or A.ndim != 2 or B.shape[1:] != A.shape[:1]:
                raise AdapterFormatError(f"the retriever's factors of {module} do not fit each other", _REMEDY)
            modules[module] = LoraFactors(A, B, 1.0)
        reading = None
        if config.reading is not None:
            centre, matrix = tensors.get(f"{_READING}centre"), tensors.get(f"{_READING}matrix")
            if centre is None or matrix is None or centre.ndim != 1 or matrix.shape[:-1] != centre.shape:
                raise AdapterFormatError("the retriever's reading is missing or damaged", _REMEDY)
            reading = StateProjection(**config.reading.model_dump(), centre=centre, matrix=matrix)
        return cls(config, EncoderChange(config.encoder, modules), reading)


def write_retriever(trained: TrainedRetriever, folder: Path) -> None:
    """Write both files into an existing folder.

    Raises:
        AdapterFormatError: a tensor holds NaN or Inf.
    """
    tensors = trained.tensors
    if bad := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
        raise AdapterFormatError(
            f"the retriever's {', '.join(bad[:5])} hold NaN or Inf", "Train again at a lower learning rate."
        )
    write_bytes(folder / WEIGHTS_FILE, save(tensors, metadata={"format": "pt"}))
    write_json(folder / CONFIG_FILE, trained.config.model_dump(mode="json"))


def read_retriever(folder: Path) -> TrainedRetriever:
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
    return TrainedRetriever.of(config, tensors)
