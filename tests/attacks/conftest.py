"""What the attacks share: a sound folder to spoil, bounds on what refusing may cost, and a good adapter afterwards."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_adapter, write_adapter

_STATUS = Path("/proc/self/status")
_RESET_PEAK = Path("/proc/self/clear_refs")


@pytest.fixture(scope="session")
def sound(make_adapter: Callable[..., Adapter], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A good adapter's folder, which no test touches, and its content hash."""
    adapter = make_adapter()
    return write_adapter(adapter, tmp_path_factory.mktemp("sound") / "adapter"), adapter.content_hash


@pytest.fixture(autouse=True)
def then_a_good_adapter_loads(sound: tuple[Path, str]) -> Iterator[None]:
    """After every attack, in the same process."""
    yield
    folder, content = sound
    assert read_adapter(folder).content_hash == content


@pytest.fixture
def folder(sound: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of the good adapter's folder, to be spoilt."""
    return Path(shutil.copytree(sound[0], tmp_path / "adapter"))


def _kilobytes(what: str) -> int:
    match = re.search(rf"{what}:\s+(\d+) kB", _STATUS.read_text())
    assert match
    return int(match[1])


@pytest.fixture
def bounded() -> Callable[..., AbstractContextManager[None]]:
    """Fail if the body takes more than some seconds of waiting or computing, or its memory ever grows by more."""

    @contextmanager
    def limit(seconds: float = 5, mebibytes: int = 64) -> Iterator[None]:
        def late(*_: object) -> None:
            raise TimeoutError(f"took more than {seconds} s")

        previous = signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        measured = _STATUS.exists() and _RESET_PEAK.exists()
        if measured:
            _RESET_PEAK.write_text("5")
            before = _kilobytes("VmRSS")
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
        if measured:
            assert _kilobytes("VmHWM") - before < mebibytes * 1024

    return limit
