"""Adapters as vectors: the mean of its wordings for descriptions, the mean of its wordings with inputs for prompts.

After LoraRetriever (Zhao et al. 2024, section 3.2), which embeds an instruction with m sampled inputs. Means, because
they find their tasks far better than the closest single wording does; see docs/research/2026-11-23-retriever.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hyperlora.encoder import TextEncoder
from retrieval.documents import Document, QueryKind, embedded_texts, unit_mean


def document_vectors(encoder: TextEncoder, documents: Sequence[Document]) -> Mapping[QueryKind, NDArray[np.float32]]:
    """By kind of query the documents' unit vectors, (documents, dimensions).

    One without inputs is found by prompts through its wordings.
    """
    texts = embedded_texts(documents)
    vector = dict(zip(texts, encoder.encode(texts), strict=True))
    kinds: tuple[QueryKind, ...] = ("description", "prompt")
    return {
        kind: np.stack([unit_mean(np.stack([vector[text] for text in document.texts(kind)])) for document in documents])
        if documents
        else np.zeros((0, encoder.dimensions), dtype=np.float32)
        for kind in kinds
    }
