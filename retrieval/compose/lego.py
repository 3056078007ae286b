"""`lego`: the adapters' rank-one pieces, clustered and put together anew."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.cluster import KMeans
from torch import Tensor

from hyperlora.errors import InputError
from retrieval.compose.changes import Changes, Product
from retrieval.compose.method import composition


@composition("lego", title="LoRA-LEGO", paper="https://arxiv.org/abs/2409.16167")
def lego(changes: Changes, rank: int | None, *, seed: int = 0) -> Product:
    """The minimal semantic units (a row of A with its column of B) in `rank` clusters, one unit from each.

    After Zhao et al. (2024), section 3: k-means over the units of all adapters, and two reweightings. A centroid is
    shorter than its members, so it is scaled to their mean norm; and a sum of `rank` units has another variance than
    one of the adapters' rank, so the output is scaled by sqrt(adapters' rank / `rank`).

    The paper has no weights. Here a unit counts in centroid and norm as its adapter's weight, and a cluster by the
    mean weight of its members, so that equal weights that sum to 1 are the paper's method.
    """
    if min(changes.weights) < 0:
        raise InputError("lego cannot subtract, and a weight is negative", "Give weights above 0, or use svd.")
    widths = changes.ranks
    units = torch.cat([torch.cat([A, B.mT], 2) for A, B in zip(changes.A, changes.B, strict=True)], 1)
    weights = torch.cat([units.new_full((width,), w) for width, w in zip(widths, changes.weights, strict=True)])
    clusters = min(rank or changes.largest_rank, units.shape[1])
    merged = torch.stack([_centroids(own, weights, clusters, seed) for own in units])
    merged = merged * (len(changes.all_weights) * (changes.largest_rank / clusters) ** 0.5) ** 0.5
    in_features = changes.A[0].shape[2]
    return merged[:, :, :in_features], merged[:, :, in_features:].mT


def _centroids(units: Tensor, weights: Tensor, clusters: int, seed: int) -> Tensor:
    """One unit a cluster, (clusters, features), in the order of each cluster's first member."""
    found = np.arange(len(units)) % clusters
    if clusters < len(units):
        points = units.cpu().numpy()
        # k-means begins with points drawn by place, so the order of the adapters must not decide the places
        order = np.argsort(points[:, 0], kind="stable")
        found[order] = KMeans(clusters, n_init=4, random_state=seed).fit_predict(points[order])
    # numbered as they first occur, because k-means numbers them as it happened to begin
    numbers = {label: place for place, label in enumerate(dict.fromkeys(found.tolist()))}
    places = torch.tensor([numbers[label] for label in found.tolist()], device=units.device)
    members = torch.nn.functional.one_hot(places, clusters).to(units) * weights[:, None]
    total = members.sum(0).clamp(min=torch.finfo(units.dtype).tiny)[:, None]
    centroid = members.mT @ units / total
    norm = members.mT @ units.norm(dim=1, keepdim=True) / total
    scaled = centroid * (norm / centroid.norm(dim=1, keepdim=True).clamp(min=torch.finfo(units.dtype).tiny))
    mean_weight = total / torch.bincount(places, minlength=clusters).clamp(min=1)[:, None]
    # the unit is on both sides of the product, so each side takes the root
    return scaled * mean_weight.sqrt()
