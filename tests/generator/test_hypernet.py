"""The hypernet: right shapes, no change before training, one condition at a time or many alike."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from generator.hypernet import Hypernet, HypernetConfig
from hyperlora.bank import AdapterBank, Route
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel

TARGETS = ["q_proj", "v_proj", "down_proj"]


def config_for(base: BaseModel, **changes: object) -> HypernetConfig:
    fields = {
        "base": base.identity,
        "encoder": "all-minilm-l6-v2-0123",
        "condition_size": 12,
        "modules": find_target_modules(base.model, TARGETS),
        "rank": 3,
        "alpha": 6,
        "width": 16,
        "embedding_size": 4,
    }
    return HypernetConfig(**(fields | changes))


def stirred(config: HypernetConfig) -> Hypernet:
    """A hypernet whose heads are no longer zero."""
    torch.manual_seed(1)
    network = Hypernet(config)
    for head in network.heads.values():
        torch.nn.init.normal_(head.weight, std=0.1)
    for name, parameter in network.common.named_parameters():
        if name.endswith("B"):
            torch.nn.init.normal_(parameter, std=0.1)
    return network.eval()


def conditions(n: int) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(n, 12, generator=torch.Generator().manual_seed(0)), dim=-1)


def test_factors_have_the_shapes_of_the_slots_and_the_scaling_of_the_config(tiny_base: BaseModel) -> None:
    factors = Hypernet(config_for(tiny_base))(conditions(5))
    modules = find_target_modules(tiny_base.model, TARGETS)
    assert list(factors) == [module.name for module in modules]
    for module in modules:
        stack = factors[module.name]
        assert stack.A.shape == (5, 3, module.in_features)
        assert stack.B.shape == (5, module.out_features, 3)
        assert stack.scaling.tolist() == [2.0] * 5


@torch.no_grad()
def test_an_untrained_hypernet_changes_nothing(tiny_base: BaseModel, bank: AdapterBank) -> None:
    ids = torch.arange(5, 29).view(2, 12)
    network = Hypernet(config_for(tiny_base))
    factors = network(conditions(2))
    assert all(stack.A.any() for stack in factors.values())
    with bank.run(factors, Route.select([0, 1])):
        logits = tiny_base.model(ids).logits
    assert torch.equal(logits, tiny_base.model(ids).logits)


@torch.no_grad()
def test_a_batch_of_conditions_equals_them_one_by_one(tiny_base: BaseModel) -> None:
    network = stirred(config_for(tiny_base))
    together = network(conditions(4))
    for position in range(4):
        alone = network(conditions(4)[position : position + 1])
        for name, stack in together.items():
            torch.testing.assert_close(stack.B[position], alone[name].B[0], atol=1e-6, rtol=1e-5)
            assert torch.equal(stack.A[position], alone[name].A[0])


@torch.no_grad()
def test_another_condition_layer_or_kind_gives_another_b(tiny_base: BaseModel) -> None:
    factors = stirred(config_for(tiny_base))(conditions(2))
    for stack in factors.values():
        assert (stack.B[0] - stack.B[1]).abs().max() > 1e-3
    one, other = (factors[f"model.layers.{layer}.self_attn.q_proj"].B[0] for layer in (0, 1))
    assert (one - other).abs().max() > 1e-3


def test_the_gradient_through_the_base_reaches_every_parameter(tiny_base: BaseModel, bank: AdapterBank) -> None:
    network = stirred(config_for(tiny_base, common_rank=1)).train()
    ids = torch.arange(5, 29).view(2, 12)
    with bank.run(network(conditions(2)), Route.select([0, 1])):
        logits = tiny_base.model(ids).logits
    torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).backward()
    silent = [
        name for name, parameter in network.named_parameters() if parameter.grad is None or not parameter.grad.any()
    ]
    assert silent == []


@torch.no_grad()
def test_a_common_rank_follows_what_the_condition_decides_and_is_the_same_for_all(
    tiny_base: BaseModel, bank: AdapterBank
) -> None:
    told = stirred(config_for(tiny_base))
    network = Hypernet(config_for(tiny_base, rank=5, alpha=10, common_rank=2))
    missing, unknown = network.load_state_dict(told.state_dict(), strict=False)
    assert not unknown and all(name.startswith("common.") for name in missing)
    ids = torch.arange(5, 29).view(2, 12)
    with bank.run(told(conditions(2)), Route.select([0, 1])):
        expected = tiny_base.model(ids).logits
    with bank.run(network(conditions(2)), Route.select([0, 1])):
        torch.testing.assert_close(tiny_base.model(ids).logits, expected)  # it begins at no change
    for name, parameter in network.common.named_parameters():
        if name.endswith("B"):
            torch.nn.init.normal_(parameter, std=0.1)
    factors, before = network(conditions(2)), told(conditions(2))
    for name, stack in factors.items():
        assert stack.A.shape[1] == stack.B.shape[2] == 5 and stack.scaling.tolist() == [2.0] * 2
        assert torch.equal(stack.A[:, :3], before[name].A) and torch.equal(stack.B[:, :, :3], before[name].B)
        assert torch.equal(stack.B[0, :, 3:], stack.B[1, :, 3:]) and stack.B[0, :, 3:].any()
        assert torch.equal(stack.A[0, 3:], stack.A[1, 3:])


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": 0},
        {"common_rank": 3},
        {"common_rank": -1},
        {"rank": 10**6},
        {"width": 2**30},
        {"alpha": float("nan")},
        {"alpha": float("inf")},
        {"condition_size": 0},
        {"modules": ()},
        {"kind": "cvae"},
        {"code": "import os"},
    ],
)
def test_sizes_beyond_reason_and_unknown_fields_are_refused(tiny_base: BaseModel, changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        config_for(tiny_base, **changes)
