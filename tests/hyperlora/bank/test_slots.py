"""Slots: what a leased request sees while adapters come, change and go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from hyperlora.bank import AdapterBank, AdapterSlots, RankBuckets, Route, stack_adapters
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel

IDS = torch.tensor([[5, 9, 30, 7], [40, 8, 9, 11]])


@pytest.fixture
def slots(tiny_base: BaseModel) -> AdapterSlots:
    targets = find_target_modules(tiny_base.model, ["q_proj", "v_proj"])
    return AdapterSlots(targets, {6: 3})


def alone(base: BaseModel, bank: AdapterBank, adapter: Adapter | None) -> Tensor:
    """Logits of both prompts with one adapter, through factors of its own."""
    if adapter is None:
        return base.model(IDS).logits
    with bank.run(stack_adapters([adapter]), Route.select([0, 0])):
        return base.model(IDS).logits


@torch.no_grad()
def test_a_mixed_batch_from_slots_is_each_adapter_alone(
    tiny_base: BaseModel, bank: AdapterBank, slots: AdapterSlots, make_adapter: Callable[..., Adapter]
) -> None:
    small, large = make_adapter(seed=1, rank=2, scaling=0.5), make_adapter(seed=2, rank=6, modules=("v_proj",))
    slots.put("small", small)
    slots.put("large", large)
    for names in (["small", "large"], ["large", None], [None, "small"]):
        with slots.lease(names) as route, bank.run(slots.factors, route):
            mixed = tiny_base.model(IDS).logits
        for row, name in enumerate(names):
            expected = alone(tiny_base, bank, {"small": small, "large": large, None: None}[name])[row]
            assert (mixed[row] - expected).abs().max() <= 1e-5 * expected.abs().max()


@torch.no_grad()
def test_a_request_ends_on_the_version_it_began_with(
    tiny_base: BaseModel, bank: AdapterBank, slots: AdapterSlots, make_adapter: Callable[..., Adapter]
) -> None:
    old, new = make_adapter(seed=1), make_adapter(seed=2)
    slots.put("task", old)
    with slots.lease(["task", "task"]) as before:
        slots.put("task", new)
        assert slots.num_free == 1
        with slots.lease(["task", "task"]) as after:
            for route, adapter in ((before, old), (after, new), (before, old)):
                with bank.run(slots.factors, route):
                    logits = tiny_base.model(IDS).logits
                torch.testing.assert_close(logits, alone(tiny_base, bank, adapter), rtol=1e-5, atol=1e-5)
            slots.remove("task")
            assert slots.names == ()
            with bank.run(slots.factors, after):
                assert tiny_base.model(IDS).logits.equal(logits) is False
        assert slots.num_free == 2
    assert slots.num_free == 3
    with pytest.raises(InputError, match="not loaded: task"), slots.lease(["task"]):
        pytest.fail("the body must not run")


def test_a_reused_slot_keeps_nothing_of_what_was_there(
    tiny_base: BaseModel, bank: AdapterBank, slots: AdapterSlots, make_adapter: Callable[..., Adapter]
) -> None:
    for round_ in range(4):
        slots.put(f"wide-{round_}", make_adapter(seed=round_, rank=6))
        slots.remove(f"wide-{round_}")
    narrow = make_adapter(seed=9, rank=1, modules=("q_proj",))
    slots.put("narrow", narrow)
    with torch.no_grad(), slots.lease(["narrow", "narrow"]) as route, bank.run(slots.factors, route):
        logits = tiny_base.model(IDS).logits
    with torch.no_grad():
        torch.testing.assert_close(logits, alone(tiny_base, bank, narrow), rtol=1e-5, atol=1e-5)


def test_what_does_not_fit_is_refused_and_takes_no_slot(
    slots: AdapterSlots, make_adapter: Callable[..., Adapter]
) -> None:
    with pytest.raises(AdapterFormatError, match="rank 7 is above 6"):
        slots.put("large", make_adapter(rank=7))
    with pytest.raises(AdapterFormatError, match="up_proj is not one of the modules"):
        slots.put("elsewhere", make_adapter(modules=("up_proj",)))
    with pytest.raises(InputError, match="no slot holds 'large'"):
        slots.remove("large")
    assert (slots.num_free, slots.names) == (3, ())
    for number in range(3):
        slots.put(f"{number}", make_adapter(seed=number))
    with pytest.raises(InputError, match="all slots that hold rank 4 are taken"):
        slots.put("3", make_adapter(seed=3))
    assert slots.names == ("0", "1", "2")
    with pytest.raises(InputError, match="not loaded: 7, 8"), slots.lease(["8", "0", "7"]):
        pytest.fail("the body must not run")
    slots.remove("1")
    assert slots.num_free == 1


@torch.no_grad()
def test_a_version_takes_the_smallest_slot_that_holds_it_and_a_larger_one_when_those_are_full(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter]
) -> None:
    """And what a batch over both sizes gives is each adapter alone."""
    slots = AdapterSlots(find_target_modules(tiny_base.model, ["q_proj", "v_proj"]), {64: 1, 4: 2})
    adapters = {name: make_adapter(seed, rank=rank) for seed, (name, rank) in enumerate([("a", 1), ("b", 4), ("c", 2)])}
    slots.put("a", adapters["a"])
    slots.put("b", adapters["b"])
    slots.put("large", make_adapter(7, rank=64))
    with pytest.raises(InputError, match="all slots that hold rank 64 are taken"):
        slots.put("too large", make_adapter(8, rank=64))
    assert slots.names == ("a", "b", "large")
    slots.remove("large")
    slots.put("c", adapters["c"])
    assert slots.num_free == 0
    with slots.lease(["a", "b", "c"]) as route:
        for stack in slots.factors.values():
            assert isinstance(stack, RankBuckets)
            assert [stack.buckets[position].A.shape[1] for position in stack.bucket[route.index[:, 0]]] == [4, 4, 64]
    for names in (["a", "c"], ["c", "b"], [None, "c"], ["b", "a"]):
        with slots.lease(names) as route, bank.run(slots.factors, route):
            mixed = tiny_base.model(IDS).logits
        for row, name in enumerate(names):
            expected = alone(tiny_base, bank, adapters.get(name))[row]
            assert (mixed[row] - expected).abs().max() <= 1e-5 * expected.abs().max()
    slots.remove("a")
    with pytest.raises(InputError, match="all slots that hold rank 5 are taken"):
        slots.put("d", make_adapter(9, rank=5))
    slots.put("e", make_adapter(9, rank=3))
    assert slots.num_free == 0


@pytest.mark.parametrize("sizes", [{}, {0: 2}, {8: 0}, {8: 2, -1: 1}, {8: 1, 16: -3}], ids=str)
def test_sizes_that_hold_nothing_are_refused(tiny_base: BaseModel, sizes: dict[int, int]) -> None:
    with pytest.raises(InputError, match="hold no adapter"):
        AdapterSlots(find_target_modules(tiny_base.model, ["q_proj"]), sizes)


STEPS = st.tuples(st.sampled_from(["put", "remove", "lease", "end"]), st.integers(0, 2), st.sampled_from([2, 4, 7]))


@settings(max_examples=80, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_every_slot_is_free_current_or_leased_whatever_happens(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter], steps: list[tuple[str, int, int]]
) -> None:
    """Two slots of rank 4 and two of rank 7; a version keeps its slot until it is neither current nor leased."""
    slots = AdapterSlots(find_target_modules(tiny_base.model, ["q_proj"]), {4: 2, 7: 2})
    current: dict[str, int] = {}
    size_of: dict[int, int] = {}
    leases: list[tuple[AbstractContextManager[Route], int, Route, Tensor]] = []

    def held(size: int) -> int:
        return sum(size_of[version] == size for version in {version for _, version, *_ in leases} | {*current.values()})

    def content(route: Route) -> Tensor:
        stack = slots.factors["model.layers.0.self_attn.q_proj"]
        assert isinstance(stack, RankBuckets)
        slot = int(route.index[0, 0])
        own = stack.buckets[int(stack.bucket[slot])]
        return own.B[stack.place[slot]] @ own.A[stack.place[slot]]

    for version, (action, number, rank) in enumerate(steps):
        name = f"a{number}"
        if action == "put":
            adapter = make_adapter(version, rank=rank, modules=("q_proj",))
            size = next((size for size in (4, 7) if rank <= size and held(size) < 2), None)
            if size is None:
                with pytest.raises(InputError, match=f"hold rank {rank} are taken"):
                    slots.put(name, adapter)
                continue
            slots.put(name, adapter)
            current[name], size_of[version] = version, size
        elif action == "remove" and name in current:
            slots.remove(name)
            del current[name]
        elif action == "lease" and name in current:
            lease = slots.lease([name])
            route = lease.__enter__()
            leases.append((lease, current[name], route, content(route)))
        elif action == "end" and leases:
            leases.pop(number % len(leases))[0].__exit__(None, None, None)
        assert slots.num_free == 4 - held(4) - held(7)
        assert slots.names == tuple(sorted(current))
        for _, _, route, before in leases:
            assert torch.equal(content(route), before), "what is leased does not change"


def test_readers_never_see_a_half_written_version(
    tiny_base: BaseModel, bank: AdapterBank, slots: AdapterSlots, make_adapter: Callable[..., Adapter]
) -> None:
    versions = [make_adapter(seed=seed) for seed in (1, 2)]
    with torch.no_grad():
        allowed = [alone(tiny_base, bank, version) for version in versions]
    slots.put("task", versions[0])
    stop, wrong = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            with torch.no_grad(), slots.lease(["task", "task"]) as route, bank.run(slots.factors, route):
                logits = tiny_base.model(IDS).logits
            if not any(torch.allclose(logits, expected, rtol=1e-4, atol=1e-4) for expected in allowed):
                wrong.append(logits)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(30):
        while not slots.num_free:
            time.sleep(0)  # let the readers end
        slots.put("task", versions[number % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert slots.num_free == 2
