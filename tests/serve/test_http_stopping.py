"""A real server is asked to stop, and its clients leave: who is answered what, and that nothing is kept of the rest."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hyperlora.registry import Registry

# `hyperlora serve`, with standard error on a named pipe
SERVE = """
import sys
sys.argv = ["hyperlora", "serve", "--port", "0"]
sys.stderr = open({pipe!r}, "w", buffering=1)
from serve.cli import main
main()
"""
SHORT = {"description": "Give the plural of the noun"}
# half a minute and more on the tiny model, with 32 examples in a step
LONGEST = 400
LONG = {
    "description": "Write it ten times",
    "examples": [{"input": f"{number} cats and dogs", "output": f"{number} " * 60} for number in range(64)],
    "refine": LONGEST,
}


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Server:
    """A server in a process of its own."""

    process: Any
    port: int
    said: list[str]
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))

    def ask(self, path: str, body: Any = None) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            method = "GET" if body is None else "POST"
            connection.request(
                method, path, None if body is None else json.dumps(body), {"content-type": "application/json"}
            )
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, headers, json.loads(answer.read()))
        finally:
            connection.close()

    def ask_meanwhile(self, path: str, body: Any) -> Future[Reply]:
        return self.threads.submit(self.ask, path, body)

    def ask_and_hold(self, path: str, body: Any) -> socket.socket:
        """Send a request, and return the connection to leave by."""
        content = json.dumps(body).encode()
        connection = socket.create_connection(("127.0.0.1", self.port), 60)
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(content)}"
        connection.sendall(head.encode() + b"\r\n\r\n" + content)
        return connection

    def has_begun(self, steps: int) -> bool:
        """Whether a training of so many steps has begun, by its progress bar."""
        return f"| 0/{steps} " in "".join(self.said)

    def until(self, happened: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, "".join(self.said)
            assert self.process.is_alive(), "".join(self.said)
            time.sleep(0.02)

    def ended(self, signalled: float) -> float:
        """Wait for the end; seconds since then."""
        self.process.join(30)
        return time.monotonic() - signalled


@pytest.fixture
def server(
    pool: Registry, hyperlora_home: Path, tiny_is_base: str, start_apart: Callable[..., Any], tmp_path: Path
) -> Iterator[Server]:
    """`hyperlora serve` on a copy of the pool, with the models loaded."""
    pipe = tmp_path / "stderr"
    os.mkfifo(pipe)
    process = start_apart(
        SERVE.format(pipe=str(pipe)), HYPERLORA_HOME=str(hyperlora_home), HYPERLORA_BASE_MODEL=tiny_is_base
    )
    said: list[str] = []

    def listen() -> None:
        with pipe.open(newline="") as stderr:
            while part := os.read(stderr.fileno(), 4096):
                said.append(part.decode(errors="replace"))

    threading.Thread(target=listen, daemon=True).start()
    served = Server(process, 0, said)
    try:
        served.until(lambda: "\n" in "".join(said))
        served.port = int("".join(said).splitlines()[0].rpartition(":")[2])
        made = served.ask("/v1/adapt", {**SHORT, "examples": [{"input": "cat", "output": "cats"}], "refine": 1})
        assert made.status == 200, made.body
        yield served
    finally:
        process.kill()
        process.join()
        served.threads.shutdown()


def references(home: Path) -> set[str]:
    return {entry.reference for entry in Registry(home).entries()}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_one_signal_answers_everybody_within_seconds_and_keeps_nothing(
    number: signal.Signals, code: int, server: Server, hyperlora_home: Path
) -> None:
    before = references(hyperlora_home)
    running = server.ask_meanwhile("/v1/adapt", LONG)
    server.until(lambda: server.has_begun(LONGEST))
    waiting = server.ask_meanwhile("/v1/adapt", SHORT)
    assert server.ask("/healthz").status == 200, "others are answered meanwhile"
    signalled = time.monotonic()
    os.kill(server.process.pid, number)
    for answer in (waiting.result(10), running.result(10)):
        assert (answer.status, answer.body["detail"]) == (503, "the server is stopping")
        assert answer.body["type"] == "urn:hyperlora:problem:stopping"
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
        assert "Nothing was registered" in answer.body["remedy"]
    with pytest.raises(OSError):
        server.ask("/healthz")
    assert server.ended(signalled) < 6
    assert server.process.exitcode == code
    assert references(hyperlora_home) == before
    assert "stopping within 5 s" in "".join(server.said)
    assert "Traceback" not in "".join(server.said)


def test_work_that_ends_in_time_is_answered_and_kept(server: Server, hyperlora_home: Path) -> None:
    before = references(hyperlora_home)
    body = {"description": "Do it", "examples": [{"input": "cat", "output": "cats"}], "refine": 20}
    running = server.ask_meanwhile("/v1/adapt", body)
    server.until(lambda: server.has_begun(20))
    signalled = time.monotonic()
    os.kill(server.process.pid, signal.SIGTERM)
    answer = running.result(10)
    assert answer.status == 200, answer.body
    assert server.ended(signalled) < 6
    assert references(hyperlora_home) - before == {answer.body["adapter"]["reference"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_two_signals_end_it_at_once(number: signal.Signals, server: Server, hyperlora_home: Path) -> None:
    before = references(hyperlora_home)
    running = server.ask_meanwhile("/v1/adapt", LONG)
    server.until(lambda: server.has_begun(LONGEST))
    os.kill(server.process.pid, number)
    server.until(lambda: "stopping" in "".join(server.said))
    signalled = time.monotonic()
    os.kill(server.process.pid, number)
    assert server.ended(signalled) < 1
    assert server.process.exitcode == 128 + number
    with pytest.raises((OSError, http.client.HTTPException)):
        running.result(10)
    assert references(hyperlora_home) == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_work_that_comes_to_no_step_holds_nobody_up(
    number: signal.Signals, code: int, server: Server, hyperlora_home: Path
) -> None:
    registry = Registry(hyperlora_home)
    before = {entry.reference for entry in registry.entries()}
    with registry.ledger.locked():  # which registering waits for
        body = {"description": "Do it", "examples": [{"input": "cat", "output": "cats"}], "refine": 20}
        running = server.ask_meanwhile("/v1/adapt", body)
        server.until(lambda: server.has_begun(20))
        signalled = time.monotonic()
        os.kill(server.process.pid, number)
        answer = running.result(10)
        assert (answer.status, answer.body["detail"]) == (503, "the server is stopping")
        assert server.ended(signalled) < 6
    assert server.process.exitcode == code
    assert references(hyperlora_home) == before


def test_an_idle_server_stops_though_connections_are_kept_open(server: Server) -> None:
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    idle.request("GET", "/healthz")
    idle.getresponse().read()
    half = socket.create_connection(("127.0.0.1", server.port), 10)
    half.sendall(b"POST /v1/adapt HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{")
    signalled = time.monotonic()
    os.kill(server.process.pid, signal.SIGINT)
    assert server.ended(signalled) < 6
    assert server.process.exitcode == 130
    idle.close()
    half.close()


def test_a_client_that_leaves_ends_its_work_and_nothing_of_it_is_kept(server: Server, hyperlora_home: Path) -> None:
    before = references(hyperlora_home)
    running = server.ask_and_hold("/v1/adapt", LONG)
    server.until(lambda: server.has_begun(LONGEST))
    waiting = server.ask_and_hold("/v1/adapt", {**LONG, "refine": LONGEST - 1})
    behind = server.ask_meanwhile("/v1/adapt", SHORT)
    waiting.close()
    left = time.monotonic()
    running.close()
    answer = behind.result(30)
    assert answer.status == 200, answer.body
    assert time.monotonic() - left < 15, "it did not wait for the work that nobody waits for"
    assert not server.has_begun(LONGEST - 1), "the one that waited was never begun"
    assert references(hyperlora_home) - before == {answer.body["adapter"]["reference"]}
    assert "Traceback" not in "".join(server.said)
