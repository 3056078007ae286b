"""Greedy generation for a batch in which every sample may have its own adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from hyperlora.bank import AdapterBank, Factors, routed
from hyperlora.base_models import BaseModel
from hyperlora.batching import length_buckets
from hyperlora.prompts import read_answer

DEFAULT_NEW_TOKENS = 32


@dataclass(frozen=True)
class Generated:
    """What the model wrote after one prompt.

    Attributes:
        tokens: the new token ids, without the stop token and padding.
        text: the tokens decoded.
    """

    tokens: tuple[int, ...]
    text: str

    @property
    def answer(self) -> str:
        """The first line, stripped."""
        return read_answer(self.text)


@torch.inference_mode()
def generate(
    base: BaseModel,
    prompts: Sequence[str],
    *,
    bank: AdapterBank | None = None,
    factors: Factors | None = None,
    choices: Sequence[int | None] | None = None,
    max_new_tokens: int = DEFAULT_NEW_TOKENS,
    batch_size: int = 64,
) -> list[Generated]:
    """Continue prompts greedily, with a KV cache.

    Args:
        bank: the bank on `base.model`; None answers with the bare base model.
        factors: the stack that `choices` points into.
        choices: for each prompt a position in the stack, or None for the bare base model.
        batch_size: prompts at a time, grouped by length.
    """
    encoded = base.tokenizer(list(prompts), add_special_tokens=True)["input_ids"] if prompts else []
    results: dict[int, Generated] = {}
    for group in length_buckets([len(ids) for ids in encoded], batch_size):
        width = max(len(encoded[row]) for row in group)
        ids = torch.full((len(group), width), base.pad_id, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for line, row in enumerate(group):
            ids[line, width - len(encoded[row]) :] = torch.tensor(encoded[row])
            mask[line, width - len(encoded[row]) :] = 1
        with routed(bank, factors, choices, group):
            output = base.model.generate(
                input_ids=ids.to(base.device),
                attention_mask=mask.to(base.device),
                max_new_tokens=max_new_tokens,
                do_sample=False,
                pad_token_id=base.pad_id,
            )
        for row, new in zip(group, output[:, width:].tolist(), strict=True):
            tokens = _until_stop(new, base.stop_ids)
            results[row] = Generated(tokens, base.tokenizer.decode(tokens, skip_special_tokens=True))
    return [results[row] for row in range(len(prompts))]


def _until_stop(tokens: list[int], stop_ids: frozenset[int]) -> tuple[int, ...]:
    end = next((position for position, token in enumerate(tokens) if token in stop_ids), len(tokens))
    return tuple(tokens[:end])
