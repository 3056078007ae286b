"""Adapters that change the base model alike: by the cosine of their weight changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import cosine
from hyperlora.lora.sketches import decode, sketch
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Entry, Registry
from retrieval.index import POOL_ORIGINS

# A sketch's cosine is off by about 1/8, so that many times as many as wanted are looked at closely.
_LOOKED_AT = 8
_AT_LEAST = 32


def adapters_like(
    registry: Registry, adapter: Adapter, k: int = 3, *, leave_out: Sequence[str] = ()
) -> list[tuple[Entry, float]]:
    """The k adapters of the pool, of the same base, whose weight changes have the largest cosine with this one's.

    Sketches in the catalogue choose who is compared exactly.

    Args:
        leave_out: references that are not to be found, such as the adapter's own.

    Returns:
        Entries with cosines in [-1, 1], best first; fewer than k where there are no more.

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
    found = (registry.get(rows[place][0]) for place in np.argsort(-estimates, kind="stable"))
    pool = (entry for entry in found if entry.origin in POOL_ORIGINS)
    near = list(islice(pool, max(_AT_LEAST, _LOOKED_AT * k)))
    exact = [(entry, cosine(adapter, read_adapter(registry.verified_folder(entry)))) for entry in near]
    return sorted(exact, key=lambda pair: -pair[1])[:k]
