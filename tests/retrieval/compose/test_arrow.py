"""Arrow beside PEFT's own Arrow layer, and against its formula token by token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from peft import ArrowConfig
from peft.tuners.lora.arrow import ArrowLoraLinearLayer
from torch import nn

from hyperlora.bank import AdapterBank, Gates, Route, stack_adapters
from hyperlora.bank.factors import stack_at_one_rank
from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.models import BaseModel
from retrieval.compose.arrow import arrow_gates


class _Layer(nn.Module):
    """One linear layer for a bank to hook."""

    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(24, 16, bias=False)
        nn.init.zeros_(self.q.weight)


def stretched(seed: int, rank: int, scaling: float = 2.0) -> LoraFactors:
    """Factors whose first singular value stands out, so that PEFT's fifteen power iterations find its vector."""
    generator = torch.Generator().manual_seed(seed)
    A = torch.linalg.qr(torch.randn(24, rank, generator=generator)).Q.mT
    B = torch.linalg.qr(torch.randn(16, rank, generator=generator)).Q * torch.tensor([5.0, 1.0, 0.5, 0.2][:rank])
    return LoraFactors(A.contiguous(), B.contiguous(), scaling)


@pytest.fixture
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    card = make_adapter(0)
    return [Adapter({"q": stretched(seed, 4)}, card.base, card.card) for seed in range(5)]


@pytest.mark.parametrize(("top", "temperature"), [(1, 1.0), (2, 0.5), (5, 2.0)])
def test_every_token_is_answered_as_peft_s_arrow_layer_answers_it(
    adapters: list[Adapter], top: int, temperature: float
) -> None:
    names = [f"task_{place}" for place in range(len(adapters))]
    config = ArrowConfig(top_k=top, router_temperature=temperature, rng_seed=0)
    config.task_adapter_names = names
    peer = ArrowLoraLinearLayer(24, config)
    linears_A, linears_B = nn.ModuleDict(), nn.ModuleDict()
    for name, adapter in zip(names, adapters, strict=True):
        part = adapter.modules["q"]
        linears_A[name], linears_B[name] = nn.Linear(24, 4, bias=False), nn.Linear(4, 16, bias=False)
        linears_A[name].weight.data, linears_B[name].weight.data = part.A, part.B
    peer.build_prototypes(linears_A, linears_B)
    x = torch.randn(3, 7, 24, generator=torch.Generator().manual_seed(1))
    expected = peer(x, linears_A, linears_B, nn.Identity(), dict.fromkeys(names, 2.0)).detach()
    layer = _Layer()
    bank = AdapterBank(layer)
    route = Route.mix([dict.fromkeys(range(5), 1.0)] * 3)
    with (
        torch.no_grad(),
        bank.run(stack_at_one_rank(adapters), route, arrow_gates(adapters, top=top, temperature=temperature)),
    ):
        found = layer.q(x)
    assert torch.allclose(found, expected, atol=1e-4 * float(expected.abs().max()))


def test_samples_choose_among_their_own_candidates_of_unlike_rank(make_adapter: Callable[..., Adapter]) -> None:
    card = make_adapter(0)
    parts = [stretched(0, 1, 1.0), stretched(1, 4, -3.0), stretched(2, 2, 0.5)]
    adapters = [Adapter({"q": part}, card.base, card.card) for part in parts]
    x = torch.randn(3, 5, 24, generator=torch.Generator().manual_seed(2))
    layer = _Layer()
    rows = [{0: 1.0, 2: 0.5}, {1: 1.0}, {}]
    with (
        torch.no_grad(),
        AdapterBank(layer).run(stack_at_one_rank(adapters), Route.mix(rows), arrow_gates(adapters, top=2)),
    ):
        found = layer.q(x)
    for sample, row in enumerate(rows):
        for token in range(5):
            scores = {}
            for place in row:
                change = parts[place].weight_change().double()
                direction = torch.linalg.svd(change).Vh[0]
                scores[place] = abs(float(x[sample, token].double() @ direction))
            total = sum(torch.tensor(score).exp() for score in scores.values())
            expected = torch.zeros(16)
            for place, score in scores.items():
                share = torch.tensor(score).exp() / total
                expected += row[place] * share * (parts[place].weight_change() @ x[sample, token])
            assert torch.allclose(found[sample, token], expected, atol=1e-4)


def test_an_adapter_that_leaves_a_module_alone_takes_no_share_there(make_adapter: Callable[..., Adapter]) -> None:
    card = make_adapter(0)
    one, other = Adapter({"q": stretched(0, 4)}, card.base, card.card), Adapter({}, card.base, card.card)
    x = torch.randn(1, 5, 24)
    layer = _Layer()
    with (
        torch.no_grad(),
        AdapterBank(layer).run(
            stack_at_one_rank([one, other]), Route.mix([{0: 1.0, 1: 1.0}]), arrow_gates([one, other])
        ),
    ):
        assert torch.allclose(layer.q(x), x @ one.modules["q"].weight_change().mT, atol=1e-4)


def test_one_candidate_is_that_adapter_through_a_whole_model(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter]
) -> None:
    adapters = [make_adapter(1), make_adapter(2)]
    ids = torch.arange(12).view(2, 6)
    factors, gates = stack_at_one_rank(adapters), arrow_gates(adapters)
    with torch.no_grad():
        with bank.run(factors, Route.select([1, 0]), gates):
            gated = tiny_base.model(input_ids=ids).logits
        with bank.run(factors, Route.select([1, 0])):
            plain = tiny_base.model(input_ids=ids).logits
        with bank.run(factors, Route.mix([{0: 1.0, 1: 1.0}] * 2), gates):
            mixed = tiny_base.model(input_ids=ids).logits
    assert torch.allclose(gated, plain, atol=1e-5 * float(plain.abs().max()))
    assert not torch.allclose(mixed, plain, atol=1e-2)


def test_gates_where_tokens_cannot_choose_are_refused(bank: AdapterBank, make_adapter: Callable[..., Adapter]) -> None:
    like, unlike = [make_adapter(1), make_adapter(2)], [make_adapter(1, rank=4), make_adapter(2, rank=32)]
    gates = arrow_gates(like)
    with pytest.raises(InputError, match="tokens cannot choose"):
        bank.prepare(stack_adapters(unlike), Route.select([0]), arrow_gates(unlike))
    with pytest.raises(InputError, match="tokens cannot choose"):
        bank.prepare(stack_adapters(like), Route.select([0] * 6, per_token=True), gates)
    headed = [make_adapter(seed, modules=("lm_head",)) for seed in (1, 2)]
    with pytest.raises(InputError, match="tokens cannot choose"):
        bank.prepare(stack_adapters(headed), Route.select([0]), arrow_gates(headed))
    # modules that are not gated are mixed as the route says
    bank.prepare(stack_adapters(headed), Route.select([0]), Gates({}, 1))
