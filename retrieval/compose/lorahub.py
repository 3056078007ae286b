"""`lorahub`: parameter fusion with weights that a gradient-free search fits to a few examples."""

from __future__ import annotations

from retrieval.compose.changes import Changes, Product
from retrieval.compose.fuse import fuse
from retrieval.compose.method import composition


@composition("lorahub", title="LoraHub", paper="https://arxiv.org/abs/2307.13269", fits_weights=True)
def lorahub(changes: Changes, rank: int | None) -> Product:
    """The factors averaged as in `fuse`, with weights that a gradient-free search fits to a few examples.

    After Huang et al. (2023), section 3; `retrieval.compose.fitting` is the search.
    """
    return fuse(changes, rank)
