"""Samples that begin alike in one line of a batch: what they share is computed once.

Prompts of one task with the same description, or the same solved examples, differ only in their ends. A line holds
the common beginning and the ends behind it; an end attends to the beginning and to itself, at the positions it would
have alone, so that its logits are those of its own prompt. This is the prefix sharing of serving engines (e.g. Zheng
et al. 2023, SGLang, section 3), with gradients.
"""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from hyperlora.cancellation import check_cancelled
from hyperlora.inference.batching import Batch, Encoded, collate, label_logits

Key = TypeVar("Key", bound=Hashable)
# Fewer common tokens are not worth the larger attention matrix. How long a line may grow depends on what it shares:
# attention costs its square, so a long line must save much.
_SHORTEST_PREFIX = 8
_LONGEST_LINE = 1024
_LONGEST_WITHOUT_PREFIX = 256
_GROWTH_PER_SHARED_TOKEN = 2
# Padded tokens in one forward, so that long lines do not need more memory than many short ones.
_LARGEST_BATCH = 4096
# A batch of so many tokens keeps a processor busy; beyond, padding may add so much before a batch is closed.
_WORTH_A_BATCH = 384
_MOST_PADDING = 1.15


@dataclass(frozen=True)
class Bundle:
    """Samples in one line.

    Attributes:
        members: their positions among all samples.
        shared: how many tokens they begin with alike; 0 for a sample alone.
        length: tokens of the line.
    """

    members: tuple[int, ...]
    shared: int
    length: int


@dataclass(frozen=True)
class PackedBatch(Generic[Key]):
    """A batch with what its lines stand for.

    Attributes:
        batch: its `samples` are positions among all samples.
        keys: the key of each line.
        members: all samples of the batch, in the order in which their labels follow one another.
    """

    batch: Batch
    keys: list[Key]
    members: tuple[int, ...]


def packed_batches(
    model: Any,
    samples: Sequence[Encoded],
    keys: Sequence[Key],
    pad_id: int,
    size: int,
    device: torch.device | str = "cpu",
) -> Iterator[PackedBatch[Key]]:
    """All samples in batches, those that begin alike and have one key in common lines.

    Models that do not take such lines, found by trying, get one sample a line.

    Args:
        keys: what a line has one of, such as the adapter that acts on it.
        size: most lines in a batch.

    Raises:
        Cancelled: between two batches.
    """
    bundles = bundle(samples, keys)
    if any(each.shared for each in bundles) and not _takes_bundles(model):
        bundles = [Bundle((position,), 0, len(sample)) for position, sample in enumerate(samples)]
    for group in _batches(bundles, size):
        check_cancelled()
        batch = collate_bundles(samples, group, pad_id, device, model.dtype)
        members = tuple(position for each in group for position in each.members)
        yield PackedBatch(batch, [keys[each.members[0]] for each in group], members)


def _batches(bundles: Sequence[Bundle], size: int) -> Iterator[list[Bundle]]:
    """Lines in batches of like lengths: short ones first, a new batch where padding would cost more than it saves."""
    group: list[Bundle] = []
    tokens = 0
    for each in sorted(bundles, key=lambda each: (each.length, each.members)):
        padded = (len(group) + 1) * each.length
        wasteful = tokens >= _WORTH_A_BATCH and padded > _MOST_PADDING * (tokens + each.length)
        if group and (len(group) == size or padded > _LARGEST_BATCH or wasteful):
            yield group
            group, tokens = [], 0
        group.append(each)
        tokens += each.length
    if group:
        yield group


def bundle(samples: Sequence[Encoded], keys: Sequence[Hashable]) -> list[Bundle]:
    """Which samples share a line; every sample is in exactly one."""
    ids = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    order = sorted(range(len(samples)), key=lambda position: (ids[keys[position]], samples[position].prompt, position))
    bundles: list[Bundle] = []
    for _, group in groupby(order, key=lambda position: ids[keys[position]]):
        open_bundle: Bundle | None = None
        for position in group:
            grown = open_bundle and _grown(open_bundle, position, samples)
            if open_bundle is not None and grown is None:
                bundles.append(open_bundle)
            open_bundle = grown or Bundle((position,), 0, len(samples[position]))
        if open_bundle is not None:
            bundles.append(open_bundle)
    return bundles


def _grown(open_bundle: Bundle, position: int, samples: Sequence[Encoded]) -> Bundle | None:
    """The bundle with one more sample, or None where that does not pay."""
    first, new = samples[open_bundle.members[0]].prompt, samples[position].prompt
    shared = _common(first, new)
    if open_bundle.shared:
        shared = min(shared, open_bundle.shared)
    # the last token of a prompt predicts the answer's first, so each sample keeps its own
    shared = min(shared, len(first) - 1, len(new) - 1)
    members = (*open_bundle.members, position)
    length = shared + sum(len(samples[member]) - shared for member in members)
    lost = (open_bundle.shared - shared) * (len(open_bundle.members) - 1) if open_bundle.shared else 0
    longest = min(_LONGEST_LINE, _LONGEST_WITHOUT_PREFIX + _GROWTH_PER_SHARED_TOKEN * shared)
    if shared < _SHORTEST_PREFIX or length > longest or shared <= lost:
        return None
    return Bundle(members, shared, length)


def _common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def collate_bundles(
    samples: Sequence[Encoded],
    bundles: Sequence[Bundle],
    pad_id: int,
    device: torch.device | str,
    dtype: torch.dtype,
) -> Batch:
    """Lines of bundles as one right-padded batch.

    Args:
        dtype: of the model, for the attention mask that is added to its scores.
    """
    if not any(each.shared for each in bundles):
        members = torch.tensor([each.members[0] for each in bundles], device=device)
        batch = collate([samples[each.members[0]] for each in bundles], pad_id, device)
        return replace(batch, samples=members.index_select(0, batch.rows))
    length = max(each.length for each in bundles)
    ids = torch.full((len(bundles), length), pad_id, dtype=torch.long)
    places = torch.zeros_like(ids)
    # 0 for the shared beginning, 1, 2, … for the ends, -1 for padding
    part = torch.full_like(ids, -1)
    positions: list[int] = []
    labels: list[int] = []
    owners: list[int] = []
    rows: list[int] = []
    for row, each in enumerate(bundles):
        beginning = samples[each.members[0]].prompt[: each.shared]
        ids[row, : each.shared] = torch.tensor(beginning, dtype=torch.long)
        places[row, : each.shared] = torch.arange(each.shared)
        part[row, : each.shared] = 0
        start = each.shared
        for number, member in enumerate(each.members, 1):
            sample = samples[member]
            end = start + len(sample) - each.shared
            ids[row, start:end] = torch.tensor(sample.prompt[each.shared :] + sample.completion)
            places[row, start:end] = torch.arange(each.shared, len(sample))
            part[row, start:end] = number
            first = row * length + end - len(sample.completion) - 1
            positions.extend(range(first, first + len(sample.completion)))
            labels.extend(sample.completion)
            owners.extend([member] * len(sample.completion))
            rows.extend([row] * len(sample.completion))
            start = end
    mask = _attention(part.to(device), dtype)
    numbers = [torch.tensor(values, device=device) for values in (positions, labels, rows, owners)]
    return Batch(ids.to(device), mask, numbers[0], numbers[1], numbers[2], numbers[3], places.to(device))


def _attention(part: Tensor, dtype: torch.dtype) -> Tensor:
    """What may attend to what, to be added to attention scores: (rows, 1, length, length)."""
    earlier = torch.ones(part.shape[1], part.shape[1], dtype=torch.bool, device=part.device).tril()
    same = part[:, :, None] == part[:, None, :]
    allowed = earlier & (same | (part == 0)[:, None, :])
    mask = torch.zeros(allowed.shape, dtype=dtype, device=part.device)
    return mask.masked_fill_(~allowed, torch.finfo(dtype).min)[:, None]


_TAKES_BUNDLES: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()


def _takes_bundles(model: Any) -> bool:
    """Whether a model gives the same logits for samples in one line as for the samples alone; tried once a model."""
    if model not in _TAKES_BUNDLES:
        _TAKES_BUNDLES[model] = _sliding_window(model) >= _LONGEST_LINE and _same_logits(model)
    return _TAKES_BUNDLES[model]


def _sliding_window(model: Any) -> float:
    window = getattr(model.config, "sliding_window", None)
    return float("inf") if window is None else float(window)


@torch.inference_mode()
def _same_logits(model: Any) -> bool:
    beginning = tuple(range(10, 10 + _SHORTEST_PREFIX))
    samples = [Encoded((*beginning, 20 + 2 * end, 21 + 2 * end), (30 + end,)) for end in range(2)]
    together = bundle(samples, [0, 0])
    apart = [Bundle((position,), 0, len(sample)) for position, sample in enumerate(samples)]
    try:
        logits = [
            label_logits(model, collate_bundles(samples, lines, 0, model.device, model.dtype)).float()
            for lines in (together, apart)
        ]
    except (TypeError, ValueError, RuntimeError, IndexError):
        return False
    largest = logits[1].abs().max()
    tolerance = 1e-3 if model.dtype == torch.float32 else 5e-2
    return bool((logits[0] - logits[1]).abs().max() <= tolerance * largest)
