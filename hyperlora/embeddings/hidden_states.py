"""What the untuned base model makes of texts: its hidden states at some layer, the layers above not run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyperlora.cancellation import check_cancelled
from hyperlora.errors import InputError
from hyperlora.inference.batching import length_buckets
from hyperlora.models import BaseModel

Pooling = Literal["last", "mean"]
"""Which of a text's tokens are read: its last, or all but the first, whose state tells nothing of the text."""

# A text longer than this is read from its end.
_LONGEST = 512


class _ReachedError(Exception):
    """Ends the forward pass where a layer's input is known."""

    def __init__(self, states: Tensor) -> None:
        self.states = states


@torch.inference_mode()
def text_states(
    base: BaseModel,
    texts: Sequence[str],
    layer: int,
    pooling: Pooling,
    *,
    dtype: torch.dtype | None = None,
    batch_size: int = 64,
) -> NDArray[np.float32]:
    """The hidden state of each text, (texts, hidden_size).

    Args:
        layer: which hidden states, from 0 (token embeddings) to the number of layers.
        pooling: at which tokens.
        dtype: in which products are computed, a narrower one than the model's to be faster; the model's when None.

    Raises:
        InputError: there is no such layer.
    """
    layers = int(base.model.config.num_hidden_layers)
    if not 0 <= layer <= layers:
        raise InputError(f"there is no layer {layer}", f"Choose one from 0 to {layers}.")
    states = np.zeros((len(texts), int(base.model.config.hidden_size)), dtype=np.float32)
    if not texts:
        return states
    tokens = [ids[-_LONGEST:] or [base.pad_id] for ids in base.tokenizer(list(texts))["input_ids"]]
    narrow = torch.autocast(base.device.type, dtype, enabled=dtype not in (None, base.model.dtype))
    with narrow:
        for rows in length_buckets([len(ids) for ids in tokens], batch_size):
            check_cancelled()
            states[rows] = _pooled(base, [tokens[row] for row in rows], layer, pooling)
    return states


def _pooled(base: BaseModel, tokens: Sequence[Sequence[int]], layer: int, pooling: Pooling) -> NDArray[np.float32]:
    lengths = torch.tensor([len(ids) for ids in tokens])
    ids = torch.full((len(tokens), int(lengths.max())), base.pad_id, dtype=torch.long)
    for row, sample in enumerate(tokens):
        ids[row, : len(sample)] = torch.tensor(sample)
    places = torch.arange(ids.shape[1])
    mask = places < lengths[:, None]
    states = _entering(base, ids.to(base.device), mask.to(base.device), layer).float()
    first = lengths - 1 if pooling == "last" else (lengths > 1).long()
    read = (mask & (places >= first[:, None])).to(states)
    pooled = torch.einsum("nsh,ns->nh", states, read) / read.sum(dim=1, keepdim=True)
    vectors: NDArray[np.float32] = pooled.cpu().numpy()
    return vectors


def _entering(base: BaseModel, ids: Tensor, mask: Tensor, layer: int) -> Tensor:
    """(samples, tokens, hidden_size): what enters a layer; what leaves the model, normalised, for the last number.

    Asking transformers for hidden states keeps those of all layers, and leaves its hooks on the model for good.
    """
    model = base.model.base_model  # without its head, which would be most of the work
    count = int(base.model.config.num_hidden_layers)
    blocks = next(each for each in model.modules() if isinstance(each, nn.ModuleList) and len(each) == count)

    def stop(_: nn.Module, arguments: tuple[Tensor, ...], named: dict[str, Any]) -> None:
        raise _ReachedError(arguments[0] if arguments else named["hidden_states"])

    handle = None if layer == count else blocks[layer].register_forward_pre_hook(stop, with_kwargs=True)
    try:
        states: Tensor = model(input_ids=ids, attention_mask=mask.long(), use_cache=False).last_hidden_state
    except _ReachedError as reached:
        states = reached.states
    finally:
        if handle is not None:
            handle.remove()
    return states
