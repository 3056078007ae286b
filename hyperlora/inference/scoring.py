"""Score answers without generating: would greedy decoding write exactly this answer and then stop?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from hyperlora.bank import AdapterBank, Choice, Factors, Gates, routed
from hyperlora.inference.batching import encode, label_logits
from hyperlora.inference.prefix_sharing import packed_batches
from hyperlora.models import BaseModel


@dataclass(frozen=True)
class Score:
    """How well one expected answer fits.

    Attributes:
        match: greedy decoding would write the answer and then a stop token or a new line.
        log_likelihood: mean log-probability of the answer's tokens, in nats.
    """

    match: bool
    log_likelihood: float


@torch.inference_mode()
def teacher_forced_scores(
    base: BaseModel,
    prompts: Sequence[str],
    completions: Sequence[str],
    *,
    bank: AdapterBank | None = None,
    factors: Factors | None = None,
    choices: Sequence[Choice] | None = None,
    gates: Gates | None = None,
    batch_size: int = 64,
    on_batch: Callable[[int], None] | None = None,
) -> list[Score]:
    """Score one completion per prompt in one forward each; about ten times faster than generating it.

    Prompts that begin alike under one choice share the computation of their beginning.

    Equal to greedy generation as long as the model writes the answer in the tokens its tokenizer would choose.

    Args:
        bank, factors, choices, gates: as in `hyperlora.inference.decoding.generate`.
        on_batch: called with the number of samples done after each batch.
    """
    end_id = min(base.stop_ids)
    encoded = encode(base.tokenizer, prompts, completions, end_id)
    results: dict[int, Score] = {}
    chosen: list[Choice] = [None] * len(encoded) if choices is None else list(choices)
    for packed in packed_batches(base.model, encoded, chosen, base.pad_id, batch_size, base.device):
        batch = packed.batch
        with routed(bank, factors, packed.keys, range(len(packed.keys)), gates):
            logits = label_logits(base.model, batch, bank).float()
        best = logits.argmax(-1).tolist()
        log_probabilities = logits.log_softmax(-1).gather(1, batch.labels[:, None])[:, 0].tolist()
        start = 0
        for row in packed.members:
            tokens = encoded[row].completion[:-1]
            stop = start + len(tokens)
            match = tuple(best[start:stop]) == tokens and _stops(base, best[stop])
            mean = sum(log_probabilities[start:stop]) / max(len(tokens), 1)
            results[row] = Score(match, mean)
            start = stop + 1
        if on_batch is not None:
            on_batch(len(packed.members))
    return [results[row] for row in range(len(prompts))]


def _stops(base: BaseModel, token: int) -> bool:
    return token in base.stop_ids or str(base.tokenizer.decode([token])).startswith("\n")
