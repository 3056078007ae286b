"""Merge an adapter into the base model's weights and take it out again: `merged` beside PEFT's merge and unmerge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from torch import Tensor

from core_cases.inputs import ALL_LINEAR, QUERY_VALUE, Inputs
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.merging import merged
from hyperlora.models import BaseModel
from side_by_side import Comparison, Prepared


def comparisons(inputs: Inputs) -> Iterator[Comparison]:
    """A usual adapter, and one of large rank on every linear module."""
    base = inputs.load_base()
    for modules, rank in ((QUERY_VALUE, inputs.sizes.rank), (ALL_LINEAR, inputs.sizes.wide_rank)):
        adapter = inputs.adapter(base, 0, rank=rank, modules=modules)
        yield Comparison(
            f"merge and restore, rank {rank} on {len(modules)} modules a layer",
            partial(_ours, base, adapter),
            {
                "peft_model": partial(_peft, inputs, base, adapter, _whole_model),
                "peft_layers": partial(_peft, inputs, base, adapter, _layers),
            },
            {"rank": rank, "modules": modules, "exact_restore": {"ours": True, "peft": False}},
        )


def _ours(base: BaseModel, adapter: Adapter) -> Prepared:
    name = next(iter(adapter.modules))

    def run() -> Tensor:
        with merged(base, adapter) as model:
            row: Tensor = model.get_submodule(name).weight[0].clone()
        return row

    return Prepared("with merged(base, adapter)", run, lambda row: row)


def _peft(
    inputs: Inputs, base: BaseModel, adapter: Adapter, way: Callable[[Any], tuple[str, Callable[[], None], Any]]
) -> Prepared:
    from peft import PeftModel

    model = PeftModel.from_pretrained(inputs.load_peer_model(base, "sdpa"), inputs.folder(adapter))
    layer = model.get_base_model().get_submodule(next(iter(adapter.modules)))
    label, merge, unmerge = way(model)

    def run() -> Tensor:
        merge()
        row: Tensor = layer.base_layer.weight[0].clone()
        unmerge()
        return row

    return Prepared(label, run, lambda row: row)


def _whole_model(model: Any) -> tuple[str, Callable[[], None], Callable[[], None]]:
    return (
        "merge_adapter(safe_merge=False), unmerge_adapter()",
        lambda: model.base_model.merge_adapter(safe_merge=False),
        model.base_model.unmerge_adapter,
    )


def _layers(model: Any) -> tuple[str, Callable[[], None], Callable[[], None]]:
    """Without the search for adapted layers, which is most of the cost for a small adapter."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    layers = [module for module in model.modules() if isinstance(module, BaseTunerLayer)]

    def merge() -> None:
        for layer in layers:
            layer.merge(safe_merge=False, adapter_names=["default"])

    def unmerge() -> None:
        for layer in layers:
            layer.unmerge()

    return "merge(safe_merge=False) and unmerge() of every layer, found before", merge, unmerge
