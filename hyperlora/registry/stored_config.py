"""Rank and target modules of a registered adapter, from its stored PEFT config, without loading a tensor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.files.strict_json import parse_json

_CONFIG_FILE = "adapter_config.json"
_LARGEST = 2**20


@dataclass(frozen=True)
class StoredConfig:
    """What a table shows of an adapter's config.

    Attributes:
        ranks: the distinct ranks, ascending.
        alpha: of most modules.
        target_modules: as PEFT's config names them.
    """

    ranks: tuple[int, ...]
    alpha: float
    target_modules: tuple[str, ...]

    @property
    def rank_text(self) -> str:
        """`8`, or `4-16` where modules differ."""
        return "-".join(str(rank) for rank in dict.fromkeys((self.ranks[0], self.ranks[-1])))


def read_stored_config(folder: Path) -> StoredConfig | None:
    """The config in a stored folder; None where there is none to read, as for generators and what was not fetched yet.

    The folder is not verified: this is for lists. Loading an adapter checks every byte.
    """
    path = folder / _CONFIG_FILE
    try:
        if path.stat().st_size > _LARGEST:
            return None
        config = parse_json(path.read_bytes())
        ranks = {int(config["r"]), *(int(rank) for rank in config.get("rank_pattern", {}).values())}
        return StoredConfig(tuple(sorted(ranks)), float(config["lora_alpha"]), _names(config["target_modules"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _names(targets: Any) -> tuple[str, ...]:
    return (targets,) if isinstance(targets, str) else tuple(map(str, targets))
