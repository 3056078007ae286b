"""Among near copies a graph leaves points that no search finds; of a mended one each is found, whatever is added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.index import Graph, VectorIndex

# Narrow enough that 4,000 vectors are walked and not compared one by one.
SHAPE = Graph(links=8, build_width=60, search_width=100)
COUNT = 4000
FEW = 12  # of 67 that are lost of a graph that nobody mends


def near_copies(around: int, each: int) -> NDArray[np.float32]:
    """Unit vectors in random order, so many around each of some."""

    def units(count: int) -> NDArray[np.float32]:
        drawn = draw.standard_normal((count, 128)).astype(np.float32)
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    draw = np.random.default_rng(0)
    copies = np.repeat(units(around), each, axis=0) + 0.3 * units(around * each)
    copies /= np.linalg.norm(copies, axis=1, keepdims=True)
    return copies[draw.permutation(len(copies))]


def lost(index: VectorIndex, vectors: NDArray[np.float32]) -> int:
    """How many keys are not among the ten closest to their own vectors."""
    assert index.kind == "hnsw"
    return int((index.search(vectors, 10)[1] != np.arange(len(vectors))[:, None]).all(axis=1).sum())


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return near_copies(1, COUNT)


def test_faiss_alone_loses_some_of_these(vectors: NDArray[np.float32]) -> None:
    graph: Any = faiss.IndexHNSWFlat(vectors.shape[1], SHAPE.links, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = SHAPE.build_width
    graph.add(vectors)
    width: Any = faiss.SearchParametersHNSW(efSearch=SHAPE.search_width)  # type: ignore[call-arg]
    _, found = graph.search(vectors, 10, params=width)
    assert (found != np.arange(COUNT)[:, None]).all(axis=1).sum() > 3 * FEW


def test_a_rebuilt_graph_and_what_is_added_to_it_are_found_also_when_read_again(
    vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    index = VectorIndex(vectors.shape[1], hnsw_from=3500, graph=SHAPE)
    index.add(range(3600), vectors[:3600])
    index.wait()
    assert lost(index, vectors[:3600]) <= FEW
    for key in range(3600, 3800):
        index.add([key], vectors[key : key + 1])
    index.add(range(3800, COUNT), vectors[3800:])
    assert lost(index, vectors) <= FEW
    index.write(tmp_path)
    assert lost(VectorIndex.read(tmp_path, hnsw_from=3500, graph=SHAPE), vectors) <= FEW


@pytest.mark.parametrize("turn", [1, 256])
def test_a_graph_from_the_first_vector_on(vectors: NDArray[np.float32], turn: int) -> None:
    index = VectorIndex(vectors.shape[1], kind="hnsw", graph=SHAPE)
    for start in range(0, COUNT, turn):
        keys = range(start, min(start + turn, COUNT))
        index.add(keys, vectors[keys.start : keys.stop])
    assert lost(index, vectors) <= FEW


def test_additions_do_not_cut_far_groups_off() -> None:
    """Were a full list filled with the closest alone, it would lead nowhere else."""
    far = near_copies(6, 1000)
    index = VectorIndex(far.shape[1], kind="hnsw", graph=Graph(links=16, build_width=100, search_width=200))
    index.add(range(len(far)), far)
    assert lost(index, far) <= FEW
