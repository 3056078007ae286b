"""Hashes that name things: stable under what does not matter, changed by what does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hyperlora.identity import canonical_json, content_hash, file_hash


def test_equal_values_have_equal_canonical_json_whatever_their_order() -> None:
    assert canonical_json({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])
    assert content_hash({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


def test_nan_has_no_identity() -> None:
    with pytest.raises(ValueError, match="JSON"):
        content_hash({"loss": float("nan")})


def test_a_files_hash_is_the_sha256_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8192
    path = tmp_path / "file"
    path.write_bytes(data)
    assert file_hash(path) == hashlib.sha256(data).hexdigest()
