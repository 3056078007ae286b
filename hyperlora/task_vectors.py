"""Task vectors: what the untuned base model makes of a task's solved examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyperlora.base_models import BaseModel
from hyperlora.batching import length_buckets
from hyperlora.errors import InputError
from hyperlora.prompts import DEFAULT_TEMPLATE, Solved, render_completion, render_prompt

# How deep the layer lies whose states tell tasks apart best, as a share of the layers; chosen on the starter suite's
# dev tasks, see docs/research/2026-11-23-retriever.md.
_DEPTH = 26 / 30
# An example longer than this is read from its end.
_LONGEST = 512


def task_vector_layer(base: BaseModel) -> int:
    """Which of the base model's hidden states is read by default; 0 would be the token embeddings."""
    return round(_DEPTH * int(base.model.config.num_hidden_layers))


@torch.inference_mode()
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
    layers = int(base.model.config.num_hidden_layers)
    chosen = task_vector_layer(base) if layer is None else layer
    if not 0 <= chosen <= layers:
        raise InputError(f"there is no layer {chosen}", f"Choose one from 0 to {layers}.")
    texts = [render_prompt(template, each.input) + render_completion(template, each.output) for each in _flat(groups)]
    if not texts:
        return np.zeros((0, int(base.model.config.hidden_size)), dtype=np.float32)
    tokens = [ids[-_LONGEST:] for ids in base.tokenizer(texts)["input_ids"]]
    states = np.zeros((len(texts), int(base.model.config.hidden_size)), dtype=np.float32)
    for rows in length_buckets([len(ids) for ids in tokens], batch_size):
        states[rows] = _last_states(base, [tokens[row] for row in rows], chosen)
    ends = np.cumsum([len(group) for group in groups])
    means = np.stack([part.mean(axis=0) for part in np.split(states, ends[:-1])])
    unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True).clip(min=1e-12)
    return unit


def _flat(groups: Sequence[Sequence[Solved]]) -> list[Solved]:
    return [each for group in groups for each in group]


def _last_states(base: BaseModel, tokens: Sequence[Sequence[int]], layer: int) -> NDArray[np.float32]:
    """(samples, hidden_size): each sample's state at its last token."""
    lengths = torch.tensor([len(ids) for ids in tokens])
    ids = torch.full((len(tokens), int(lengths.max())), base.pad_id, dtype=torch.long)
    for row, sample in enumerate(tokens):
        ids[row, : len(sample)] = torch.tensor(sample)
    mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
    with _entering(base, layer) as entered:
        # the model without its head, which would be most of the work
        output = base.model.base_model(
            input_ids=ids.to(base.device), attention_mask=mask.to(base.device), use_cache=False
        )
    states = entered[0] if entered else output.last_hidden_state
    last = states[torch.arange(len(tokens), device=states.device), (lengths - 1).to(states.device)]
    vectors: NDArray[np.float32] = last.float().cpu().numpy()
    return vectors


@contextmanager
def _entering(base: BaseModel, layer: int) -> Iterator[list[Tensor]]:
    """Collects the hidden states that enter a layer; nothing for the one after the last.

    Asking transformers for hidden states keeps those of all layers, and leaves its hooks on the model for good.
    """
    count = int(base.model.config.num_hidden_layers)
    layers = next(
        module
        for module in base.model.base_model.modules()
        if isinstance(module, nn.ModuleList) and len(module) == count
    )
    entered: list[Tensor] = []

    def keep(_: nn.Module, arguments: tuple[Tensor, ...], named: dict[str, Tensor]) -> None:
        entered.append(arguments[0] if arguments else named["hidden_states"])

    handle = None if layer == count else layers[layer].register_forward_pre_hook(keep, with_kwargs=True)
    try:
        yield entered
    finally:
        if handle is not None:
            handle.remove()
