"""Search vectors of task descriptions, and brute force beside it; prints JSON.

The first vectors are embeddings of real descriptions: the starter suite's and, with --descriptions, any others. Up to
the size asked for, the rest are made from these: every second one is a real one moved by Gaussian noise of a stated
norm relative to its own, every other one lies between two real ones and is moved likewise; all are renormalised.
Queries are unseen wordings, which are not in the index, as they are and moved by the same noise: the starter suite's
own, and the last tenth of each task's descriptions in the file. They are asked one at a time, as requests come.

At each size: building, searching beside FAISS's and NumPy's brute force, searching with filters that let a share of
the keys through, storing, and 1,000 removals and 1,000 additions while two threads search, during which every answer
is checked: a key that was gone before a search began is stale, one that was there throughout and is not among the ten
closest to its own vector is lost.

    python benchmarks/index.py --sizes 1000 10000 100000 1000000 --descriptions descriptions.jsonl --out index.json
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import torch
from numpy.typing import NDArray

from hyperlora.embeddings.encoder import TextEncoder
from pipelines.starter import starter_suite
from retrieval.index import Graph, VectorIndex
from side_by_side import Comparison, Prepared, Watch, measure, surroundings
from synthetic_registry import read_descriptions

Vectors = NDArray[np.float32]

_K = 10
_SHARES = (0.5, 0.1, 0.01, 0.001)
_CHANGES = 1_000
_BLOCK = 50_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--descriptions", type=Path, help='also those of JSON lines of {"task", "descriptions"}')
    parser.add_argument("--noise", type=float, default=0.3, help="norm of the noise, where that of a vector is 1")
    parser.add_argument("--queries", type=int, default=100, help="asked in each pair of a timing")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--links", type=int, default=Graph.links)
    parser.add_argument("--build-width", type=int, default=Graph.build_width)
    parser.add_argument("--search-width", type=int, default=Graph.search_width)
    parser.add_argument("--hnsw-from", type=int, default=100_000)
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    encoder = TextEncoder()
    known, unseen = wordings(chosen.descriptions)
    real, asked = encoder.encode(known), encoder.encode(unseen)
    draw = np.random.default_rng(0)
    real, asked = real[draw.permutation(len(real))], asked[draw.permutation(len(asked))]
    graph = Graph(chosen.links, chosen.build_width, chosen.search_width)
    report = surroundings() | {
        "faiss": faiss.__version__,
        "faiss_threads": faiss.omp_get_max_threads(),
        "encoder": encoder.id,
        "real_vectors": len(real),
        "unseen_wordings": len(asked),
        "noise": chosen.noise,
        "graph": vars(graph),
        "sizes": [],
    }
    watch = Watch()
    for size in chosen.sizes:
        vectors = grown(real, size, chosen.noise, np.random.default_rng(size))
        index = VectorIndex(vectors.shape[1], hnsw_from=chosen.hnsw_from, graph=graph)
        report["sizes"].append(at_size(index, vectors, asked, chosen, watch))
        del index, vectors
        gc.collect()
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")


def wordings(more: Path | None) -> tuple[list[str], list[str]]:
    """Descriptions to index, and unseen ones to ask with."""
    tasks = starter_suite().tasks.values()
    known = [text for task in tasks for text in task.descriptions]
    unseen = [text for task in tasks for text in task.unseen_descriptions]
    for descriptions in read_descriptions(more) if more else ():
        kept = len(descriptions) - max(1, len(descriptions) // 10)
        known += descriptions[:kept]
        unseen += descriptions[kept:]
    known = list(dict.fromkeys(known))
    return known, sorted(set(unseen) - set(known))


def moved(vectors: Vectors, noise: float, draw: np.random.Generator) -> Vectors:
    """Unit vectors moved by Gaussian noise of this norm, renormalised."""
    drawn = draw.standard_normal(vectors.shape, dtype=np.float32)
    drawn *= noise / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit(vectors + drawn)


def unit(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def grown(real: Vectors, size: int, noise: float, draw: np.random.Generator) -> Vectors:
    """So many vectors in random order: real ones, then perturbed copies and mixtures of them."""
    vectors = np.empty((size, real.shape[1]), dtype=np.float32)
    places = draw.permutation(size)
    own = real[:size]
    vectors[places[: len(own)]] = own
    for start in range(len(own), size, _BLOCK):
        some = places[start : start + _BLOCK]
        made = real[draw.integers(len(real), size=len(some))]
        mixed = np.arange(len(some)) % 2 == 1
        weights = draw.uniform(0.5, 1, size=(int(mixed.sum()), 1)).astype(np.float32)
        made[mixed] = unit(weights * made[mixed] + (1 - weights) * real[draw.integers(len(real), size=len(weights))])
        vectors[some] = moved(made, noise, draw)
    return vectors


def at_size(
    index: VectorIndex, vectors: Vectors, asked: Vectors, chosen: argparse.Namespace, watch: Watch
) -> dict[str, Any]:
    """Everything that is measured with this many vectors."""
    size = len(vectors)
    draw = np.random.default_rng(1)
    _, added = timed(lambda: index.add(np.arange(size), vectors))
    _, rebuilt = timed(index.wait)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    _, peer_added = timed(lambda: flat.add(vectors))
    queries = {"unseen": asked[:1000], "unseen_moved": moved(asked[:1000], chosen.noise, draw)}
    recalls = {}
    for name, some in queries.items():
        found = np.concatenate([index.search(query[None], _K)[0] for query in some])
        recalls[name] = recall(found, flat.search(some, _K)[0])
    few = asked[: chosen.queries]
    timing = measure(
        Comparison(
            f"{size:,} vectors",
            lambda: one_at_a_time(f"VectorIndex, {index.kind}", few, lambda query: index.search(query, _K)[0]),
            {
                "faiss": lambda: one_at_a_time(
                    "IndexFlatIP.search, one query a call", few, lambda query: flat.search(query, _K)[0]
                ),
                "numpy": lambda: one_at_a_time(
                    "matrix-vector product and argpartition", few, lambda query: by_numpy(vectors, query)
                ),
            },
            {"queries": len(few)},
        ),
        chosen.pairs,
        watch,
    )
    return {
        "vectors": size,
        "kind": index.kind,
        "add_s": added,
        "then_until_rebuilt_s": rebuilt,
        "peer_add_s": peer_added,
        **stored(index),
        "recall_at_10": recalls,
        "ms_a_query": {
            name: side["median_s"] / len(few) * 1e3
            for name, side in (("ours", timing["ours"]), *timing["peers"].items())
        },
        "timing": timing,
        "filters": {share: filtered(index, vectors, asked[:200], share, draw) for share in _SHARES},
        "changes": changed(index, vectors, chosen.noise),
    }


def by_numpy(vectors: Vectors, query: Vectors) -> Vectors:
    products = vectors @ query[0]
    best = np.argpartition(products, -_K)[-_K:] if len(products) > _K else np.arange(len(products))
    return np.sort(products[best])[::-1][None]


def one_at_a_time(label: str, queries: Vectors, search: Callable[[Vectors], Vectors]) -> Prepared:
    return Prepared(
        label, lambda: [search(query[None]) for query in queries], lambda found: torch.tensor(np.concatenate(found))
    )


def recall(found: Vectors, exact: Vectors) -> float:
    """The share of what was found that is as close as what is exactly the tenth; ties are as good."""
    return float((found >= exact[:, -1:] - 1e-6).mean())


def filtered(
    index: VectorIndex, vectors: Vectors, queries: Vectors, share: float, draw: np.random.Generator
) -> dict[str, float]:
    """Searches among a random share of the keys."""
    allowed = draw.random(len(vectors)) < share
    allowed[:_K] = True
    allowed.flags.writeable = False
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(np.ascontiguousarray(vectors[allowed]))
    _, first = timed(lambda: index.search(queries[:1], _K, allowed))
    found, seconds = timed(lambda: np.concatenate([index.search(query[None], _K, allowed)[0] for query in queries]))
    return {
        "recall_at_10": recall(found, exact.search(queries, _K)[0]),
        "first_ms": first * 1e3,
        "ms_a_query": seconds / len(queries) * 1e3,
    }


def stored(index: VectorIndex) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="hyperlora-bench-") as folder:
        _, written = timed(lambda: index.write(Path(folder)))
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        _, read = timed(lambda: VectorIndex.read(Path(folder)).close())
    return {"bytes": size, "write_s": written, "read_s": read}


def changed(index: VectorIndex, vectors: Vectors, noise: float) -> dict[str, object]:
    """Removals and additions one at a time, searched meanwhile by two threads that check every answer."""
    size, draw = len(vectors), np.random.default_rng(2)
    changes = min(_CHANGES, size // 2)
    new = moved(vectors[draw.integers(size, size=changes)], noise, draw)
    old = draw.permutation(size)[:changes]
    there = np.arange(size + changes) < size  # set after an addition, cleared before a removal
    gone = np.zeros(size + changes, dtype=np.bool_)  # set after a removal
    done, turn = threading.Event(), threading.Semaphore(0)  # no change before another search has ended
    searched, stale, lost = [0, 0], [0, 0], [0, 0]

    def own(key: int) -> Vectors:
        return (vectors[key] if key < size else new[key - size])[None]

    def search(thread: int) -> None:
        mine = np.random.default_rng(thread)
        while not done.is_set():
            # of what changes, as often as of what does not
            key = int(mine.choice((old[mine.integers(changes)], size + mine.integers(changes), mine.integers(size))))
            before, was_there = gone.copy(), there[key]
            keys = index.search(own(key), _K)[1][0]
            stale[thread] += int(before[keys[keys >= 0]].sum())
            lost[thread] += int(was_there and there[key] and key not in keys)
            searched[thread] += 1
            turn.release()

    threads = [threading.Thread(target=search, args=(thread,)) for thread in range(2)]
    for thread in threads:
        thread.start()
    removing, adding = [], []
    for change, key in enumerate(old.tolist()):
        turn.acquire()
        there[key] = False
        removing.append(timed(lambda key=key: index.remove([key]))[1])
        gone[key] = True
        adding.append(timed(lambda change=change: index.add([size + change], new[change : change + 1]))[1])
        there[size + change] = True
    done.set()
    for thread in threads:
        thread.join()
    index.wait()
    after = np.concatenate([index.search(own(size + change), _K)[1] for change in range(changes)])
    everything = np.concatenate([index.search(own(key), _K)[1] for key in old.tolist()])
    return {
        "removals": changes,
        "additions": changes,
        "searches": sum(searched),
        "stale": sum(stale),
        "lost": sum(lost),
        "stale_afterwards": int(np.isin(everything, old).sum()),
        "lost_afterwards": int((after != np.arange(size, size + changes)[:, None]).all(axis=1).sum()),
        "as_many_as_before": len(index) == size,
        "removal_ms": quantiles(removing),
        "addition_ms": quantiles(adding),
    }


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    low, high = np.quantile(seconds, [0.5, 0.95]) * 1e3
    return {"p50": float(low), "p95": float(high)}


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    outcome = act()
    return outcome, time.perf_counter() - start


if __name__ == "__main__":
    main()
