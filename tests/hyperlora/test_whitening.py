"""Whitening within tasks: what tells them apart is what is left."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hyperlora.whitening import fit_whitening, whitened


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
