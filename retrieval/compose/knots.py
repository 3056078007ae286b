"""`knots`: changes brought into one basis by a joint SVD, and joined there as TIES does."""

from __future__ import annotations

import torch

from retrieval.compose.changes import Changes, Product, kept_rank
from retrieval.compose.method import composition
from retrieval.compose.sparse import elected, largest


@composition("knots", title="KnOTS-TIES", paper="https://arxiv.org/abs/2410.19735")
def knots(changes: Changes, rank: int | None, *, density: float = 0.2) -> Product:
    """Changes expressed in the common left basis of ``[ΔW_1 … ΔW_n] = U S [V_1 … V_n]^T``, where TIES joins the V.

    After Stoica et al. (2024), section 4. All from the factors: two QR decompositions leave a core as wide as the
    ranks together, and the result has at most their sum.
    """
    Q_out, R_out = torch.linalg.qr(torch.cat(changes.B, 2))
    rows = [torch.linalg.qr(A.mT) for A in changes.A]
    parts = R_out.split(list(changes.ranks), 2)
    cores = [part @ right.R.mT for part, right in zip(parts, rows, strict=True)]
    U, S, Vh = torch.linalg.svd(torch.cat(cores, 2), full_matrices=False)
    widths = [core.shape[2] for core in cores]
    aligned = [part @ right.Q.mT for part, right in zip(Vh.split(widths, 2), rows, strict=True)]
    weights = changes.scales()
    joined = [
        elected(largest(torch.stack(own), density), weights, changes.strength) for own in zip(*aligned, strict=True)
    ]
    return kept_rank((torch.stack(joined), (Q_out @ U) * S[:, None, :]), rank)
