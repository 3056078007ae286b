"""From an adapter folder to a state in which it can be served, beside others: slots beside PEFT's `load_adapter`."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core_cases.inputs import QUERY_VALUE, Inputs
from hyperlora.bank import AdapterSlots, StackedFactors
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import read_adapter
from side_by_side import Comparison, Prepared

_FOLDERS = 4
_TRIES = 2
_FIRST, _NEW = "resident-0", "new"


def comparisons(inputs: Inputs) -> Iterator[Comparison]:
    """One a number of adapters that are loaded already."""
    base = inputs.load_base()
    rank = inputs.sizes.rank
    folders = [inputs.folder(inputs.adapter(base, seed, rank=rank)) for seed in range(_FOLDERS)]
    for residents in inputs.sizes.residents:
        yield Comparison(
            f"load beside {residents} adapters",
            partial(_ours, base, rank, folders, residents),
            {"peft_best": partial(_peft, inputs, base, folders, residents)},
            {"residents": residents, "rank": rank, "modules": QUERY_VALUE},
        )


def _ours(base: BaseModel, rank: int, folders: Sequence[Path], residents: int) -> Prepared:
    targets = find_target_modules(base.model, QUERY_VALUE)
    slots = AdapterSlots(targets, {rank: residents + 1}, device=base.device, dtype=base.model.dtype)
    resident = read_adapter(folders[0], base.identity)
    for position in range(residents):
        slots.put(f"resident-{position}", resident)
    turns = cycle(folders)
    factors = slots.factors[targets[0].name]

    def run() -> None:
        slots.put(_NEW, read_adapter(next(turns), base.identity))

    def outcome(_: None) -> Tensor:
        with slots.lease([_NEW]) as route:
            assert isinstance(factors, StackedFactors)
            return factors.A[int(route.index[0, 0])]

    return Prepared("read_adapter, AdapterSlots.put", run, outcome, lambda: slots.remove(_NEW))


def _peft(inputs: Inputs, base: BaseModel, folders: Sequence[Path], residents: int) -> Prepared:
    from peft import PeftModel

    model = PeftModel.from_pretrained(inputs.load_peer_model(base, "sdpa"), folders[0], adapter_name=_FIRST)
    clone_adapter(model, [f"resident-{position}" for position in range(1, residents)])

    def load(folder: Path, low_cpu_mem_usage: bool) -> float:
        start = time.perf_counter()
        model.load_adapter(
            folder,
            _NEW,
            torch_device=str(base.device),
            autocast_adapter_dtype=False,
            low_cpu_mem_usage=low_cpu_mem_usage,
        )
        return time.perf_counter() - start

    def reset() -> None:
        model.delete_adapter(_NEW)

    tried = {}
    for low_cpu_mem_usage in (False, True):
        seconds = []
        for _ in range(_TRIES):
            seconds.append(load(folders[0], low_cpu_mem_usage))
            reset()
        tried[low_cpu_mem_usage] = min(seconds)
    best = min(tried, key=lambda flag: tried[flag])
    turns = cycle(folders)
    layer = model.get_base_model().get_submodule(find_target_modules(base.model, QUERY_VALUE)[0].name)
    return Prepared(
        f"load_adapter(autocast_adapter_dtype=False, low_cpu_mem_usage={best}), the faster of two",
        lambda: load(next(turns), best),
        lambda _: layer.lora_A[_NEW].weight,
        reset,
    )


@torch.no_grad()
def clone_adapter(model: Any, names: Sequence[str]) -> None:
    """Make a PEFT model hold its first adapter under more names.

    `load_adapter` would come to the same state, but takes longer with each adapter, for a thousand many minutes.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer

    layers = [module for module in model.modules() if isinstance(module, BaseTunerLayer)]
    for layer in layers:
        places = [*vars(layer).values(), *layer.children()]
        for place in places:
            if isinstance(place, dict | torch.nn.ModuleDict) and _FIRST in place:
                for name in names:
                    place[name] = copy.deepcopy(place[_FIRST])
    for name in names:
        model.peft_config[name] = copy.deepcopy(model.peft_config[_FIRST])
