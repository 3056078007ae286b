"""Whose context is it: threads, contexts inside others, and the model outside of any."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel


@pytest.fixture(scope="module")
def adapters(make_adapter: Callable[..., Adapter]) -> list[Adapter]:
    """Unlike in rank, bucket, scaling and modules."""
    return [
        make_adapter(1, rank=1, scaling=4.0),
        make_adapter(2, rank=12, modules=("q_proj", "o_proj", "down_proj"), scaling=0.5),
        make_adapter(3, rank=7, modules=("layers.1.self_attn.o_proj", "layers.0.mlp.down_proj"), scaling=-1.5),
        make_adapter(4, rank=3, modules=("q_proj", "layers.0.self_attn.v_proj"), scaling=2.0),
    ]


def test_threads_with_adapters_of_their_own_do_not_disturb_each_other(
    tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]
) -> None:
    ids = torch.arange(5, 17).view(1, 12)
    stacks = [stack_adapters([adapter]) for adapter in adapters]

    def logits_of(position: int) -> Tensor:
        with torch.no_grad(), bank.run(stacks[position], Route.select([0])):
            return tiny_base.model(ids).logits

    alone = [logits_of(position) for position in range(len(adapters))]
    barrier = threading.Barrier(len(adapters), timeout=30)
    worst: dict[int, float] = {}

    def work(position: int) -> None:
        for _ in range(8):
            with torch.no_grad(), bank.run(stacks[position], Route.select([0])):
                barrier.wait()  # every context is open
                difference = (tiny_base.model(ids).logits - alone[position]).abs().max().item()
            worst[position] = max(worst.get(position, 0.0), difference)

    threads = [threading.Thread(target=work, args=(position,)) for position in range(len(adapters))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worst == dict.fromkeys(range(len(adapters)), 0.0)


def test_two_threads_that_open_a_new_bank_at_once_hook_each_module_once(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module hooked twice would add every change twice, for ever and without a word."""
    name = "model.layers.0.mlp.up_proj"
    factors = stack_adapters([make_adapter(modules=(name,))])
    linear = tiny_base.model.get_submodule(name)
    register = linear.register_forward_hook
    meeting = threading.Barrier(2)

    def slow_register(hook: Callable) -> object:
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)  # only met if both threads found the module without a hook
        return register(hook)

    monkeypatch.setattr(linear, "register_forward_hook", slow_register)

    def open_bank() -> None:
        with bank.run(factors, Route.select([0])):
            pass

    threads = [threading.Thread(target=open_bank) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hooks = len(linear._forward_hooks)
    linear._forward_hooks.clear()
    assert hooks == 1


def test_an_inner_run_ends_where_it_ends(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter]
) -> None:
    ids = torch.arange(5, 17).view(1, 12)
    outer, inner = (stack_adapters([make_adapter(seed)]) for seed in (1, 2))
    with torch.no_grad(), bank.run(outer, Route.select([0])):
        before = tiny_base.model(ids).logits
        with bank.run(inner, Route.select([0])):
            assert not torch.equal(tiny_base.model(ids).logits, before)
        assert torch.equal(tiny_base.model(ids).logits, before)


def test_outside_run_and_after_close_the_base_is_itself_bit_for_bit(
    tiny_base: BaseModel, adapters: list[Adapter]
) -> None:
    ids = torch.arange(5, 29).view(2, 12)
    with torch.no_grad():
        base = tiny_base.model(ids).logits
        bank = AdapterBank(tiny_base.model)
        factors = stack_adapters(adapters)
        with bank.run(factors, Route.select([0, 1])):
            assert not torch.equal(tiny_base.model(ids).logits, base)
        assert torch.equal(tiny_base.model(ids).logits, base)
        with pytest.raises(RuntimeError, match="in the body"), bank.run(factors, Route.select([0, 1])):
            raise RuntimeError("in the body")
        assert torch.equal(tiny_base.model(ids).logits, base)
        with bank.run(factors, Route.select([None, None])):
            assert torch.equal(tiny_base.model(ids).logits, base)
        bank.close()
        assert torch.equal(tiny_base.model(ids).logits, base)
    assert not any(module._forward_hooks for module in tiny_base.model.modules())


def test_a_closed_bank_can_be_opened_again(tiny_base: BaseModel, bank: AdapterBank, adapters: list[Adapter]) -> None:
    ids, factors = torch.arange(5, 17).view(1, 12), stack_adapters(adapters)
    with torch.no_grad(), bank.run(factors, Route.select([1])):
        before = tiny_base.model(ids).logits
    bank.close()
    with torch.no_grad(), bank.run(factors, Route.select([1])):
        assert torch.equal(tiny_base.model(ids).logits, before)
