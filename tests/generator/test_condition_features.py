"""Views: parts of a condition that count alike, and parts that are not there."""

from __future__ import annotations

import pytest
import torch

from generator.condition_features import ConditionFeatures, FeatureSizes

SIZES = FeatureSizes(embedding=6, hidden=4, reading_layer=1, examples_layer=2)


def fitted() -> ConditionFeatures:
    views = ConditionFeatures(SIZES)
    draw = torch.Generator().manual_seed(0)
    kinds = [(torch.randn(4, generator=draw), torch.randn(4, 4, generator=draw)) for _ in range(2)]
    views.fit(kinds[0], kinds[1])
    return views


def condition(*, described: bool, shown: bool) -> torch.Tensor:
    draw = torch.Generator().manual_seed(1)
    embedding = torch.nn.functional.normalize(torch.randn(1, 6, generator=draw), dim=1)
    reading, examples = torch.randn(1, 4, generator=draw), torch.randn(1, 4, generator=draw)
    return torch.cat([embedding * described, reading * described, examples * shown], dim=1)


def test_every_part_has_numbers_about_one_in_size_and_is_whitened_by_its_own() -> None:
    views = fitted()
    assert views.size == SIZES.total + 2
    given = condition(described=True, shown=True)
    [vector] = views(given)
    parts = vector.split([6, 4, 4, 2])
    for part in parts[:3]:
        assert part.square().mean() == pytest.approx(1)
    assert parts[3].tolist() == [1, 1]
    for part, name, start in ((parts[1], "reading", 6), (parts[2], "examples", 10)):
        raw = given[0, start : start + 4]
        by_hand = (raw - getattr(views, f"{name}_centre")) @ getattr(views, f"{name}_matrix")
        torch.testing.assert_close(part, by_hand / by_hand.norm() * 2)


@pytest.mark.parametrize(("described", "shown"), [(True, False), (False, True), (False, False)])
def test_what_is_missing_stays_zero_and_is_told(described: bool, shown: bool) -> None:
    [vector] = fitted()(condition(described=described, shown=shown))
    embedding, reading, examples, there = vector.split([6, 4, 4, 2])
    assert there.tolist() == [described, shown]
    assert bool(embedding.any()) is bool(reading.any()) is described
    assert bool(examples.any()) is shown
