"""Writes that survive a kill: stage beside the target, fsync, rename. Also the named points tests kill at."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError

FAULT_VARIABLE = "HYPERLORA_FAULT"
_STAGING = ".staging-"
_STALE_SECONDS = 24 * 3600


def fault_point(name: str) -> None:
    """Die by SIGKILL here when `HYPERLORA_FAULT` names this point; otherwise do nothing.

    The tests use it to prove that a kill at each step loses nothing.
    """
    if os.environ.get(FAULT_VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)


def fsync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reap_staging(parent: Path, older_than: float = 0) -> int:
    """Remove what killed processes left staged in a folder, if it is older than that many seconds; how many."""
    reaped = 0
    for leftover in parent.glob(f"{_STAGING}*"):
        with suppress(FileNotFoundError):  # another process reaps too
            if time.time() - leftover.stat().st_mtime >= older_than:
                leftover.unlink() if leftover.is_file() else shutil.rmtree(leftover, ignore_errors=True)
                reaped += 1
    return reaped


@contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """Yield an empty folder inside `parent` that is gone afterwards unless the body committed it.

    Leftovers of processes killed over a day ago are removed on the way.
    """
    parent.mkdir(parents=True, exist_ok=True)
    reap_staging(parent, _STALE_SECONDS)
    staging = parent / f"{_STAGING}{uuid.uuid4().hex[:12]}"
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def commit_folder(staging: Path, target: Path) -> None:
    """Make a staged folder durable and give it its final name in one rename.

    If `target` exists by then (another process won), the staged copy is left to be dropped: content-addressed and
    cached folders are equal by construction.
    """
    for path in staging.rglob("*"):
        fsync(path)
    fsync(staging)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        staging.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    fsync(target.parent)


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `target` when the body ends, or vanishes if it raises."""
    with staging_folder(target.parent) as staging:
        yield staging
        commit_folder(staging, target)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.parent / f"{_STAGING}{path.name}-{uuid.uuid4().hex[:8]}"
    try:
        with staging.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        staging.replace(path)
        fsync(path.parent)
    finally:
        staging.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON with `write_bytes`."""
    write_bytes(path, (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())


def require_free(folder: Path) -> None:
    """Raise `InputError` if writing to `folder` would overwrite anything."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise InputError(f"{folder} exists and is not empty", "Choose another --out folder or remove it.")
