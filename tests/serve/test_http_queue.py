"""Requests take turns: in order, never begun for nobody, and kept once something of them is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from fastapi import Request

from hyperlora.cancellation import check_cancelled, commit
from hyperlora.errors import InputError
from serve.http.queue import ClientGoneError, StoppingError, WorkQueue


class Client:
    """One that waits for its answer until it leaves."""

    def __init__(self) -> None:
        self._left = asyncio.Event()
        self.request = Request({"type": "http"}, self._receive)

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    def leave(self) -> None:
        self._left.set()


class Work:
    """Work that a test lets go on."""

    def __init__(self, *, commits: bool = False) -> None:
        self.begun, self.go_on, self.steps = Event(), Event(), 0
        self._commits = commits

    def __call__(self) -> str:
        if self._commits:
            commit()
        self.begun.set()
        while not self.go_on.wait(0.01):
            check_cancelled()
            self.steps += 1
        check_cancelled()
        return "made"


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.01)


def test_turns_come_in_the_order_of_the_requests_one_at_a_time() -> None:
    async def run() -> None:
        queue, first, order = WorkQueue(), Work(), []
        running = asyncio.create_task(queue.run(Client().request, first))
        others = []
        for number in range(20):
            others.append(asyncio.create_task(queue.run(Client().request, lambda number=number: order.append(number))))
            await asyncio.sleep(0)
        await until(first.begun.is_set)
        assert order == []
        first.go_on.set()
        assert await running == "made"
        await asyncio.gather(*others)
        assert order == list(range(20))

    asyncio.run(run())


def test_what_nobody_waits_for_any_longer_is_never_begun() -> None:
    async def run() -> None:
        queue, first, second, third = WorkQueue(), Work(), Work(), Work()
        client = Client()
        running = asyncio.create_task(queue.run(Client().request, first))
        waiting = asyncio.create_task(queue.run(client.request, second))
        last = asyncio.create_task(queue.run(Client().request, third))
        await until(first.begun.is_set)
        client.leave()
        with pytest.raises(ClientGoneError):
            await waiting
        third.go_on.set()
        first.go_on.set()
        assert [await running, await last] == ["made", "made"]
        assert not second.begun.is_set()

    asyncio.run(run())


def test_running_work_ends_at_its_next_step_when_its_client_leaves() -> None:
    async def run() -> None:
        queue, work, next_one, client = WorkQueue(), Work(), Work(), Client()
        running = asyncio.create_task(queue.run(client.request, work))
        await until(work.begun.is_set)
        client.leave()
        with pytest.raises(ClientGoneError):
            await running
        next_one.go_on.set()
        assert await queue.run(Client().request, next_one) == "made"
        assert not work.go_on.is_set()

    asyncio.run(run())


def test_what_has_begun_to_be_kept_is_answered_though_the_server_stops() -> None:
    async def run() -> None:
        queue, work = WorkQueue(), Work(commits=True)
        running = asyncio.create_task(queue.run(Client().request, work))
        await until(work.begun.is_set)
        await queue.stop(0)
        await asyncio.sleep(0.05)
        assert not running.done()
        work.go_on.set()
        assert await running == "made"

    asyncio.run(run())


def test_a_queue_that_stops_takes_nothing_begins_nothing_and_gives_up_what_does_not_end() -> None:
    async def run() -> None:
        queue, first, second = WorkQueue(), Work(), Work()
        running = asyncio.create_task(queue.run(Client().request, first))
        waiting = asyncio.create_task(queue.run(Client().request, second))
        await until(first.begun.is_set)
        stopping = asyncio.create_task(queue.stop(0.2))
        with pytest.raises(StoppingError, match="the server is stopping"):
            await waiting
        assert not running.done()
        with pytest.raises(StoppingError):
            await queue.run(Client().request, second)
        await stopping
        with pytest.raises(StoppingError):
            await running
        assert not second.begun.is_set()

    asyncio.run(run())


def test_the_error_of_the_work_is_the_request_s() -> None:
    def fail() -> None:
        raise InputError("wrong", "Do right.")

    async def run() -> None:
        queue = WorkQueue()
        with pytest.raises(InputError, match="wrong"):
            await queue.run(Client().request, fail)
        assert await queue.run(Client().request, lambda: 1) == 1

    asyncio.run(run())
