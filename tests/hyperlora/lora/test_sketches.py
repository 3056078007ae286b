"""Sketches of weight changes: what they are by definition, and that they estimate cosines."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.sketches import decode, encode, sketch


def signs(module: str, side: str, features: int) -> list[list[int]]:
    """The signs by definition, bit by bit: (features, 64)."""
    stream = hashlib.shake_256(f"{module}\0{side}\0{features}".encode()).digest(features * 8)
    bits = "".join(f"{byte:08b}" for byte in stream)
    return [[1 if bits[64 * row + k] == "1" else -1 for k in range(64)] for row in range(features)]


def dense_cosine(left: Adapter, right: Adapter) -> float:
    first, second = (
        torch.cat([factors.weight_change().double().flatten() for factors in each.modules.values()])
        for each in (left, right)
    )
    return float(torch.nn.functional.cosine_similarity(first, second, dim=0))


def sketched_cosine(left: Adapter, right: Adapter) -> float:
    first, second = sketch(left).astype(np.float64), sketch(right).astype(np.float64)
    return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))


def test_a_sketch_is_the_signed_sum_of_the_dense_change(make_adapter: Callable[..., Adapter]) -> None:
    adapter = make_adapter(seed=3, modules=("v_proj", "up_proj"))
    expected = np.zeros(64)
    for name, factors in adapter.modules.items():
        change = factors.weight_change().double().numpy()
        u, v = (np.array(signs(name, side, size)) for side, size in zip(("out", "in"), change.shape, strict=True))
        expected += np.einsum("ok,oi,ik->k", u, change, v) / 8
    assert sketch(adapter).dtype == np.float32
    np.testing.assert_allclose(sketch(adapter), expected, rtol=1e-4, atol=1e-4)


def test_cosines_and_norms_of_sketches_estimate_those_of_the_changes(make_adapter: Callable[..., Adapter]) -> None:
    errors, ratios = [], []
    for seed in range(12):
        one, other = make_adapter(seed=seed, rank=8), make_adapter(seed=100 + seed, rank=8)
        share = seed / 11
        mixed = replace(
            one,
            modules={
                name: LoraFactors(
                    torch.cat([factors.A, other.modules[name].A]),
                    torch.cat([factors.B * share, other.modules[name].B * (1 - share)], dim=1),
                    factors.scaling,
                )
                for name, factors in one.modules.items()
            },
        )
        errors.append(sketched_cosine(one, mixed) - dense_cosine(one, mixed))
        norm = math.sqrt(sum(float(factors.weight_change().square().sum()) for factors in one.modules.values()))
        ratios.append(float(np.linalg.norm(sketch(one))) / norm)
    # 64 numbers estimate a cosine with a standard deviation of about 1/8, and a norm with one of about 9 %
    assert abs(np.mean(errors)) < 0.1
    assert max(map(abs, errors)) < 0.4
    assert abs(np.mean(ratios) - 1) < 0.1


def test_rewritten_factors_of_the_same_change_have_the_same_sketch(make_adapter: Callable[..., Adapter]) -> None:
    adapter = make_adapter(seed=5)
    turn = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(0))).Q
    modules = {
        name: LoraFactors(
            torch.cat([turn @ factors.A, torch.zeros(3, factors.A.shape[1])]),
            torch.cat([factors.B @ turn.T * 4, torch.zeros(factors.B.shape[0], 3)], dim=1),
            factors.scaling / 4,
        )
        for name, factors in adapter.modules.items()
    }
    np.testing.assert_allclose(sketch(replace(adapter, modules=modules)), sketch(adapter), rtol=1e-3, atol=1e-4)
    moved = {name.replace("q_proj", "k_proj"): factors for name, factors in adapter.modules.items()}
    assert abs(sketched_cosine(replace(adapter, modules=moved), adapter)) < 0.9


def test_a_stored_sketch_comes_back_and_others_are_refused(make_adapter: Callable[..., Adapter]) -> None:
    values = sketch(make_adapter(seed=1))
    np.testing.assert_array_equal(decode(encode(values)), values)
    assert len(encode(values)) == 344
    for damaged in ("", "?" * 344, encode(values)[:-4]):
        with pytest.raises(InputError, match="sketch"):
            decode(damaged)
