"""Conditions: one look at all descriptions, and what a generator is missing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from generator.condition_features import FeatureSizes
from generator.conditions import AdapterRequest, ConditionKind, condition_kind, missing_part
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.hidden_states import text_states
from hyperlora.errors import AdapterFormatError
from hyperlora.models import BaseModel
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Example

CAT = (Example("cat", "cats"),)


class Counting:
    """An encoder that remembers what it was asked."""

    def __init__(self, encoder: TextEncoder) -> None:
        self.asked: list[list[str]] = []
        self._encoder = encoder

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked.append(texts)
        return self._encoder.encode(texts)


def test_descriptions_are_embedded_together_in_their_order(encoder: TextEncoder) -> None:
    config = SimpleNamespace(condition_size=384, encoder=encoder.id, kind="hypernet", views=None)
    counting = Counting(encoder)
    requests = [
        AdapterRequest("Make it plural"),
        AdapterRequest("Name the capital", CAT),
        AdapterRequest("Make it plural"),
    ]
    conditions = condition_kind(config).read(config, requests, SimpleNamespace(encoder=counting))
    assert counting.asked == [["Make it plural", "Name the capital", "Make it plural"]]
    assert conditions.shape == (3, 384)
    torch.testing.assert_close(conditions[0], conditions[2])
    torch.testing.assert_close(conditions[1], torch.from_numpy(encoder.encode(["Name the capital"])[0]))


def test_a_generator_of_other_conditions_than_its_encoder_gives_is_refused(encoder: TextEncoder) -> None:
    config = SimpleNamespace(condition_size=12, encoder="all-minilm", kind="hypernet", views=None)
    with pytest.raises(AdapterFormatError, match="takes conditions of 12 numbers, and all-minilm gives 384"):
        condition_kind(config).read(config, [AdapterRequest("x")], SimpleNamespace(encoder=encoder))


@pytest.mark.parametrize(
    ("takes", "all_of_it", "wanted", "missing"),
    [
        ({"description"}, True, AdapterRequest("Do it"), None),
        ({"description"}, True, AdapterRequest("", CAT), "description"),
        ({"description"}, True, AdapterRequest(" \n", CAT), "description"),
        ({"examples"}, True, AdapterRequest("", CAT), None),
        ({"examples"}, True, AdapterRequest("Do it"), "examples"),
        ({"description", "examples"}, True, AdapterRequest("Do it", CAT), None),
        ({"description", "examples"}, True, AdapterRequest("Do it"), "examples"),
        ({"description", "examples"}, True, AdapterRequest(), "description"),
        ({"description", "examples"}, False, AdapterRequest("Do it"), None),
        ({"description", "examples"}, False, AdapterRequest("", CAT), None),
        ({"description", "examples"}, False, AdapterRequest(" \n"), "description"),
    ],
)
def test_what_is_missing_is_what_is_needed_and_not_given(
    takes: set[str], all_of_it: bool, wanted: AdapterRequest, missing: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = ConditionKind(frozenset(takes), all_of_it, lambda config, wanted, senses: torch.zeros(0))
    monkeypatch.setattr("generator.conditions.condition_kind", lambda config: kind)
    assert missing_part(SimpleNamespace(kind="any"), wanted) == missing


@pytest.fixture
def viewing(tiny_base: BaseModel, encoder: TextEncoder) -> SimpleNamespace:
    hidden = tiny_base.model.config.hidden_size
    sizes = FeatureSizes(embedding=encoder.dimensions, hidden=hidden, reading_layer=1, examples_layer=2)
    return SimpleNamespace(encoder=encoder.id, kind="hypernet", views=sizes, prompt_template="Q: {input}\nA:")


def test_the_base_model_reads_what_is_given_and_the_rest_is_zero(
    viewing: SimpleNamespace, tiny_base: BaseModel, encoder: TextEncoder
) -> None:
    senses = SimpleNamespace(encoder=encoder, base=tiny_base)
    two = (Example("cat", "cats"), Example("ox", "oxen"))
    requests = [AdapterRequest("Make it plural"), AdapterRequest("", two), AdapterRequest("Make it plural", two)]
    sizes = viewing.views
    conditions = condition_kind(viewing).read(viewing, requests, senses)
    assert conditions.shape == (3, sizes.total)
    embedding, reading, examples = conditions.split(sizes.parts, dim=1)
    torch.testing.assert_close(embedding[0], torch.from_numpy(encoder.encode(["Make it plural"])[0]))
    dtype = get_settings().scoring_dtype()
    read = text_states(tiny_base, ["Make it plural"], 1, "mean", dtype=dtype)[0]
    torch.testing.assert_close(reading[0], torch.from_numpy(read), atol=1e-2, rtol=1e-2)
    texts = ["Q: cat\nA: cats", "Q: ox\nA: oxen"]
    states = text_states(tiny_base, texts, 2, "last", dtype=dtype)
    torch.testing.assert_close(examples[1], torch.from_numpy(states.mean(axis=0)), atol=1e-2, rtol=1e-2)
    for part, absent in ((embedding, 1), (reading, 1), (examples, 0)):
        present = 1 - absent
        assert not part[absent].any()
        torch.testing.assert_close(part[2], part[present], atol=1e-2, rtol=1e-2)


def test_views_of_another_encoder_are_refused(viewing: SimpleNamespace, tiny_base: BaseModel) -> None:
    short = SimpleNamespace(encode=lambda texts: np.ones((len(texts), 8), dtype=np.float32))
    with pytest.raises(AdapterFormatError, match="takes embeddings of 384 numbers, and the encoder gives 8"):
        condition_kind(viewing).read(viewing, [AdapterRequest("x")], SimpleNamespace(encoder=short, base=tiny_base))


def test_views_of_another_base_model_are_refused(viewing: SimpleNamespace, tiny_base: BaseModel) -> None:
    sizes = viewing.views.model_copy(update={"hidden": 40})
    forged = SimpleNamespace(encoder=viewing.encoder, kind="hypernet", views=sizes, prompt_template="Q: {input}\nA:")
    given = tiny_base.model.config.hidden_size
    with pytest.raises(AdapterFormatError, match=f"takes states of 40 numbers, and the base model has {given}"):
        condition_kind(forged).read(forged, [AdapterRequest("x")], SimpleNamespace(encoder=None, base=tiny_base))
