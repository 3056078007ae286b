"""Task vectors: what the untuned base model makes of a task's solved examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from hyperlora.embeddings.hidden_states import text_states
from hyperlora.errors import InputError
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, Solved, render_completion, render_prompt

# How deep the layer lies whose states tell tasks apart best, as a share of the layers; chosen on the starter suite's
# dev tasks, see docs/research/2026-11-23-retriever.md.
_DEPTH = 26 / 30


def task_vector_layer(base: BaseModel) -> int:
    """Which of the base model's hidden states is read by default; 0 would be the token embeddings."""
    return round(_DEPTH * int(base.model.config.num_hidden_layers))


def task_vectors(
    base: BaseModel,
    groups: Sequence[Sequence[Solved]],
    *,
    template: str = DEFAULT_TEMPLATE,
    layer: int | None = None,
    batch_size: int = 64,
) -> NDArray[np.float32]:
    """The mean last-token hidden state over each group of solved examples, of unit length.

    After the task vectors of ICM-LoRA (2025, section 3.2) and Hendel et al. 2023, "In-Context Learning Creates Task
    Vectors". The last token is the answer's, so that a vector holds both what is asked and what is answered.

    Args:
        groups: solved examples of one task each.
        layer: which hidden states, from 0 (token embeddings) to the number of layers; see `task_vector_layer`.

    Returns:
        (groups, hidden_size), float32.

    Raises:
        InputError: a group is empty, or there is no such layer.
    """
    if not all(groups):
        raise InputError("a task without examples has no task vector", "Give at least one solved example.")
    chosen = task_vector_layer(base) if layer is None else layer
    states = example_states(base, groups, template=template, layer=chosen, batch_size=batch_size)
    if not groups:
        return np.zeros((0, int(base.model.config.hidden_size)), dtype=np.float32)
    means = np.stack([part.mean(axis=0) for part in states])
    unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True).clip(min=1e-12)
    return unit


def example_states(
    base: BaseModel,
    groups: Sequence[Sequence[Solved]],
    *,
    template: str,
    layer: int,
    dtype: torch.dtype | None = None,
    batch_size: int = 64,
) -> list[NDArray[np.float32]]:
    """The hidden state at the last token of each solved example, of which task vectors are means.

    Args:
        dtype: in which products are computed; the model's when None.

    Returns:
        For each group (examples, hidden_size).
    """
    flat = [each for group in groups for each in group]
    texts = [render_prompt(template, each.input) + render_completion(template, each.output) for each in flat]
    states = text_states(base, texts, layer, "last", dtype=dtype, batch_size=batch_size)
    return np.split(states, np.cumsum([len(group) for group in groups])[:-1])
