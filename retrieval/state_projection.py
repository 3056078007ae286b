"""A text as the text encoder and the base model read it: two views that err on different texts, in one vector.

States are scaled by their covariance within the tasks that the retriever was trained on, see
`hyperlora.embeddings.whitening`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.hidden_states import text_states
from hyperlora.embeddings.whitening import fit_whitening, whitened
from hyperlora.identity import content_hash
from hyperlora.models import BaseModel
from hyperlora.settings import get_settings
from retrieval.documents import Vectors


@dataclass(frozen=True)
class StateProjection:
    """How a base model's states over a text become a vector that tells its task.

    Attributes:
        base: fingerprint of the base model.
        layer: which hidden states are read; their mean over a text.
        weight: of the similarity of states beside that of the encoder's embeddings.
        centre: (hidden_size,), subtracted from states.
        matrix: (hidden_size, dimensions), what they are then multiplied with.
    """

    base: str
    layer: int
    weight: float
    centre: Tensor
    matrix: Tensor

    def vectors(self, states: NDArray[np.float32]) -> Vectors:
        """(n, dimensions) of unit length, of states (n, hidden_size)."""
        unit: Vectors = whitened(torch.from_numpy(states), self.centre, self.matrix).numpy()
        return unit

    @cached_property
    def content_hash(self) -> str:
        """Of everything in it."""
        tensors = [tensor.numpy().tobytes().hex() for tensor in (self.centre, self.matrix)]
        return content_hash([self.base, self.layer, self.weight, *tensors])


def fit_state_projection(
    states: NDArray[np.float32], owners: Sequence[int], *, base: str, layer: int, weight: float
) -> StateProjection:
    """The reading under which states of one task lie closest, for their spread over all.

    Args:
        states: (n, hidden_size), of texts of the tasks it is trained on, several a task.
        owners: (n,), which task each is of.
    """
    return StateProjection(base, layer, weight, *fit_whitening(states, owners))


class StateProjectionEncoder:
    """Embeds texts by encoder and reading; their inner product is the weighted mean of both similarities.

    Args:
        encoder: the one view.
        reading: the other.
        base: gives the base model that reads, when it is first needed.
    """

    def __init__(self, encoder: TextEncoder, reading: StateProjection, base: Callable[[], BaseModel]) -> None:
        self._encoder = encoder
        self._reading = reading
        self._base = base
        self._dtype = get_settings().scoring_dtype()

    @property
    def id(self) -> str:
        """Of the encoder, the reading and the dtype in which it is done, that of evaluations."""
        return f"{self._encoder.id}+{self._reading.content_hash[:16]}-{self._dtype}"

    @property
    def dimensions(self) -> int:
        """Those of both views."""
        return self._encoder.dimensions + self._reading.matrix.shape[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit-length embeddings, (texts, dimensions)."""
        meant = self._encoder.encode(texts)
        states = text_states(self._base(), texts, self._reading.layer, "mean", dtype=self._dtype)
        weight = self._reading.weight
        both: Vectors = np.hstack([meant, np.sqrt(weight) * self._reading.vectors(states)]) / np.sqrt(1 + weight)
        return both.astype(np.float32)
