"""A server that stops as asked: once gently within seconds, twice at once."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from threading import Timer
from types import FrameType

import click
import uvicorn
from fastapi import FastAPI

from serve.http.queue import WorkQueue

FINISHING = 3.0  # seconds that running requests have before they are given up
STOPPING = 5.0  # seconds after which the process ends, whatever still runs


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, queue: WorkQueue) -> None:
        super().__init__(config)
        self._queue = queue
        self._signal = signal.SIGTERM

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal asks for the end, the second makes it."""
        if self.should_exit:
            os._exit(128 + sig)
        self._queue.stopping = True
        self._signal = signal.Signals(sig)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what listens, and wait for what runs."""
        again = "Ctrl-C" if self._signal == signal.SIGINT else self._signal.name
        click.echo(f"stopping within {STOPPING:g} s; {again} again stops at once", err=True)
        # work that reaches no step at which it could end, such as loading a model, does not hold the process up
        end = Timer(STOPPING, os._exit, (128 + self._signal,))
        end.daemon = True
        end.start()
        stopping = asyncio.create_task(self._queue.stop(FINISHING))
        await super().shutdown(sockets)
        stopping.cancel()


def serve_until_stopped(app: FastAPI, queue: WorkQueue, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, which ends the process by that signal, as callers expect of it.

    Args:
        queue: the application's.
        listener: a socket that listens.

    Raises:
        KeyboardInterrupt: it was SIGINT, and all has been wound up.
    """
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=round(FINISHING) + 1)
    _Server(config, queue).run(sockets=[listener])
