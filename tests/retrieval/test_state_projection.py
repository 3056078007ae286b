"""The second view of a prompt: how it meets the encoder's in one vector."""

from __future__ import annotations

import numpy as np
import pytest

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.hidden_states import text_states
from hyperlora.models import BaseModel
from hyperlora.settings import get_settings, reload_settings
from retrieval.state_projection import StateProjectionEncoder, fit_state_projection

TEXTS = ["Say the opposite.\nInput: up", "Name the capital.\nInput: Peru", "Say the opposite.\nInput: big"]


def test_a_product_of_vectors_is_the_weighted_mean_of_both_similarities(
    tiny_base: BaseModel, encoder: TextEncoder
) -> None:
    seen = text_states(tiny_base, TEXTS * 2, 1, "mean", dtype=get_settings().scoring_dtype())
    reading = fit_state_projection(seen, [0, 1, 0] * 2, base=tiny_base.identity.fingerprint, layer=1, weight=0.5)
    both = StateProjectionEncoder(encoder, reading, lambda: tiny_base)
    vectors, meant, read = both.encode(TEXTS), encoder.encode(TEXTS), reading.vectors(seen[:3])
    assert vectors.shape == (3, both.dimensions)
    np.testing.assert_allclose(vectors @ vectors.T, (meant @ meant.T + 0.5 * read @ read.T) / 1.5, atol=1e-5)


def test_its_id_tells_encoder_reading_and_dtype(
    tiny_base: BaseModel, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = np.random.default_rng(0).normal(size=(16, 12)).astype(np.float32)
    owners = [text // 4 for text in range(16)]
    one, other = (fit_state_projection(known * by, owners, base="b", layer=1, weight=1) for by in (1, 2))
    ids = []
    for dtype in ("float32", "bfloat16"):
        monkeypatch.setenv("HYPERLORA_DTYPE", dtype)
        reload_settings()
        ids += [StateProjectionEncoder(encoder, reading, lambda: tiny_base).id for reading in (one, other)]
    assert len(set(ids)) == 4
    assert all(each.startswith(encoder.id) for each in ids)
