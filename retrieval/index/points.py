"""Points in one FAISS structure, each in a row; rows are only ever appended, and a search may be limited to some."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.index import hnsw_repair

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

# What FAISS says of its types knows neither all of its classes nor its constructors as they are in Python.
_faiss: Any = faiss
# Comparisons that take as long as a search in a graph, for each unit of its width; measured with 1e5 descriptions.
_COMPARISONS = 25
_SURE = 2
_GROWTH = 4


@dataclass(frozen=True)
class Graph:
    """Shape of an HNSW graph (Malkov & Yashunin 2018); the names of its paper are M, efConstruction and efSearch.

    Attributes:
        links: of a point on each level; twice as many on the lowest.
        build_width: candidates kept when a point is linked.
        search_width: candidates kept when a query is answered. Of a million descriptions, most of them moved copies
            of 12,000, 1,024 find 0.987 of the closest ten in 3 ms, and each of 2,900 that were looked for itself.
    """

    links: int = 32
    build_width: int = 200
    search_width: int = 1024


@dataclass(frozen=True)
class Rows:
    """The rows that a search is limited to.

    Attributes:
        mask: by row.
    """

    mask: Mask

    @cached_property
    def count(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def numbers(self) -> Numbers:
        """Which they are, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def bits(self) -> NDArray[np.uint8]:
        """The mask as FAISS reads it."""
        return np.packbits(self.mask, bitorder="little")


class Points:
    """Unit vectors by row, searched exactly or through a graph.

    Args:
        dimensions: of a vector.
        graph: its shape; compared one by one when None.
        stored: a FAISS structure to go on with, of just these dimensions and this kind.
    """

    def __init__(self, dimensions: int, graph: Graph | None = None, stored: Any = None) -> None:
        self.dimensions = dimensions
        self.graph = graph
        if stored is not None:
            self.faiss = stored
        elif graph is None:
            self.faiss = faiss.IndexFlatIP(dimensions)
        else:
            self.faiss = faiss.IndexHNSWFlat(dimensions, graph.links, faiss.METRIC_INNER_PRODUCT)
        if graph is not None:
            self.faiss.hnsw.efConstruction = graph.build_width
        self._flat = self.faiss if graph is None else faiss.downcast_index(self.faiss.storage)

    def __len__(self) -> int:
        return int(self.faiss.ntotal)

    def append(self, vectors: Vectors) -> None:
        """Put vectors, (n, dimensions), into the next n rows."""
        if self.graph is None:
            self.faiss.add(vectors)
        elif len(vectors):
            hnsw_repair.add(self.faiss, vectors, self.graph.search_width)

    def append_unmended(self, vectors: Vectors) -> None:
        """Like `append`, and several times as fast; some of them, and of those before, are found only after `mend`."""
        self.faiss.add(vectors)

    def mend(self, rows: Numbers) -> None:
        """See to it that a search finds each of some rows."""
        if self.graph is not None:
            hnsw_repair.mend(self.faiss, rows, self.graph.search_width)

    def vectors(self, rows: Numbers) -> Vectors:
        """Those in some rows, (rows, dimensions)."""
        if not len(rows):
            return np.zeros((0, self.dimensions), dtype=np.float32)
        stored: Vectors = self._flat.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return stored

    def search(self, queries: Vectors, k: int, among: Rows | None = None) -> tuple[Vectors, Numbers]:
        """The rows with the largest inner product, best first.

        Args:
            queries: (n, dimensions).
            k: at most as many as there are rows to find.
            among: the rows to look at; all when None.

        Returns:
            Inner products and rows, (n, k) each.
        """
        count = len(self) if among is None else among.count
        width = 0 if self.graph is None else max(self.graph.search_width, 2 * k)
        # among few rows a graph must be walked the wider; the costs meet at count = comparisons * width * rows / count
        if self.graph is None or count * count <= _COMPARISONS * width * len(self):
            return self._compare(queries, k, among)
        return self._walk(queries, k, width) if among is None else self._walk_among(queries, k, width, among)

    def _walk(self, queries: Vectors, k: int, width: int) -> tuple[Vectors, Numbers]:
        products, rows = self.faiss.search(queries, k, params=_faiss.SearchParametersHNSW(efSearch=width))
        if len(lacking := np.flatnonzero((rows < 0).any(axis=1))):  # no way led to enough of them
            products[lacking], rows[lacking] = self._compare(queries[lacking], k, None)
        return products, rows

    def _walk_among(self, queries: Vectors, k: int, width: int, among: Rows) -> tuple[Vectors, Numbers]:
        """The first k of the rows that are looked for among the closest of all, of which it takes as many as it needs.

        FAISS can leave rows out on its way through the graph, but stops there when it has been through the closest of
        all: where these are mostly rows that are left out, as when a filter goes by what the texts are about, a
        quarter of what it then returns is not the closest of those that are not.
        """
        products = np.empty((len(queries), k), dtype=np.float32)
        rows = np.empty((len(queries), k), dtype=np.int64)
        pending = np.arange(len(queries))
        closest = max(width, (_SURE + 1) * k) * len(self) // among.count
        while len(pending) and _COMPARISONS * closest < among.count:
            met_products, met = self.faiss.search(
                queries[pending], closest, params=_faiss.SearchParametersHNSW(efSearch=closest)
            )
            fitting = among.mask[met] & (met >= 0)
            first = np.argsort(~fitting, axis=1, kind="stable")[:, :k]
            # what lies at the rim of the closest is less sure to be among them
            enough = np.count_nonzero(fitting, axis=1) >= _SURE * k
            products[pending[enough]] = np.take_along_axis(met_products, first, axis=1)[enough]
            rows[pending[enough]] = np.take_along_axis(met, first, axis=1)[enough]
            pending, closest = pending[~enough], closest * _GROWTH
        if len(pending):
            products[pending], rows[pending] = self._compare(queries[pending], k, among)
        return products, rows

    def _compare(self, queries: Vectors, k: int, among: Rows | None) -> tuple[Vectors, Numbers]:
        parameters = None
        if among is not None:
            few = 2 * among.count < len(self)
            selector = _faiss.IDSelectorArray(among.numbers) if few else _faiss.IDSelectorBitmap(among.bits)
            parameters = _faiss.SearchParameters(sel=selector)
        products, rows = self._flat.search(queries, k, params=parameters)
        return products, rows
