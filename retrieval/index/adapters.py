"""From text to adapters: the pool searched by what its adapters say of themselves."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.registry import Entry, Registry
from retrieval.index.indexed_pool import IndexedPool
from retrieval.index.labels import Where
from retrieval.index.passages import Embedder, WordingEmbedder
from retrieval.index.points import Numbers, Vectors
from retrieval.index.vectors import HNSW_FROM, Kind

FOLDER = "index"
# An adapter has several vectors, so that more than k are asked for; and more again where that was too few.
_GROWTH = 4
# What differs less is a tie, which the order of references decides, not rounding.
_DECIMALS = 6
_TIE = 10.0**-_DECIMALS
_GROWTH_FOR_TIES = 64


@dataclass(frozen=True)
class Hit:
    """One adapter found.

    Attributes:
        entry: the registered adapter.
        similarity: cosine between the query and the closest of the adapter's passages, in [-1, 1].
        wording: that passage's.
    """

    entry: Entry
    similarity: float
    wording: str


class AdapterIndex:
    """The adapters of a pool by the vectors of their passages. Threads may share it.

    Args:
        pool: what is searched.
        conditions: all of them hold of whatever is found or counted.
    """

    def __init__(self, pool: IndexedPool, conditions: Sequence[Where] = ()) -> None:
        self._pool = pool
        self._conditions = tuple(conditions)

    @classmethod
    def open(
        cls,
        registry: Registry,
        embedder: Embedder,
        folder: Path | None = None,
        *,
        kind: Kind = "auto",
        hnsw_from: int = HNSW_FROM,
    ) -> AdapterIndex:
        """The index of a registry's pool, of all base models, as of now.

        What is stored is used if the same embedder made it: what happened since is read from the registry's events,
        and only new passages are embedded. Otherwise everything is.

        Args:
            registry: which is followed.
            embedder: makes the vectors.
            folder: where it is stored; `index` in the registry's when None.
            kind, hnsw_from: as for `VectorIndex`.

        Raises:
            RegistryError: the registry cannot be read.
        """
        pool = IndexedPool(embedder, registry, folder or registry.home / FOLDER, kind=kind, hnsw_from=hnsw_from)
        pool.catch_up()
        return cls(pool)

    def within(self, where: Where) -> AdapterIndex:
        """The same index, of which only what fulfils a further condition is found and counted."""
        narrowed = copy.copy(self)
        narrowed._conditions = (*self._conditions, where)
        return narrowed

    # --- searching ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self.count()

    def count(self, where: Where | None = None) -> int:
        """How many adapters fulfil a condition; all of the index when None."""
        with self._pool.lock.shared():
            return self._pool.members.allowed(self._narrowed(where))[0]

    def search(self, text: str, k: int = 3, where: Where | None = None) -> list[Hit]:
        """The k adapters whose closest passage is most similar to the text, best first; fewer if there are fewer.

        Raises:
            InputError: the text is empty or k is below 1.
        """
        return self.search_many([text], k, where)[0]

    def search_many(self, texts: Sequence[str], k: int = 3, where: Where | None = None) -> list[list[Hit]]:
        """What `search` finds for each text, embedded and compared together.

        Raises:
            InputError: a text is empty or k is below 1.
        """
        if not all(text.strip() for text in texts):
            raise InputError("the description is empty", "Say in a sentence what the task is.")
        _check(k)
        if not texts or not self.count(where):
            return [[] for _ in texts]
        return self.search_vectors(self._pool.embedder.embed_queries(texts), k, where)

    def search_vectors(self, queries: Vectors, k: int = 3, where: Where | None = None) -> list[list[Hit]]:
        """What is found for each query, (n, dimensions), of unit length.

        Raises:
            InputError: k is below 1, or the queries are not finite or of other dimensions.
        """
        _check(k)
        pool = self._pool
        found: list[list[Hit]] = [[] for _ in queries]
        with pool.lock.shared():
            count, allowed = pool.members.allowed(self._narrowed(where))
            total = len(pool.vectors)
            pending = list(range(len(queries))) if count and total else []
            wanted = k * (1 + -(-total // max(1, len(pool.members))))
            most_for_ties = _GROWTH_FOR_TIES * wanted
            while pending:
                products, keys = pool.vectors.search(queries[pending], min(wanted, total), allowed)
                lacking = []
                for query, own_products, own_keys in zip(pending, products, keys, strict=True):
                    found[query], complete = self._hits(own_products, own_keys, k)
                    if not complete and (len(found[query]) < k or wanted < most_for_ties):
                        lacking.append(query)
                pending = lacking if wanted < total else []
                wanted *= _GROWTH
        return found

    def _hits(self, products: Vectors, keys: Numbers, k: int) -> tuple[list[Hit], bool]:
        """The first k adapters of what was found for one query, and whether more of it could not change them."""
        pool = self._pool
        hits: list[Hit] = []
        seen = {-1}  # nobody's: just being added or removed
        complete = bool(keys[-1] < 0)
        places = pool.members.places(keys)
        for product, key, place in zip(products.tolist(), keys.tolist(), places.tolist(), strict=True):
            if len(hits) >= k and product < hits[k - 1].similarity - _TIE:
                complete = True
                break
            if place in seen:
                continue
            seen.add(place)
            member = pool.members[place]
            if (entry := pool.entry(member)) is not None:
                hits.append(Hit(entry, min(1.0, max(-1.0, product)), member.wordings[member.keys.index(key)]))
        hits.sort(key=lambda hit: (-round(hit.similarity, _DECIMALS), hit.entry.reference))
        return hits[:k], complete

    # --- keeping up ---------------------------------------------------------------------------------------------

    def catch_up(self) -> bool:
        """Take over what happened in the registry, embedding new passages only; whether the pool changed.

        Raises:
            RegistryError: the registry cannot be read.
        """
        return self._pool.catch_up()

    def rebuild(self) -> None:
        """Read and embed the whole pool anew; what there is answers until it is done."""
        self._pool.rebuild()

    def save(self) -> None:
        """Store it now; by itself it is stored after changes that are worth it."""
        self._pool.save()

    def wait(self) -> None:
        """Until no graph is being built."""
        self._pool.vectors.wait()

    def _narrowed(self, where: Where | None) -> tuple[Where, ...]:
        return self._conditions if where is None else (*self._conditions, where)


def build_index(entries: Sequence[Entry], encoder: TextEncoder) -> AdapterIndex:
    """Index just these entries by their descriptions and paraphrases, without a registry, stored nowhere."""
    pool = IndexedPool(WordingEmbedder(encoder))
    pool.hold(entries)
    return AdapterIndex(pool)


def _check(k: int) -> None:
    if k < 1:
        raise InputError(f"k is {k}", "Ask for at least 1 adapter.")
