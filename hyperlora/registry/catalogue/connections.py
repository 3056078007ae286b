"""Connections to the catalogue's file: one for each thread and process, with SQLite's errors made plain.

A file that is damaged or of another schema is moved aside and an empty one takes its place; the record has it all.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock

from hyperlora.errors import InputError, RegistryError
from hyperlora.registry.catalogue import schema
from hyperlora.registry.catalogue.bodies import UnreadableBodyError

_BUSY_SECONDS = 30.0
_PAGE_BYTES = 16384  # a body takes two kilobytes, which fill a page of four badly
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_FAILING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_inherited: list[sqlite3.Connection] = []  # from before a fork: to close one would let go of the parent's locks


class Connections:
    """Opens the file at `path` wherever it is used, and makes it where there is none.

    Raises:
        RegistryError: there is no sound file, and none can be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._local = threading.local()
        with self._plain_errors():
            self._get()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the file, whatever is written meanwhile; it waits for no writer, and no writer for it."""
        with self._plain_errors():
            connection = self._get()
            if connection.in_transaction:
                yield connection
                return
            with _transaction(connection, "BEGIN"):
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is on disk when the body has ended, and undone when it raised."""
        with self._plain_errors(), _transaction(self._get(), "BEGIN IMMEDIATE") as connection:
            yield connection

    def give_back_room(self) -> None:
        """Empty the write-ahead log after a large write, unless somebody is reading just now."""
        with self._plain_errors():
            connection = self._get()
            connection.execute("PRAGMA busy_timeout = 100")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")

    def close(self) -> None:
        """Close this thread's connection; the next use opens another."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            if self._local.process == os.getpid():
                connection.close()
            else:
                _inherited.append(connection)
        self._local.__dict__.clear()

    def _get(self) -> sqlite3.Connection:
        local = self._local
        if getattr(local, "process", None) != os.getpid() or local.inode != _inode(self._path):
            self.close()  # of another process, or somebody moved the file aside
            local.connection = self._open()
            local.inode = _inode(self._path)
            local.process = os.getpid()
        return local.connection

    def _open(self) -> sqlite3.Connection:
        connection = _open_sound(self._path)
        if connection is None:
            try:
                with FileLock(f"{self._path}.lock"):
                    connection = _open_sound(self._path)
                    if connection is None:
                        _make_empty(self._path)
            except OSError as error:
                raise RegistryError(
                    f"the catalogue {self._path} cannot be made: {error}", "Free space there, or make it writable."
                ) from error
            connection = connection or _open_sound(self._path)
        if connection is None:
            raise RegistryError(f"the catalogue {self._path} is damaged as soon as it is made", "Check the disk.")
        return connection

    def _discard(self, error: Exception) -> RegistryError:
        damaged = getattr(self._local, "inode", None)
        self.close()
        try:
            with FileLock(f"{self._path}.lock"):
                if damaged == _inode(self._path):
                    _make_empty(self._path)
        except OSError as failure:
            return RegistryError(
                f"the catalogue {self._path} is damaged ({error}) and cannot be replaced: {failure}",
                "Make its folder writable, or give HYPERLORA_HOME another one.",
            )
        return RegistryError(
            f"the catalogue {self._path} was damaged ({error}) and is now empty",
            "Repeat the command: the catalogue is made anew from MLflow.",
        )

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:
            raise InputError(f"half a character cannot be looked up: {error}", "Pass valid Unicode.") from error
        except UnreadableBodyError as error:
            raise self._discard(error) from error
        except sqlite3.DatabaseError as error:
            code = _code(error)
            undecodable = code is None and isinstance(error, sqlite3.OperationalError)
            if code in _DAMAGED or undecodable:
                raise self._discard(error) from error
            if code in _UNWRITABLE:
                raise RegistryError(
                    f"the catalogue {self._path} cannot be written: {error}",
                    "Make the file and its folder writable, or give HYPERLORA_HOME another one.",
                ) from error
            if code in _FAILING:
                raise RegistryError(
                    f"the catalogue {self._path} was not changed: {error}", "Free space on its disk, and repeat."
                ) from error
            if code == sqlite3.SQLITE_BUSY:
                raise RegistryError(
                    f"another process has been writing to {self._path} for {_BUSY_SECONDS:.0f} s", "Try again later."
                ) from error
            raise


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    connection.execute(begin)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise


def _open_sound(path: Path) -> sqlite3.Connection | None:
    """A connection; None where the file is missing, damaged or of another schema."""
    if not path.is_file():
        return None
    for mode in ("mode=rw", "mode=ro&immutable=1"):  # the second where no file may be made beside it
        if "immutable" in mode and _size(Path(f"{path}-wal")):
            break  # it would not be read, and what it holds is missing from the file
        connection = None
        try:
            connection = _connect(path, mode)
            if connection.execute("PRAGMA user_version").fetchone()[0] == schema.SCHEMA_VERSION:
                connection.execute("SELECT epoch FROM about").fetchone()
                return connection
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            if _code(error) not in (*_DAMAGED, *_UNWRITABLE):
                raise
            if _code(error) in _UNWRITABLE:
                continue
            return None
        connection.close()
        return None
    raise RegistryError(
        f"the catalogue {path} cannot be opened without writing beside it",
        "Make its folder writable once, so that what a killed writer left is completed.",
    )


def _make_empty(path: Path) -> None:
    """Put an empty catalogue at `path`; what was there moves aside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".staging-{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        with closing(_connect(fresh, "mode=rwc")) as connection:
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = WAL")
            with _transaction(connection, "BEGIN IMMEDIATE"):
                schema.create(connection)
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)  # else it would be taken for the new file's
        if path.exists():
            path.replace(f"{path}.aside")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?{mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=True
    )
    for setting in ("synchronous = FULL", "cache_size = -32768", "temp_store = MEMORY", "journal_size_limit = 0"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _code(error: sqlite3.DatabaseError) -> int | None:
    extended = getattr(error, "sqlite_errorcode", None)
    return None if extended is None else extended & 0xFF


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
