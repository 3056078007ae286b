"""Write many registered adapters as PEFT folders, one a name; run again, it goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import HyperLoRAError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.progress import progress
from hyperlora.registry import Entry, Registry


@dataclass(frozen=True)
class ExportFailure:
    """An adapter that was not written, and why.

    Attributes:
        reference: `registry:NAME@VERSION`.
        error, remedy: what was wrong, and what to do.
    """

    reference: str
    error: str
    remedy: str


@dataclass(frozen=True)
class ExportReport:
    """What came of every adapter.

    Attributes:
        out: the folder that holds the adapters' folders.
        written: references of those written now.
        skipped: of those that were there already, with the same contents.
        failed: the others.
    """

    out: Path
    written: tuple[str, ...]
    skipped: tuple[str, ...]
    failed: tuple[ExportFailure, ...]

    def summary(self) -> dict[str, Any]:
        """What `--json` shows of it."""
        return {
            "out": str(self.out),
            "written": list(self.written),
            "skipped": list(self.skipped),
            "failed": [vars(failure) for failure in self.failed],
        }


def export_all(registry: Registry, entries: Sequence[Entry], out: Path) -> ExportReport:
    """Write each adapter to `out/NAME`, or `out/NAME@VERSION` where several versions of one name are asked for.

    A folder that holds the same adapter already is left as it is; one that holds something else is not touched and
    counts as failed, and so does an adapter that cannot be read. The others are written all the same.

    Raises:
        InputError: there is nothing to write, or `out` is a file.
    """
    if not entries:
        raise InputError("there is no adapter to export", "Loosen the filters; see: hyperlora registry list")
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file", "Choose a folder for --out.")
    out.mkdir(parents=True, exist_ok=True)
    names = [entry.name for entry in entries]
    written: list[str] = []
    skipped: list[str] = []
    failed: list[ExportFailure] = []
    with progress(len(entries), "export", "adapter", delay=2) as bar:
        for entry in entries:
            folder = out / (entry.name if names.count(entry.name) == 1 else f"{entry.name}@{entry.version}")
            try:
                done = written if _write(registry.load(entry.reference), folder) else skipped
                done.append(entry.reference)
            except HyperLoRAError as error:
                failed.append(ExportFailure(entry.reference, error.problem, error.remedy))
            except OSError as error:
                remedy = "Check its permissions and the free disk space, then run the command again."
                failed.append(ExportFailure(entry.reference, f"{folder}: {error.strerror or error}", remedy))
            bar.update(1)
    return ExportReport(out, tuple(written), tuple(skipped), tuple(failed))


def _write(adapter: Adapter, folder: Path) -> bool:
    """Write one adapter; False if the folder holds it already.

    Raises:
        InputError: the folder holds something else.
    """
    if folder.is_dir() and any(folder.iterdir()):
        if _holds(folder, adapter):
            return False
        raise InputError(f"{folder} holds something else", "Remove it, or choose another --out.")
    write_adapter(adapter, folder)
    return True


def _holds(folder: Path, adapter: Adapter) -> bool:
    try:
        there = read_adapter(folder)
    except HyperLoRAError:
        return False
    return (there.content_hash, there.card) == (adapter.content_hash, adapter.card)
