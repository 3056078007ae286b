"""Task vectors beside a plain loop over transformers' own hidden states."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from hyperlora.embeddings.task_vectors import task_vector_layer, task_vectors
from hyperlora.errors import InputError
from hyperlora.models import BaseModel
from hyperlora.tasks.task import Example

ONE = [Example("one", "1"), Example("a much longer input than the other one", "2")]
TWO = [Example("x", "y")]


@torch.inference_mode()
def state(base: BaseModel, text: str, layer: int) -> np.ndarray:
    ids = base.tokenizer([text], return_tensors="pt")["input_ids"]
    model = copy.deepcopy(base.model)  # transformers leaves hooks on what it takes hidden states of
    return model(input_ids=ids, output_hidden_states=True).hidden_states[layer][0, -1].float().numpy()


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_vector_is_the_unit_mean_of_the_last_tokens_states(tiny_base: BaseModel, layer: int) -> None:
    found = task_vectors(tiny_base, [ONE, TWO], layer=layer, template="Q: {input}\nA:")
    texts = [[f"Q: {each.input}\nA: {each.output}" for each in group] for group in (ONE, TWO)]
    for vector, own in zip(found, texts, strict=True):
        mean = np.mean([state(tiny_base, text, layer) for text in own], axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)
    assert found.dtype == np.float32


def test_neither_batches_nor_neighbours_change_a_vector(tiny_base: BaseModel) -> None:
    together = task_vectors(tiny_base, [ONE, TWO, ONE])
    np.testing.assert_allclose(task_vectors(tiny_base, [TWO])[0], together[1], atol=1e-5)
    np.testing.assert_allclose(task_vectors(tiny_base, [ONE, TWO, ONE], batch_size=1), together, atol=1e-5)
    np.testing.assert_allclose(together[0], together[2], atol=1e-6)


def test_the_answer_counts(tiny_base: BaseModel) -> None:
    plain, other = task_vectors(tiny_base, [[Example("x", "y")], [Example("x", "z")]])
    assert np.abs(plain - other).max() > 1e-3


def test_edges(tiny_base: BaseModel) -> None:
    assert task_vectors(tiny_base, []).shape == (0, tiny_base.model.config.hidden_size)
    assert 0 < task_vector_layer(tiny_base) <= tiny_base.model.config.num_hidden_layers
    with pytest.raises(InputError, match="without examples"):
        task_vectors(tiny_base, [ONE, []])
    with pytest.raises(InputError, match="no layer 3"):
        task_vectors(tiny_base, [ONE], layer=3)
    long = [Example("word " * 2000, "end")]
    assert np.isfinite(task_vectors(tiny_base, [long])).all()
