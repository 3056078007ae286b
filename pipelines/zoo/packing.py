"""The zoo on disk: `zoo.safetensors` with the factors of like adapters stacked, and `manifest.json` with the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from generator.artifact import Network, read_config, unfilled_network
from hyperlora.errors import AdapterFormatError
from hyperlora.files.durable import write_bytes, write_json
from hyperlora.identity import file_hash
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.models.identity import BaseIdentity
from retrieval.artifact import RetrieverConfig, TrainedRetriever

ZOO_FOLDER = Path(__file__).parent / "shipped"
_WEIGHTS, _MANIFEST = "zoo.safetensors", "manifest.json"
_FORMAT = 1
# Half precision halves the file; that it costs no answers is measured when the zoo is built.
_DTYPE = torch.float16


@dataclass(frozen=True)
class ZooAdapter:
    """One adapter of the zoo.

    Attributes:
        name: to register it under.
        adapter: with its card.
        identity: of the run that trained it.
        run: number of that run in `Zoo.runs`; None if it is not kept.
        tags: people's labels.
    """

    name: str
    adapter: Adapter
    identity: str = ""
    run: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ZooGenerator:
    """A generator of the zoo.

    Attributes:
        name, identity, run: as of an adapter.
        network: the generator.
        fields: what the registry says of it.
    """

    name: str
    network: Network
    fields: Mapping[str, Any]
    identity: str = ""
    run: int | None = None


@dataclass(frozen=True)
class ZooRetriever:
    """A retriever of the zoo.

    Attributes:
        name, identity, run: as of an adapter.
        trained: the retriever.
        fields: what the registry says of it.
    """

    name: str
    trained: TrainedRetriever
    fields: Mapping[str, Any]
    identity: str = ""
    run: int | None = None


@dataclass(frozen=True)
class Zoo:
    """What ships.

    Attributes:
        adapters: in the order of their names.
        generators, retrievers: likewise.
        runs: the MLflow runs that trained them, as `hyperlora.registry.run_archive` reads them.
    """

    adapters: Sequence[ZooAdapter]
    generators: Sequence[ZooGenerator] = ()
    retrievers: Sequence[ZooRetriever] = ()
    runs: Sequence[dict[str, Any]] = ()


def write_zoo(zoo: Zoo, folder: Path) -> int:
    """Write both files; returns their bytes together."""
    tensors: dict[str, Tensor] = {}
    stacks: dict[str, list[ZooAdapter]] = {}
    for member in zoo.adapters:
        stacks.setdefault(_shape(member.adapter), []).append(member)
    listed = []
    for number, members in enumerate(stacks.values()):
        for module in members[0].adapter.modules:
            for factor in "AB":
                parts = [getattr(member.adapter.modules[module], factor) for member in members]
                tensors[f"adapters.{number}.{module}.{factor}"] = torch.stack([part.to(_DTYPE) for part in parts])
        listed += [_adapter_line(member, number, place) for place, member in enumerate(members)]
    for number, each in enumerate(zoo.generators):
        tensors |= {
            f"generators.{number}.{name}": value.to(_DTYPE) for name, value in each.network.state_dict().items()
        }
    for number, found in enumerate(zoo.retrievers):
        tensors |= {f"retrievers.{number}.{name}": value.to(_DTYPE) for name, value in found.trained.tensors.items()}
    if bad := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
        raise AdapterFormatError(f"{', '.join(bad[:3])} do not fit half precision", "Train at a lower learning rate.")
    write_bytes(folder / _WEIGHTS, save({name: value.contiguous() for name, value in tensors.items()}))
    manifest = {
        "format": _FORMAT,
        "weights": file_hash(folder / _WEIGHTS),
        "base": zoo.adapters[0].adapter.base.model_dump(mode="json"),
        "adapters": sorted(listed, key=lambda line: str(line["name"])),
        "generators": [_told(each, each.network.config) for each in zoo.generators],
        "retrievers": [_told(each, each.trained.config) for each in zoo.retrievers],
        "runs": list(zoo.runs),
    }
    write_json(folder / _MANIFEST, manifest)
    return sum((folder / name).stat().st_size for name in (_WEIGHTS, _MANIFEST))


def _told(member: ZooGenerator | ZooRetriever, config: BaseModel) -> dict[str, Any]:
    known = {"name": member.name, "identity": member.identity, "run": member.run, "fields": dict(member.fields)}
    return {**known, "config": config.model_dump(mode="json")}


def _shape(adapter: Adapter) -> str:
    return json.dumps([[name, *factors.A.shape, *factors.B.shape] for name, factors in adapter.modules.items()])


def _adapter_line(member: ZooAdapter, stack: int, place: int) -> dict[str, Any]:
    scalings = {factors.scaling for factors in member.adapter.modules.values()}
    if len(scalings) != 1:
        raise AdapterFormatError(f"{member.name} has modules of different scaling", "Bring them to one scaling.")
    return {
        "name": member.name,
        "stack": stack,
        "place": place,
        "scaling": scalings.pop(),
        "identity": member.identity,
        "run": member.run,
        "tags": dict(member.tags),
        "card": member.adapter.card.model_dump(mode="json", exclude_defaults=True),
    }


def read_zoo(folder: Path = ZOO_FOLDER) -> Zoo:
    """Read a zoo, its weights checked against the manifest.

    Raises:
        AdapterFormatError: a file is missing, damaged or of another format.
    """
    remedy = "Install HyperLoRA again, or rebuild the zoo: python -m pipelines.zoo.build"
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != _FORMAT:
            raise AdapterFormatError(f"{folder / _MANIFEST} has format {manifest['format']}, not {_FORMAT}", remedy)
        if file_hash(folder / _WEIGHTS) != manifest["weights"]:
            raise AdapterFormatError(f"{folder / _WEIGHTS} is not what its manifest was written for", remedy)
        tensors = load((folder / _WEIGHTS).read_bytes())
        base = BaseIdentity.model_validate(manifest["base"])
        adapters = [_read_adapter(line, tensors, base) for line in manifest["adapters"]]
        generators = [_read_generator(line, number, tensors) for number, line in enumerate(manifest["generators"])]
        retrievers = [
            _read_retriever(line, number, tensors) for number, line in enumerate(manifest.get("retrievers", ()))
        ]
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise AdapterFormatError(f"the zoo in {folder} cannot be read: {error}", remedy) from error
    return Zoo(adapters, generators, retrievers, manifest["runs"])


def _read_adapter(line: Mapping[str, Any], tensors: Mapping[str, Tensor], base: BaseIdentity) -> ZooAdapter:
    prefix = f"adapters.{line['stack']}."
    names = sorted({key.removeprefix(prefix)[:-2] for key in tensors if key.startswith(prefix)})
    place = line["place"]
    modules = {
        name: LoraFactors(
            tensors[f"{prefix}{name}.A"][place].float(), tensors[f"{prefix}{name}.B"][place].float(), line["scaling"]
        )
        for name in names
    }
    adapter = Adapter(modules, base, Card.model_validate(line["card"]))
    return ZooAdapter(line["name"], adapter, line["identity"], line["run"], line["tags"])


def _read_generator(line: Mapping[str, Any], number: int, tensors: Mapping[str, Tensor]) -> ZooGenerator:
    prefix = f"generators.{number}."
    network = unfilled_network(read_config(line["config"]))
    own = {key.removeprefix(prefix): value.float() for key, value in tensors.items() if key.startswith(prefix)}
    network.load_state_dict(own, assign=True)
    return ZooGenerator(
        line["name"], network.eval().requires_grad_(False), line["fields"], line["identity"], line["run"]
    )


def _read_retriever(line: Mapping[str, Any], number: int, tensors: Mapping[str, Tensor]) -> ZooRetriever:
    config = RetrieverConfig.model_validate(line["config"])
    own = {
        key.removeprefix(f"retrievers.{number}."): value.float()
        for key, value in tensors.items()
        if key.startswith(f"retrievers.{number}.")
    }
    trained = TrainedRetriever.of(config, own)
    return ZooRetriever(line["name"], trained, line["fields"], line["identity"], line["run"])
