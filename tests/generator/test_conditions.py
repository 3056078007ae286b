"""Conditions: one look at all descriptions, and what a generator is missing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from generator.conditions import ConditionKind, Wanted, condition_kind, missing_part
from hyperlora.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError
from hyperlora.tasks import Example

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
    config = SimpleNamespace(condition_size=384, encoder=encoder.id, kind="hypernet")
    counting = Counting(encoder)
    wanted = [Wanted("Make it plural"), Wanted("Name the capital", CAT), Wanted("Make it plural")]
    conditions = condition_kind(config).read(config, wanted, SimpleNamespace(encoder=counting))
    assert counting.asked == [["Make it plural", "Name the capital", "Make it plural"]]
    assert conditions.shape == (3, 384)
    torch.testing.assert_close(conditions[0], conditions[2])
    torch.testing.assert_close(conditions[1], torch.from_numpy(encoder.encode(["Name the capital"])[0]))


def test_a_generator_of_other_conditions_than_its_encoder_gives_is_refused(encoder: TextEncoder) -> None:
    config = SimpleNamespace(condition_size=12, encoder="all-minilm", kind="hypernet")
    with pytest.raises(AdapterFormatError, match="takes conditions of 12 numbers, and all-minilm gives 384"):
        condition_kind(config).read(config, [Wanted("x")], SimpleNamespace(encoder=encoder))


@pytest.mark.parametrize(
    ("needs", "wanted", "missing"),
    [
        ({"description"}, Wanted("Do it"), None),
        ({"description"}, Wanted("", CAT), "description"),
        ({"description"}, Wanted(" \n", CAT), "description"),
        ({"examples"}, Wanted("", CAT), None),
        ({"examples"}, Wanted("Do it"), "examples"),
        ({"description", "examples"}, Wanted("Do it", CAT), None),
        ({"description", "examples"}, Wanted("Do it"), "examples"),
        ({"description", "examples"}, Wanted(), "description"),
    ],
)
def test_what_is_missing_is_what_is_needed_and_not_given(
    needs: set[str], wanted: Wanted, missing: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = ConditionKind(frozenset(needs), lambda config, wanted, senses: torch.zeros(0))
    monkeypatch.setattr("generator.conditions.condition_kind", lambda config: kind)
    assert missing_part(SimpleNamespace(kind="any"), wanted) == missing
