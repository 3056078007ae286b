"""A compiled model stays compiled, whatever adapters its rows have. Graphs are counted; they run as plain Python."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounter

from hyperlora.bank import AdapterBank, AdapterSlots, Factors, RankBuckets, Route, StackedFactors
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import TargetModule, find_target_modules
from hyperlora.models import BaseModel

IDS = torch.tensor([[5, 9, 30, 7], [40, 8, 9, 11], [3, 3, 21, 50]])
TARGETS = ["q_proj", "down_proj"]


@dataclass
class Compiled:
    """The tiny model beside itself compiled; the graphs may not break."""

    model: Any
    bank: AdapterBank
    counter: CompileCounter = field(default_factory=CompileCounter)

    def __post_init__(self) -> None:
        self.compiled = torch.compile(self.model, backend=self.counter, fullgraph=True)

    @property
    def graphs(self) -> int:
        return self.counter.frame_count

    def slots(self, sizes: Mapping[int, int]) -> AdapterSlots:
        return AdapterSlots(find_target_modules(self.model, TARGETS), sizes)

    @torch.no_grad()
    def logits(self, factors: Factors | None, route: Route | None) -> Tensor:
        """Of the compiled model, once they are seen to be those of the plain one."""
        prepared = None if factors is None or route is None else self.bank.prepare(factors, route)
        with self.bank.using(prepared):
            got = self.compiled(input_ids=IDS, use_cache=False).logits
            expected = self.model(input_ids=IDS, use_cache=False).logits
        torch.testing.assert_close(got, expected, atol=1e-6, rtol=1e-6)
        return got


@pytest.fixture
def compiled(tiny_base: BaseModel) -> Iterator[Compiled]:
    torch._dynamo.reset()
    model = copy.deepcopy(tiny_base.model)
    bank = AdapterBank(model)
    bank.attach([target.name for target in find_target_modules(model, TARGETS)])
    yield Compiled(model, bank)
    torch._dynamo.reset()


def named(names: Sequence[str | None], slots: AdapterSlots) -> Route:
    with slots.lease(names) as route:
        return route


def test_one_graph_for_the_adapted_model_and_one_for_the_bare_whatever_comes_and_goes(
    compiled: Compiled, make_adapter: Callable[..., Adapter]
) -> None:
    """Routes, the contents of slots, and the slots themselves."""
    slots = compiled.slots({8: 4})
    for number in range(3):
        slots.put(f"a{number}", make_adapter(number, rank=2 + number, modules=("q_proj", "down_proj")[number % 2 :]))
    bare = compiled.logits(None, None)
    first = compiled.logits(slots.factors, named(["a0", "a1", "a2"], slots))
    assert compiled.graphs == 2
    assert not torch.allclose(first, bare)

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.sampled_from([None, "a0", "a1", "a2"]), min_size=3, max_size=3))
    def any_route(names: list[str | None]) -> None:
        logits = compiled.logits(slots.factors, named(names, slots))
        for row, name in enumerate(names):
            assert (name is None) == torch.allclose(logits[row], bare[row], atol=1e-5)

    any_route()
    assert torch.equal(compiled.logits(None, None), bare)
    slots.put("a0", make_adapter(7, rank=8, modules=TARGETS))
    slots.remove("a1")
    replaced = compiled.logits(slots.factors, named(["a0", "a0", "a2"], slots))
    assert not torch.allclose(replaced[0], first[0])
    others = compiled.slots({8: 4})
    others.put("b", make_adapter(8, modules=TARGETS))
    compiled.logits(others.factors, named(["b", None, "b"], others))
    assert compiled.graphs == 2


def test_training_through_a_compiled_model_has_the_gradients_of_the_plain_one(
    compiled: Compiled, make_adapter: Callable[..., Adapter]
) -> None:
    slots = compiled.slots({4: 2})
    for number in range(2):
        slots.put(f"{number}", make_adapter(number, modules=TARGETS))
    factors = {
        name: StackedFactors(stack.A.requires_grad_(), stack.B.requires_grad_(), stack.scaling)
        for name, stack in slots.factors.items()
        if isinstance(stack, StackedFactors)
    }
    leaves = [tensor for stack in factors.values() for tensor in (stack.A, stack.B)]

    def gradients(model: Any, choices: Sequence[int | None]) -> tuple[Tensor, ...]:
        with compiled.bank.run(factors, Route.select(choices)):
            loss = model(input_ids=IDS, use_cache=False).logits.square().mean()
        return torch.autograd.grad(loss, leaves)

    for choices in ([0, 1, None], [1, 1, 0], [None, 0, 0]):
        for got, expected in zip(
            gradients(compiled.compiled, choices), gradients(compiled.model, choices), strict=True
        ):
            torch.testing.assert_close(got, expected, atol=1e-6, rtol=1e-5)
    assert compiled.graphs == 1


@torch.no_grad()
def test_slots_of_two_sizes_need_a_graph_for_each_way_to_share_a_batch_and_no_more() -> None:
    """A bucket may have no row, one or many, and torch compiles one row by itself; what it has seen it knows.

    They are more than torch's default limit of 8, which serving from slots of several sizes has to raise.
    """
    torch._dynamo.reset()
    linear = nn.Sequential(nn.Linear(6, 4))
    bank, counter, x = AdapterBank(linear), CompileCounter(), torch.randn(4, 2, 6)
    target = TargetModule(name="0", kind="0", layer=0, in_features=6, out_features=4)
    slots = AdapterSlots([target], {2: 1, 8: 1})
    stacks = slots.factors["0"]
    assert isinstance(stacks, RankBuckets)
    for stack in stacks.buckets:
        for tensor in (stack.A, stack.B, stack.scaling):
            tensor.normal_()
    bank.attach(["0"])
    with torch._dynamo.config.patch(recompile_limit=32):
        compiled = torch.compile(linear, backend=counter, fullgraph=True)
        seen: list[int] = []
        for _ in range(2):
            for choices in product([None, 0, 1], repeat=4):
                with bank.run(slots.factors, Route.select(choices)):
                    torch.testing.assert_close(compiled(x), linear(x), atol=1e-6, rtol=1e-6)
            seen.append(counter.frame_count)
    torch._dynamo.reset()
    assert seen == [seen[0]] * 2
    assert seen[0] <= 16
