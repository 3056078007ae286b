"""`mixture` and `cat`: the exact weighted sum, factors side by side."""

from __future__ import annotations

from retrieval.compose.changes import Changes, Product, kept_rank
from retrieval.compose.method import composition


@composition("cat", title="Concatenation", paper="https://arxiv.org/abs/2402.09997")
@composition("mixture", title="Mixture of outputs", paper="https://arxiv.org/abs/2402.09997")
def mixture(changes: Changes, rank: int | None) -> Product:
    """The weighted sum of all outputs, exactly: factors side by side, at the sum of the ranks.

    What the adapters of a mixture add to a layer's output is linear in them, so one adapter of their concatenated
    ranks gives the same output (LoraRetriever, Zhao et al. 2024, section 3.3).
    """
    return kept_rank(changes.summed(), rank)
