"""The bank against PEFT one sample at a time, against dense weights, and against autograd."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import peft
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn
from torch.func import functional_call
from transformers import AutoModelForCausalLM

from hyperlora.bank import (
    AdapterBank,
    ModuleFactors,
    RankBuckets,
    Route,
    StackedFactors,
    stack_adapters,
    unstack,
)
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel

PROMPTS = ["Input: cat\nOutput:", "dog", "Name the capital of the country. France is where Paris is."]
ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@pytest.fixture(scope="module")
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    """Unlike in rank, scaling and modules."""
    return [
        make_adapter(1, rank=1, scaling=4.0),
        make_adapter(2, rank=4, modules=ALL_LINEAR, scaling=0.5),
        make_adapter(3, rank=7, modules=("layers.1.self_attn.o_proj", "layers.0.mlp.down_proj"), scaling=-1.5),
        make_adapter(4, rank=3, modules=("q_proj", "layers.0.self_attn.v_proj"), scaling=2.0),
    ]


@pytest.fixture
def peft_models(adapters: list[Adapter], load_peft: Callable[[Path], PeftModel], tmp_path: Path) -> list[PeftModel]:
    from hyperlora.peft_io.folder import write_adapter

    return [
        load_peft(write_adapter(adapter, tmp_path / f"adapter-{position}")) for position, adapter in enumerate(adapters)
    ]


def padded(base: BaseModel, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Right-padded ids and mask."""
    batch = base.tokenizer(list(prompts), padding=True, padding_side="right", return_tensors="pt")
    return batch["input_ids"], batch["attention_mask"]


def dense_weights(model: nn.Module, mix: Sequence[tuple[Adapter, float]]) -> dict[str, Tensor]:
    """W + sum of w·s·B A in float64, by parameter name."""
    weights: dict[str, Tensor] = {}
    for adapter, weight in mix:
        for name, factors in adapter.modules.items():
            key = f"{name}.weight"
            change = weight * factors.scaling * (factors.B.double() @ factors.A.double())
            weights[key] = weights.get(key, model.get_parameter(key).detach().double()) + change
    return {key: value.float() for key, value in weights.items()}


# --- numbers -------------------------------------------------------------------------------------------


@torch.no_grad()
def test_any_mix_of_adapters_in_one_batch_equals_peft_one_at_a_time(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], peft_models: list[PeftModel]
) -> None:
    factors = stack_adapters(adapters)
    models = {None: tiny_base.model, **dict(enumerate(peft_models))}
    alone = {
        (choice, prompt): model(tiny_base.tokenizer(PROMPTS[prompt], return_tensors="pt")["input_ids"]).logits[0]
        for choice, model in models.items()
        for prompt in range(len(PROMPTS))
    }
    pairs = st.tuples(st.sampled_from([None, 0, 1, 2, 3]), st.integers(0, len(PROMPTS) - 1))

    @settings(max_examples=25, deadline=None)
    @given(st.lists(pairs, min_size=1, max_size=6))
    def check(mix: list[tuple[int | None, int]]) -> None:
        ids, mask = padded(tiny_base, [PROMPTS[prompt] for _, prompt in mix])
        with torch.no_grad(), bank.run(factors, Route.select([choice for choice, _ in mix])):
            logits = tiny_base.model(input_ids=ids, attention_mask=mask).logits
        for row, pair in enumerate(mix):
            assert (logits[row, mask[row].bool()] - alone[pair]).abs().max() <= 1e-5 * alone[pair].abs().max()

    check()
    differences = [(alone[(choice, 0)] - alone[(None, 0)]).abs().max() for choice in range(len(adapters))]
    assert min(differences) > 1e-2


@torch.no_grad()
def test_64_adapters_of_all_kinds_in_one_batch_equal_peft_one_at_a_time(
    tiny_base: BaseModel, bank: AdapterBank, tiny_base_folder: Path
) -> None:
    """Ranks 1 to 64 and patterns of ranks, alpha or rsLoRA and patterns of alpha, few modules or all."""
    ids = torch.arange(5, 5 + 64 * 4).view(64, 4) * 7 % 300
    torch.manual_seed(0)
    model, adapters, expected = AutoModelForCausalLM.from_pretrained(tiny_base_folder).eval(), [], []
    for position in range(64):
        config = peft.LoraConfig(
            r=position + 1,
            lora_alpha=16 - position % 5 * 8,
            use_rslora=position % 2 == 1,
            target_modules=[["q_proj", "v_proj"], "all-linear", ["down_proj", "lm_head"]][position % 3],
            rank_pattern={"layers.0.self_attn.q_proj": 65 - position - 1} if position % 4 == 0 else {},
            alpha_pattern={"v_proj": 3} if position % 7 == 0 else {},
            init_lora_weights=False,
        )
        adapted = peft.get_peft_model(model, config)
        expected.append(adapted(ids[position : position + 1]).logits[0])
        adapters.append(Adapter(factors_in(adapted), tiny_base.identity, Card(description=f"{position}")))
        model = adapted.unload()
    factors = stack_adapters(adapters)
    assert [stack.A.shape[1] for stack in mixed_ranks(factors["model.layers.0.mlp.down_proj"])] == [8, 15, 32, 63]
    assert {len(mixed_ranks(stack)) for stack in factors.values()} == {4}
    order = torch.randperm(64)
    with bank.run(factors, Route.select(order.tolist())):
        logits = tiny_base.model(ids[order]).logits
    bare = tiny_base.model(ids).logits
    for row, position in enumerate(order.tolist()):
        largest = expected[position].abs().max()
        assert (logits[row] - expected[position]).abs().max() <= 1e-5 * largest
        assert (expected[position] - bare[position]).abs().max() > 1e-2 * largest or position % 5 == 2


def factors_in(model: PeftModel) -> dict[str, LoraFactors]:
    """The factors that PEFT's own layers hold, with the scaling PEFT uses."""
    return {
        name.removeprefix("base_model.model."): LoraFactors(
            layer.lora_A["default"].weight.detach().clone(),
            layer.lora_B["default"].weight.detach().clone(),
            layer.scaling["default"],
        )
        for name, layer in model.named_modules()
        if isinstance(layer, LoraLayer)
    }


def mixed_ranks(factors: ModuleFactors) -> tuple[StackedFactors, ...]:
    """The buckets; adapters of such unlike ranks must not be filled up to the largest."""
    assert isinstance(factors, RankBuckets)
    return factors.buckets


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 1.0, 0.25, -0.5, 1.5])), min_size=3, max_size=3),
        min_size=1,
        max_size=3,
    )
)
def test_a_weighted_route_equals_the_dense_sum_of_weight_changes(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], rows: list[list[tuple[int, float]]]
) -> None:
    ids = torch.arange(5, 5 + 9 * len(rows)).view(len(rows), 9)
    route = Route(
        torch.tensor([[index for index, _ in row] for row in rows]),
        torch.tensor([[weight for _, weight in row] for row in rows]),
    )
    with torch.no_grad(), bank.run(stack_adapters(adapters), route):
        logits = tiny_base.model(ids).logits
    for position, row in enumerate(rows):
        weights = dense_weights(tiny_base.model, [(adapters[index], weight) for index, weight in row])
        with torch.no_grad():
            reference = functional_call(tiny_base.model, weights, (ids[position : position + 1],)).logits
        assert (logits[position] - reference[0]).abs().max() <= 1e-5 * reference.abs().max()


def test_gradients_equal_autograd_through_dense_weights(tiny_base: BaseModel, bank: AdapterBank) -> None:
    """Two adapters, three samples, one loss; the reference puts ``W + s B A`` in place of every weight."""
    names = [f"model.layers.{layer}.{part}" for layer in (0, 1) for part in ("self_attn.v_proj", "mlp.up_proj")]
    torch.manual_seed(0)
    shapes = {name: tiny_base.model.get_submodule(name) for name in names}
    A = {name: (torch.randn(2, 3, linear.in_features) * 0.2).requires_grad_() for name, linear in shapes.items()}
    B = {name: (torch.randn(2, linear.out_features, 3) * 0.2).requires_grad_() for name, linear in shapes.items()}
    scaling = torch.tensor([2.0, 0.5])
    leaves = [*A.values(), *B.values()]
    ids = torch.arange(7, 7 + 24).view(3, 8)
    choices = [1, 0, 1]

    def loss_of(logits: Tensor, labels: Tensor) -> Tensor:
        return nn.functional.cross_entropy(logits[:-1], labels[1:])

    factors = {name: StackedFactors(A[name], B[name], scaling) for name in names}
    with bank.run(factors, Route.select(choices)):
        logits = tiny_base.model(ids).logits
    ours = torch.autograd.grad(sum(loss_of(logits[row], ids[row]) for row in range(3)), leaves)
    reference_loss = torch.tensor(0.0)
    for row, n in enumerate(choices):
        weights = {
            f"{name}.weight": tiny_base.model.get_parameter(f"{name}.weight") + scaling[n] * B[name][n] @ A[name][n]
            for name in names
        }
        reference_loss += loss_of(functional_call(tiny_base.model, weights, (ids[row : row + 1],)).logits[0], ids[row])
    reference = torch.autograd.grad(reference_loss, leaves)
    for got, expected in zip(ours, reference, strict=True):
        assert expected.abs().max() > 1e-4
        torch.testing.assert_close(got, expected, atol=1e-5, rtol=1e-4)
    assert all(parameter.grad is None for parameter in tiny_base.model.parameters())


def test_generation_in_one_left_padded_batch_equals_peft_one_at_a_time(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter], peft_models: list[PeftModel]
) -> None:
    choices = [0, 1, None, 2, 3, 1]
    prompts = [PROMPTS[position % 3] for position in range(len(choices))]
    models = {None: tiny_base.model, **dict(enumerate(peft_models))}
    expected = []
    for choice, prompt in zip(choices, prompts, strict=True):
        ids = tiny_base.tokenizer(prompt, return_tensors="pt")["input_ids"]
        output = models[choice].generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False
        )
        tokens = output[0, ids.shape[1] :].tolist()
        stops = [position for position, token in enumerate(tokens) if token in tiny_base.stop_ids]
        expected.append(tuple(tokens[: stops[0]] if stops else tokens))
    together = generate(
        tiny_base,
        prompts,
        bank=bank,
        factors=stack_adapters(adapters),
        choices=choices,
        sampling=Sampling(max_new_tokens=12),
    )
    assert [answer.tokens for answer in together] == expected
    assert len(set(expected)) > 3


# --- whatever is linear --------------------------------------------------------------------------------


class Int8Linear(nn.Module):
    """A quantised linear as libraries write them: no nn.Linear, no weight of a floating dtype."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        scale = linear.weight.detach().abs().amax(1, keepdim=True) / 127
        self.register_buffer("codes", (linear.weight.detach() / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, x: Tensor) -> Tensor:
        return x @ (self.codes * self.scale).T


@torch.no_grad()
def test_quantised_linears_are_hooked_and_never_touched(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter]
) -> None:
    adapters = [make_adapter(1, modules=ALL_LINEAR), make_adapter(2, rank=12, modules=("q_proj", "up_proj"))]
    model, dense = copy.deepcopy(tiny_base.model), copy.deepcopy(tiny_base.model)
    for name in list(adapters[0].modules):
        parent, _, last = name.rpartition(".")
        quantised = Int8Linear(model.get_submodule(name))
        setattr(model.get_submodule(parent), last, quantised)
        dense.get_submodule(name).weight.copy_(quantised.codes * quantised.scale)
    modules = dict(model.named_modules())
    codes = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    ids = torch.arange(5, 5 + 18).view(3, 6)
    bare = model(ids).logits
    bank = AdapterBank(model)
    with bank.run(stack_adapters(adapters), Route.select([0, None, 1])):
        logits = model(ids).logits
    assert dict(model.named_modules()) == modules, "each is the object it was"
    bank.close()
    for row, mix in enumerate([[(adapters[0], 1.0)], [], [(adapters[1], 1.0)]]):
        reference = functional_call(dense, dense_weights(dense, mix), (ids[row : row + 1],)).logits[0]
        assert (logits[row] - reference).abs().max() <= 1e-5 * reference.abs().max()
    assert torch.equal(model(ids).logits, bare)
    assert all(torch.equal(tensor, codes[name]) for name, tensor in model.state_dict().items())


# --- what is refused -----------------------------------------------------------------------------------


def test_a_batch_of_another_size_than_its_route_is_refused(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    with (
        pytest.raises(InputError, match="a batch of 3 samples met a route of 2"),
        torch.no_grad(),
        bank.run(stack_adapters(adapters), Route.select([0, 1])),
    ):
        tiny_base.model(torch.ones(3, 4, dtype=torch.long))
    assert torch.isfinite(tiny_base.model(torch.ones(3, 4, dtype=torch.long)).logits).all()


def test_modules_the_base_lacks_and_wrong_shapes_are_named_before_anything_runs(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter]
) -> None:
    adapter = make_adapter(modules=("layers.1.self_attn.q_proj",))
    factors = adapter.modules["model.layers.1.self_attn.q_proj"]
    wrong = replace(
        adapter,
        modules={
            "model.layers.7.self_attn.q_proj": factors,
            "model.layers.0.input_layernorm": factors,
            "model.layers.0.self_attn.k_proj": factors,
        },
    )
    with pytest.raises(AdapterFormatError) as caught, bank.run(stack_adapters([wrong]), Route.select([0])):
        pytest.fail("the body must not run")
    assert "no linear module model.layers.7.self_attn.q_proj" in caught.value.problem
    assert "no linear module model.layers.0.input_layernorm" in caught.value.problem
    assert "model.layers.0.self_attn.k_proj is 32x64, the adapter's 64x64" in caught.value.problem
    assert not any(module._forward_hooks for module in tiny_base.model.modules())


# --- stacking ------------------------------------------------------------------------------------------


def test_what_was_stacked_comes_out_again_with_zeros_where_it_was_smaller(adapters: list[Adapter]) -> None:
    stacked = stack_adapters(adapters)
    for position, adapter in enumerate(adapters):
        out = unstack(stacked, position)
        for name in stacked:
            if name in adapter.modules:
                expected = adapter.modules[name]
                torch.testing.assert_close(out[name].weight_change(), expected.weight_change(), atol=1e-6, rtol=1e-5)
                assert torch.equal(out[name].A[: expected.rank], expected.A)
            else:
                assert not out[name].weight_change().any()


def test_an_unstacked_adapter_is_a_copy(adapters: list[Adapter]) -> None:
    stacked = stack_adapters(adapters)
    name = "model.layers.0.self_attn.q_proj"
    out = unstack(stacked, 0)[name]
    before = out.A.clone()
    stacked[name].A.zero_()
    assert torch.equal(out.A, before)
