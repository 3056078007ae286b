"""Low-rank algebra against dense float64 linear algebra."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlora.errors import BaseModelError, InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.algebra import cosine, inner_product, norm, principal_angles, recompress, weighted_sum
from hyperlora.lora.card import Card
from hyperlora.models import BaseIdentity

BASE = BaseIdentity(id="file:x", hub_id="x", revision="1", fingerprint="f" * 64, num_layers=1)
SHAPES = {"m.layers.0.q": (12, 10), "m.layers.0.v": (6, 10), "m.layers.0.o": (10, 12)}


def random_adapter(seed: int, ranks: dict[str, int], scaling: float = 1.0, base: BaseIdentity = BASE) -> Adapter:
    generator = torch.Generator().manual_seed(seed)
    modules = {
        name: LoraFactors(
            torch.randn(rank, SHAPES[name][1], generator=generator),
            torch.randn(SHAPES[name][0], rank, generator=generator),
            scaling,
        )
        for name, rank in ranks.items()
    }
    return Adapter(modules, base, Card(description="random"))


def dense(adapter: Adapter) -> dict[str, np.ndarray]:
    """ΔW by module in float64; zero where the adapter does not act."""
    zeros = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    return zeros | {
        name: factors.scaling * factors.B.double().numpy() @ factors.A.double().numpy()
        for name, factors in adapter.modules.items()
    }


adapters = st.builds(
    random_adapter,
    st.integers(0, 2**16),
    st.dictionaries(st.sampled_from(sorted(SHAPES)), st.integers(1, 8), min_size=1),
    st.floats(-4, 4).filter(lambda value: abs(value) > 1e-3),
)


@settings(max_examples=60, deadline=None)
@given(adapters, adapters)
def test_inner_product_and_norm_are_those_of_the_dense_changes(left: Adapter, right: Adapter) -> None:
    expected = sum(float((dense(left)[name] * dense(right)[name]).sum()) for name in SHAPES)
    scale = norm(left) * norm(right)
    assert inner_product(left, right) == pytest.approx(expected, abs=1e-12 * scale)
    dense_norm = np.sqrt(sum((matrix**2).sum() for matrix in dense(left).values()))
    assert norm(left) == pytest.approx(dense_norm, rel=1e-12)
    assert cosine(left, right) == pytest.approx(expected / scale, abs=1e-10)
    assert cosine(left, left) == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(adapters, st.integers(1, 8))
def test_recompression_is_the_best_of_its_rank_and_says_what_it_kept(adapter: Adapter, rank: int) -> None:
    result = recompress(adapter, rank)
    before, after = dense(adapter), dense(result.adapter)
    kept = total = 0.0
    for name in adapter.modules:
        values = np.linalg.svd(before[name], compute_uv=False)
        best_error = np.sqrt((values[rank:] ** 2).sum())
        error = np.linalg.norm(before[name] - after[name])
        assert error == pytest.approx(best_error, abs=2e-6 * values[0])
        assert result.adapter.modules[name].rank <= rank
        kept, total = kept + (values[:rank] ** 2).sum(), total + (values**2).sum()
    assert result.energy == pytest.approx(kept / total, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(adapters)
def test_balanced_form_keeps_the_change_and_shares_it_evenly(adapter: Adapter) -> None:
    balanced = recompress(adapter).adapter
    for name, factors in balanced.modules.items():
        change = dense(adapter)[name]
        assert np.abs(dense(balanced)[name] - change).max() <= 1e-6 * np.abs(change).max() + 1e-9
        gram_in, gram_out = factors.A @ factors.A.T, factors.B.T @ factors.B
        torch.testing.assert_close(gram_in, gram_out, rtol=1e-4, atol=1e-4 * float(gram_in.abs().max()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(adapters, st.floats(-2, 2)), min_size=1, max_size=4))
def test_weighted_sum_is_the_sum_of_dense_changes(parts: list[tuple[Adapter, float]]) -> None:
    total = weighted_sum([adapter for adapter, _ in parts], [weight for _, weight in parts], Card(description="sum"))
    for name in SHAPES:
        expected = sum(weight * dense(adapter)[name] for adapter, weight in parts)
        scale = sum(abs(weight) * np.abs(dense(adapter)[name]).max() for adapter, weight in parts)
        np.testing.assert_allclose(dense(total)[name], expected, atol=1e-6 * scale + 1e-12)


@pytest.mark.parametrize(("side", "axis"), [("out", 0), ("in", 1)])
def test_principal_angles_of_planes_that_were_built_with_known_ones(side: str, axis: int) -> None:
    known = torch.tensor([0.3, 1.1])
    identity = torch.eye(12)
    first = identity[:, :2]
    second = torch.cos(known) * identity[:, :2] + torch.sin(known) * identity[:, 2:4]
    mixed = second @ torch.tensor([[2.0, 1.0], [0.5, -3.0]])

    def adapter(basis: torch.Tensor) -> Adapter:
        other = torch.randn(2, 12, generator=torch.Generator().manual_seed(1))
        A, B = (other, basis) if axis == 0 else (basis.T, other.T)
        return Adapter({"m.layers.0.q": LoraFactors(A, B, 1.0)}, BASE, Card(description="plane"))

    angles = principal_angles(adapter(first), adapter(mixed), side)["m.layers.0.q"]
    torch.testing.assert_close(angles, known.double(), atol=1e-5, rtol=0)


def zero_adapter() -> Adapter:
    factors = LoraFactors(torch.randn(2, 10), torch.zeros(12, 2), 2.0)
    return Adapter({"m.layers.0.q": factors}, BASE, Card(description="zero"))


def test_a_zero_adapter_has_norm_zero_cosine_zero_and_survives_recompression() -> None:
    zero = zero_adapter()
    assert norm(zero) == 0
    assert cosine(zero, random_adapter(1, {"m.layers.0.q": 2})) == 0
    result = recompress(zero, 1)
    assert result.energy == 1
    assert np.abs(dense(result.adapter)["m.layers.0.q"]).max() == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: recompress(a, 0), "rank is 0"),
        (lambda a: weighted_sum([], [], a.card), "0 adapters"),
        (lambda a: weighted_sum([a], [1.0, 2.0], a.card), "1 adapters and 2 weights"),
        (lambda a: principal_angles(a, a, "both"), "'both'"),
    ],
)
def test_wrong_arguments_are_named(call: Callable[[Adapter], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call(random_adapter(0, {"m.layers.0.q": 2}))


def test_adapters_of_different_base_models_do_not_mix() -> None:
    mine = random_adapter(0, {"m.layers.0.q": 2})
    foreign = random_adapter(0, {"m.layers.0.q": 2}, base=BASE.model_copy(update={"fingerprint": "0" * 64}))
    for call in (inner_product, principal_angles, lambda a, b: weighted_sum([a, b], [1, 1], a.card)):
        with pytest.raises(BaseModelError):
            call(mine, foreign)
