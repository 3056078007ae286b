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
        self.signal: signal.Signals | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal asks for the end, the second makes it."""
        if self.should_exit:
            os._exit(128 + sig)
        self._queue.stopping = True
        self.signal = signal.Signals(sig)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what listens, and wait for what runs."""
        asked = self.signal or signal.SIGTERM
        again = "Ctrl-C" if asked == signal.SIGINT else asked.name
        click.echo(f"stopping within {STOPPING:g} s; {again} again stops at once", err=True)
        # work that reaches no step at which it could end, such as loading a model, does not hold the process up
        end = Timer(STOPPING, os._exit, (128 + asked,))
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
        KeyboardInterrupt: it was SIGINT, and no request is left.
    """
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=round(FINISHING) + 1)
    server = _Server(config, queue)
    server.run(sockets=[listener])
    if server.signal == signal.SIGINT:  # which a shell makes its background jobs ignore
        raise KeyboardInterrupt
