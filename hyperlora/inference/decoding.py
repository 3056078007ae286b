"""Generation with a KV cache for a batch in which every sample may have its own adapter and its own sampling.

The one decode loop: evaluation, adapt and serving drive it, none has another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from transformers import DynamicCache

from hyperlora.bank import AdapterBank, Choice, Factors, Gates, Prepared, Route
from hyperlora.cancellation import check_cancelled
from hyperlora.errors import InputError
from hyperlora.inference.batching import length_buckets
from hyperlora.inference.sampling import Sampler, Sampling
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import read_answer

# Rows that are done leave the batch once they are this share of it; leaving copies the cache of those that stay.
_LEAVING_SHARE = 0.25


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


@dataclass(frozen=True)
class NewToken:
    """One token of one answer.

    Attributes:
        row: the answer it belongs to.
        token: its id.
        last: nothing follows; it is a stop token, or the last that was allowed.
        stop: it is a stop token, not part of the answer.
    """

    row: int
    token: int
    last: bool
    stop: bool


def generate(
    base: BaseModel,
    prompts: Sequence[str],
    *,
    bank: AdapterBank | None = None,
    factors: Factors | None = None,
    choices: Sequence[Choice] | Route | None = None,
    gates: Gates | None = None,
    sampling: Sampling | Sequence[Sampling] | None = None,
    num_return_sequences: int = 1,
    batch_size: int = 64,
) -> list[Generated]:
    """Continue prompts.

    Args:
        bank: the bank on `base.model`; None answers with the bare base model.
        factors: the stack that `choices` points into.
        choices: for each prompt a position in the stack, a mix of several, or None for the bare base model; or a
            route, one row a prompt.
        gates: every token weighs its prompt's adapters by itself, as in `AdapterBank.run`.
        sampling: for all prompts, or one a prompt; greedy when None.
        num_return_sequences: answers per prompt; the i-th of a prompt is sampled with its seed + i.
        batch_size: answers at a time, grouped by the prompts' lengths.

    Returns:
        The answers of the first prompt, then those of the second, and so on.

    Raises:
        InputError: as many choices or samplings as prompts were needed, or a prompt is empty.
    """
    if num_return_sequences < 1:
        raise InputError(f"num_return_sequences is {num_return_sequences}", "Ask for at least 1.")
    each = _each(sampling, len(prompts))
    route = _route(choices, len(prompts))
    encoded = base.tokenizer(list(prompts), add_special_tokens=True)["input_ids"] if prompts else []
    written: dict[int, list[int]] = {row: [] for row in range(len(prompts) * num_return_sequences)}
    for group in length_buckets([len(ids) for ids in encoded], max(1, batch_size // num_return_sequences)):
        rows = [row * num_return_sequences + copy for row in group for copy in range(num_return_sequences)]
        samplings = [
            replace(each[row], seed=each[row].seed + copy) for row in group for copy in range(num_return_sequences)
        ]
        own = route and route.take(torch.tensor(group))
        for new in decode(
            base, [encoded[row] for row in group], samplings, bank, factors, own, gates, copies=num_return_sequences
        ):
            if not new.stop:
                written[rows[new.row]].append(new.token)
    return [
        Generated(tuple(tokens), base.tokenizer.decode(tokens, skip_special_tokens=True)) for tokens in written.values()
    ]


@torch.inference_mode()
def decode(
    base: BaseModel,
    prompts: Sequence[Sequence[int]],
    samplings: Sequence[Sampling],
    bank: AdapterBank | None = None,
    factors: Factors | None = None,
    route: Route | None = None,
    gates: Gates | None = None,
    *,
    copies: int = 1,
) -> Iterator[NewToken]:
    """Decode one batch token by token; rows that are done leave it.

    Args:
        prompts: token ids.
        samplings: one an answer.
        route: one row a prompt; None is the bare base model.
        gates: every token weighs its prompt's adapters by itself.
        copies: answers per prompt, next to each other.

    Yields:
        Every new token of every row, in the order of the steps.
    """
    if not all(prompts):
        raise InputError("a prompt has no tokens", "Give every prompt some text.")
    ids, mask = _left_padded(prompts, base)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    cache = DynamicCache(config=base.model.config)
    adapters = _prepared(bank, factors, route, gates)
    logits = _forward(base, ids, mask, positions, cache, bank, adapters)
    if copies > 1:
        cache.batch_repeat_interleave(copies)
        logits, mask, positions = (part.repeat_interleave(copies, 0) for part in (logits, mask, positions))
        route = route and route.repeated(copies)
        adapters = _prepared(bank, factors, route, gates)
    sampler = Sampler(samplings, base.device)
    left = [sampling.max_new_tokens for sampling in samplings]
    rows = list(range(len(samplings)))
    done = [False] * len(rows)
    while True:
        check_cancelled()
        tokens = sampler.choose(logits)
        for line, token in enumerate(tokens.tolist()):
            if done[line]:
                continue
            row = rows[line]
            left[row] -= 1
            stop = token in base.stop_ids and not samplings[row].ignore_stop
            done[line] = stop or left[row] == 0
            yield NewToken(row, token, last=done[line], stop=stop)
        if all(done):
            return
        if sum(done) >= _LEAVING_SHARE * len(done):
            staying = [line for line, finished in enumerate(done) if not finished]
            lines = torch.tensor(staying, device=base.device)
            cache.batch_select_indices(lines)
            tokens, mask, positions = (part.index_select(0, lines) for part in (tokens, mask, positions))
            route = route and route.take(lines)
            adapters = _prepared(bank, factors, route, gates)
            sampler.keep(staying)
            rows, done = [rows[line] for line in staying], [False] * len(staying)
        mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
        positions = positions[:, -1:] + 1
        logits = _forward(base, tokens[:, None], mask, positions, cache, bank, adapters)


def _prepared(
    bank: AdapterBank | None, factors: Factors | None, route: Route | None, gates: Gates | None
) -> Prepared | None:
    return None if bank is None or factors is None or route is None else bank.prepare(factors, route, gates)


def _forward(
    base: BaseModel,
    ids: Tensor,
    mask: Tensor,
    positions: Tensor,
    cache: DynamicCache,
    bank: AdapterBank | None,
    adapters: Prepared | None,
) -> Tensor:
    """Logits after the last token, (rows, vocabulary)."""
    with nullcontext() if bank is None or adapters is None else bank.using(adapters):
        output = base.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            # by index, not by slice: torch multiplies a strided slice with the head sample by sample
            logits_to_keep=torch.tensor([-1], device=ids.device),
        )
    logits: Tensor = output.logits[:, -1]
    return logits


def _left_padded(prompts: Sequence[Sequence[int]], base: BaseModel) -> tuple[Tensor, Tensor]:
    width = max(len(prompt) for prompt in prompts)
    ids = torch.full((len(prompts), width), base.pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for line, prompt in enumerate(prompts):
        ids[line, width - len(prompt) :] = torch.tensor(prompt)
        mask[line, width - len(prompt) :] = 1
    return ids.to(base.device), mask.to(base.device)


def _each(sampling: Sampling | Sequence[Sampling] | None, count: int) -> list[Sampling]:
    if sampling is None or isinstance(sampling, Sampling):
        return [sampling or Sampling()] * count
    if len(sampling) != count:
        raise InputError(f"{count} prompts and {len(sampling)} samplings", "Give one for all, or one a prompt.")
    return list(sampling)


def _route(choices: Sequence[Choice] | Route | None, count: int) -> Route | None:
    if choices is None:
        return None
    if len(choices) != count:
        raise InputError(f"{count} prompts and {len(choices)} choices of adapters", "Give one a prompt.")
    return choices if isinstance(choices, Route) else Route.of(choices)
