"""`select`: the adapter of the largest weight, as it is."""

from __future__ import annotations

from retrieval.compose.changes import Changes, Product, kept_rank
from retrieval.compose.method import composition


@composition("select", title="Selection", paper="https://arxiv.org/abs/2402.09997")
def select(changes: Changes, rank: int | None) -> Product:
    """The adapter of the largest weight, unchanged; the first of equals."""
    chosen = max(range(len(changes.all_weights)), key=changes.all_weights.__getitem__)
    if chosen not in changes.members:
        return changes.A[0][:, :0], changes.B[0][:, :, :0]
    place = changes.members.index(chosen)
    return kept_rank((changes.A[place], changes.B[place]), rank)
