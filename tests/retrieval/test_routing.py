"""Routing policies: what they do with positions and similarities, by numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from retrieval.compose import compose
from retrieval.routing import POLICIES, find_policy, mix_of, policy

# three prompts: the first two find the same adapters in another order
FOUND = [[(2, 0.9), (0, 0.5), (1, 0.4)], [(0, 0.8), (1, 0.7), (2, 0.1)], [(1, 0.6), (3, 0.2)]]
THIRD = 1 / 3


@pytest.fixture
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    return [make_adapter(seed, rank=2 + seed, modules=("layers.0.self_attn.q_proj",)) for seed in range(4)]


def test_weights_are_even_unless_a_temperature_is_given() -> None:
    assert mix_of(FOUND[0]) == mix_of(FOUND[1]) == ((0, THIRD), (1, THIRD), (2, THIRD))
    shares = [math.exp(value / 0.2) for value in (0.5, 0.4, 0.9)]
    assert [position for position, _ in mix_of(FOUND[0], 0.2)] == [0, 1, 2]
    assert [w for _, w in mix_of(FOUND[0], 0.2)] == pytest.approx([share / sum(shares) for share in shares])
    assert mix_of([(3, -0.2)], 1e-9) == ((3, 1.0),)
    assert mix_of([]) == ()


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_a_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(InputError, match="temperature is"):
        mix_of(FOUND[0], temperature)


def test_selection_is_the_closest_adapter(adapters: list[Adapter]) -> None:
    chosen = find_policy("selection")
    routing = chosen.combine(adapters, chosen.mixes([*FOUND, []]))
    assert routing.choices == (2, 0, 1, None)
    assert routing.adapters == tuple(adapters)
    assert not routing.gated
    assert (chosen.depth(3), find_policy("mixture").depth(3)) == (1, 3)


def test_mixture_is_all_that_was_found_weighted(adapters: list[Adapter]) -> None:
    chosen = find_policy("mixture")
    routing = chosen.combine(adapters, chosen.mixes([*FOUND, []]))
    all_three = ((0, THIRD), (1, THIRD), (2, THIRD))
    assert routing.choices == (all_three, all_three, ((1, 0.5), (3, 0.5)), ())
    assert routing.adapters == tuple(adapters)
    assert not routing.gated


def test_fusion_composes_each_distinct_set_once(adapters: list[Adapter]) -> None:
    chosen = find_policy("fusion")
    routing = chosen.combine(adapters, chosen.mixes([*FOUND, []]))
    assert routing.choices == (0, 0, 1, None)
    assert [adapter.content_hash for adapter in routing.adapters] == [
        compose([adapters[0], adapters[1], adapters[2]], method="fuse").content_hash,
        compose([adapters[1], adapters[3]], method="fuse").content_hash,
    ]
    weighted = chosen.combine(adapters, chosen.mixes(FOUND, 0.1))
    assert weighted.choices == (0, 1, 2), "other weights are another adapter"


def test_arrow_opens_all_that_was_found_to_the_tokens(adapters: list[Adapter]) -> None:
    chosen = find_policy("arrow")
    routing = chosen.combine(adapters, chosen.mixes([*FOUND, []], 0.1))
    everyone = ((0, 1.0), (1, 1.0), (2, 1.0))
    assert routing.choices == (everyone, everyone, ((1, 1.0), (3, 1.0)), ())
    assert routing.gated
    assert [each.weighs for each in POLICIES.values()] == [True, True, True, False]


def test_policies_have_names_and_no_two_the_same() -> None:
    assert list(POLICIES) == ["selection", "mixture", "fusion", "arrow"]
    with pytest.raises(ValueError, match="two policies are named fusion"):
        policy("fusion", "again")(POLICIES["fusion"].combine)
    with pytest.raises(InputError, match=r"no routing policy 'soup'.*selection, mixture, fusion, arrow"):
        find_policy("soup")
