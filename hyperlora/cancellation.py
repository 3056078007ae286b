"""Work that is given up before its end: whoever waits for it cancels it, and its loops look whether somebody has.

Loops that may take seconds call `check_cancelled` once a step; what makes a result last calls `commit` first. Where
nobody can cancel, as on the command line, both do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Literal


class Cancelled(BaseException):
    """The work was given up.

    No `Exception`, as in asyncio, so that what goes on after a failed part does not go on after this.
    """


class Cancellation:
    """Whether one piece of work has been given up. Safe to share between threads.

    What is cancelled keeps nothing, and what keeps something can no longer be cancelled: whichever comes first.
    """

    def __init__(self) -> None:
        self._state: Literal["open", "cancelled", "committed"] = "open"
        self._lock = Lock()

    def cancel(self) -> bool:
        """Give the work up; False if it is too late, because it has begun to keep its result."""
        with self._lock:
            if self._state == "open":
                self._state = "cancelled"
            return self._state == "cancelled"

    def check(self) -> None:
        """Raise `Cancelled` if the work was given up."""
        if self._state == "cancelled":
            raise Cancelled

    def commit(self) -> None:
        """From now on the work cannot be given up; raises `Cancelled` if it already was."""
        with self._lock:
            if self._state == "open":
                self._state = "committed"
        self.check()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """What the body calls, in this thread, belongs to this work."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


_current: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def check_cancelled() -> None:
    """Raise `Cancelled` if the work that this is a part of was given up."""
    if (current := _current.get()) is not None:
        current.check()


def commit() -> None:
    """Call before keeping a result: from now on the work cannot be given up; raises `Cancelled` if it already was."""
    if (current := _current.get()) is not None:
        current.commit()
