"""Whitening within tasks: what tells them apart is what is left."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hyperlora.embeddings.whitening import fit_whitening, whitened
from hyperlora.errors import InputError


def states(tasks: int, each: int, noise: float) -> tuple[np.ndarray, list[int]]:
    """Tasks differ in the first three numbers; texts of one task in the others, by far."""
    draw = np.random.default_rng(0)
    owners = [task for task in range(tasks) for _ in range(each)]
    told = draw.normal(size=(tasks, 3))[owners]
    return np.hstack([told, noise * draw.normal(size=(len(owners), 9))]).astype(np.float32), owners


def nearest(vectors: np.ndarray, owners: list[int]) -> float:
    """How often the closest other text is of the same task."""
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    own = np.asarray(owners)
    return float((own[alike.argmax(axis=1)] == own).mean())


def test_what_varies_within_tasks_counts_less() -> None:
    known, owners = states(20, 8, noise=4)
    read = whitened(torch.from_numpy(known), *fit_whitening(known, owners)).numpy()
    plain = known - known.mean(axis=0)
    assert nearest(plain / np.linalg.norm(plain, axis=1, keepdims=True), owners) < 0.35
    assert nearest(read, owners) > 0.7
    np.testing.assert_allclose(np.linalg.norm(read, axis=1), 1, atol=1e-5)


def test_within_tasks_all_directions_vary_alike() -> None:
    known, owners = states(40, 50, noise=3)
    centre, matrix = fit_whitening(known, owners)
    read = (known - centre.numpy()) @ matrix.numpy()
    spread = read - np.stack([read[np.asarray(owners) == task].mean(axis=0) for task in range(40)])[owners]
    variances = np.linalg.eigvalsh(np.cov(spread, rowvar=False))
    assert variances[3:] == pytest.approx(variances[-1], rel=0.3), "but for the shrinkage, the noise is white"
    assert variances[:3].max() < 0.1, "and what tells tasks apart hardly varies"


def test_one_text_of_each_task_counts_by_the_spread_over_all() -> None:
    known, _ = states(6, 1, noise=4)
    centre, matrix = fit_whitening(known, range(6))
    np.testing.assert_allclose(centre.numpy(), known.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(matrix.numpy(), np.diag(1 / known.std(axis=0)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("each", [1, 2])
def test_states_that_do_not_vary_stay_as_they_are(each: int) -> None:
    # one row alone, two equal ones of one task, and a direction along which nothing differs
    alone = np.full((each, 4), 3, dtype=np.float32)
    centre, matrix = fit_whitening(alone, [0] * each)
    np.testing.assert_array_equal(centre.numpy(), alone[0])
    np.testing.assert_array_equal(matrix.numpy(), np.eye(4))
    known, owners = states(5, 4, noise=1)
    known[:, 2] = 7
    centre, matrix = fit_whitening(known, owners)
    assert matrix.isfinite().all()
    assert whitened(torch.from_numpy(known), centre, matrix).isfinite().all()


def test_equal_texts_of_each_task_are_like_one() -> None:
    one, _ = states(4, 1, noise=2)
    twice = fit_whitening(np.repeat(one, 2, axis=0), [0, 0, 1, 1, 2, 2, 3, 3])
    np.testing.assert_allclose(twice[1].numpy(), fit_whitening(one, range(4))[1].numpy(), rtol=1e-5)


def test_states_that_are_not_finite_are_refused() -> None:
    known, owners = states(3, 2, noise=1)
    known[1, 1] = np.nan
    with pytest.raises(InputError, match="of 6 texts the base model's states are missing, NaN or Inf"):
        fit_whitening(known, owners)
    with pytest.raises(InputError, match="of 0 texts"):
        fit_whitening(known[:0], [])
