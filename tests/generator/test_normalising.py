"""Standardising: NumPy's numbers, from the training pool alone, and a way back."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.normalising import Standardiser
from hyperlora.errors import InputError

BLOCKS = [3, 5, 2]


def pool(seed: int = 0, n: int = 6, size: float = 1.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    scales = torch.tensor([1.0] * 3 + [100.0] * 5 + [1e-3] * 2)
    return (torch.randn(n, 10, generator=generator) + 2) * scales * size


def test_mean_and_deviation_are_numpys() -> None:
    weights = pool()
    standardiser = Standardiser(BLOCKS)
    standardiser.fit(weights)
    values = weights.double().numpy()
    np.testing.assert_allclose(standardiser.mean.numpy(), values.mean(axis=0), rtol=1e-6)
    for number, block in enumerate(np.split(values - values.mean(axis=0), [3, 8], axis=1)):
        assert standardiser.deviation[number].item() == pytest.approx(np.sqrt((block**2).mean()), rel=1e-6)
    normalised = standardiser.normalise(weights)
    np.testing.assert_allclose(normalised.mean(0).numpy(), 0, atol=1e-5)
    for part in normalised.split(BLOCKS, dim=1):
        assert part.square().mean().item() == pytest.approx(1, rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.sampled_from([1e-4, 1.0, 1e4]), st.integers(1, 5))
def test_what_was_normalised_is_restored(seed: int, size: float, n: int) -> None:
    standardiser = Standardiser(BLOCKS)
    standardiser.fit(pool(seed, size=size))
    others = pool(seed + 1, n, size)
    back = standardiser.restore(standardiser.normalise(others))
    for part, expected in zip(back.split(BLOCKS, 1), others.split(BLOCKS, 1), strict=True):
        torch.testing.assert_close(part, expected, rtol=1e-5, atol=1e-6 * float(expected.abs().max()))


def test_an_adapter_outside_the_pool_leaves_the_statistics_alone() -> None:
    standardiser = Standardiser(BLOCKS)
    standardiser.fit(pool())
    before = {name: value.clone() for name, value in standardiser.state_dict().items()}
    outside = pool(9) * 50
    assert standardiser.normalise(outside).abs().max() > 10  # not its own mean and deviation
    assert all(torch.equal(value, before[name]) for name, value in standardiser.state_dict().items())


@pytest.mark.parametrize("value", [0.0, 0.1, -3e4, 1e-15])
def test_weights_that_never_vary_come_back_as_they_are(value: float) -> None:
    weights = pool()
    weights[:, 3:8] = value
    standardiser = Standardiser(BLOCKS)
    standardiser.fit(weights)
    assert standardiser.deviation[1] == 1
    assert standardiser.normalise(weights).isfinite().all()
    restored = standardiser.restore(torch.zeros(2, 10))
    torch.testing.assert_close(restored[:, 3:8], torch.full((2, 5), value))


def test_one_adapter_is_its_own_mean() -> None:
    standardiser = Standardiser(BLOCKS)
    standardiser.fit(pool(n=1))
    assert not standardiser.normalise(pool(n=1)).any()
    assert standardiser.deviation.tolist() == [1, 1, 1]


def test_before_it_is_fitted_it_changes_nothing() -> None:
    assert torch.equal(Standardiser(BLOCKS).normalise(pool()), pool())


@pytest.mark.parametrize("spoiled", [torch.zeros(0, 10), torch.full((2, 10), float("nan")), pool() * float("inf")])
def test_an_empty_pool_and_numbers_that_are_not_finite_are_refused(spoiled: torch.Tensor) -> None:
    with pytest.raises(InputError, match=r"training pool of \d adapters is empty or holds NaN or Inf"):
        Standardiser(BLOCKS).fit(spoiled)


def test_it_travels_in_the_state_of_the_generator() -> None:
    fitted, other = Standardiser(BLOCKS), Standardiser(BLOCKS)
    fitted.fit(pool())
    assert sorted(fitted.state_dict()) == ["deviation", "mean"]
    other.load_state_dict(fitted.state_dict())
    assert torch.equal(other.normalise(pool(3)), fitted.normalise(pool(3)))
