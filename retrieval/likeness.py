"""Adapters that change the base model alike: by the cosine of their weight changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hyperlora.adapter import Adapter
from hyperlora.algebra import cosine
from hyperlora.errors import InputError
from hyperlora.registry import Registry
from hyperlora.sketches import decode, sketch

# A sketch's cosine is off by about 1/8, so that many times as many as wanted are looked at closely.
_LOOKED_AT = 8
_AT_LEAST = 32


def adapters_like(
    registry: Registry, adapter: Adapter, k: int = 3, *, leave_out: Sequence[str] = ()
) -> list[tuple[str, float]]:
    """The k registered adapters of the same base whose weight changes have the largest cosine with this one's.

    Sketches in the catalogue choose who is compared exactly.

    Args:
        leave_out: references that are not to be found, such as the adapter's own.

    Returns:
        References with cosines in [-1, 1], best first; fewer than k where there are no more.

    Raises:
        InputError: k is below 1.
    """
    if k < 1:
        raise InputError(f"k is {k}", "Ask for at least 1 adapter.")
    rows = [row for row in registry.catalogue.sketches(adapter.base.fingerprint) if row[0] not in leave_out]
    if not rows:
        return []
    sketches = np.stack([decode(text) for _, _, text in rows])
    own = sketch(adapter)
    estimates = sketches @ own / (np.linalg.norm(sketches, axis=1) * np.linalg.norm(own)).clip(min=1e-30)
    near = np.argsort(-estimates, kind="stable")[: max(_AT_LEAST, _LOOKED_AT * k)]
    exact = [(rows[place][0], cosine(adapter, registry.load(rows[place][0]))) for place in near]
    return sorted(exact, key=lambda pair: -pair[1])[:k]
