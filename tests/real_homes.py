"""Homes of tests on the real model that last, so that later runs take seconds."""

from __future__ import annotations

from pathlib import Path

from hyperlora.identity import content_hash
from pipelines.zoo import ZOO_FOLDER

CACHE = Path(__file__).parents[1] / ".cache"


def zoo_home() -> Path:
    """The home that begins with the shipped zoo; another zoo has another."""
    manifest = ZOO_FOLDER / "manifest.json"
    held = content_hash(manifest.read_text(encoding="utf-8")) if manifest.is_file() else "none"
    return CACHE / f"real-home-{held[:16]}"
