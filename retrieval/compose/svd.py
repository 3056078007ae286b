"""`svd`: the best adapter of a rank for the weighted sum."""

from __future__ import annotations

from retrieval.compose.changes import Changes, Product, kept_rank
from retrieval.compose.method import composition


@composition("svd", title="Truncated SVD of the weighted sum", paper="https://doi.org/10.1007/BF02288367")
def svd(changes: Changes, rank: int | None) -> Product:
    """The best approximation of the weighted sum, at the largest of the ranks unless another is given.

    Optimal after Eckart and Young (1936). A rank that the sum does not have changes nothing: the sum is then exact.
    """
    return kept_rank(changes.summed(), rank or changes.largest_rank)
