"""A lock that many readers share and one writer has alone; neither keeps the other out for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class SharedLock:
    """Readers come in together; a writer waits for them to leave, then lets in those who queued while it wrote.

    Not reentrant: a reader that comes in twice can wait for a writer that waits for it.
    """

    def __init__(self) -> None:
        self._condition = Condition()
        self._reading = 0
        self._queued = 0
        self._admitted = 0  # queued readers that come before the next writer
        self._waiting_to_write = 0
        self._writing = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it together with other readers."""
        with self._condition:
            self._queued += 1
            try:
                self._condition.wait_for(self._may_read)
                self._admitted = max(0, self._admitted - 1)
                self._reading += 1
            finally:
                self._queued -= 1
                self._admitted = min(self._admitted, self._queued)
        try:
            yield
        finally:
            with self._condition:
                self._reading -= 1
                self._condition.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold it alone."""
        with self._condition:
            self._waiting_to_write += 1
            try:
                self._condition.wait_for(self._may_write)
                self._writing = True
            finally:
                self._waiting_to_write -= 1
                self._condition.notify_all()
        try:
            yield
        finally:
            with self._condition:
                self._writing = False
                self._admitted = self._queued
                self._condition.notify_all()

    def _may_read(self) -> bool:
        return not self._writing and (not self._waiting_to_write or self._admitted > 0)

    def _may_write(self) -> bool:
        return not self._writing and not self._reading and not self._admitted
