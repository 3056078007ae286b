"""Composition: adapters and weights to one adapter, one method a file."""

from importlib import import_module

from retrieval.compose.combining import compose, even_weights
from retrieval.compose.explaining import Explanation, explain
from retrieval.compose.method import METHODS, Method, find_method

# in the order of the table: what is exact first, what changes most last
for _name in ("select", "mixture", "svd", "fuse", "lorahub", "ties", "dare", "magnitude_prune", "knots", "lego"):
    import_module(f"{__name__}.{_name}")

__all__ = ["METHODS", "Explanation", "Method", "compose", "even_weights", "explain", "find_method"]
