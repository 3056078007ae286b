"""Servers that the registry can stand on, each a process of its own: PostgreSQL and an MLflow server."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hyperlora.registry import Registry

_STARTUP_SECONDS = 120


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    """Until the server answers; the test fails with its log if it ends before."""
    deadline = time.monotonic() + _STARTUP_SECONDS
    while not ready():
        ended = process.poll()
        if ended is not None or time.monotonic() > deadline:
            pytest.fail(f"{process.args!r} did not come up (exit {ended}):\n{log.read_text()[-4000:]}")
        time.sleep(0.05)


# --- PostgreSQL -------------------------------------------------------------------------------------------------


def _postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`; the test is skipped where there is none."""
    candidates = []
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    if shutil.which("pg_config"):
        shown = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout
        candidates.append(Path(shown.strip()))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for candidate in candidates:
        if (candidate / "initdb").is_file() and (candidate / "postgres").is_file():
            return candidate
    pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")


def _unprivileged() -> dict[str, int]:
    """What makes a process of root somebody else's, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid}
    pytest.skip("PostgreSQL refuses root and there is no user postgres: apt-get install postgresql")


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    """A PostgreSQL server on 127.0.0.1 with one database, `empty`, in which MLflow has made its tables."""
    programs = _postgres_programs()
    if importlib.util.find_spec("psycopg2") is None:
        pytest.skip("MLflow reaches PostgreSQL through psycopg2: pip install psycopg2-binary")
    somebody = _unprivileged()
    # not below pytest's own folder, which nobody but root may enter; and sockets need a short path
    folder = Path(tempfile.mkdtemp(prefix="hl-pg-"))
    try:
        if somebody:
            os.chown(folder, somebody["user"], somebody["group"])
        data, log, port = folder / "data", folder / "log", _free_port()
        options = ["--auth=trust", "--username=hyperlora", "--encoding=UTF8", "--locale=C", "--no-sync"]
        initdb = [str(programs / "initdb"), f"--pgdata={data}", *options]
        made = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd=folder, **somebody)  # type: ignore[call-overload]
        assert made.returncode == 0, made.stderr
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "16MB",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *chosen],
                stdout=output,
                stderr=output,
                cwd=folder,
                **somebody,  # type: ignore[call-overload]
            )
        try:
            address = f"postgresql://hyperlora@127.0.0.1:{port}"
            _wait(server, lambda: _answers(f"{address}/postgres"), log)
            _execute(f"{address}/postgres", "CREATE DATABASE empty")
            _make_tables(_for_mlflow(f"{address}/empty"))
            yield address
        finally:
            server.send_signal(signal.SIGQUIT)  # at once; nothing of it is wanted again
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _execute(uri: str, statement: str) -> None:
    import psycopg2

    with closing(psycopg2.connect(uri)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _answers(uri: str) -> bool:
    import psycopg2

    try:
        _execute(uri, "SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def _make_tables(uri: str) -> None:
    from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine_with_retry

    engine = create_sqlalchemy_engine_with_retry(uri)
    _initialize_tables(engine)
    engine.dispose()  # a database in use cannot be copied


@pytest.fixture
def postgres_uri(_postgres: str) -> str:
    """An MLflow URI of a PostgreSQL database of the test's own; copied, because MLflow takes seconds to make tables."""
    name = f"t{uuid.uuid4().hex}"
    _execute(f"{_postgres}/postgres", f"CREATE DATABASE {name} TEMPLATE empty STRATEGY FILE_COPY")
    return _for_mlflow(f"{_postgres}/{name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def registry_at_large(request: pytest.FixtureRequest, registry: Registry, hyperlora_home: Path) -> tuple[Registry, str]:
    """An empty registry and its URI, once on SQLite and once on a real PostgreSQL server."""
    from hyperlora.registry import Registry
    from hyperlora.registry.tracking import tracking_uri

    if request.param == "sqlite":
        return registry, tracking_uri(registry.home)
    uri = request.getfixturevalue("postgres_uri")
    return Registry(hyperlora_home / "at-large", uri), uri


def _for_mlflow(address: str) -> str:
    # SQLAlchemy 2.1 takes another driver than 2.0 where none is named
    return address.replace("postgresql://", "postgresql+psycopg2://", 1)


@pytest.fixture(scope="session")
def mlflow_at() -> Callable[[str], AbstractContextManager[Any]]:
    """MLflow as a stranger uses it, pointed at a URI inside the context.

    MLflow also tells the environment, for processes that are started later; after the context nothing is left of it.
    """
    import mlflow.pyfunc

    @contextmanager
    def at(uri: str) -> Iterator[Any]:
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        try:
            yield mlflow
        finally:
            mlflow.set_tracking_uri(None)
            mlflow.set_registry_uri(None)
            os.environ.pop("MLFLOW_REGISTRY_URI", None)
            assert not {"MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"} & set(os.environ)

    return at


# --- MLflow -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def mlflow_server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the MLflow server keeps what it is sent: files below `artifacts`."""
    return tmp_path_factory.mktemp("mlflow-server")


@pytest.fixture(scope="session")
def mlflow_server(mlflow_server_folder: Path) -> Iterator[str]:
    """The address of an MLflow server that proxies artifacts, on SQLite; shared, so choose names of your own."""
    port, log = _free_port(), mlflow_server_folder / "log"
    command = [sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={port}", "--workers=1"]
    command += [f"--backend-store-uri=sqlite:///{mlflow_server_folder}/mlflow.db", "--serve-artifacts"]
    command += [f"--artifacts-destination={mlflow_server_folder}/artifacts"]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
    try:
        _wait(server, lambda: _is_healthy(port), log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # with the workers that it started
        server.wait()


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
