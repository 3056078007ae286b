"""Weights from how close adapters are to a description."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hyperlora.embeddings.encoder import TextEncoder


def similarity_weights(
    encoder: TextEncoder, text: str, wordings: Sequence[Sequence[str]], *, temperature: float = 0.1
) -> tuple[float, ...]:
    """A softmax over the cosine between a text and each adapter's closest wording; 1 in sum.

    Args:
        encoder: embeds the text and the wordings.
        text: a description of the task, or a prompt.
        wordings: of each adapter, at least one.
        temperature: what the cosines are divided by; a small one gives nearly all to the closest.
    """
    (query,) = encoder.encode([text])
    return softmax_weights([float(np.max(encoder.encode(list(texts)) @ query)) for texts in wordings], temperature)


def softmax_weights(similarities: Sequence[float], temperature: float) -> tuple[float, ...]:
    """A softmax over similarities divided by a temperature above 0; 1 in sum."""
    closest = np.array(similarities)
    shares = np.exp((closest - closest.max()) / temperature)
    return tuple((shares / shares.sum()).tolist())
