"""Work that is given up ends at its next step and keeps nothing; what has begun to keep its result goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from hyperlora.cancellation import Cancellation, Cancelled, check_cancelled, commit
from hyperlora.inference.decoding import decode
from hyperlora.inference.sampling import Sampling
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.registry import Registry


def test_without_anybody_to_cancel_nothing_happens() -> None:
    check_cancelled()
    commit()
    check_cancelled()


def test_whichever_comes_first_of_cancelling_and_keeping_holds() -> None:
    given_up, kept = Cancellation(), Cancellation()
    with kept.watching():
        commit()
        assert kept.cancel() is False
        check_cancelled()
        commit()
    with given_up.watching():
        check_cancelled()
        assert given_up.cancel() is True
        assert given_up.cancel() is True
        with pytest.raises(Cancelled):
            check_cancelled()
        with pytest.raises(Cancelled):
            commit()
    check_cancelled()
    assert given_up.cancel() is True, "what was refused to keep anything stays given up"


def test_it_ends_a_loop_in_another_thread_though_the_loop_goes_on_after_failures() -> None:
    cancellation, begun = Cancellation(), Event()

    def loop() -> None:
        with cancellation.watching():
            while True:
                try:
                    begun.set()
                    check_cancelled()
                except Exception:
                    continue

    with ThreadPoolExecutor(1) as threads:
        work = threads.submit(loop)
        assert begun.wait(10)
        assert cancellation.cancel()
        with pytest.raises(Cancelled):
            work.result(10)
        threads.submit(check_cancelled).result(10)


def test_decoding_ends_between_two_tokens(tiny_base: BaseModel) -> None:
    cancellation = Cancellation()
    with cancellation.watching():
        tokens = decode(tiny_base, [[5, 6, 7]], [Sampling(max_new_tokens=50, ignore_stop=True)])
        assert [next(tokens).last for _ in range(3)] == [False] * 3
        cancellation.cancel()
        with pytest.raises(Cancelled):
            next(tokens)


def test_scoring_ends_between_two_batches(tiny_base: BaseModel) -> None:
    cancellation, batches = Cancellation(), []

    def after(done: int) -> None:
        batches.append(done)
        cancellation.cancel()

    with cancellation.watching(), pytest.raises(Cancelled):
        teacher_forced_scores(tiny_base, ["a", "b", "c"], [" d", " e", " f"], batch_size=1, on_batch=after)
    assert batches == [1]


def test_what_is_given_up_is_not_registered(registry: Registry, make_adapter: Callable[..., Adapter]) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with cancellation.watching(), pytest.raises(Cancelled):
        registry.register(make_adapter(1), "late")
    assert registry.entries() == []
    kept = Cancellation()
    with kept.watching():
        registry.register(make_adapter(1), "early")
    assert kept.cancel() is False
    assert [entry.name for entry in registry.entries()] == ["early"]
