"""The index: from text to adapters, over FAISS; kept in step with the registry and on disk."""

from retrieval.index.adapters import AdapterIndex, Hit, build_index
from retrieval.index.labels import Where
from retrieval.index.passages import Embedder, Passage, WordingEmbedder
from retrieval.index.points import Graph
from retrieval.index.pool import POOL_ORIGINS, READS_TAG, pool_entries, undescribed_entries
from retrieval.index.vectors import VectorIndex

__all__ = [
    "POOL_ORIGINS",
    "READS_TAG",
    "AdapterIndex",
    "Embedder",
    "Graph",
    "Hit",
    "Passage",
    "VectorIndex",
    "Where",
    "WordingEmbedder",
    "build_index",
    "pool_entries",
    "undescribed_entries",
]
