"""Unit vectors by key, best inner product first; changed while it is searched, and rebuilt beside itself."""

from __future__ import annotations

import atexit
import logging
import weakref
from collections.abc import Sequence
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hyperlora.errors import InputError
from retrieval.index.duplicates import Duplicates
from retrieval.index.points import Graph, Mask, Numbers, Points, Vectors
from retrieval.index.shared_lock import SharedLock
from retrieval.index.vector_store import VectorStore

Kind = Literal["auto", "flat", "hnsw"]
HNSW_FROM = 100_000

_log = logging.getLogger(__name__)
_LARGEST_KEY = 2**31 - 1
_UNIT = 1e-3
# Vectors that are linked before searches get a turn, and that a rebuild copies while changes wait.
_TURN = 256
_DEAD_SHARE = 0.2
_FEW_DEAD = 64


class VectorIndex:
    """Vectors by key. Any number of threads may search while others change it.

    Equal vectors share a row, of which every key is found. A removed key is gone at once; its row is left behind, kept
    out of searches, and goes when a fifth of all rows are such. Then, and when many vectors ask for a graph in place
    of a flat list, a thread builds the new one while the old one goes on answering and changing.

    Args:
        dimensions: of a vector.
        kind: `flat` compares every vector, `hnsw` walks a graph; `auto` takes the graph from a size on.
        hnsw_from: that size.
        graph: its shape.

    Raises:
        InputError: there is no such kind, or a number is below 1.
    """

    def __init__(
        self, dimensions: int, *, kind: Kind = "auto", hnsw_from: int = HNSW_FROM, graph: Graph | None = None
    ) -> None:
        if kind not in get_args(Kind):
            raise InputError(f"there is no index {kind!r}", f"Use one of {', '.join(get_args(Kind))}.")
        if dimensions < 1 or hnsw_from < 1:
            raise InputError(f"{dimensions} dimensions, a graph from {hnsw_from} on", "Both are at least 1.")
        self.dimensions = dimensions
        self._kind = kind
        self._hnsw_from = hnsw_from
        self._graph = graph or Graph()
        self._inside = VectorStore(Points(dimensions, self._graph if kind == "hnsw" else None))
        self._lock = SharedLock()  # around reading and changing what is inside
        self._changes = RLock()  # one change, or start of a rebuild, at a time
        self._rebuild: Thread | None = None
        self._stop = Event()

    @property
    def kind(self) -> str:
        """What answers now: `flat` or `hnsw`."""
        return "flat" if self._inside.points.graph is None else "hnsw"

    @property
    def rebuilding(self) -> bool:
        """Whether a rebuild is under way."""
        return self._rebuild is not None

    def __len__(self) -> int:
        return self._inside.keys.count

    def __contains__(self, key: int) -> bool:
        with self._lock.shared():
            return bool(self._inside.keys.rows(np.array([key], dtype=np.int64))[0] >= 0)

    def vectors(self, keys: Sequence[int] | Numbers) -> Vectors:
        """The vectors of some keys, (keys, dimensions).

        Raises:
            InputError: a key is not there.
        """
        numbers = np.asarray(keys, dtype=np.int64)
        with self._lock.shared():
            return self._inside.points.vectors(self._present(numbers))

    def search(self, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Numbers]:
        """The k keys of largest inner product with each query, best first.

        Args:
            queries: (n, dimensions).
            k: at least 1.
            allowed: by key, which of them may be found; all when None. One that cannot be written to is translated to
                rows once for all searches up to the next change.

        Returns:
            Inner products and keys, (n, k) each, -inf and -1 where there are no more.

        Raises:
            InputError: k is below 1, or the queries are not finite or not of these dimensions.
        """
        if k < 1:
            raise InputError(f"k is {k}", "Ask for at least 1.")
        asked = self._checked(queries, None)
        with self._lock.shared():
            return self._inside.search(asked, k, allowed)

    # --- changes ------------------------------------------------------------------------------------------------

    def add(self, keys: Sequence[int] | Numbers, vectors: Vectors) -> None:
        """Put in vectors, (keys, dimensions), under new keys, which should count up from 0.

        Raises:
            InputError: a key is there already, comes twice or is out of range, or a vector is not one of these
                dimensions, of unit length; then nothing was added.
        """
        numbers, checked = _checked_keys(keys), self._checked(vectors, len(keys))
        with self._changes:
            if len(there := numbers[self._inside.keys.rows(numbers) >= 0]):
                raise InputError(f"key {there[0]} is in the index already", "Update it, or take another key.")
            self._put(numbers, checked)

    def update(self, keys: Sequence[int] | Numbers, vectors: Vectors) -> None:
        """Give keys that are there other vectors, (keys, dimensions); a search finds the old one or the new.

        Raises:
            InputError: a key is not there or comes twice, or a vector is not one of these dimensions, of unit length;
                then nothing was changed.
        """
        numbers, checked = _checked_keys(keys), self._checked(vectors, len(keys))
        with self._changes:
            self._present(numbers)
            self._put(numbers, checked)

    def remove(self, keys: Sequence[int] | Numbers) -> None:
        """Take keys out.

        Raises:
            InputError: a key is not there or comes twice; then nothing was removed.
        """
        numbers = _checked_keys(keys)
        with self._changes:
            self._present(numbers)
            with self._lock.exclusive():
                self._inside.lift(numbers)
            self._tend()

    def _put(self, keys: Numbers, vectors: Vectors) -> None:
        for start in range(0, len(keys), _TURN):
            with self._lock.exclusive():
                self._inside.put(keys[start : start + _TURN], vectors[start : start + _TURN])
        self._tend()

    # --- rebuilding ---------------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Begin to build everything anew, as is done by itself when it is due; `wait` for the end."""
        with self._changes:
            self._begin(self._wanted())

    def wait(self) -> None:
        """Until no rebuild is under way."""
        while True:
            with self._changes:  # whoever begins one holds it until the thread has started
                running = self._rebuild
            if running is None:
                return
            running.join()

    def close(self) -> None:
        """Give up a rebuild that is under way, within a second or so; everything else goes on working."""
        self._stop.set()
        self.wait()
        self._stop.clear()

    def _wanted(self) -> Graph | None:
        if self._kind != "auto":
            return self._graph if self._kind == "hnsw" else None
        # a pool that goes to and fro around the size does not make it build for ever
        least = self._hnsw_from if self.kind == "flat" else self._hnsw_from // 2
        return self._graph if self._inside.keys.count >= least else None

    def _tend(self) -> None:
        wanted, dead = self._wanted(), self._inside.dead
        if wanted != self._inside.points.graph or dead > max(_FEW_DEAD, _DEAD_SHARE * len(self._inside.points)):
            self._begin(wanted)

    def _begin(self, graph: Graph | None) -> None:
        if self._rebuild is None:
            _OPEN.add(self)
            self._rebuild = Thread(target=self._build, args=(graph,), name="index-rebuild", daemon=True)
            self._rebuild.start()

    def _build(self, graph: Graph | None) -> None:
        try:
            self._build_beside(graph)
        except Exception as error:  # no memory: what there is goes on answering
            _log.warning("the index cannot be rebuilt now: %s", error)
        finally:
            self._rebuild = None

    def _build_beside(self, graph: Graph | None) -> None:
        points, duplicates = Points(self.dimensions, graph), Duplicates(self.dimensions)
        places = np.zeros(0, dtype=np.int64)  # by old row the new one, -1 where it was not copied

        def missing(most: int | None = None) -> tuple[Numbers, Vectors]:
            nonlocal places
            old = self._inside
            places = np.concatenate([places, np.full(len(old.points) - len(places), -1, dtype=np.int64)])
            rows = np.flatnonzero(old.keys.live(len(places)) & (places < 0))[:most]
            return rows, old.points.vectors(rows)

        def note(rows: Numbers, vectors: Vectors) -> None:
            places[rows] = np.arange(len(points), len(points) + len(rows))
            duplicates.note(vectors, len(points))

        unmended = True
        while not self._stop.is_set():
            with self._lock.shared():
                rows, vectors = missing(_TURN)
            if len(rows) == _TURN:
                note(rows, vectors)
                (points.append_unmended if unmended else points.append)(vectors)
            elif unmended:
                for start in range(0, len(points), _TURN):
                    points.mend(np.arange(start, min(start + _TURN, len(points))))
                    if self._stop.is_set():
                        return
                unmended = False
            else:
                with self._lock.exclusive():
                    note(*(last := missing()))
                    points.append(last[1])
                    self._inside = VectorStore(points, self._inside.keys.moved(places), duplicates)
                    return

    # --- storing ------------------------------------------------------------------------------------------------

    def write(self, folder: Path) -> None:
        """Write it into new files of a folder; changes wait meanwhile, searches do not.

        Raises:
            OSError, RuntimeError, SafetensorError: the folder cannot be written to.
        """
        with self._lock.shared():
            self._inside.write(folder)

    @classmethod
    def read(
        cls, folder: Path, *, kind: Kind = "auto", hnsw_from: int = HNSW_FROM, graph: Graph | None = None
    ) -> VectorIndex:
        """What `write` wrote; a rebuild begins where another kind or shape is asked for.

        Raises:
            OSError, RuntimeError, SafetensorError, ValueError: a file is missing, damaged or of something else.
        """
        inside = VectorStore.read(folder, graph or Graph())
        index = cls(inside.points.dimensions, kind=kind, hnsw_from=hnsw_from, graph=graph)
        with index._changes:
            index._inside = inside
            index._tend()
        return index

    # --- checks -------------------------------------------------------------------------------------------------

    def _present(self, keys: Numbers) -> Numbers:
        rows = self._inside.keys.rows(keys)
        if len(absent := keys[rows < 0]):
            raise InputError(f"key {absent[0]} is not in the index", "Add it first.")
        return rows

    def _checked(self, vectors: Vectors, count: int | None) -> Vectors:
        """The vectors, finite and, where they are so many, of unit length."""
        checked = np.ascontiguousarray(vectors, dtype=np.float32)
        if checked.ndim != 2 or checked.shape[1] != self.dimensions or count not in (None, len(checked)):
            wanted = f"({'n' if count is None else count}, {self.dimensions})"
            raise InputError(f"vectors of shape {checked.shape} where {wanted} is due", "Embed with one encoder only.")
        squares = np.einsum("nd,nd->n", checked, checked)
        if not np.isfinite(squares).all():
            raise InputError("a vector is not finite", "Check the encoder and the texts it was given.")
        if count is not None and (np.abs(np.sqrt(squares) - 1) > _UNIT).any():
            raise InputError("a vector is not of unit length", "Divide each by its norm.")
        return checked


def _checked_keys(keys: Sequence[int] | Numbers) -> Numbers:
    numbers: NDArray[np.int64] = np.asarray(keys, dtype=np.int64).reshape(-1)
    if len(numbers) and (numbers.min() < 0 or numbers.max() > _LARGEST_KEY):
        raise InputError("a key is out of range", f"Count keys up from 0, to {_LARGEST_KEY} at most.")
    ordered = np.sort(numbers)
    if len(twice := ordered[1:][ordered[1:] == ordered[:-1]]):
        raise InputError(f"key {twice[0]} comes twice", "Give every vector a key of its own.")
    return numbers


_OPEN: weakref.WeakSet[VectorIndex] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """A thread that is inside FAISS when the interpreter goes down would take the process with it."""
    for index in list(_OPEN):
        index.close()
