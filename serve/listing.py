"""What a list shows of an entry, on the command line and over HTTP."""

from __future__ import annotations

from typing import Any

from hyperlora.headline_metric import headline_metric
from hyperlora.registry import Entry
from hyperlora.registry.stored_config import read_stored_config


def listed(entry: Entry) -> dict[str, Any]:
    """The entry's summary with its rank, target modules and headline metric; None where they are not known."""
    config = read_stored_config(entry.folder)
    metric = headline_metric(entry.metrics)
    return {
        **entry.summary(),
        "ranks": None if config is None else list(config.ranks),
        "target_modules": None if config is None else list(config.target_modules),
        "headline_metric": None if metric is None else {"name": metric.name, "value": metric.value},
    }
