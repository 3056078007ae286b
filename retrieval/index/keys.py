"""Which keys lie on which rows: mostly one on each, several where vectors are equal, none where they were removed."""

from __future__ import annotations

import numpy as np

from retrieval.index.points import Mask, Numbers, Rows, Vectors


class Keys:
    """Keys by row and rows by key.

    Two arrays are as long as there are rows and as the largest key, so that keys should count up from 0.
    """

    def __init__(self) -> None:
        self._row_of = np.zeros(0, dtype=np.int64)  # by key; -1 where there is none
        self._key_of = np.zeros(0, dtype=np.int64)  # by row: one of its keys; -1 where it has none
        self._together: dict[int, list[int]] = {}  # all keys of the rows that have several
        self.count = 0
        self.live_rows = 0

    @property
    def row_of(self) -> Numbers:
        """Rows by key, -1 where there is none; for storing."""
        return self._row_of

    def rows(self, keys: Numbers) -> Numbers:
        """The row of each key, -1 for one that is not there."""
        known = np.full(len(keys), -1, dtype=np.int64)
        inside = (keys >= 0) & (keys < len(self._row_of))
        known[inside] = self._row_of[keys[inside]]
        return known

    def live(self, rows: int) -> Mask:
        """Whether a key lies on each of the first rows."""
        mask = np.zeros(rows, dtype=np.bool_)
        mask[: len(self._key_of)] = self._key_of[:rows] >= 0
        return mask

    def place(self, keys: Numbers, rows: Numbers) -> None:
        """Lay each key, none of which is there yet, on its row."""
        if not len(keys):
            return
        self._row_of = _longer(self._row_of, int(keys.max()) + 1)
        self._key_of = _longer(self._key_of, int(rows.max()) + 1)
        self._row_of[keys] = rows
        self.count += len(keys)
        _, first = np.unique(rows, return_index=True)
        alone = np.zeros(len(rows), dtype=np.bool_)
        alone[first] = self._key_of[rows[first]] < 0
        self._key_of[rows[alone]] = keys[alone]
        self.live_rows += int(np.count_nonzero(alone))
        for key, row in zip(keys[~alone].tolist(), rows[~alone].tolist(), strict=True):
            self._together.setdefault(row, [int(self._key_of[row])]).append(key)

    def lift(self, keys: Numbers) -> None:
        """Take keys, all of which are there, off their rows."""
        rows = self._row_of[keys]
        self._row_of[keys] = -1
        self.count -= len(keys)
        for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
            others = [other for other in self._together.pop(row, ()) if other != key]
            if len(others) > 1:
                self._together[row] = others
            self._key_of[row] = others[0] if others else -1
            self.live_rows -= not others

    def rows_of_allowed(self, allowed: Mask, rows: int) -> Rows:
        """The rows, of so many, on which a key that is allowed lies.

        Args:
            allowed: by key; what is past its end is not.
        """
        reached = self._row_of[: len(allowed)][allowed[: len(self._row_of)]]
        mask = np.zeros(rows, dtype=np.bool_)
        mask[reached[reached >= 0]] = True
        return Rows(mask)

    def found(self, products: Vectors, rows: Numbers, k: int, allowed: Mask | None) -> tuple[Vectors, Numbers]:
        """Keys in place of the rows that a search found.

        Args:
            products, rows: (n, found), best first.
            k: keys wanted for each.
            allowed: by key; all are when None.

        Returns:
            Inner products and keys, (n, k) each, -inf and -1 where there are no more.
        """
        scores = np.full((len(rows), k), -np.inf, dtype=np.float32)
        keys = np.full((len(rows), k), -1, dtype=np.int64)
        scores[:, : rows.shape[1]] = products
        keys[:, : rows.shape[1]] = self._key_of[rows]
        if self._together:
            for number in range(len(rows)):
                if not self._together.keys().isdisjoint(rows[number].tolist()):
                    self._spread(scores[number], keys[number], rows[number], products[number], allowed)
        return scores, keys

    def _spread(self, scores: Vectors, keys: Numbers, rows: Numbers, products: Vectors, allowed: Mask | None) -> None:
        spread = [
            (key, product)
            for row, product in zip(rows.tolist(), products.tolist(), strict=True)
            for key in sorted(self._together.get(row) or [int(self._key_of[row])])
            if allowed is None or (key < len(allowed) and allowed[key])
        ][: len(keys)]
        keys[: len(spread)] = [key for key, _ in spread]
        scores[: len(spread)] = [product for _, product in spread]

    def moved(self, places: Numbers) -> Keys:
        """The same keys after their rows were moved.

        Args:
            places: the new row of each old one that has a key.
        """
        moved = Keys()
        keys = np.flatnonzero(self._row_of >= 0)
        moved.place(keys, places[self._row_of[keys]])
        return moved


def _longer(array: Numbers, size: int) -> Numbers:
    """The array with -1 at its end, at least so long; doubled, so that appending one at a time stays cheap."""
    if size <= len(array):
        return array
    longer = np.full(max(size, 2 * len(array)), -1, dtype=np.int64)
    longer[: len(array)] = array
    return longer
