"""How a token is chosen, against transformers' own logits processors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from hyperlora.errors import InputError
from hyperlora.inference.sampling import Sampler, Sampling

# No token is rare, no two are equally likely, and they are not in order.
LOGITS = torch.tensor([1.3, -0.7, 2.0, 0.1, 1.9, -0.2, 0.6, 1.0])


def warped(sampling: Sampling) -> Tensor:
    """The distribution that transformers samples from."""
    scores = TemperatureLogitsWarper(sampling.temperature)(None, LOGITS[None])
    if sampling.top_k:
        scores = TopKLogitsWarper(sampling.top_k)(None, scores)
    if sampling.top_p < 1:
        scores = TopPLogitsWarper(sampling.top_p)(None, scores)
    return scores.double().softmax(-1)[0]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"temperature": 0.6},
        {"temperature": 2.5},
        {"top_k": 3},
        {"top_k": 8},
        {"top_k": 100},
        {"top_p": 0.5},
        {"top_p": 0.85},
        {"top_p": 0.99},
        {"temperature": 2.0, "top_p": 0.7},
        {"temperature": 0.7, "top_k": 5},
        {"temperature": 2.0, "top_k": 4, "top_p": 0.6},
    ],
    ids=str,
)
def test_tokens_come_as_often_as_transformers_says_and_no_others_come(options: Mapping[str, float]) -> None:
    count = 3000
    expected = warped(Sampling(**{"temperature": 1.0, **options}))
    rows = [Sampling(**{"temperature": 1.0, **options, "seed": seed}) for seed in range(count)]
    seen = Counter(Sampler(rows, "cpu").choose(LOGITS.expand(count, -1)).tolist())
    support = expected.nonzero()[:, 0].tolist()
    assert min(expected[support]) * count > 12, "each token should be seen"
    assert sorted(seen) == support
    surplus = sum((seen[token] - count * expected[token]) ** 2 / (count * expected[token]) for token in support)
    freedom = len(support) - 1
    assert surplus < freedom + 4 * (2 * freedom) ** 0.5 + 4


def test_successive_tokens_of_one_answer_are_as_independent_as_those_of_many() -> None:
    """One row, many steps: the pairs of neighbours are seen as often as the product of their frequencies says."""
    sampler, count = Sampler([Sampling(temperature=1.0, top_k=2)], "cpu"), 2000
    tokens = [int(sampler.choose(LOGITS[None])) for _ in range(count)]
    probabilities = warped(Sampling(temperature=1.0, top_k=2))
    pairs = Counter(zip(tokens[::2], tokens[1::2], strict=True))
    for first in (2, 4):
        for second in (2, 4):
            share = float(probabilities[first] * probabilities[second])
            assert pairs[first, second] == pytest.approx(share * count / 2, abs=4 * (count / 2 * share) ** 0.5)


SAMPLINGS = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    top_k=st.sampled_from([0, 1, 4]),
    top_p=st.sampled_from([1.0, 0.6, 0.1]),
    seed=st.integers(0, 3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SAMPLINGS, min_size=1, max_size=5), st.data())
def test_a_rows_tokens_are_the_same_alone_and_beside_any_others_even_as_those_leave(
    samplings: list[Sampling], data: st.DataObject
) -> None:
    steps = 4
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(steps, len(samplings), 30, generator=generator) * 2
    alone = []
    for row, sampling in enumerate(samplings):
        sampler = Sampler([sampling], "cpu")
        alone.append([int(sampler.choose(logits[step, row : row + 1])) for step in range(steps)])
    together, rows = Sampler(samplings, "cpu"), list(range(len(samplings)))
    for step in range(steps):
        assert together.choose(logits[step, rows]).tolist() == [alone[row][step] for row in rows]
        lines = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True, min_size=1).map(sorted))
        together.keep(lines)
        rows = [rows[line] for line in lines]
    for row, sampling in enumerate(samplings):
        if sampling.temperature == 0 or sampling.top_k == 1:
            assert alone[row] == logits[:, row].argmax(-1).tolist()


def test_other_seeds_give_other_tokens_and_equal_seeds_the_same() -> None:
    logits = torch.zeros(4, 1000)
    rows = [Sampling(temperature=1.0, seed=seed) for seed in (0, 1, 2, 0)]
    first, second, third, again = Sampler(rows, "cpu").choose(logits).tolist()
    assert again == first
    assert len({first, second, third}) == 3


@pytest.mark.parametrize(
    "options",
    [
        {"top_p": 1e-9},
        {"top_p": 5e-324},
        {"top_k": 1},
        {"temperature": 1e-6},
        {"temperature": 1e-45},
        {"temperature": 1e-99},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_the_narrowest_sampling_is_greedy(options: Mapping[str, float], dtype: torch.dtype) -> None:
    rows = [Sampling(**{"temperature": 1.0, **options, "seed": seed}) for seed in range(50)]
    logits = LOGITS.to(dtype).expand(50, -1)
    assert Sampler(rows, "cpu").choose(logits).tolist() == [2] * 50


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"max_new_tokens": 0}, "max_new_tokens is 0"),
        ({"temperature": -0.1}, "temperature is -0.1"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"temperature": float("inf")}, "temperature is inf"),
        ({"top_k": -1}, "top_k is -1"),
        ({"top_p": 0.0}, "top_p is 0.0"),
        ({"top_p": 1.01}, "top_p is 1.01"),
        ({"top_p": float("nan")}, "top_p is nan"),
        ({"seed": 2**64}, "seed is 18446744073709551616"),
    ],
    ids=str,
)
def test_what_cannot_be_sampled_is_refused_by_name(options: Mapping[str, float], named: str) -> None:
    with pytest.raises(InputError, match=named):
        Sampling(**options)
