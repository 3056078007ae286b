"""Vectors by key in one FAISS structure: equal vectors share a row, and removed ones stay behind unfound. No locks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
from safetensors.numpy import load_file, save_file

from retrieval.index.duplicates import Duplicates
from retrieval.index.keys import Keys
from retrieval.index.points import Graph, Mask, Numbers, Points, Rows, Vectors

VECTORS_FILE = "vectors.faiss"
KEYS_FILE = "keys.safetensors"
_BLOCK = 4096


class VectorStore:
    """Points and the keys that lie on them. Many may search at once, but none while somebody changes it.

    Args:
        points: the rows.
        keys: that lie on them; none when None.
        duplicates: knows what the rows hold; finds out before the first change when None.
    """

    def __init__(self, points: Points, keys: Keys | None = None, duplicates: Duplicates | None = None) -> None:
        self.points = points
        self.keys = keys or Keys()
        self._duplicates = duplicates
        self._live: Rows | None = None
        self._translated: tuple[Mask, Rows] | None = None

    @property
    def dead(self) -> int:
        """Rows without a key."""
        return len(self.points) - self.keys.live_rows

    def put(self, keys: Numbers, vectors: Vectors) -> None:
        """Lay keys on vectors, (keys, dimensions), wherever they lay before."""
        rows, fresh = self._known_duplicates().rows(vectors, self.points)
        if len(fresh):
            self.points.append(np.ascontiguousarray(vectors[fresh]))
        self.keys.lift(keys[self.keys.rows(keys) >= 0])
        self.keys.place(keys, rows)
        self._live = self._translated = None

    def lift(self, keys: Numbers) -> None:
        """Take keys out, all of which are there."""
        self.keys.lift(keys)
        self._live = self._translated = None

    def search(self, queries: Vectors, k: int, allowed: Mask | None) -> tuple[Vectors, Numbers]:
        """Inner products and keys, (n, k) each, -inf and -1 where there are no more; see `VectorIndex.search`."""
        among = self._among(allowed)
        reachable = min(k, len(self.points) if among is None else among.count)
        if not reachable or not len(queries):
            shape = (len(queries), k)
            return np.full(shape, -np.inf, dtype=np.float32), np.full(shape, -1, dtype=np.int64)
        products, rows = self.points.search(queries, reachable, among)
        return self.keys.found(products, rows, k, allowed)

    def _among(self, allowed: Mask | None) -> Rows | None:
        if allowed is None:
            if self._live is None and self.dead:
                self._live = Rows(self.keys.live(len(self.points)))
            return self._live
        known = self._translated
        if known is not None and known[0] is allowed:
            return known[1]
        translated = self.keys.rows_of_allowed(allowed, len(self.points))
        if not allowed.flags.writeable:
            self._translated = (allowed, translated)
        return translated

    def _known_duplicates(self) -> Duplicates:
        if self._duplicates is None:
            self._duplicates = Duplicates(self.points.dimensions)
            for start in range(0, len(self.points), _BLOCK):
                rows = np.arange(start, min(start + _BLOCK, len(self.points)))
                self._duplicates.note(self.points.vectors(rows), start)
        return self._duplicates

    def write(self, folder: Path) -> None:
        """Write it into two new files of a folder."""
        faiss.write_index(self.points.faiss, str(folder / VECTORS_FILE))
        save_file({"row_of": self.keys.row_of}, folder / KEYS_FILE)

    @classmethod
    def read(cls, folder: Path, graph: Graph) -> VectorStore:
        """What `write` wrote.

        Args:
            graph: the shape from which a stored graph has its widths; how many links it has is its own.

        Raises:
            OSError, RuntimeError, SafetensorError, ValueError: a file is missing, damaged or of something else.
        """
        stored = faiss.read_index(str(folder / VECTORS_FILE))
        row_of = load_file(folder / KEYS_FILE)["row_of"]
        if type(stored) not in (faiss.IndexFlatIP, faiss.IndexFlat, faiss.IndexHNSWFlat):
            raise ValueError(f"{VECTORS_FILE} holds a {type(stored).__name__}")
        if stored.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError(f"{VECTORS_FILE} is not of inner products")
        if row_of.dtype != np.int64 or row_of.ndim != 1 or ((row_of < -1) | (row_of >= stored.ntotal)).any():
            raise ValueError(f"{KEYS_FILE} does not belong to {VECTORS_FILE}")
        shape = replace(graph, links=stored.hnsw.nb_neighbors(1)) if hasattr(stored, "hnsw") else None
        keys, lying = Keys(), np.flatnonzero(row_of >= 0)
        keys.place(lying, row_of[lying])
        return cls(Points(stored.d, shape, stored), keys)
