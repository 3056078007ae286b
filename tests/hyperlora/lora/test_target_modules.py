"""Slots: which modules are adapted, in one order, with the shapes they have."""

from __future__ import annotations

import pytest

from hyperlora.errors import InputError
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel


def test_slots_come_by_layer_and_then_in_the_order_of_the_targets(tiny_base: BaseModel) -> None:
    modules = find_target_modules(tiny_base.model, ["v_proj", "q_proj", "down_proj"])
    assert [(module.layer, module.kind, module.in_features, module.out_features) for module in modules] == [
        (0, "v_proj", 64, 32),
        (0, "q_proj", 64, 64),
        (0, "down_proj", 128, 64),
        (1, "v_proj", 64, 32),
        (1, "q_proj", 64, 64),
        (1, "down_proj", 128, 64),
    ]
    for module in modules:
        assert tuple(tiny_base.model.get_submodule(module.name).weight.shape) == (
            module.out_features,
            module.in_features,
        )


def test_targets_the_layers_lack_are_all_named(tiny_base: BaseModel) -> None:
    with pytest.raises(InputError, match="no linear modules named c_attn, lm_head, self_attn"):
        find_target_modules(tiny_base.model, ["q_proj", "self_attn", "c_attn", "lm_head"])
