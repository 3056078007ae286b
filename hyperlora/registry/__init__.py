"""The registry: names, versions, aliases and lineage on MLflow, contents in verified content-addressed folders.

With it what else writes the record: tracked runs, archives of runs, the MLflow flavour, the import of a pool. How
adapters are found by what they do is `retrieval`'s.
"""

from hyperlora.registry.catalogue import Event, MetricRange, Page, Query
from hyperlora.registry.entry import Entry, Kind, Tombstone
from hyperlora.registry.registry import Registry

__all__ = ["Entry", "Event", "Kind", "MetricRange", "Page", "Query", "Registry", "Tombstone"]
