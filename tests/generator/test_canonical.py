"""Canonical forms: the weight change stays, and every way of writing it ends in the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.canonical import CanonicalPool, aligned, balanced, leading_directions, mean_reference, projected
from hyperlora.errors import InputError
from hyperlora.lora.adapter import LoraFactors
from hyperlora.lora.target_modules import TargetModule

IN, OUT = 7, {"q": 6, "v": 5}
MODULES = tuple(
    TargetModule(name=f"layers.0.{kind}", kind=kind, layer=0, in_features=IN, out_features=out)
    for kind, out in OUT.items()
)
Weights = dict[str, LoraFactors]
Matrix = NDArray[np.float64]


def random_weights(seed: int, rank: int, scaling: float = 1.0, size: float = 1.0, conditioning: float = 1.0) -> Weights:
    """Factors whose components differ in size by up to `conditioning`."""
    generator = torch.Generator().manual_seed(seed)
    sizes = size * torch.logspace(0, -float(np.log10(conditioning)), rank)
    return {
        each.name: LoraFactors(
            torch.randn(rank, IN, generator=generator) * sizes[:, None],
            torch.randn(each.out_features, rank, generator=generator),
            scaling,
        )
        for each in MODULES
    }


def change(part: LoraFactors) -> Matrix:
    return np.asarray(part.scaling * part.B.double().numpy() @ part.A.double().numpy())


def found_change(form: CanonicalPool, name: str, row: int = 0) -> Matrix:
    stack = form.factors[name]
    assert stack.scaling[row] == 1.0
    return np.asarray(stack.B[row].double().numpy() @ stack.A[row].double().numpy())


def assert_same_change(form: CanonicalPool, weights: Weights, row: int = 0) -> None:
    for name, part in weights.items():
        expected = change(part)
        np.testing.assert_allclose(
            found_change(form, name, row), expected, atol=2e-6 * np.linalg.norm(expected) + 1e-30
        )


weights = st.builds(
    random_weights,
    st.integers(0, 2**16),
    st.integers(1, 4),
    st.sampled_from([1.0, 0.25, 16.0, 2.0 / 3**0.5, -1.5]),  # alpha / rank, rsLoRA, a subtracted adapter
    st.sampled_from([0.0, 1e-6, 1.0, 1e4]),
    st.sampled_from([1.0, 1e3, 1e8]),
)
references = st.builds(lambda seed: {n: p.A for n, p in random_weights(seed, 4).items()}, st.integers(0, 99))


@settings(max_examples=60, deadline=None)
@given(weights, references)
def test_neither_balancing_nor_aligning_changes_the_weight_change(own: Weights, reference: Weights) -> None:
    for form in (balanced([own], MODULES, 4), aligned([own], MODULES, 4, reference)):  # type: ignore[arg-type]
        assert_same_change(form, own)
        assert form.energy.tolist() == pytest.approx([1.0], abs=1e-9)
        assert all(stack.A.shape == (1, 4, IN) for stack in form.factors.values())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 3), st.floats(0.1, 8), st.integers(0, 2**16))
def test_every_way_of_writing_a_change_has_one_form(seed: int, rank: int, scaling: float, mixing: int) -> None:
    own = random_weights(seed, rank)
    for each in MODULES:  # singular values that are nearly equal leave their directions open
        values = np.linalg.svd(change(own[each.name]), compute_uv=False)[:rank]
        assume(rank == 1 or (values[:-1] / values[1:]).min() > 1.05)
    M = torch.linalg.qr(torch.randn(rank, rank, generator=torch.Generator().manual_seed(mixing)).double()).Q * 3
    other = {
        name: LoraFactors(
            torch.cat([M @ part.A.double(), torch.ones(1, IN).double()]),
            torch.cat([part.B.double() @ torch.linalg.inv(M), torch.zeros(part.B.shape[0], 1).double()], dim=1)
            / scaling,
            scaling,
        )
        for name, part in own.items()
    }
    reference = {name: part.A for name, part in random_weights(1, 4).items()}
    for form in (
        balanced([own, other], MODULES, 4),
        aligned([own, other], MODULES, 4, reference),
        projected([own, other], MODULES, reference),
    ):
        for stack in form.factors.values():
            torch.testing.assert_close(stack.A[0], stack.A[1], atol=1e-3, rtol=0)
            torch.testing.assert_close(stack.B[0], stack.B[1], atol=1e-3, rtol=0)


def test_the_balanced_form_is_numpys_svd_and_cutting_it_the_best_approximation() -> None:
    own = random_weights(3, 4, scaling=1.5)
    form = balanced([own], MODULES, 2)
    kept = total = 0.0
    for each in MODULES:
        U, S, Vh = np.linalg.svd(change(own[each.name]))
        kept, total = kept + (S[:2] ** 2).sum(), total + (S**2).sum()
        A, B = form.factors[each.name].A[0].numpy(), form.factors[each.name].B[0].numpy()
        np.testing.assert_allclose(B @ A, (U[:, :2] * S[:2]) @ Vh[:2], atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(A, axis=1), np.sqrt(S[:2]), rtol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(B, axis=0), np.sqrt(S[:2]), rtol=1e-5)
        assert all(row[np.abs(row).argmax()] > 0 for row in A)
    assert form.energy[0].item() == pytest.approx(kept / total, rel=1e-9)
    assert form.energy[0].item() < 0.999


def test_a_pool_of_unlike_ranks_and_modules_is_stacked_with_zeros_for_what_is_missing() -> None:
    whole, half = random_weights(0, 4), random_weights(1, 1)
    del half["layers.0.v"]
    form = balanced([whole, half], MODULES, 4)
    assert_same_change(form, whole)
    assert_same_change(form, half, row=1)
    assert not form.factors["layers.0.v"].B[1].any() and not form.factors["layers.0.q"].A[1, 1:].any()
    assert form.energy.tolist() == pytest.approx([1.0, 1.0])


def test_what_an_adapter_changes_elsewhere_counts_as_lost() -> None:
    own = random_weights(0, 2)
    norms = {name: (change(part) ** 2).sum() for name, part in own.items()}
    form = balanced([own], MODULES[:1], 2)
    assert form.energy[0].item() == pytest.approx(norms["layers.0.q"] / sum(norms.values()), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**16), st.integers(0, 2**16), st.integers(1, 4))
def test_no_rotation_is_closer_to_the_reference_than_the_aligned_form(seed: int, towards: int, rank: int) -> None:
    reference = {name: part.A for name, part in random_weights(towards, rank).items()}
    form = aligned([random_weights(seed, rank)], MODULES, rank, reference)
    draw = np.random.default_rng(seed)
    for name, stack in form.factors.items():
        A, goal = stack.A[0].double().numpy(), reference[name].double().numpy()
        nearest = np.linalg.norm(A - goal)
        for _ in range(20):
            Q = np.linalg.qr(draw.normal(size=(rank, rank)))[0]
            assert nearest <= np.linalg.norm(Q @ A - goal) + 1e-5


def test_the_mean_reference_is_what_turned_copies_of_one_adapter_share() -> None:
    own = random_weights(0, 3)
    draw = torch.Generator().manual_seed(1)
    pool = []
    for _ in range(5):
        Q = torch.linalg.qr(torch.randn(3, 3, generator=draw)).Q
        pool.append({name: LoraFactors(Q @ part.A, part.B @ Q.T, part.scaling) for name, part in own.items()})
    reference = mean_reference(pool, MODULES, 3)
    form = aligned(pool, MODULES, 3, reference)
    for name, stack in form.factors.items():
        for row in range(5):
            torch.testing.assert_close(stack.A[row], reference[name], atol=1e-4, rtol=1e-4)


def test_the_leading_directions_are_those_of_all_changes_each_of_norm_one() -> None:
    pool = [random_weights(seed, 2, size=10.0**seed) for seed in range(3)]
    directions = leading_directions(pool, MODULES, 3)
    for each in MODULES:
        rows = []
        for own in pool:
            norm = np.sqrt(sum((change(part) ** 2).sum() for part in own.values()))
            rows.append(change(own[each.name]) / norm)
        _, _, Vh = np.linalg.svd(np.concatenate(rows))
        found = directions[each.name].double().numpy()
        np.testing.assert_allclose(np.abs(found @ Vh[:3].T), np.eye(3), atol=1e-5)
        assert all(row[np.abs(row).argmax()] > 0 for row in found)


def test_directions_beyond_the_pools_rank_are_zero_and_do_no_harm() -> None:
    own = random_weights(0, 1)
    directions = leading_directions([own], MODULES, 3)
    for rows in directions.values():
        assert rows.shape == (3, IN)
        assert rows[0].norm().item() == pytest.approx(1.0, rel=1e-5)
    form = projected([own], MODULES, directions)
    assert_same_change(form, own)


@settings(max_examples=30, deadline=None)
@given(weights, st.integers(0, 99), st.integers(1, 3))
def test_projecting_is_the_least_squares_solution_on_the_common_a(own: Weights, seed: int, rank: int) -> None:
    common = {name: part.A for name, part in random_weights(seed, rank).items()}
    form = projected([own], MODULES, common)
    lost = total = 0.0
    for each in MODULES:
        expected = change(own[each.name])
        A = common[each.name].double().numpy()
        solution = np.linalg.lstsq(A.T, expected.T, rcond=None)[0].T
        scale = np.linalg.norm(expected)
        np.testing.assert_allclose(form.factors[each.name].B[0].double().numpy(), solution, atol=1e-5 * scale + 1e-30)
        assert torch.equal(form.factors[each.name].A[0], common[each.name])
        lost, total = lost + ((solution @ A - expected) ** 2).sum(), total + scale**2
    assert form.energy[0].item() == pytest.approx(1.0 if total == 0 else 1 - lost / total, abs=1e-6)


def test_half_precision_factors_are_worked_on_in_double() -> None:
    own = {name: LoraFactors(part.A.half(), part.B.half(), part.scaling) for name, part in random_weights(0, 4).items()}
    form = balanced([own], MODULES, 4)
    assert form.factors["layers.0.q"].A.dtype == torch.float32
    assert_same_change(form, own)


def test_factors_that_do_not_fit_or_are_not_finite_are_refused() -> None:
    own = random_weights(0, 2)
    common = {name: part.A for name, part in own.items()}
    wrong = own | {"layers.0.v": own["layers.0.q"]}
    broken = own | {"layers.0.v": LoraFactors(own["layers.0.v"].A * float("nan"), own["layers.0.v"].B, 1.0)}
    for call in (
        lambda pool: balanced(pool, MODULES, 2),
        lambda pool: aligned(pool, MODULES, 2, common),
        lambda pool: projected(pool, MODULES, common),
        lambda pool: leading_directions(pool, MODULES, 2),
    ):
        with pytest.raises(
            InputError, match=r"layers\.0\.v has factors \(6, 2\) and \(2, 7\), which do not fit \(5, 7\)"
        ):
            call([own, wrong])
        with pytest.raises(InputError, match=r"layers\.0\.v has factors with NaN or Inf"):
            call([own, broken])
    for empty in (leading_directions, mean_reference):
        with pytest.raises(InputError, match="the pool has no adapters"):
            empty([], MODULES, 2)
