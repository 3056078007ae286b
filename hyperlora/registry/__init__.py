"""The registry: names, versions, aliases and lineage on MLflow, contents in verified content-addressed folders."""

from hyperlora.registry.entry import Entry, Kind
from hyperlora.registry.registry import Registry

__all__ = ["Entry", "Kind", "Registry"]
