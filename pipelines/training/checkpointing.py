"""A run's checkpoint: parameters, optimiser state and the step, in one safetensors file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from hyperlora.files.durable import write_bytes
from pipelines.training.divergence import require_finite_parameters

_FILE = "checkpoint.safetensors"


def write_checkpoint(module: nn.Module, optimiser: torch.optim.Optimizer, step: int, folder: Path) -> None:
    """Keep where a run has come to; a kill leaves the old checkpoint or the new.

    Args:
        step: optimiser steps done.
        folder: keeps the checkpoint of this run and of no other.

    Raises:
        TrainingError: a parameter is not finite; the old checkpoint stays.
    """
    require_finite_parameters(module, step)
    tensors = {f"module.{name}": tensor for name, tensor in module.state_dict().items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": value for name, value in state.items()}
    stored = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_bytes(folder / _FILE, save(stored, metadata={"step": json.dumps(step)}))


def resume(module: nn.Module, optimiser: torch.optim.Optimizer, folder: Path) -> int:
    """Go back to the checkpoint, if there is one; how many steps were done.

    One that holds NaN or Inf leads nowhere: training begins anew.
    """
    path = folder / _FILE
    if not path.is_file():
        return 0
    data = path.read_bytes()
    tensors = load(data)
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        path.unlink()
        return 0
    module.load_state_dict(_under("module.", tensors))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under("optimiser.", tensors).items():
        index, _, key = name.partition(".")
        state.setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return int(json.loads(header["__metadata__"]["step"]))


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
