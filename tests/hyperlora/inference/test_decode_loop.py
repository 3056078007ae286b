"""The decode loop against transformers' own, one prompt at a time: rows that leave, samples, copies, threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel

from hyperlora.bank import AdapterBank, Factors, Route, stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.decoding import NewToken, decode, generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel

PROMPTS = ["Input: cat\nOutput:", "dog", "Name the capital of the country. France is where Paris is.", "Spell"]
LENGTH = 10


@pytest.fixture(scope="module")
def factors(make_adapter: Callable[..., Adapter]) -> Factors:
    """Three adapters in two buckets."""
    return stack_adapters([make_adapter(1), make_adapter(2, rank=12), make_adapter(3, rank=2, modules=("up_proj",))])


@pytest.fixture
def stopping(tiny_base: BaseModel, bank: AdapterBank, factors: Factors) -> Iterator[BaseModel]:
    """The tiny model with stop tokens that rows come upon at different steps, or never."""
    tokens = generate(tiny_base, PROMPTS, sampling=Sampling(max_new_tokens=LENGTH))
    adapted = generate(
        tiny_base, PROMPTS, bank=bank, factors=factors, choices=[1] * 4, sampling=Sampling(max_new_tokens=LENGTH)
    )
    config, before = tiny_base.model.generation_config, tiny_base.model.generation_config.eos_token_id
    config.eos_token_id = [tiny_base.pad_id, tokens[0].tokens[3], adapted[2].tokens[6]]
    yield tiny_base
    config.eos_token_id = before


def by_transformers(
    base: BaseModel, prompt: str, length: int, context: AbstractContextManager[None], stops: bool = True
) -> tuple[int, ...]:
    """Greedy tokens without the stop token, from transformers, a batch of one."""
    ids = base.tokenizer(prompt, return_tensors="pt")["input_ids"]
    ends = base.model.generation_config.eos_token_id if stops else -1
    with context:
        output = base.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=length,
            do_sample=False,
            eos_token_id=ends,
            pad_token_id=base.pad_id,
        )
    tokens = output[0, ids.shape[1] :].tolist()
    return tuple(tokens[:-1] if stops and tokens[-1] in base.stop_ids else tokens)


ROWS = st.tuples(
    st.integers(0, len(PROMPTS) - 1), st.sampled_from([None, 0, 1, 2]), st.integers(1, LENGTH), st.booleans()
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([(0, None, 9, False), (2, 1, 10, False), (1, 2, 1, True), (3, 0, 2, False), (0, None, 10, True)])
@given(st.lists(ROWS, min_size=1, max_size=7))
def test_every_row_is_what_transformers_writes_alone_whenever_the_others_leave(
    stopping: BaseModel, bank: AdapterBank, factors: Factors, rows: list[tuple[int, int | None, int, bool]]
) -> None:
    answers = generate(
        stopping,
        [PROMPTS[prompt] for prompt, _, _, _ in rows],
        bank=bank,
        factors=factors,
        choices=[choice for _, choice, _, _ in rows],
        sampling=[Sampling(max_new_tokens=length, ignore_stop=on) for _, _, length, on in rows],
    )
    for answer, (prompt, choice, length, on) in zip(answers, rows, strict=True):
        context = nullcontext() if choice is None else bank.run(factors, Route.select([choice]))
        assert answer.tokens == by_transformers(stopping, PROMPTS[prompt], length, context, stops=not on)


def test_the_stop_tokens_of_these_tests_end_answers_at_different_steps(
    stopping: BaseModel, bank: AdapterBank, factors: Factors
) -> None:
    bare = generate(stopping, PROMPTS, sampling=Sampling(max_new_tokens=LENGTH))
    adapted = generate(
        stopping, PROMPTS, bank=bank, factors=factors, choices=[1] * 4, sampling=Sampling(max_new_tokens=LENGTH)
    )
    assert len({len(answer.tokens) for answer in bare + adapted}) >= 3


def test_padding_does_not_shift_the_positions_of_models_that_learnt_them(tiny_base: BaseModel) -> None:
    """Llama only knows how far tokens are apart; GPT-2 knows where they are."""
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=len(tiny_base.tokenizer), n_positions=64, n_embd=32, n_layer=1, n_head=2)
    config.initializer_range = 0.3
    base = replace(tiny_base, model=GPT2LMHeadModel(config).eval())
    sampling = Sampling(max_new_tokens=6, ignore_stop=True)
    answers = generate(base, PROMPTS, sampling=sampling)
    for prompt, answer in zip(PROMPTS, answers, strict=True):
        assert answer.tokens == by_transformers(base, prompt, 6, nullcontext(), stops=False)
    assert len(set(answers)) == 4


def test_rows_that_are_done_are_no_longer_computed(tiny_base: BaseModel) -> None:
    sizes: list[tuple[int, ...]] = []

    def note(module: object, inputs: object, options: dict[str, Any]) -> None:
        sizes.append(tuple(options["input_ids"].shape))

    samplings = [Sampling(max_new_tokens=length, ignore_stop=True) for length in (1, 3, 3, 5)]
    handle = tiny_base.model.register_forward_pre_hook(note, with_kwargs=True)
    generate(tiny_base, ["dog"] * 4, sampling=samplings)
    handle.remove()
    assert [rows for rows, _ in sizes] == [4, 3, 3, 1, 1]
    assert {columns for _, columns in sizes[1:]} == {1}, "the prompt is read once"


@torch.no_grad()
def test_tokens_come_in_the_order_of_the_steps_and_say_when_they_are_the_last(stopping: BaseModel) -> None:
    lengths = [LENGTH, 4, 1, LENGTH, LENGTH]
    prompts = [*PROMPTS, PROMPTS[0]]
    samplings = [Sampling(max_new_tokens=length, ignore_stop=row == 4) for row, length in enumerate(lengths)]
    ids = stopping.tokenizer(prompts)["input_ids"]
    news = list(decode(stopping, ids, samplings))
    step: dict[int, int] = {}
    steps = []
    for new in news:
        step[new.row] = step.get(new.row, -1) + 1
        steps.append((step[new.row], new.row))
    assert steps == sorted(steps)
    ends = []
    for row, length in enumerate(lengths):
        own = [new for new in news if new.row == row]
        assert [new.last for new in own] == [False] * (len(own) - 1) + [True]
        assert not any(new.stop for new in own[:-1])
        assert own[-1].stop == (own[-1].token in stopping.stop_ids and row != 4)
        assert own[-1].stop or len(own) == length
        ends.append(own[-1].stop)
    assert True in ends
    assert False in ends


def test_a_caller_may_stop_reading_at_any_token(tiny_base: BaseModel, bank: AdapterBank, factors: Factors) -> None:
    """A client that leaves: the loop ends with the iterator, and the model is bare again."""
    ids = torch.arange(5, 11)[None]
    bare = tiny_base.model(ids).logits
    tokens = decode(tiny_base, [[5, 6]], [Sampling(ignore_stop=True)], bank, factors, Route.select([1]))
    first, second = next(tokens), next(tokens)
    assert (type(first), type(second)) == (NewToken, NewToken)
    assert not torch.is_inference_mode_enabled()
    with torch.no_grad():
        assert torch.equal(tiny_base.model(ids).logits, bare), "between two tokens the reader's forwards are its own"
    tokens.close()
    assert torch.equal(tiny_base.model(ids).logits, bare)


# --- sampling and copies -------------------------------------------------------------------------------


def test_sampled_rows_are_the_same_beside_others_in_any_order_and_batches(
    tiny_base: BaseModel, bank: AdapterBank, factors: Factors
) -> None:
    samplings = [
        Sampling(max_new_tokens=3 + row, temperature=temperature, top_p=0.95, seed=row, ignore_stop=True)
        for row, temperature in enumerate([0.0, 1.0, 0.7, 0.0, 1.5])
    ]
    prompts, choices = [PROMPTS[row % 4] for row in range(5)], [0, None, 1, 2, 0]

    def answers(rows: Sequence[int], batch_size: int = 64) -> list[tuple[int, ...]]:
        written = generate(
            tiny_base,
            [prompts[row] for row in rows],
            bank=bank,
            factors=factors,
            choices=[choices[row] for row in rows],
            sampling=[samplings[row] for row in rows],
            batch_size=batch_size,
        )
        return [answer.tokens for answer in written]

    whole = answers(range(5))
    assert [answers([row])[0] for row in range(5)] == whole
    assert answers([4, 3, 2, 1, 0]) == whole[::-1]
    assert answers(range(5), batch_size=2) == whole
    other = replace(samplings[1], seed=99)
    assert generate(tiny_base, [prompts[1]], sampling=other)[0].tokens != whole[1]


@pytest.mark.parametrize("batch_size", [64, 4, 1])
def test_the_copies_of_a_prompt_are_its_answers_to_successive_seeds(
    tiny_base: BaseModel, bank: AdapterBank, factors: Factors, batch_size: int
) -> None:
    """With the prompt's own adapters, mixtures too."""
    route = Route.mix([{0: 1.0}, {1: 0.5, 2: 0.5}, {}])
    samplings = [Sampling(max_new_tokens=5, temperature=1.0, seed=10 * row, ignore_stop=row == 1) for row in range(3)]
    together = generate(
        tiny_base,
        PROMPTS[:3],
        bank=bank,
        factors=factors,
        choices=route,
        sampling=samplings,
        num_return_sequences=3,
        batch_size=batch_size,
    )
    alone = [
        generate(
            tiny_base,
            [PROMPTS[row]],
            bank=bank,
            factors=factors,
            choices=route.take(torch.tensor([row])),
            sampling=replace(samplings[row], seed=samplings[row].seed + copy),
        )[0]
        for row in range(3)
        for copy in range(3)
    ]
    assert together == alone
    assert len({answer.tokens for answer in together}) >= 7


def test_greedy_copies_are_alike(tiny_base: BaseModel) -> None:
    answers = generate(tiny_base, PROMPTS, num_return_sequences=2, sampling=Sampling(max_new_tokens=4))
    assert [len(list(same)) for _, same in groupby(answers)] == [2] * 4
    assert answers[::2] == generate(tiny_base, PROMPTS, sampling=Sampling(max_new_tokens=4))


# --- threads and refusals ------------------------------------------------------------------------------


def test_threads_that_decode_at_once_with_adapters_of_their_own_do_not_disturb_each_other(
    tiny_base: BaseModel, bank: AdapterBank, factors: Factors
) -> None:
    sampling = Sampling(max_new_tokens=8, ignore_stop=True)

    def tokens_of(choice: int | None, step: Callable[[], object]) -> list[int]:
        route = None if choice is None else Route.select([choice])
        tokens = []
        for new in decode(tiny_base, [[5, 9, 30]], [sampling], bank, factors, route):
            step()  # every thread is at the same token
            tokens.append(new.token)
        return tokens

    choices = [None, 0, 1, 2]
    alone = [tokens_of(choice, lambda: None) for choice in choices]
    assert len({tuple(tokens) for tokens in alone}) == 4
    barrier, written = threading.Barrier(4, timeout=30), {}

    def work(row: int) -> None:
        written[row] = tokens_of(choices[row], barrier.wait)

    threads = [threading.Thread(target=work, args=(row,)) for row in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [written.get(row) for row in range(4)] == alone


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"choices": [0]}, "2 prompts and 1 choices of adapters"),
        ({"choices": Route.select([0, 1, 2])}, "2 prompts and 3 choices of adapters"),
        ({"choices": [0, 3]}, "asks for adapter 3"),
        ({"sampling": [Sampling()] * 3}, "2 prompts and 3 samplings"),
        ({"num_return_sequences": 0}, "num_return_sequences is 0"),
        ({"prompts": ["dog", ""]}, "a prompt has no tokens"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_answered_is_refused(
    tiny_base: BaseModel, bank: AdapterBank, factors: Factors, options: dict[str, Any], named: str
) -> None:
    given_ = {"prompts": ["dog", "cat"], "choices": [0, 1], **options}
    with pytest.raises(InputError, match=named):
        generate(tiny_base, bank=bank, factors=factors, **given_)
