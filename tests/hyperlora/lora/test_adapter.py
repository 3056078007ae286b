"""The adapter as a value: immutable, in one order, named by what its weights do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace

import pytest
import torch

from hyperlora.errors import BaseModelError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card


def test_the_content_hash_follows_the_weights_and_neither_card_nor_order_nor_dtype(make_adapter: Callable) -> None:
    adapter = make_adapter()
    same = Adapter(dict(reversed(adapter.modules.items())), adapter.base, Card(description="other words"))
    assert same.content_hash == adapter.content_hash
    assert list(same.modules) == sorted(adapter.modules)
    wider = {
        name: LoraFactors(factors.A.double(), factors.B.double(), factors.scaling)
        for name, factors in adapter.modules.items()
    }
    assert replace(adapter, modules=wider).content_hash == adapter.content_hash


@pytest.mark.parametrize("part", ["A", "B", "scaling", "name", "base", "fewer"])
def test_the_content_hash_changes_with_every_part_that_changes_the_model(make_adapter: Callable, part: str) -> None:
    adapter = make_adapter()
    modules = dict(adapter.modules)
    name, factors = next(iter(modules.items()))
    if part in ("A", "B"):
        tensor = getattr(factors, part).clone()
        tensor[0, 0] += 1e-3
        modules[name] = replace(factors, **{part: tensor})
    elif part == "scaling":
        modules[name] = replace(factors, scaling=2.5)
    elif part == "name":
        modules[name.replace("q_proj", "o_proj")] = modules.pop(name)
    elif part == "fewer":
        del modules[name]
    base = adapter.base.model_copy(update={"fingerprint": "0" * 64}) if part == "base" else adapter.base
    assert Adapter(modules, base, adapter.card).content_hash != adapter.content_hash


def test_factors_that_swap_modules_are_another_adapter(make_adapter: Callable) -> None:
    adapter = make_adapter(modules=("q_proj",))
    one, other = adapter.modules
    swapped = {one: adapter.modules[other], other: adapter.modules[one]}
    assert replace(adapter, modules=swapped).content_hash != adapter.content_hash


def test_an_adapter_cannot_be_changed(make_adapter: Callable) -> None:
    adapter = make_adapter()
    with pytest.raises(TypeError):
        adapter.modules["model.layers.0.mlp.up_proj"] = None
    with pytest.raises(FrozenInstanceError):
        adapter.card = Card(description="other")
    source = dict(adapter.modules)
    copy = Adapter(source, adapter.base, adapter.card)
    source.clear()
    assert len(copy.modules) == 4


def test_sizes_and_weight_change_are_those_of_the_factors(make_adapter: Callable) -> None:
    adapter = make_adapter(rank=3, modules=("k_proj",), scaling=0.5)
    factors = adapter.modules["model.layers.1.self_attn.k_proj"]
    assert adapter.ranks == (3,)
    assert adapter.num_parameters == 2 * 3 * (64 + 32)
    reference = torch.einsum("or,ri->oi", factors.B.double(), factors.A.double()) * 0.5
    torch.testing.assert_close(factors.weight_change().double(), reference, atol=1e-6, rtol=0)


def test_another_base_is_refused_naming_both(make_adapter: Callable) -> None:
    adapter = make_adapter()
    other = adapter.base.model_copy(update={"fingerprint": "f" * 64, "id": "hf:org/other"})
    adapter.require_base(adapter.base.model_copy(update={"id": "same weights under another name"}))
    with pytest.raises(BaseModelError, match="not for hf:org/other") as caught:
        adapter.require_base(other)
    assert adapter.base.id in caught.value.remedy
