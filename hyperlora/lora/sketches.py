"""Sketches: 64 numbers for a weight change, whose cosines estimate those of the changes themselves.

A number of the sketch is ``sum_m u_m^T (s B A)_m v_m / 8`` over the modules m, with signs u and v drawn once and for
all for the module's name and size. The expected product of two sketches is the inner product of the two changes
(Alon, Matias and Szegedy 1999, for matrices), and no rewriting of the factors that leaves ``s B A`` alone moves it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

import numpy as np
import torch
from numpy.typing import NDArray

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter

SKETCH_LENGTH = 64
_STORED = np.dtype("<f4")


def sketch(adapter: Adapter) -> NDArray[np.float32]:
    """The sketch of an adapter's weight change, from its factors alone.

    Equal changes of one base model have equal sketches but for rounding, in every process and version; 64 · rank ·
    (in + out) operations a module.

    Returns:
        (64,), float32.
    """
    total = np.zeros(SKETCH_LENGTH)
    for name, factors in adapter.modules.items():
        A, B = (part.detach().to("cpu", torch.float32).numpy() for part in (factors.A, factors.B))
        left = B.T @ _signs(name, "out", B.shape[0])
        right = A @ _signs(name, "in", A.shape[1])
        total += factors.scaling * np.einsum("rk,rk->k", left, right)
    return (total / SKETCH_LENGTH**0.5).astype(np.float32)


def encode(values: NDArray[np.float32]) -> str:
    """A sketch as base64 of its little-endian float32 bytes."""
    return base64.b64encode(values.astype(_STORED).tobytes()).decode("ascii")


def decode(text: str) -> NDArray[np.float32]:
    """The sketch that `encode` wrote, (64,).

    Raises:
        InputError: it is none.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("a sketch is not base64", "Rebuild the registry's catalogue.") from error
    if len(data) != SKETCH_LENGTH * _STORED.itemsize:
        raise InputError(f"a sketch holds {len(data)} bytes", "Rebuild the registry's catalogue.")
    return np.frombuffer(data, _STORED).astype(np.float32)


def _signs(module: str, side: str, features: int) -> NDArray[np.float32]:
    """(features, 64) of ±1; from a hash, because the streams of random number generators change with versions."""
    stream = hashlib.shake_256(f"{module}\0{side}\0{features}".encode()).digest(features * SKETCH_LENGTH // 8)
    bits = np.unpackbits(np.frombuffer(stream, np.uint8)).reshape(features, SKETCH_LENGTH)
    return bits.astype(np.float32) * 2 - 1
