"""Mixes and gates through scoring and generation: what they give is what one composed adapter, or a formula, gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
import torch

from hyperlora.bank import AdapterBank, Choice, Mix, Route, stack_adapters, stack_at_one_rank
from hyperlora.errors import InputError
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.inference.scoring import Score, teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import weighted_sum
from hyperlora.models import BaseModel
from retrieval.compose.arrow import arrow_gates

BEGINNING = "Write the plural of the noun in the house.\n"
PROMPTS = [f"{BEGINNING}Input: {word}\nOutput:" for word in ("cat", "dog", "a longer one")] + ["Input: cat\nOutput:"]
ANSWERS = [" cats", " dogs", " the quick fox", " number"]
ONE: Mix = ((0, 0.5), (2, -0.25))
OTHER: Mix = ((0, 0.2), (1, 0.3), (2, 0.5))
CHOICES: list[Choice] = [ONE, ONE, OTHER, ONE, None, 1, (), OTHER]


@pytest.fixture
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    """Of unlike ranks, scalings and modules."""
    return [
        make_adapter(1, rank=2),
        make_adapter(2, rank=12, scaling=0.5),
        make_adapter(3, rank=4, modules=("q_proj", "down_proj")),
    ]


def asked(choices: Sequence[Choice]) -> tuple[list[str], list[str]]:
    """A prompt and an answer for each choice; prompts that begin alike have like choices and unlike ones."""
    return [PROMPTS[i % 4] for i in range(len(choices))], [ANSWERS[i % 4] for i in range(len(choices))]


def likelihoods(scores: Sequence[Score]) -> list[float]:
    return [score.log_likelihood for score in scores]


def composed(adapters: Sequence[Adapter], choice: Choice) -> Adapter | None:
    """One adapter that does what the choice says."""
    if choice is None or choice == ():
        return None
    mix = choice if isinstance(choice, tuple) else ((choice, 1.0),)
    return weighted_sum([adapters[position] for position, _ in mix], [w for _, w in mix], adapters[0].card)


def test_a_route_of_choices_is_the_route_of_their_kinds() -> None:
    mixed = Route.of([ONE, 2, None, ()])
    expected = Route.mix([dict(ONE), {2: 1.0}, {}, {}])
    assert mixed.index.tolist() == expected.index.tolist() == [[0, 2], [2, 0], [0, 0], [0, 0]]
    assert mixed.weight.tolist() == expected.weight.tolist() == [[0.5, -0.25], [1, 0], [0, 0], [0, 0]]
    single, selected = Route.of([1, None, 0]), Route.select([1, None, 0])
    assert (single.index.tolist(), single.weight.tolist()) == (selected.index.tolist(), selected.weight.tolist())
    assert len(Route.of([])) == 0


@pytest.mark.parametrize("batch_size", [64, 3])
def test_a_mix_scores_as_the_adapter_composed_of_it(
    batch_size: int, tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    prompts, answers = asked(CHOICES)
    together = teacher_forced_scores(
        tiny_base,
        prompts,
        answers,
        bank=bank,
        factors=stack_adapters(adapters),
        choices=CHOICES,
        batch_size=batch_size,
    )
    for prompt, answer, choice, got in zip(prompts, answers, CHOICES, together, strict=True):
        one = composed(adapters, choice)
        options = {} if one is None else {"bank": bank, "factors": stack_adapters([one]), "choices": [0]}
        [expected] = teacher_forced_scores(tiny_base, [prompt], [answer], **options)
        assert got.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-4)
        assert got.match == expected.match
    # what is compared differs, or equality would say nothing
    assert len({round(value, 3) for value in likelihoods(together)}) >= 6


def test_a_mix_generates_what_the_adapter_composed_of_it_does(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    prompts, _ = asked(CHOICES)
    sampling = Sampling(max_new_tokens=6, ignore_stop=True)
    together = generate(
        tiny_base, prompts, bank=bank, factors=stack_adapters(adapters), choices=CHOICES, sampling=sampling
    )
    for prompt, choice, got in zip(prompts, CHOICES, together, strict=True):
        one = composed(adapters, choice)
        options = {} if one is None else {"bank": bank, "factors": stack_adapters([one]), "choices": [0]}
        assert [got] == generate(tiny_base, [prompt], sampling=sampling, **options)
    assert len({got.tokens for got in together}) >= 5


@contextmanager
def by_hand(
    base: BaseModel, adapters: Sequence[Adapter], choice: Choice, top: int, temperature: float
) -> Iterator[None]:
    """Arrow on a model for one sample, as the formula has it, by hooks of its own and dense matrices.

    ``sum_i w_i p_i s_i B_i A_i x``, p a softmax over the `top` largest ``|x · v_i|``, v_i the first right singular
    vector of ``B_i A_i``.
    """
    mix = choice if isinstance(choice, tuple) else () if choice is None else ((choice, 1.0),)

    def hook(name: str) -> Callable[..., torch.Tensor]:
        acting = [(adapters[i].modules[name], weight) for i, weight in mix if name in adapters[i].modules]
        changes = [factors.weight_change() * weight for factors, weight in acting]
        vectors = [torch.linalg.svd(factors.weight_change().double()).Vh[0].float() for factors, _ in acting]

        def add(module: object, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> torch.Tensor:
            if not acting:
                return output
            scores = torch.stack([(inputs[0] @ vector).abs() for vector in vectors], -1)
            least = scores.topk(min(top, len(acting))).values[..., -1:]
            shares = (scores.masked_fill(scores < least, -torch.inf) / temperature).softmax(-1)
            return output + sum(shares[..., i, None] * (inputs[0] @ change.mT) for i, change in enumerate(changes))

        return add

    with ExitStack() as stack:
        modules = dict(base.model.named_modules())
        for name in {name for adapter in adapters for name in adapter.modules}:
            stack.callback(modules[name].register_forward_hook(hook(name)).remove)
        yield


@pytest.mark.parametrize(("top", "temperature"), [(3, 1.0), (2, 0.3)])
def test_gates_score_and_generate_as_the_formula_does_sample_by_sample(
    top: int, temperature: float, tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    choices: list[Choice] = [((0, 1.0), (1, 1.0), (2, 1.0)), ((0, 1.0), (2, 0.5)), None, 1]
    prompts, answers = asked(choices)
    gated = {
        "bank": bank,
        "factors": stack_at_one_rank(adapters),
        "choices": choices,
        "gates": arrow_gates(adapters, top=top, temperature=temperature),
    }
    # rows leave the batch one after the other, and their gates with them
    samplings = [Sampling(max_new_tokens=2 + 2 * row, ignore_stop=True) for row in range(len(choices))]
    scores = teacher_forced_scores(tiny_base, prompts, answers, **gated)
    written = generate(tiny_base, prompts, sampling=samplings, **gated)
    for row, choice in enumerate(choices):
        with by_hand(tiny_base, adapters, choice, top, temperature):
            [expected] = teacher_forced_scores(tiny_base, [prompts[row]], [answers[row]])
            assert [written[row]] == generate(tiny_base, [prompts[row]], sampling=samplings[row])
        assert scores[row].log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-4)
    plain = teacher_forced_scores(tiny_base, prompts, answers, **{**gated, "gates": None})
    assert abs(plain[0].log_likelihood - scores[0].log_likelihood) > 1e-2


def test_copies_of_a_gated_prompt_are_alike(tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]) -> None:
    options = {
        "bank": bank,
        "factors": stack_at_one_rank(adapters),
        "choices": [OTHER, ONE],
        "gates": arrow_gates(adapters),
        "sampling": Sampling(max_new_tokens=5),
    }
    twice = generate(tiny_base, PROMPTS[:2], num_return_sequences=2, **options)
    once = generate(tiny_base, PROMPTS[:2], **options)
    assert twice == [once[0], once[0], once[1], once[1]]


def test_gates_need_one_rank_whoever_asks(tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]) -> None:
    options = {
        "bank": bank,
        "factors": stack_adapters(adapters),
        "choices": [OTHER],
        "gates": arrow_gates(adapters),
    }
    with pytest.raises(InputError, match="tokens cannot choose"):
        generate(tiny_base, PROMPTS[:1], **options)
    with pytest.raises(InputError, match="tokens cannot choose"):
        teacher_forced_scores(tiny_base, PROMPTS[:1], ANSWERS[:1], **options)


def test_a_mix_that_points_outside_the_stack_is_refused(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    with pytest.raises(InputError, match="asks for adapter 3"):
        teacher_forced_scores(
            tiny_base,
            PROMPTS[:1],
            ANSWERS[:1],
            bank=bank,
            factors=stack_adapters(adapters),
            choices=[((0, 0.5), (3, 0.5))],
        )
