"""From prompts and completions to padded token batches."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from hyperlora.bank import AdapterBank


@dataclass(frozen=True)
class Encoded:
    """One prompt with its completion, as token ids."""

    prompt: tuple[int, ...]
    completion: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True)
class Batch:
    """A right-padded batch with the positions that predict completion tokens.

    Attributes:
        input_ids: (batch, sequence).
        attention_mask: (batch, sequence), or (batch, 1, sequence, sequence) to be added to attention scores.
        positions: (labels,), indices into the flattened (batch · sequence) hidden states.
        labels: (labels,), the token each position should predict.
        rows: (labels,), the line of the batch each label is in.
        samples: (labels,), the sample each label belongs to.
        position_ids: (batch, sequence) where a line holds more than one sample, else None.
    """

    input_ids: Tensor
    attention_mask: Tensor
    positions: Tensor
    labels: Tensor
    rows: Tensor
    samples: Tensor
    position_ids: Tensor | None = None


def encode(tokenizer: Any, prompts: Sequence[str], completions: Sequence[str], end_id: int | None) -> list[Encoded]:
    """Tokenise prompts and completions apart, so that a prompt's tokens never depend on its answer.

    Args:
        end_id: appended to every completion when given, so that a trained adapter learns to stop.
    """
    ending = () if end_id is None else (end_id,)
    prompt_ids = tokenizer(list(prompts), add_special_tokens=True)["input_ids"]
    completion_ids = tokenizer(list(completions), add_special_tokens=False)["input_ids"]
    return [Encoded(tuple(p), tuple(c) + ending) for p, c in zip(prompt_ids, completion_ids, strict=True)]


def collate(samples: Sequence[Encoded], pad_id: int, device: torch.device | str = "cpu") -> Batch:
    """Pad samples on the right into one batch."""
    length = max(len(sample) for sample in samples)
    ids = torch.full((len(samples), length), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    positions: list[int] = []
    labels: list[int] = []
    rows: list[int] = []
    for row, sample in enumerate(samples):
        tokens = sample.prompt + sample.completion
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        first = row * length + len(sample.prompt) - 1
        positions.extend(range(first, first + len(sample.completion)))
        labels.extend(sample.completion)
        rows.extend([row] * len(sample.completion))
    numbers = (torch.tensor(values, device=device) for values in (positions, labels, rows, rows))
    return Batch(ids.to(device), mask.to(device), *numbers)


def label_logits(model: Any, batch: Batch, bank: AdapterBank | None = None) -> Tensor:
    """Logits at the label positions only, (labels, vocabulary); the head never sees the other positions.

    Args:
        bank: the bank on the model, if one may be running; an adapter may change the head too.
    """
    _let_choose(model.get_output_embeddings())
    _CHOSEN.positions = batch.positions
    try:
        with nullcontext() if bank is None else bank.head_on_rows(batch.rows, batch.positions):
            # the model's own forward, because some scale or cap what the head gives
            places = {} if batch.position_ids is None else {"position_ids": batch.position_ids}
            output = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, use_cache=False, **places)
    finally:
        _CHOSEN.positions = None
    logits: Tensor = output.logits[0]
    return logits


class _Chosen(threading.local):
    """The positions that this thread's running forward wants logits of; None for all."""

    positions: Tensor | None = None


_CHOSEN = _Chosen()
_HOOKING = threading.Lock()


def _let_choose(head: nn.Module) -> None:
    with _HOOKING:
        # asked of the module itself, because a deep copy of a model has its hooks
        if _choose not in head._forward_pre_hooks.values():
            head.register_forward_pre_hook(_choose)


def _choose(head: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
    if _CHOSEN.positions is None:
        return None
    flat = inputs[0].reshape(-1, inputs[0].shape[-1])
    return (flat.index_select(0, _CHOSEN.positions)[None],)


def length_buckets(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Indices in groups of at most `size`, each of similar lengths, so that little is padding."""
    order = sorted(range(len(lengths)), key=lambda position: (lengths[position], position))
    return [order[start : start + size] for start in range(0, len(order), size)]
