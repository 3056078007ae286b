"""Every composition method against dense float64 linear algebra in NumPy, written from the papers' formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.models import BaseIdentity
from retrieval.compose import METHODS, compose

Matrix = NDArray[np.float64]
BASE = BaseIdentity(id="file:x", hub_id="x", revision="1", fingerprint="f" * 64, num_layers=1)
SHAPES = {"m.layers.0.q": (12, 10), "m.layers.0.v": (6, 10), "m.layers.0.o": (10, 12)}


def random_adapter(seed: int, ranks: dict[str, int], scaling: float = 1.0) -> Adapter:
    generator = torch.Generator().manual_seed(seed)
    modules = {
        name: LoraFactors(
            torch.randn(rank, SHAPES[name][1], generator=generator),
            torch.randn(SHAPES[name][0], rank, generator=generator),
            scaling,
        )
        for name, rank in ranks.items()
    }
    return Adapter(modules, BASE, Card(description="random"))


def changes_of(adapters: Sequence[Adapter], name: str) -> list[Matrix]:
    """ΔW of each adapter in float64; zeros where it does not act."""
    zeros = np.zeros(SHAPES[name])
    parts = [adapter.modules.get(name) for adapter in adapters]
    return [zeros if p is None else p.scaling * p.B.double().numpy() @ p.A.double().numpy() for p in parts]


def truncated(matrix: Matrix, rank: int) -> Matrix:
    U, S, Vt = np.linalg.svd(matrix, full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vt[:rank]


def largest_rank(adapters: Sequence[Adapter], name: str) -> int:
    return max(adapter.modules[name].rank for adapter in adapters if name in adapter.modules)


def assert_composed(composed: Adapter, expected: Callable[[str], Matrix], names: Sequence[str]) -> None:
    """The composition's change in each module is the expected one, to the digits of float32."""
    for name in names:
        (found,) = changes_of([composed], name)
        wanted = expected(name)
        assert np.linalg.norm(found - wanted) <= 1e-6 * max(np.linalg.norm(wanted), 1e-3), name


def names_of(adapters: Sequence[Adapter]) -> list[str]:
    return sorted({name for adapter in adapters for name in adapter.modules})


adapters_with_weights = st.lists(
    st.tuples(
        st.builds(
            random_adapter,
            st.integers(0, 2**16),
            st.dictionaries(st.sampled_from(sorted(SHAPES)), st.integers(1, 5), min_size=1),
            st.floats(-3, 3).filter(lambda value: abs(value) > 0.05),
        ),
        st.floats(-2, 2).filter(lambda value: abs(value) > 0.05),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda pair: pair[1],
)
pools = settings(max_examples=40, deadline=None)


def split(pairs: Sequence[tuple[Adapter, float]]) -> tuple[list[Adapter], list[float]]:
    return [adapter for adapter, _ in pairs], [weight for _, weight in pairs]


@pools
@given(adapters_with_weights)
def test_mixture_and_cat_are_the_weighted_sum_exactly(pairs: list[tuple[Adapter, float]]) -> None:
    adapters, weights = split(pairs)
    for method in ("mixture", "cat"):
        composed = compose(adapters, weights, method=method)
        assert_composed(composed, lambda name: np.tensordot(weights, changes_of(adapters, name), 1), names_of(adapters))
        for name, factors in composed.modules.items():
            assert factors.rank == sum(adapter.modules[name].rank for adapter in adapters if name in adapter.modules)


@pools
@given(adapters_with_weights, st.integers(1, 30))
def test_svd_is_the_best_adapter_of_its_rank_for_the_weighted_sum(
    pairs: list[tuple[Adapter, float]], rank: int
) -> None:
    adapters, weights = split(pairs)

    def expected(name: str, rank: int) -> Matrix:
        return truncated(np.tensordot(weights, changes_of(adapters, name), 1), rank)

    names = names_of(adapters)
    assert_composed(compose(adapters, weights, rank=rank), lambda name: expected(name, rank), names)
    own = compose(adapters, weights)
    assert_composed(own, lambda name: expected(name, largest_rank(adapters, name)), names)


@pools
@given(adapters_with_weights)
def test_select_is_the_adapter_of_the_largest_weight_in_its_own_modules_only(
    pairs: list[tuple[Adapter, float]],
) -> None:
    adapters, weights = split(pairs)
    best = adapters[int(np.argmax(weights))]
    composed = compose(adapters, weights, method="select")
    assert list(composed.modules) == list(best.modules)
    assert_composed(composed, lambda name: changes_of([best], name)[0], list(best.modules))


@pools
@given(adapters_with_weights)
def test_fuse_and_lorahub_average_the_factors(pairs: list[tuple[Adapter, float]]) -> None:
    adapters, weights = split(pairs)

    def expected(name: str) -> Matrix:
        rank = largest_rank(adapters, name)
        A, B = np.zeros((rank, SHAPES[name][1])), np.zeros((SHAPES[name][0], rank))
        for adapter, weight in pairs:
            if part := adapter.modules.get(name):
                root = math.sqrt(abs(part.scaling))
                A[: part.rank] += weight * root * part.A.double().numpy()
                B[:, : part.rank] += weight * math.copysign(root, part.scaling) * part.B.double().numpy()
        return B @ A

    for method in ("fuse", "lorahub"):
        assert_composed(compose(adapters, weights, method=method), expected, names_of(adapters))


def trimmed(change: Matrix, density: float) -> Matrix:
    kept = math.ceil(density * change.size)
    flat = np.zeros(change.size)
    order = np.argsort(-np.abs(change).ravel(), kind="stable")[:kept]
    flat[order] = change.ravel()[order]
    return flat.reshape(change.shape)


def joined(changes: Sequence[Matrix], weights: Sequence[float]) -> Matrix:
    """TIES' election and disjoint mean, entry by entry as the paper tells it."""
    result = np.zeros(changes[0].shape)
    for place in np.ndindex(*result.shape):
        values = [weight * change[place] for weight, change in zip(weights, changes, strict=True)]
        sign = np.sign(sum(values))
        agreeing = [i for i, value in enumerate(values) if value != 0 and np.sign(value) == sign]
        if agreeing:
            mean = sum(values[i] for i in agreeing) / sum(abs(weights[i]) for i in agreeing)
            result[place] = mean * sum(map(abs, weights))
    return result


@pools
@given(adapters_with_weights, st.floats(0.05, 1))
def test_ties_trims_elects_and_averages_what_agrees(pairs: list[tuple[Adapter, float]], density: float) -> None:
    adapters, weights = split(pairs)

    def expected(name: str) -> Matrix:
        merged = joined([trimmed(change, density) for change in changes_of(adapters, name)], weights)
        return truncated(merged, largest_rank(adapters, name))

    composed = compose(adapters, weights, method="ties", options={"density": density})
    assert_composed(composed, expected, names_of(adapters))


@pools
@given(adapters_with_weights, st.floats(0.05, 1))
def test_magnitude_prune_sums_the_largest_entries(pairs: list[tuple[Adapter, float]], density: float) -> None:
    adapters, weights = split(pairs)

    def expected(name: str) -> Matrix:
        kept = [trimmed(change, density) for change in changes_of(adapters, name)]
        return truncated(np.tensordot(weights, kept, 1), 4)

    composed = compose(adapters, weights, method="magnitude_prune", rank=4, options={"density": density})
    assert_composed(composed, expected, names_of(adapters))


@pools
@given(adapters_with_weights, st.floats(0.05, 1))
def test_knots_joins_the_right_factors_of_one_common_svd(pairs: list[tuple[Adapter, float]], density: float) -> None:
    adapters, weights = split(pairs)

    def expected(name: str) -> Matrix:
        holders = [place for place, adapter in enumerate(adapters) if name in adapter.modules]
        changes = [changes_of(adapters, name)[place] for place in holders]
        rank = min(sum(adapters[place].modules[name].rank for place in holders), SHAPES[name][0])
        U, S, Vt = np.linalg.svd(np.concatenate(changes, 1), full_matrices=False)
        parts = np.split(Vt[:rank], len(changes), 1)
        own = [weights[place] for place in holders]
        merged = joined([trimmed(part, density) for part in parts], own)
        # the strength is that of all adapters, also those that leave the module alone
        return (U[:, :rank] * S[:rank]) @ merged * (sum(map(abs, weights)) / sum(map(abs, own)))

    composed = compose(adapters, weights, method="knots", options={"density": density})
    assert_composed(composed, expected, names_of(adapters))


@pytest.mark.parametrize(("method", "options"), [("ties", {}), ("dare", {"elect": True})])
def test_methods_that_elect_a_sign_can_subtract(method: str, options: dict[str, bool]) -> None:
    adapters = [random_adapter(seed, {"m.layers.0.q": 2}) for seed in (1, 2)]
    composed = compose(adapters, [1.0, -1.0], method=method, rank=10, options={"density": 1.0, **options})
    first, second = changes_of(adapters, "m.layers.0.q")
    (found,) = changes_of([composed], "m.layers.0.q")
    # entries of unlike sign agree once one of them is negated
    unlike = np.sign(first) != np.sign(second)
    assert np.allclose(found[unlike], (first - second)[unlike], atol=1e-5)


def test_dare_keeps_each_entry_rescaled_or_drops_it_and_is_right_on_average() -> None:
    adapter = random_adapter(3, {"m.layers.0.q": 2})
    (change,) = changes_of([adapter], "m.layers.0.q")
    total = np.zeros(change.shape)
    for seed in range(400):
        # of full rank, so that nothing is cut off
        composed = compose([adapter], [1.0], method="dare", rank=10, options={"density": 0.5, "seed": seed})
        (kept,) = changes_of([composed], "m.layers.0.q")
        ratio = kept / change
        assert np.all(np.minimum(abs(ratio), abs(ratio - 2)) < 1e-3)
        assert 0.25 < (abs(ratio) > 1).mean() < 0.75
        total += kept
    assert np.linalg.norm(total / 400 - change) < 0.1 * np.linalg.norm(change)


@pytest.mark.parametrize("elect", [False, True])
def test_dare_without_dropping_is_the_sum_or_ties_without_trimming(elect: bool) -> None:
    adapters = [random_adapter(seed, {"m.layers.0.q": 3}) for seed in range(3)]
    weights = [0.5, 0.3, 0.4]
    composed = compose(adapters, weights, method="dare", rank=10, options={"density": 1.0, "elect": elect})
    changes = changes_of(adapters, "m.layers.0.q")
    expected = joined(changes, weights) if elect else np.tensordot(weights, changes, 1)
    assert_composed(composed, lambda _: expected, ["m.layers.0.q"])


def test_lego_joins_units_of_a_cluster_at_their_mean_norm() -> None:
    # two adapters, each with one unit near either of two directions, in opposite order and of unlike length
    name, (out_features, in_features) = "m.layers.0.q", SHAPES["m.layers.0.q"]
    generator = np.random.default_rng(0)
    directions = generator.normal(size=(2, in_features + out_features))
    units = {
        (adapter, unit): directions[unit] * length + 0.01 * generator.normal(size=directions.shape[1])
        for (adapter, unit), length in {(0, 0): 1.0, (0, 1): 2.0, (1, 0): 1.2, (1, 1): 1.8}.items()
    }

    def adapter_of(number: int, order: Sequence[int]) -> Adapter:
        rows = torch.tensor(np.stack([units[number, unit] for unit in order]), dtype=torch.float32)
        factors = LoraFactors(rows[:, :in_features].clone(), rows[:, in_features:].mT.clone(), 1.0)
        return Adapter({name: factors}, BASE, Card(description="units"))

    def joined_unit(unit: int) -> Matrix:
        pair = [units[0, unit], units[1, unit]]
        centroid = np.mean(pair, 0)
        scaled = centroid * np.mean([np.linalg.norm(each) for each in pair]) / np.linalg.norm(centroid)
        return np.outer(scaled[in_features:], scaled[:in_features])

    composed = compose([adapter_of(0, [0, 1]), adapter_of(1, [1, 0])], method="lego")
    assert_composed(composed, lambda _: joined_unit(0) + joined_unit(1), [name])


def test_lego_with_a_cluster_for_every_unit_adds_them_scaled_for_the_larger_rank() -> None:
    adapters = [random_adapter(seed, {"m.layers.0.q": 2}, scaling=-0.5) for seed in range(3)]
    composed = compose(adapters, method="lego", rank=6)
    changes = changes_of(adapters, "m.layers.0.q")
    # each unit is its cluster's centroid; the output is scaled by sqrt(2 / 6)
    assert_composed(composed, lambda _: np.sum(changes, 0) * math.sqrt(2 / 6), ["m.layers.0.q"])


def test_lego_of_an_adapter_with_its_copy_is_the_adapter() -> None:
    adapter = random_adapter(5, {"m.layers.0.q": 3, "m.layers.0.v": 2}, scaling=2.0)
    composed = compose([adapter, adapter], method="lego")
    assert_composed(composed, lambda name: changes_of([adapter], name)[0], names_of([adapter]))


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("scaling", [2.0, 16 / math.sqrt(8), -0.25])
def test_one_adapter_of_weight_one_comes_back_as_it_was(method: str, scaling: float) -> None:
    adapter = random_adapter(1, {"m.layers.0.q": 4, "m.layers.0.v": 2, "m.layers.0.o": 6}, scaling)
    whole = {"density": 1.0} if "density" in METHODS[method].options else {}
    composed = compose([adapter], [1.0], method=method, options=whole)
    assert_composed(composed, lambda name: changes_of([adapter], name)[0], names_of([adapter]))
    assert {name: part.rank for name, part in composed.modules.items()} == {
        name: part.rank for name, part in adapter.modules.items()
    }


@pytest.mark.parametrize("method", sorted(METHODS.keys() - {"dare"}))
def test_the_order_of_the_adapters_does_not_matter(method: str) -> None:
    adapters = [random_adapter(seed, {"m.layers.0.q": 2 + seed, "m.layers.0.v": 2}) for seed in range(3)]
    weights = [0.5, 0.2, 0.3]
    one = compose(adapters, weights, method=method)
    other = compose(adapters[::-1], weights[::-1], method=method)
    assert_composed(one, lambda name: changes_of([other], name)[0], names_of(adapters))


@pytest.mark.parametrize("method", sorted(METHODS))
def test_an_adapter_of_weight_zero_takes_no_part(method: str) -> None:
    adapters = [random_adapter(seed, {"m.layers.0.q": 2}) for seed in range(3)]
    composed = compose(adapters, [0.4, 0.0, 0.6], method=method)
    assert composed.content_hash == compose(adapters[::2], [0.4, 0.6], method=method).content_hash


@pytest.mark.parametrize("method", sorted(METHODS))
def test_no_module_gets_a_larger_rank_than_asked_for(method: str) -> None:
    adapters = [random_adapter(seed, {"m.layers.0.q": 3, "m.layers.0.o": 5}) for seed in range(3)]
    composed = compose(adapters, method=method, rank=2)
    assert composed.ranks == (2,)
    assert all(factors.scaling == 1.0 for factors in composed.modules.values())
