"""A generator on disk: `generator.json` and `generator.safetensors`, nothing that can run code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import Field, TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn
from torch.overrides import TorchFunctionMode

from generator.cvae import Cvae, CvaeConfig
from generator.hypernet import Hypernet, HypernetConfig
from hyperlora.errors import AdapterFormatError
from hyperlora.files.durable import write_bytes, write_json
from hyperlora.files.safetensors_header import read_header

CONFIG_FILE = "generator.json"
WEIGHTS_FILE = "generator.safetensors"

Network = Hypernet | Cvae
NetworkConfig = HypernetConfig | CvaeConfig
_CONFIG: TypeAdapter[NetworkConfig] = TypeAdapter(Annotated[NetworkConfig, Field(discriminator="kind")])


def write_generator(network: Network, folder: Path) -> None:
    """Write both files into an existing folder.

    Raises:
        AdapterFormatError: a tensor holds NaN or Inf.
    """
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous() for name, tensor in network.state_dict().items()
    }
    if bad := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
        raise AdapterFormatError(
            f"the generator's {', '.join(bad[:5])} hold NaN or Inf", "Train again at a lower learning rate."
        )
    write_bytes(folder / WEIGHTS_FILE, save(tensors, metadata={"format": "pt"}))
    write_json(folder / CONFIG_FILE, network.config.model_dump(mode="json"))


def read_generator(folder: Path) -> Network:
    """Read a generator of either kind, on CPU, in evaluation mode.

    Raises:
        AdapterFormatError: a file is missing or damaged, or config and weights do not fit each other.
    """
    remedy = "Train the generator again, or restore the folder."
    try:
        config = _CONFIG.validate_json((folder / CONFIG_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise AdapterFormatError(f"{folder / CONFIG_FILE} is missing or not a generator's config", remedy) from error
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise AdapterFormatError(f"{path} is missing", remedy)
    network = unfilled_network(config)
    expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    header = read_header(path)
    found = {name: entry.shape for name, entry in header.items()}
    if any(entry.dtype != "F32" for entry in header.values()):
        raise AdapterFormatError(f"{path} holds tensors that are not float32", remedy)
    if expected != found:
        differing = sorted(name for name in expected | found if expected.get(name) != found.get(name))
        raise AdapterFormatError(f"{path}: {', '.join(differing[:5])} do not fit the config", remedy)
    try:
        tensors = load(path.read_bytes())
    except SafetensorError as error:
        raise AdapterFormatError(f"{path}: {error}", remedy) from error
    if bad := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
        raise AdapterFormatError(f"{path}: {', '.join(bad[:5])} hold NaN or Inf", remedy)
    network.load_state_dict(tensors, assign=True)
    return network.eval().requires_grad_(False)


class _NoNormal(TorchFunctionMode):
    """Leaves out normal draws, whose first use on the meta device imports a good second of decompositions."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        drawn = args[0] if args else (kwargs or {}).get("tensor")
        return drawn if func in (torch.Tensor.normal_, nn.init.normal_) else func(*args, **(kwargs or {}))


def unfilled_network(config: NetworkConfig) -> Network:
    """A network of this shape on the meta device: it takes no memory until its weights are there to be checked."""
    with torch.device("meta"), _NoNormal():
        return Hypernet(config) if isinstance(config, HypernetConfig) else Cvae(config)


def read_config(fields: Any) -> NetworkConfig:
    """A config from what JSON held of it.

    Raises:
        ValueError: it is no generator's.
    """
    return _CONFIG.validate_python(fields)
