"""Greedy answers and their scores: the fast score says what slow generation does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, CohereConfig, Gemma2Config, GraniteConfig

from hyperlora.bank import AdapterBank, Factors, Route, StackedFactors, stack_adapters
from hyperlora.inference.batching import collate, encode, label_logits, length_buckets
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel

PROMPTS = ["Input: cat\nOutput:", "Input: dog\nOutput:", "Input: a longer one\nOutput:"]
ANSWERS = [" cats", " dogs", " the quick fox"]


@pytest.fixture(scope="module")
def taught(tiny_base: BaseModel, make_adapter: Callable[..., Adapter]) -> Factors:
    """An adapter that learnt the answers by heart, first of a stack whose second one knows nothing."""
    start = stack_adapters([make_adapter(0, rank=8, modules=("v_proj", "o_proj", "up_proj", "down_proj"))])
    leaves = {
        name: StackedFactors(
            stack.A.clone().requires_grad_(), torch.zeros_like(stack.B).requires_grad_(), stack.scaling
        )
        for name, stack in start.items()
    }
    batch = collate(encode(tiny_base.tokenizer, PROMPTS, ANSWERS, min(tiny_base.stop_ids)), tiny_base.pad_id)
    optimiser = torch.optim.Adam([tensor for stack in leaves.values() for tensor in (stack.A, stack.B)], lr=0.02)
    bank = AdapterBank(tiny_base.model)
    for _ in range(100):
        with bank.run(leaves, Route.select([0, 0, 0])):
            loss = torch.nn.functional.cross_entropy(label_logits(tiny_base.model, batch), batch.labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    bank.close()
    assert loss < 0.05
    return {
        name: StackedFactors(
            torch.cat([stack.A, stack.A]).detach(),
            torch.cat([stack.B, torch.zeros_like(stack.B)]).detach(),
            stack.scaling.repeat(2),
        )
        for name, stack in leaves.items()
    }


def test_a_taught_answer_is_generated_and_scored_as_a_match(
    tiny_base: BaseModel, bank: AdapterBank, taught: Factors
) -> None:
    answers = generate(tiny_base, PROMPTS, bank=bank, factors=taught, choices=[0, 0, 0])
    assert [answer.text for answer in answers] == ANSWERS
    assert [answer.answer for answer in answers] == [answer.strip() for answer in ANSWERS]
    scores = teacher_forced_scores(tiny_base, PROMPTS, ANSWERS, bank=bank, factors=taught, choices=[0, 0, 0])
    assert [score.match for score in scores] == [True, True, True]
    assert min(score.log_likelihood for score in scores) > -0.2


@pytest.mark.parametrize(
    ("prompt", "answer", "choice"),
    [
        (0, " dogs", 0),  # another answer
        (2, " the quick", 0),  # the beginning of the answer, which stops too early
        (2, " the quick fox jumps", 0),  # the answer and more
        (0, " cats", 1),  # an adapter that knows nothing
        (0, " cats", None),  # no adapter
    ],
)
def test_what_is_not_generated_is_scored_as_no_match(
    tiny_base: BaseModel, bank: AdapterBank, taught: Factors, prompt: int, answer: str, choice: int | None
) -> None:
    [generated] = generate(tiny_base, [PROMPTS[prompt]], bank=bank, factors=taught, choices=[choice])
    [score] = teacher_forced_scores(tiny_base, [PROMPTS[prompt]], [answer], bank=bank, factors=taught, choices=[choice])
    assert generated.text != answer
    assert not score.match


def test_the_beginning_of_an_answer_above_is_one_in_tokens_too(tiny_base: BaseModel) -> None:
    """Else the case would fail for another reason than that the model writes on."""
    whole, start = tiny_base.tokenizer([" the quick fox", " the quick"], add_special_tokens=False)["input_ids"]
    assert whole[: len(start)] == start


def test_a_mixed_batch_scores_each_sample_with_its_own_adapter(
    tiny_base: BaseModel, bank: AdapterBank, taught: Factors
) -> None:
    prompts, answers, choices = PROMPTS * 3, ANSWERS * 3, [0, 0, 0, 1, 1, 1, None, None, None]
    done: list[int] = []
    scores = teacher_forced_scores(
        tiny_base,
        prompts,
        answers,
        bank=bank,
        factors=taught,
        choices=choices,
        batch_size=4,
        on_batch=done.append,
    )
    assert [score.match for score in scores] == [True] * 3 + [False] * 6
    assert sum(done) == 9
    for one, other in zip(scores[3:6], scores[6:], strict=True):
        assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-5)


@torch.no_grad()
def test_the_log_likelihood_is_the_mean_over_the_answers_tokens(tiny_base: BaseModel) -> None:
    tokenizer = tiny_base.tokenizer
    scores = teacher_forced_scores(tiny_base, PROMPTS, ANSWERS)
    for prompt, answer, score in zip(PROMPTS, ANSWERS, scores, strict=True):
        before = tokenizer(prompt)["input_ids"]
        tokens = tokenizer(answer, add_special_tokens=False)["input_ids"]
        logits = tiny_base.model(torch.tensor([before + tokens])).logits[0].double()
        log_probabilities = logits.log_softmax(-1)
        reference = sum(
            log_probabilities[len(before) - 1 + position, token].item() for position, token in enumerate(tokens)
        ) / len(tokens)
        assert score.log_likelihood == pytest.approx(reference, abs=1e-5)


@torch.no_grad()
def test_an_adapter_on_the_head_is_scored_with_its_own_sample(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter]
) -> None:
    """Answers of unlike lengths, so that the head is given other numbers of positions for each."""
    factors = stack_adapters([make_adapter(seed, modules=("lm_head", "q_proj")) for seed in (1, 2)])
    choices = [1, None, 0]
    scores = teacher_forced_scores(tiny_base, PROMPTS, ANSWERS, bank=bank, factors=factors, choices=choices)
    for prompt, answer, choice, score in zip(PROMPTS, ANSWERS, choices, scores, strict=True):
        before = tiny_base.tokenizer(prompt)["input_ids"]
        tokens = tiny_base.tokenizer(answer, add_special_tokens=False)["input_ids"]
        with bank.run(factors, Route.select([choice])):
            logits = tiny_base.model(torch.tensor([before + tokens])).logits[0, len(before) - 1 : -1]
        own = logits.double().log_softmax(-1).gather(1, torch.tensor(tokens)[:, None])
        assert score.log_likelihood == pytest.approx(own.mean().item(), abs=1e-5)


def test_a_new_line_after_the_answer_counts_as_its_end(tiny_base: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is the first line, so a model that goes on in the next line has given it."""
    newline = tiny_base.tokenizer("\n", add_special_tokens=False)["input_ids"]
    assert len(newline) == 1
    labels = [*tiny_base.tokenizer(" cats", add_special_tokens=False)["input_ids"], newline[0]]

    def writes_cats_and_a_line(model: object, batch: object, bank: object) -> torch.Tensor:
        return torch.nn.functional.one_hot(torch.tensor(labels), len(tiny_base.tokenizer)).float() * 9

    monkeypatch.setattr("hyperlora.inference.scoring.label_logits", writes_cats_and_a_line)
    [score] = teacher_forced_scores(tiny_base, ["x"], [" cats"])
    assert score.match


def test_answers_come_in_the_order_of_the_prompts_whatever_the_batches(tiny_base: BaseModel) -> None:
    prompts = [*PROMPTS, "a", "Name the capital of the country. " * 3, "b"]
    whole = generate(tiny_base, prompts, sampling=Sampling(max_new_tokens=6))
    assert generate(tiny_base, prompts, sampling=Sampling(max_new_tokens=6), batch_size=2) == whole
    assert [generate(tiny_base, [prompt], sampling=Sampling(max_new_tokens=6))[0] for prompt in prompts] == whole
    assert len({answer.tokens for answer in whole}) > 3
    assert max(len(answer.tokens) for answer in whole) == 6
    assert generate(tiny_base, []) == []


def test_tokens_end_before_the_stop_token_and_text_holds_no_special_ones(
    tiny_base: BaseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    [free] = generate(tiny_base, [PROMPTS[0]], sampling=Sampling(max_new_tokens=8))
    stop = free.tokens[4]
    first = free.tokens.index(stop)
    monkeypatch.setattr(tiny_base.model.generation_config, "eos_token_id", [tiny_base.pad_id, stop])
    [stopped, _] = generate(tiny_base, PROMPTS[:2], sampling=Sampling(max_new_tokens=8))
    assert stopped.tokens == free.tokens[:first]


# --- batches -------------------------------------------------------------------------------------------


@torch.no_grad()
def test_logits_at_label_positions_are_those_of_the_whole_forward(tiny_base: BaseModel) -> None:
    samples = encode(tiny_base.tokenizer, PROMPTS, ANSWERS, min(tiny_base.stop_ids))
    batch = collate(samples, tiny_base.pad_id)
    whole = tiny_base.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    expected, labels = [], []
    for row, sample in enumerate(samples):
        assert sample.completion[-1] == min(tiny_base.stop_ids)
        for position, token in enumerate(sample.completion):
            expected.append(whole[row, len(sample.prompt) + position - 1])
            labels.append(token)
    assert batch.labels.tolist() == labels
    torch.testing.assert_close(label_logits(tiny_base.model, batch), torch.stack(expected), atol=1e-6, rtol=1e-6)


SMALL = {
    "vocab_size": 360, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 1,
    "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16, "pad_token_id": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    "config",
    [
        Gemma2Config(**SMALL, final_logit_softcapping=0.05),
        CohereConfig(**SMALL, logit_scale=7.0),
        GraniteConfig(**SMALL, logits_scaling=0.25),
    ],
    ids=lambda config: config.model_type,
)
@torch.no_grad()
def test_a_model_that_scales_or_caps_what_its_head_gives_does_so_at_label_positions_too(
    config: Any, tiny_base: BaseModel
) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config).eval()
    batch = collate(encode(tiny_base.tokenizer, PROMPTS, ANSWERS, 1), 0)
    whole = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    expected = whole.reshape(-1, config.vocab_size)[batch.positions]
    chosen = label_logits(model, batch)
    torch.testing.assert_close(chosen, expected, atol=1e-6, rtol=1e-5)
    plain = torch.nn.functional.linear(
        model.get_decoder()(input_ids=batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state,
        model.get_output_embeddings().weight,
    ).reshape(-1, config.vocab_size)[batch.positions]
    assert (chosen - plain).abs().max() > 1e-3  # the head alone would give other numbers
    torch.testing.assert_close(label_logits(copy.deepcopy(model), batch), chosen)
    again = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    assert torch.equal(again, whole)  # and later forwards have every position again


def test_a_prompts_tokens_do_not_depend_on_its_answer(tiny_base: BaseModel) -> None:
    one, other = encode(tiny_base.tokenizer, ["Input: ca", "Input: ca"], ["ts", "pital"], None)
    assert one.prompt == other.prompt == tuple(tiny_base.tokenizer("Input: ca")["input_ids"])
    assert one.completion != other.completion


def test_buckets_hold_every_sample_once_and_like_lengths_together() -> None:
    lengths = [5, 1, 9, 1, 7, 3, 3, 8]
    buckets = length_buckets(lengths, 3)
    assert sorted(index for bucket in buckets for index in bucket) == list(range(8))
    assert [len(bucket) for bucket in buckets] == [3, 3, 2]
    assert [[lengths[index] for index in bucket] for bucket in buckets] == [[1, 1, 3], [3, 5, 7], [8, 9]]
    assert length_buckets([], 3) == []
