"""Work for requests, one piece at a time, in the order in which they came; given up when nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request

from hyperlora.cancellation import Cancellation
from hyperlora.errors import HyperLoRAError

Made = TypeVar("Made")


class StoppingError(HyperLoRAError):
    """The server is stopping and does not answer this request."""

    def __init__(self) -> None:
        super().__init__("the server is stopping", "Nothing was registered. Ask again when it has been started again.")


class ClientGoneError(HyperLoRAError):
    """The client has closed the connection, so that nobody waits for the answer."""

    def __init__(self) -> None:
        super().__init__("the client has left", "Nothing was registered. Keep the connection open until the answer.")


@dataclass(eq=False)
class _Turn:
    """One request's place in the queue.

    Attributes:
        stopped: resolved when the server does not wait for it any longer.
    """

    stopped: asyncio.Future[None]
    cancellation: Cancellation = field(default_factory=Cancellation)
    begun: bool = False

    def stop(self) -> None:
        if not self.stopped.done():
            self.stopped.set_result(None)


class WorkQueue:
    """A thread of its own that does one piece of work after the other.

    A request whose client leaves is given up: before its turn it is never begun, later its loops end at their next
    step, and nothing that it made is registered (`hyperlora.cancellation`).

    Attributes:
        stopping: no more work is taken. May be set anywhere, a signal handler included.
    """

    def __init__(self) -> None:
        self.stopping = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hyperlora-work")
        self._turns: set[_Turn] = set()

    async def run(self, request: Request, work: Callable[[], Made]) -> Made:
        """Wait for the request's turn, and then for what comes of the work.

        Args:
            request: its body has been read.

        Raises:
            StoppingError, ClientGoneError: it was given up.
        """
        if self.stopping:
            raise StoppingError
        turn = _Turn(asyncio.get_running_loop().create_future())

        def take() -> Made:
            turn.cancellation.check()
            turn.begun = True
            with turn.cancellation.watching():
                return work()

        self._turns.add(turn)
        gone = asyncio.create_task(_closed(request))
        finished = asyncio.wrap_future(self._thread.submit(take))
        try:
            ends: set[asyncio.Future[Any]] = {finished, gone, turn.stopped}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if not finished.done() and turn.cancellation.cancel():
                raise StoppingError if turn.stopped.done() else ClientGoneError
            return await finished
        finally:
            turn.cancellation.cancel()
            finished.cancel()
            gone.cancel()
            self._turns.discard(turn)

    async def stop(self, patience: float) -> None:
        """Take no more work, give up what has not begun, and after a while what has.

        Args:
            patience: seconds that running work has to come to its end.
        """
        self.stopping = True
        for turn in list(self._turns):
            if not turn.begun:
                turn.stop()
        await asyncio.sleep(patience)
        for turn in list(self._turns):
            turn.stop()


async def _closed(request: Request) -> None:
    """Returns when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
