"""Samples that begin alike share a line, and nothing but the time it takes changes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.inference import prefix_sharing
from hyperlora.inference.batching import Encoded, collate, label_logits
from hyperlora.inference.prefix_sharing import bundle, collate_bundles, packed_batches
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel

MakeAdapter = Callable[..., Adapter]


def samples_of(groups: list[tuple[int, list[tuple[int, int]]]]) -> list[Encoded]:
    """Samples with a common beginning a group: (its length, [(own prompt length, answer length), …])."""
    draw = random.Random(0)
    samples = []
    for number, (shared, ends) in enumerate(groups):
        beginning = [number + 3, *(draw.randrange(3, 200) for _ in range(shared))]
        for own, answer in ends:
            prompt = [*beginning, *(draw.randrange(3, 200) for _ in range(own))]
            samples.append(Encoded(tuple(prompt), tuple(draw.randrange(3, 200) for _ in range(answer))))
    return samples


GROUPS = [(12, [(3, 2), (1, 1), (5, 3)]), (2, [(4, 1), (3, 2)]), (20, [(2, 2)]), (15, [(2, 1)] * 4)]


def test_shared_lines_give_each_sample_the_logits_of_its_own_prompt(tiny_base: BaseModel) -> None:
    samples = samples_of(GROUPS)
    lines = bundle(samples, [0] * len(samples))
    assert sum(len(line.members) > 1 for line in lines) == 2

    batch = collate_bundles(samples, lines, tiny_base.pad_id, "cpu", tiny_base.model.dtype)
    logits = label_logits(tiny_base.model, batch)
    for number, sample in enumerate(samples):
        alone = label_logits(tiny_base.model, collate([sample], tiny_base.pad_id))
        mine = logits[batch.samples == number]
        assert batch.labels[batch.samples == number].tolist() == list(sample.completion)
        torch.testing.assert_close(mine, alone, atol=1e-5, rtol=1e-5)


def test_shared_lines_give_the_gradients_of_single_ones(tiny_base: BaseModel, make_adapter: MakeAdapter) -> None:
    samples = samples_of(GROUPS)
    bank = AdapterBank(tiny_base.model)
    gradients = []
    for lines in (
        bundle(samples, [0] * len(samples)),
        [prefix_sharing.Bundle((n,), 0, len(s)) for n, s in enumerate(samples)],
    ):
        factors = stack_adapters([make_adapter(seed=3)])
        leaves = [tensor.requires_grad_() for stack in factors.values() for tensor in (stack.A, stack.B)]  # type: ignore[union-attr]
        batch = collate_bundles(samples, lines, tiny_base.pad_id, "cpu", tiny_base.model.dtype)
        with bank.run(factors, Route.select([0] * len(lines))):
            logits = label_logits(tiny_base.model, batch, bank)
        torch.nn.functional.cross_entropy(logits, batch.labels, reduction="sum").backward()
        gradients.append(torch.cat([leaf.grad.flatten() for leaf in leaves if leaf.grad is not None]))
    bank.close()
    assert gradients[0].abs().max() > 0
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-4, rtol=1e-4)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=9)
        ),
        max_size=6,
    ),
    st.integers(1, 3),
)
def test_every_sample_is_in_one_line_of_its_own_key_and_beginning(
    groups: list[tuple[int, list[tuple[int, int]]]], keys: int
) -> None:
    samples = samples_of(groups)
    key_of = [number % keys for number in range(len(samples))]
    lines = bundle(samples, key_of)
    assert sorted(member for line in lines for member in line.members) == list(range(len(samples)))
    for line in lines:
        first = samples[line.members[0]]
        assert len({key_of[member] for member in line.members}) == 1
        assert (line.shared == 0) == (len(line.members) == 1)
        assert all(samples[m].prompt[: line.shared] == first.prompt[: line.shared] for m in line.members)
        assert all(len(samples[member].prompt) > line.shared for member in line.members)
        assert line.length == line.shared + sum(len(samples[member]) - line.shared for member in line.members)
        assert len(line.members) == 1 or line.length <= 256 + 2 * line.shared


def test_scores_are_those_of_samples_alone_whatever_shares_a_line(
    tiny_base: BaseModel, make_adapter: MakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [
        f"{'Put the noun that follows into its other form, please.' * (n % 2)} Input: {n}\nOutput:" for n in range(12)
    ]
    answers = [f" {n * 7}" for n in range(12)]
    adapters: list[Adapter] = [make_adapter(seed=seed) for seed in (1, 2)]
    bank = AdapterBank(tiny_base.model)
    arguments = {"bank": bank, "factors": stack_adapters(adapters), "choices": [None, 0, 1] * 4}
    together = teacher_forced_scores(tiny_base, prompts, answers, **arguments)  # type: ignore[arg-type]
    monkeypatch.setattr(prefix_sharing, "_takes_bundles", lambda model: False)
    apart = teacher_forced_scores(tiny_base, prompts, answers, **arguments)  # type: ignore[arg-type]
    bank.close()
    assert [score.match for score in together] == [score.match for score in apart]
    assert [score.log_likelihood for score in together] == pytest.approx(
        [score.log_likelihood for score in apart], abs=1e-4
    )


def test_a_model_that_ignores_such_lines_gets_single_ones(
    tiny_base: BaseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = samples_of(GROUPS)
    original = tiny_base.model.forward

    def without_positions(*args: object, position_ids: object = None, **kwargs: object) -> object:
        return original(*args, **kwargs)

    monkeypatch.setattr(prefix_sharing, "_TAKES_BUNDLES", {})
    with monkeypatch.context() as patch:
        patch.setattr(tiny_base.model, "forward", without_positions)
        batches = list(packed_batches(tiny_base.model, samples, [0] * len(samples), tiny_base.pad_id, 64))
    assert all(packed.batch.position_ids is None for packed in batches)
    monkeypatch.setattr(prefix_sharing, "_TAKES_BUNDLES", {})
    batches = list(packed_batches(tiny_base.model, samples, [0] * len(samples), tiny_base.pad_id, 64))
    assert any(packed.batch.position_ids is not None for packed in batches)
    assert sorted(member for packed in batches for member in packed.members) == list(range(len(samples)))
