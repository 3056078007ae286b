"""The catalogue: a SQLite file made from the record, which answers lists, filters, full text, facets and events."""

from hyperlora.registry.catalogue.catalogue import Catalogue
from hyperlora.registry.catalogue.events import Event
from hyperlora.registry.catalogue.pages import Page
from hyperlora.registry.catalogue.query import FACETS, MetricRange, Query, check_origins, parse_metric

__all__ = ["FACETS", "Catalogue", "Event", "MetricRange", "Page", "Query", "check_origins", "parse_metric"]
