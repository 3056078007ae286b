"""Finding the row that already holds a vector.

Equal points link to one another alone in an HNSW graph: of 50 points 200 times each, the graph found a quarter of all
others. So equal vectors, as of adapters with the same description, share one row.
"""

from __future__ import annotations

import numpy as np

from retrieval.index.points import Numbers, Points, Vectors

# The same text embedded in another batch differs by some 1e-7; what is this close is taken for equal.
_SAME = 1e-5
_CELLS = 100  # along a unit
_MOST_IN_CELL = 8
_BLOCK = 4096


class Duplicates:
    """The rows in each cell of a coarse grid; a vector is compared with those of its own cell.

    Two equal vectors on both sides of a cell's border are not known for equal, which one pair in a hundred may be.

    Args:
        dimensions: of a vector.
    """

    def __init__(self, dimensions: int) -> None:
        draw = np.random.default_rng(0)
        self._weights = draw.integers(1, 2**62, size=dimensions, dtype=np.int64) | 1
        self._rows: dict[int, list[int]] = {}

    def rows(self, vectors: Vectors, points: Points) -> tuple[Numbers, Numbers]:
        """Which row each vector belongs in.

        Args:
            vectors: (n, dimensions).
            points: that are there, to which the new ones will be appended.

        Returns:
            A row for each vector, and the positions of those vectors that the next rows are to be filled with.
        """
        cells = self._cells(vectors)
        belongs = self._held(vectors, cells, points)
        fresh: list[int] = []
        for position in np.flatnonzero(belongs < 0).tolist():
            held = self._rows.setdefault(cells[position], [])
            for row in held:
                place = row - len(points)
                if place >= 0 and np.linalg.norm(vectors[fresh[place]] - vectors[position]) <= _SAME:
                    belongs[position] = row
                    break
            else:
                belongs[position] = len(points) + len(fresh)
                fresh.append(position)
                if len(held) < _MOST_IN_CELL:
                    held.append(int(belongs[position]))
        return belongs, np.array(fresh, dtype=np.int64)

    def note(self, vectors: Vectors, first_row: int) -> None:
        """Know of vectors, (n, dimensions), that lie in rows from a first one on."""
        for row, cell in enumerate(self._cells(vectors), first_row):
            held = self._rows.setdefault(cell, [])
            if len(held) < _MOST_IN_CELL:
                held.append(row)

    def _held(self, vectors: Vectors, cells: list[int], points: Points) -> Numbers:
        """For each vector the row that holds its equal, or -1."""
        pairs = [(position, row) for position, cell in enumerate(cells) for row in self._rows.get(cell, ())]
        belongs = np.full(len(cells), -1, dtype=np.int64)
        if pairs:
            positions, rows = np.array(pairs, dtype=np.int64).T
            same = np.linalg.norm(points.vectors(rows) - vectors[positions], axis=1) <= _SAME
            belongs[positions[same]] = rows[same]
        return belongs

    def _cells(self, vectors: Vectors) -> list[int]:
        cells: list[int] = []
        for start in range(0, len(vectors), _BLOCK):
            grid = np.rint(vectors[start : start + _BLOCK] * _CELLS).astype(np.int64)
            cells += (grid @ self._weights).tolist()  # wraps around, as a hash may
        return cells
