"""`ties`: trim, elect a sign, and average what agrees."""

from __future__ import annotations

from retrieval.compose.changes import Changes, Product
from retrieval.compose.dense import combined_densely
from retrieval.compose.method import composition
from retrieval.compose.sparse import elected, largest


@composition("ties", title="TIES-Merging", paper="https://arxiv.org/abs/2306.01708")
def ties(changes: Changes, rank: int | None, *, density: float = 0.2) -> Product:
    """Each change trimmed to its largest entries, then entry by entry the mean of those that agree in sign.

    After Yadav et al. (2023), section 3, module by module on the weight changes themselves rather than on A and B. The
    scale λ is the sum of the weights' sizes.
    """
    return combined_densely(
        changes, rank, lambda dense, _: elected(largest(dense, density), changes.scales().float(), changes.strength)
    )
