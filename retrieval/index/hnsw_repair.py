"""Ways into every point of an HNSW graph.

Links are one-way. A point chooses its neighbours, which link back until they have too many and drop all but a diverse
few (Malkov & Yashunin 2018, algorithm 4). Among many near copies, as descriptions of alike tasks are, that leaves one
point of 150 to which nothing leads: no search finds it, however wide. It also leaves most of the places for links
empty, and these are what is used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

_faiss: Any = faiss
Numbers = NDArray[np.int64]

# A point to which as many of its own neighbours lead is found.
_SURE = 2
_WAYS = 4
_NEAR = 64


def add(index: Any, vectors: NDArray[np.float32], width: int) -> None:
    """Add vectors, (n, dimensions), to a mended graph, so that a way still leads to each of its points.

    A neighbour that has no room for a link back drops another one; who thereby loses a way is mended too.

    Args:
        index: an `IndexHNSWFlat`.
        width: of the searches.
    """
    count = index.ntotal
    if not count:
        index.add(vectors)
        mend(index, np.arange(index.ntotal), width)
        return
    widths = _faiss.SearchParametersHNSW(efSearch=index.hnsw.efConstruction)
    near = np.unique(index.search(vectors, min(index.hnsw.efConstruction, count), params=widths)[1])
    near = near[near >= 0]
    before = _LowestLevel.of(index).from_(near)
    index.add(vectors)
    after = _LowestLevel.of(index).from_(near)
    changed = np.flatnonzero((before != after).any(axis=1))
    before, after = before[changed], after[changed]
    dropped = np.unique(before[~(before[:, :, None] == after[:, None, :]).any(axis=2)]).astype(np.int64)
    dropped = dropped[dropped >= 0]
    mend(index, np.concatenate([np.arange(count, index.ntotal), dropped]), width)


def mend(index: Any, points: Numbers, width: int) -> None:
    """Lead to each of some points where there is room for a link; none is taken away.

    Each of a point's neighbours links back to it. Where fewer than two do, for they are full, and a search for the
    point does not find it, the closest that it does find link to it.

    Args:
        index: an `IndexHNSWFlat`.
        points: their numbers.
        width: of the searches.
    """
    links = _LowestLevel.of(index)
    point, place = np.nonzero((chosen := links.from_(points)) >= 0)
    neighbours = chosen[point, place].astype(np.int64)
    back = (links.from_(neighbours) == points[point, None]).any(axis=1)
    back[~back] = links.put(neighbours[~back], points[point[~back]])
    weak = points[np.bincount(point[back], minlength=len(points)) < _SURE]
    if not len(weak):
        return
    vectors = faiss.downcast_index(index.storage).reconstruct_batch(weak)
    _, near = index.search(vectors, _NEAR, params=_faiss.SearchParametersHNSW(efSearch=max(width, _NEAR)))
    for one, found in zip(weak, near, strict=True):
        if one not in found:
            able = found[found >= 0]
            able = able[(links.from_(able) < 0).any(axis=1)][:_WAYS]
            links.put(able, np.full(len(able), one))


@dataclass(frozen=True)
class _LowestLevel:
    """The links between all points, as FAISS keeps them: so many places a point, the empty ones (-1) at the end.

    Attributes:
        links: of all levels, point by point; what is written into it is in the graph.
        starts: where each point's own begin, those of the lowest level first.
        places: for links of a point on the lowest level.
    """

    links: NDArray[np.int32]
    starts: Numbers
    places: int

    @classmethod
    def of(cls, index: Any) -> _LowestLevel:
        """Those of an `IndexHNSWFlat`, until it next grows."""
        hnsw = index.hnsw
        links = _faiss.rev_swig_ptr(hnsw.neighbors.data(), hnsw.neighbors.size())
        starts = _faiss.rev_swig_ptr(hnsw.offsets.data(), index.ntotal).view(np.int64)
        return cls(links, starts, hnsw.nb_neighbors(0))

    def from_(self, points: Numbers) -> NDArray[np.int32]:
        """Where points lead, (points, places)."""
        taken: NDArray[np.int32] = self.links[self.starts[points][:, None] + np.arange(self.places)]
        return taken

    def put(self, sources: Numbers, targets: Numbers) -> NDArray[np.bool_]:
        """Link each source to its target where it has an empty place; whether it had."""
        order = np.argsort(sources, kind="stable")
        ordered = sources[order]
        # several targets of one source take its empty places in turn
        turn = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
        place = np.count_nonzero(self.from_(ordered) >= 0, axis=1) + turn
        fits = place < self.places
        self.links[self.starts[ordered[fits]] + place[fits]] = targets[order[fits]]
        done = np.zeros(len(sources), dtype=np.bool_)
        done[order[fits]] = True
        return done
