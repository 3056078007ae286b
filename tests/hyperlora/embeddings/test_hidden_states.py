"""Hidden states of texts beside transformers' own."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from hyperlora.embeddings.hidden_states import Pooling, text_states
from hyperlora.errors import InputError
from hyperlora.models import BaseModel

TEXTS = ["one", "a much longer text than the other one", "x: y"]


@torch.inference_mode()
def whole(base: BaseModel, text: str, layer: int) -> np.ndarray:
    ids = base.tokenizer([text], return_tensors="pt")["input_ids"]
    model = copy.deepcopy(base.model)  # transformers leaves hooks on what it takes hidden states of
    return model(input_ids=ids, output_hidden_states=True).hidden_states[layer][0].float().numpy()


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_states_are_those_of_transformers(tiny_base: BaseModel, layer: int, pooling: Pooling) -> None:
    found = text_states(tiny_base, TEXTS, layer, pooling)
    for vector, text in zip(found, TEXTS, strict=True):
        states = whole(tiny_base, text, layer)
        np.testing.assert_allclose(vector, states[-1] if pooling == "last" else states[1:].mean(axis=0), atol=1e-5)


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_neither_batches_nor_neighbours_change_a_state(tiny_base: BaseModel, pooling: Pooling) -> None:
    together = text_states(tiny_base, TEXTS, 1, pooling)
    np.testing.assert_allclose(text_states(tiny_base, TEXTS[:1], 1, pooling)[0], together[0], atol=1e-5)
    np.testing.assert_allclose(text_states(tiny_base, TEXTS, 1, pooling, batch_size=1), together, atol=1e-5)


def test_a_narrower_dtype_gives_nearly_the_same(tiny_base: BaseModel) -> None:
    exact = text_states(tiny_base, TEXTS, 2, "mean")
    narrow = text_states(tiny_base, TEXTS, 2, "mean", dtype=torch.bfloat16)
    assert 0 < np.abs(narrow - exact).max() < 0.05 * np.abs(exact).max()
    assert (text_states(tiny_base, TEXTS, 2, "mean", dtype=torch.float32) == exact).all()


def test_layers_above_do_not_run(tiny_base: BaseModel) -> None:
    last = tiny_base.model.base_model.layers[-1]
    ran = []
    handle = last.mlp.register_forward_hook(lambda *_: ran.append(1))
    try:
        text_states(tiny_base, TEXTS, 1, "last")
        assert not ran
        text_states(tiny_base, TEXTS, 2, "last")
        assert ran
    finally:
        handle.remove()


def test_nothing_stays_on_the_model(tiny_base: BaseModel) -> None:
    before = [(len(module._forward_hooks), len(module._forward_pre_hooks)) for module in tiny_base.model.modules()]
    text_states(tiny_base, TEXTS, 1, "last")
    after = [(len(module._forward_hooks), len(module._forward_pre_hooks)) for module in tiny_base.model.modules()]
    assert after == before


def test_edges(tiny_base: BaseModel) -> None:
    assert text_states(tiny_base, [], 1, "mean").shape == (0, tiny_base.model.config.hidden_size)
    assert np.isfinite(text_states(tiny_base, ["", "a", "word " * 2000], 1, "mean")).all()
    with pytest.raises(InputError, match="no layer 3"):
        text_states(tiny_base, TEXTS, 3, "last")
