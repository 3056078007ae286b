"""The second view of a prompt: what is learnt of states, and how both views meet in one vector."""

from __future__ import annotations

import numpy as np
import pytest

from hyperlora.base_models import BaseModel
from hyperlora.encoder import TextEncoder
from hyperlora.hidden_states import text_states
from hyperlora.settings import get_settings, reload_settings
from retrieval.reading import ReadingEncoder, fit_reading

TEXTS = ["Say the opposite.\nInput: up", "Name the capital.\nInput: Peru", "Say the opposite.\nInput: big"]


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
    reading = fit_reading(known, owners, base="b", layer=1, weight=1)
    plain = known - known.mean(axis=0)
    assert nearest(plain / np.linalg.norm(plain, axis=1, keepdims=True), owners) < 0.35
    assert nearest(reading.vectors(known), owners) > 0.7
    np.testing.assert_allclose(np.linalg.norm(reading.vectors(known), axis=1), 1, atol=1e-5)


def test_within_tasks_all_directions_vary_alike() -> None:
    known, owners = states(40, 50, noise=3)
    reading = fit_reading(known, owners, base="b", layer=1, weight=1)
    read = (known - reading.centre.numpy()) @ reading.matrix.numpy()
    spread = read - np.stack([read[np.asarray(owners) == task].mean(axis=0) for task in range(40)])[owners]
    variances = np.linalg.eigvalsh(np.cov(spread, rowvar=False))
    assert variances[3:] == pytest.approx(variances[-1], rel=0.3), "but for the shrinkage, the noise is white"
    assert variances[:3].max() < 0.1, "and what tells tasks apart hardly varies"


def test_a_product_of_vectors_is_the_weighted_mean_of_both_similarities(
    tiny_base: BaseModel, encoder: TextEncoder
) -> None:
    seen = text_states(tiny_base, TEXTS * 2, 1, "mean", dtype=get_settings().scoring_dtype())
    reading = fit_reading(seen, [0, 1, 0] * 2, base=tiny_base.identity.fingerprint, layer=1, weight=0.5)
    both = ReadingEncoder(encoder, reading, lambda: tiny_base)
    vectors, meant, read = both.encode(TEXTS), encoder.encode(TEXTS), reading.vectors(seen[:3])
    assert vectors.shape == (3, both.dimensions)
    np.testing.assert_allclose(vectors @ vectors.T, (meant @ meant.T + 0.5 * read @ read.T) / 1.5, atol=1e-5)


def test_its_id_tells_encoder_reading_and_dtype(
    tiny_base: BaseModel, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, owners = states(4, 4, noise=1)
    one, other = (fit_reading(known * by, owners, base="b", layer=1, weight=1) for by in (1, 2))
    ids = []
    for dtype in ("float32", "bfloat16"):
        monkeypatch.setenv("HYPERLORA_DTYPE", dtype)
        reload_settings()
        ids += [ReadingEncoder(encoder, reading, lambda: tiny_base).id for reading in (one, other)]
    assert len(set(ids)) == 4
    assert all(each.startswith(encoder.id) for each in ids)
