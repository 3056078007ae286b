"""What a list shows of an entry, on the command line and over HTTP."""

from __future__ import annotations

from typing import Any

from hyperlora.registry import Entry
from hyperlora.registry.stored_config import read_stored_config


def listed(entry: Entry) -> dict[str, Any]:
    """The entry's summary with its ranks and target modules; None where they are not known."""
    config = read_stored_config(entry.folder)
    return {
        **entry.summary(),
        "ranks": None if config is None else list(config.ranks),
        "target_modules": None if config is None else list(config.target_modules),
    }
