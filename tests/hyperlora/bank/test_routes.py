"""Routes: what they say, what is refused, and routes per token against routes per sample and dense weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.func import functional_call

from hyperlora.bank import AdapterBank, RankBuckets, Route, StackedFactors, stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.batching import Batch, Encoded, collate, label_logits
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel

HEAD = "lm_head"
IDS = torch.tensor([[5, 9, 30, 7], [40, 8, 9, 11], [3, 3, 21, 50]])


@pytest.fixture(scope="module")
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    """In q_proj of ranks for two buckets; the last leaves the head alone."""
    return [
        make_adapter(1, rank=3, modules=("q_proj", HEAD), scaling=1.0),
        make_adapter(2, rank=16, modules=("q_proj", "up_proj", HEAD), scaling=-0.5),
        make_adapter(3, rank=5, modules=("q_proj", "v_proj")),
    ]


# --- what a route says ---------------------------------------------------------------------------------


def shares(route: Route, row: int) -> dict[int, float]:
    """What each adapter in use weighs in a row."""
    pairs = zip(route.index[row].tolist(), route.weight[row].tolist(), strict=True)
    return {index: weight for index, weight in pairs if weight}


ROWS = st.lists(st.dictionaries(st.integers(0, 5), st.sampled_from([0.5, 1.0, -2.0]), max_size=3), max_size=5)


@given(ROWS, st.integers(1, 3), st.data())
def test_rows_say_the_same_repeated_and_taken(rows: list[dict[int, float]], times: int, data: st.DataObject) -> None:
    route = Route.mix(rows, per_token=data.draw(st.booleans()))
    assert [shares(route, row) for row in range(len(route))] == rows
    repeated = route.repeated(times)
    assert [shares(repeated, row) for row in range(len(repeated))] == [row for row in rows for _ in range(times)]
    places = data.draw(st.lists(st.integers(0, len(rows) - 1))) if rows else []
    taken = route.take(torch.tensor(places, dtype=torch.long))
    assert [shares(taken, row) for row in range(len(taken))] == [rows[place] for place in places]
    assert (repeated.per_token, taken.per_token) == (route.per_token, route.per_token)
    assert route.take(torch.tensor([], dtype=torch.long), per_token=not route.per_token).per_token != route.per_token


def test_to_select_an_adapter_is_to_mix_it_alone_and_none_is_the_base_model() -> None:
    selected = Route.select([2, None, 0])
    assert [shares(selected, row) for row in range(3)] == [{2: 1.0}, {}, {0: 1.0}]
    assert len(Route.mix([{}, {}])) == 2
    assert not Route.mix([{}, {}]).weight.any()


def test_repeated_and_taken_rows_hand_gradients_to_the_weights_they_came_from() -> None:
    weight = torch.tensor([[0.5], [2.0]], requires_grad=True)
    route = Route(torch.tensor([[0], [1]]), weight).repeated(2).take(torch.tensor([0, 1, 3]))
    route.weight.sum().backward()
    assert weight.grad.tolist() == [[2.0], [1.0]]


# --- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize("per_token", [False, True], ids=["samples", "tokens"])
@pytest.mark.parametrize(("index", "named"), [(3, "adapter 3, .* has 3"), (-1, "adapter -1, .* has 3")])
def test_a_position_outside_the_stack_is_refused_before_anything_runs(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], index: int, named: str, per_token: bool
) -> None:
    """Also where its weight is zero: a wrong number is a fault of the caller, not a bare row."""
    factors = stack_adapters(adapters)
    for weight in (1.0, 0.0):
        route = Route(torch.tensor([[0], [index], [1]]), torch.tensor([[1.0], [weight], [1.0]]), per_token)
        with pytest.raises(InputError, match=named), bank.run(factors, route):
            pytest.fail("the body must not run")
    assert not any(module._forward_hooks for module in tiny_base.model.modules())


@pytest.mark.parametrize(
    ("route", "named"),
    [
        (Route.select([0, 1]), "a batch of 3 samples met a route of 2"),
        (Route.select([0] * 12), "a batch of 3 samples met a route of 12"),
        (Route.select([0] * 3, per_token=True), "a batch of 12 tokens met a route of 3"),
        (Route.select([0] * 13, per_token=True), "a batch of 12 tokens met a route of 13"),
    ],
)
def test_a_route_of_another_length_than_the_batch_is_refused(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], route: Route, named: str
) -> None:
    with bank.run(stack_adapters(adapters), route), pytest.raises(InputError, match=named):
        tiny_base.model(IDS)


def test_positions_without_their_samples_are_refused_when_the_head_is_adapted(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    """As many positions as samples: nothing but the shape tells that they are not a sample each."""
    batch = collate([Encoded((5, 9), (4,)), Encoded((8,), (7,)), Encoded((3, 3, 3), (9,))], tiny_base.pad_id)
    with bank.run(stack_adapters(adapters), Route.select([0, 1, 2])), pytest.raises(InputError, match="one a token"):
        label_logits(tiny_base.model, batch)


# --- routes per token ----------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 2), st.sampled_from([0.5, 1.0, -1.0])), min_size=3, max_size=3))
def test_tokens_that_agree_are_a_sample(
    tiny_base: BaseModel, adapters: list[Adapter], rows: list[dict[int, float]]
) -> None:
    factors = stack_adapters(adapters)
    assert isinstance(factors["model.layers.0.self_attn.q_proj"], RankBuckets)
    bank = AdapterBank(tiny_base.model)
    with torch.no_grad(), bank.run(factors, Route.mix(rows)):
        expected = tiny_base.model(IDS).logits
    by_token = Route.mix([row for row in rows for _ in range(IDS.shape[1])], per_token=True)
    with torch.no_grad(), bank.run(factors, by_token):
        logits = tiny_base.model(IDS).logits
    bank.close()
    assert (logits - expected).abs().max() <= 1e-5 * expected.abs().max()


@torch.no_grad()
def test_tokens_of_one_sample_may_have_adapters_of_their_own(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter]
) -> None:
    """In the last layer's MLP, which mixes no tokens, each token is what it is under its adapter alone."""
    adapters = [make_adapter(seed, rank=seed * 6, modules=("layers.1.mlp.up_proj", HEAD)) for seed in (1, 2)]
    factors, choices = stack_adapters(adapters), [0, 1, None, 1, 1, 0, 0, None, 1, 0, None, 0]
    with bank.run(factors, Route.select(choices, per_token=True)):
        logits = tiny_base.model(IDS).logits.flatten(0, 1)
    for choice in (0, 1, None):
        with bank.run(factors, Route.select([choice] * 3)):
            alone = tiny_base.model(IDS).logits.flatten(0, 1)
        mine = [token for token, chosen in enumerate(choices) if chosen == choice]
        torch.testing.assert_close(logits[mine], alone[mine], atol=1e-5, rtol=1e-5)


# --- the head on label positions -----------------------------------------------------------------------


@pytest.fixture
def batch(tiny_base: BaseModel) -> Batch:
    """Three samples of unlike lengths, with one, three and two labels."""
    samples = [Encoded((5, 9, 30, 7), (40,)), Encoded((8,), (9, 11, 2)), Encoded((3, 3, 21), (50, 2))]
    return collate(samples, tiny_base.pad_id)


def whole_logits(base: BaseModel, batch: Batch) -> Tensor:
    """The label positions of the whole forward, head and all."""
    logits = base.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    return logits.flatten(0, 1).index_select(0, batch.positions)


@pytest.mark.parametrize(
    "rows", [[{0: 1.0}, {1: 1.0}, {2: 1.0}], [{1: 0.5, 0: 0.5}, {}, {1: -1.0}]], ids=["choices", "mixes"]
)
@torch.no_grad()
def test_an_adapted_head_gives_at_label_positions_what_it_gives_in_the_whole_forward(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], batch: Batch, rows: list[dict[int, float]]
) -> None:
    """The head's weights are the embedding's too, which must stay as they are."""
    embedding = tiny_base.model.get_input_embeddings().weight
    assert tiny_base.model.lm_head.weight is embedding
    factors = stack_adapters(adapters)
    with bank.run(factors, Route.mix(rows)):
        expected = whole_logits(tiny_base, batch)
        torch.testing.assert_close(label_logits(tiny_base.model, batch, bank), expected, atol=1e-5, rtol=1e-5)
        again = whole_logits(tiny_base, batch)
    assert torch.equal(again, expected)
    dense = []
    for sample, row in enumerate(rows):
        weights = {name: module.weight.clone() for name, module in tiny_base.model.named_modules() if name in factors}
        for index, share in row.items():
            for name, part in adapters[index].modules.items():
                weights[name] += share * part.weight_change()
        own = (batch.rows == sample).nonzero()[:, 0]
        inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
        named = {f"{name}.weight": weight for name, weight in weights.items()}
        logits = functional_call(tiny_base.model, named, kwargs=inputs, tie_weights=False).logits
        dense.append(logits.flatten(0, 1)[batch.positions[own]])
    assert (torch.cat(dense) - expected).abs().max() <= 1e-5 * expected.abs().max()


@torch.no_grad()
def test_a_route_per_token_reaches_the_head_on_label_positions(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], batch: Batch
) -> None:
    choices = [position * 7 % 3 for position in range(batch.input_ids.numel())]
    with bank.run(stack_adapters(adapters), Route.select(choices, per_token=True)):
        expected = whole_logits(tiny_base, batch)
        torch.testing.assert_close(label_logits(tiny_base.model, batch, bank), expected, atol=1e-5, rtol=1e-5)


def test_training_through_the_head_on_label_positions_has_the_gradients_of_the_whole_forward(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter], batch: Batch
) -> None:
    stacks = stack_adapters([make_adapter(seed, rank=6, modules=("v_proj", HEAD)) for seed in (1, 2)])

    def gradients(logits_of: Callable[[], Tensor]) -> list[Tensor]:
        leaves = {
            name: StackedFactors(stack.A.clone().requires_grad_(), stack.B.clone().requires_grad_(), stack.scaling)
            for name, stack in stacks.items()
        }
        weight = torch.tensor([[1.0, 0.5], [1.0, -0.5], [2.0, 0.0]], requires_grad=True)
        with bank.run(leaves, Route(torch.tensor([[0, 1], [1, 0], [1, 1]]), weight)):
            loss = torch.nn.functional.cross_entropy(logits_of(), batch.labels)
        return list(torch.autograd.grad(loss, [weight, *(t for leaf in leaves.values() for t in (leaf.A, leaf.B))]))

    ours = gradients(lambda: label_logits(tiny_base.model, batch, bank))
    expected = gradients(lambda: whole_logits(tiny_base, batch))
    for got, wanted in zip(ours, expected, strict=True):
        assert wanted.abs().max() > 1e-4
        torch.testing.assert_close(got, wanted, atol=1e-6, rtol=1e-4)
