"""The text encoder: unit vectors in which meaning is near, and names that keep encoders apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import HyperLoRAError, InputError
from hyperlora.settings import reload_settings


def test_vectors_are_unit_float32_and_do_not_depend_on_the_batch(encoder: TextEncoder) -> None:
    texts = ["Write the plural.", "Name the capital city of the country, and nothing else. " * 5, "é", "a"]
    vectors = encoder.encode(texts)
    assert (vectors.shape, vectors.dtype) == ((4, encoder.dimensions), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], vector, atol=1e-5)


def test_no_texts_give_no_vectors_of_the_right_width(encoder: TextEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_like_descriptions_are_nearer_than_unlike_ones(encoder: TextEncoder) -> None:
    plural, plurals, capital = encoder.encode(
        ["Write the plural of the noun", "Pluralise this word", "Name the capital of the country"]
    )
    assert plural @ plurals > plural @ capital + 0.2


def test_the_setting_names_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPERLORA_ENCODER", "file:/no/such/encoder")
    reload_settings()
    with pytest.raises(InputError, match="/no/such/encoder is not a sentence-transformers folder") as caught:
        TextEncoder().encode(["x"])
    assert "HYPERLORA_ENCODER" in caught.value.remedy


@pytest.mark.parametrize("name", ["minilm", "gguf:x", "registry:x", "file:"])
def test_a_name_without_a_fitting_scheme_is_refused(name: str) -> None:
    with pytest.raises(HyperLoRAError):
        TextEncoder(name).encode(["x"])


def test_a_copy_is_the_same_encoder_but_for_its_name_and_other_weights_are_another(
    encoder: TextEncoder, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(encoder._folder, copy)
    one = TextEncoder(f"file:{copy}").id
    assert one.rpartition("-")[2] == encoder.id.rpartition("-")[2]
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert TextEncoder(f"file:{copy}").id != one
