"""A bank whose factors are on an accelerator: nothing mixes devices, and the host never waits for the device.

The accelerator is made up, so that this is known on any machine: its tensors say they are on the meta device, refuse
to meet tensors of the CPU as those of CUDA do, and carry their values, so that results are checked too.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter, tree_map_only

from hyperlora.bank import AdapterBank, AdapterSlots, RankBuckets, Route, StackedFactors, stack_adapters
from hyperlora.inference.batching import collate, encode, label_logits
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampler, Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel

DEVICE = torch.device("meta")
aten = torch.ops.aten


class OnDevice(Tensor):
    """A tensor of the made-up accelerator; `values` holds what is in it."""

    values: Tensor
    waits: list[str]
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, values: Tensor, waits: list[str]) -> OnDevice:
        tensor = Tensor._make_wrapper_subclass(
            cls, values.shape, strides=values.stride(), dtype=values.dtype, device=DEVICE
        )
        tensor.values, tensor.waits = values, waits
        return tensor

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise RuntimeError(f"{func} ran outside of the accelerator's mode")

    def tolist(self) -> Any:
        self.waits.append("tolist")
        return self.values.tolist()


class Constants(TorchFunctionMode):
    """`torch.tensor` gives its values to every device but meta, which has no place for them; here it has."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func is torch.tensor and torch.device(kwargs.get("device") or "cpu") == DEVICE:
            return func(*args, **{**kwargs, "device": "cpu"}).to(DEVICE)
        return func(*args, **kwargs)


class Accelerator(TorchDispatchMode):
    """Runs what is asked of the accelerator, and notes when the host waited for values from it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[str] = []
        self._constants = Constants()

    def __enter__(self) -> Accelerator:
        self._constants.__enter__()
        return super().__enter__()

    def __exit__(self, *raised: Any) -> None:
        super().__exit__(*raised)
        self._constants.__exit__(*raised)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is aten.to.device:  # what `_to_copy` is under inference mode
            func, args, kwargs = aten._to_copy.default, args[:1], {"device": args[1], "dtype": args[2]}
        tensors = [leaf for leaf in tree_iter((args, kwargs)) if isinstance(leaf, Tensor)]
        there = [tensor for tensor in tensors if isinstance(tensor, OnDevice)]
        target = (kwargs or {}).get("device")
        moves = func in (aten._to_copy.default, aten.copy_.default)
        if there and not moves and any(type(tensor) is Tensor and tensor.dim() for tensor in tensors):
            raise RuntimeError(f"{func}: expected all tensors to be on the same device")
        if func in (aten._local_scalar_dense.default, aten.nonzero.default, aten.unique_consecutive.default) and there:
            self.waits.append(str(func))
        if there and target == torch.device("cpu"):
            self.waits.append(str(func))
        bare = tree_map_only(OnDevice, lambda tensor: tensor.values, (args, kwargs or {}))
        if target is not None:
            bare[1]["device"] = torch.device("cpu")
        result = func(*bare[0], **bare[1])
        if target == DEVICE or (there and target is None):
            result = tree_map_only(Tensor, lambda tensor: OnDevice(tensor, self.waits), result)
        return result


@pytest.fixture
def accelerator() -> Accelerator:
    return Accelerator()


@pytest.fixture
def base_there(tiny_base: BaseModel, accelerator: Accelerator) -> BaseModel:
    """The tiny model on the accelerator."""
    model = copy.deepcopy(tiny_base.model)
    with accelerator, torch.no_grad():
        model.to(DEVICE)
        model.tie_weights()
    return replace(tiny_base, model=model)


@pytest.fixture
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    """Two buckets in q_proj, o_proj and nothing else; the third leaves o_proj alone."""
    return [
        make_adapter(1, rank=4, modules=("q_proj", "o_proj")),
        make_adapter(2, rank=12, modules=("q_proj", "up_proj", "o_proj")),
        make_adapter(3, rank=2, modules=("q_proj", "v_proj")),
    ]


def test_the_accelerator_refuses_what_cuda_refuses(accelerator: Accelerator) -> None:
    with accelerator, torch.no_grad():
        there = torch.arange(6.0).to(DEVICE)
        assert type(there) is OnDevice
        assert there.device == DEVICE
        for mixed in (
            lambda: there + torch.ones(6),
            lambda: torch.ones(6).index_select(0, torch.zeros(2, dtype=torch.long, device=DEVICE)),
            lambda: torch.ones(6).index_add_(0, torch.arange(6), there),
        ):
            with pytest.raises(RuntimeError, match="same device"):
                mixed()
        assert accelerator.waits == []
        assert (there * torch.tensor(2.0)).sum().item() == 30
        assert len(accelerator.waits) == 1


@pytest.mark.parametrize("per_token", [False, True], ids=["samples", "tokens"])
@torch.no_grad()
def test_a_forward_on_the_device_is_the_one_on_the_cpu_and_never_waits_for_it(
    tiny_base: BaseModel,
    bank: AdapterBank,
    base_there: BaseModel,
    accelerator: Accelerator,
    adapters: list[Adapter],
    per_token: bool,
) -> None:
    """Routes are Python values; what is adapted in which bucket is known without asking the device."""
    ids = torch.arange(5, 25).view(5, 4)
    rows = [{0: 1.0}, {1: 0.5, 2: -1.0}, {}, {2: 1.0}, {1: 2.0, 0: 0.0}]
    if per_token:
        rows = [rows[token * 7 % 5] for token in range(20)]
    route, factors = Route.mix(rows, per_token=per_token), stack_adapters(adapters)
    assert {type(stack) for stack in factors.values()} == {StackedFactors, RankBuckets}
    with bank.run(factors, route):
        expected = tiny_base.model(ids).logits
    with accelerator:
        there = AdapterBank(base_there.model)
        factors, ids = stack_adapters(adapters, there.device), ids.to(DEVICE)
        bare = _waits(accelerator, lambda: base_there.model(ids))
        prepared = there.prepare(factors, route)
        assert accelerator.waits == []
        with there.using(prepared):
            assert _waits(accelerator, lambda: base_there.model(ids)) == bare
            logits = base_there.model(ids).logits
        there.close()
    torch.testing.assert_close(logits.values, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("parts", [("index",), ("weight",), ("index", "weight")], ids="+".join)
@pytest.mark.parametrize("per_token", [False, True], ids=["samples", "tokens"])
@torch.no_grad()
def test_a_route_may_itself_be_on_the_device(
    tiny_base: BaseModel,
    bank: AdapterBank,
    base_there: BaseModel,
    accelerator: Accelerator,
    adapters: list[Adapter],
    per_token: bool,
    parts: tuple[str, ...],
) -> None:
    """Weights that a network gives are where the network is."""
    ids = torch.arange(5, 11).view(3, 2)
    rows = [{0: 0.3, 1: 0.7}, {2: 1.0}, {1: 0.5, 2: 0.5}]
    route = Route.mix(rows * 2 if per_token else rows, per_token=per_token)
    with bank.run(stack_adapters(adapters), route):
        expected = tiny_base.model(ids).logits
    with accelerator:
        there = AdapterBank(base_there.model)
        route = replace(route, **{part: getattr(route, part).to(DEVICE) for part in parts})
        with there.run(stack_adapters(adapters, DEVICE), route):
            logits = base_there.model(ids.to(DEVICE)).logits
        there.close()
    torch.testing.assert_close(logits.values, expected, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_factors_left_on_the_cpu_are_refused_by_the_first_forward(
    base_there: BaseModel, accelerator: Accelerator, adapters: list[Adapter]
) -> None:
    with accelerator:
        there = AdapterBank(base_there.model)
        with (
            there.run(stack_adapters(adapters), Route.select([0, 1])),
            pytest.raises(RuntimeError, match="same device"),
        ):
            base_there.model(torch.ones(2, 3, dtype=torch.long).to(DEVICE))
        there.close()


@torch.no_grad()
def test_an_adapted_head_on_single_positions_works_on_the_device(
    tiny_base: BaseModel,
    bank: AdapterBank,
    base_there: BaseModel,
    accelerator: Accelerator,
    make_adapter: Callable[..., Adapter],
) -> None:
    adapters = [make_adapter(seed, rank=seed * 4, modules=("q_proj", "lm_head")) for seed in (1, 3)]
    adapters.append(make_adapter(2))
    samples = encode(tiny_base.tokenizer, ["cat", "the dog", "x"], [" cats", " dogs", " y"], 2)
    route = Route.select([1, 0, 2])
    with bank.run(stack_adapters(adapters), route):
        expected = label_logits(tiny_base.model, collate(samples, tiny_base.pad_id), bank)
    with accelerator:
        there = AdapterBank(base_there.model)
        with there.run(stack_adapters(adapters, DEVICE), route):
            logits = label_logits(base_there.model, collate(samples, tiny_base.pad_id, DEVICE), there)
        there.close()
    torch.testing.assert_close(logits.values, expected, atol=1e-5, rtol=1e-5)


def test_slots_and_answers_on_the_device_are_those_on_the_cpu(
    tiny_base: BaseModel, bank: AdapterBank, base_there: BaseModel, accelerator: Accelerator, adapters: list[Adapter]
) -> None:
    """Greedy and sampled rows that leave at different steps, from slots of two sizes."""
    prompts = ["Input: cat\nOutput:", "dog", "the quick brown fox", "dog"]
    names = ["first", "second", None, "second"]
    samplings = [
        Sampling(max_new_tokens=2 + row, temperature=row % 2, top_k=9, top_p=0.9, seed=row, ignore_stop=True)
        for row in range(4)
    ]
    targets = find_target_modules(tiny_base.model, ["q_proj", "up_proj", "v_proj", "o_proj"])

    def answers(base: BaseModel, bank: AdapterBank, device: torch.device | str) -> list[tuple[int, ...]]:
        slots = AdapterSlots(targets, {4: 1, 16: 2}, device=device)
        for name, adapter in zip(["first", "second"], adapters[:2], strict=True):
            slots.put(name, adapter)
        with slots.lease(names) as route:
            written = generate(base, prompts, bank=bank, factors=slots.factors, choices=route, sampling=samplings)
        return [answer.tokens for answer in written]

    expected = answers(tiny_base, bank, "cpu")
    with accelerator:
        there = AdapterBank(base_there.model)
        assert answers(base_there, there, DEVICE) == expected
        there.close()
    assert [len(tokens) for tokens in expected] == [2, 3, 4, 5]


def test_choosing_tokens_does_not_wait_for_the_device(accelerator: Accelerator) -> None:
    """The caller waits once, for the tokens of all rows."""
    samplings = [Sampling(), Sampling(temperature=1.0, top_k=3), Sampling(temperature=0.5, top_p=0.8, seed=1)]
    logits = torch.randn(3, 20)
    expected = Sampler(samplings, "cpu").choose(logits)
    with accelerator, torch.no_grad():
        sampler, logits = Sampler(samplings, DEVICE), logits.to(DEVICE)
        assert _waits(accelerator, lambda: sampler.choose(logits)) == []
        sampler = Sampler(samplings, DEVICE)
        assert sampler.choose(logits).tolist() == expected.tolist()
        sampler.keep([2, 0])
        assert sampler.choose(logits[:2]).device == DEVICE


def _waits(accelerator: Accelerator, run: Callable[[], object]) -> list[str]:
    """For what the host waited while this ran."""
    accelerator.waits.clear()
    run()
    waits = accelerator.waits[:]
    accelerator.waits.clear()
    return waits
