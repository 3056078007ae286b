"""What an import has done so far, one line a folder, on disk before the next folder begins."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hyperlora.identity import canonical_json
from hyperlora.registry.pool_import.report import Row


@dataclass(frozen=True)
class Settled:
    """A folder that is done with, as long as its files do not change.

    Attributes:
        row: its line of the report.
        files: hash of its files.
        base: fingerprint of its base model, where it was registered.
        weights: content hash of what was registered.
        sketch: of what was registered, as text.
    """

    row: Row
    files: str
    base: str = ""
    weights: str = ""
    sketch: str = ""


class Journal:
    """A file of JSON lines that is only appended to; a line that a kill cut short does not count.

    Attributes:
        settled: by folder.
        proposed: descriptions from probing, by content hash of the adapter.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.settled: dict[str, Settled] = {}
        self.proposed: dict[str, str] = {}
        whole = 0
        data = path.read_bytes() if path.is_file() else b""
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n") or not self._take(line):
                break
            whole += len(line)
        if whole < len(data):
            os.truncate(path, whole)

    def _take(self, line: bytes) -> bool:
        try:
            value: dict[str, Any] = json.loads(line)
            if "proposed" in value:
                self.proposed |= value["proposed"]
            else:
                settled = Settled(**{**value, "row": Row(**value["row"])})
                self.settled[settled.row.folder] = settled
        except (ValueError, TypeError, KeyError):
            return False
        return True

    def settle(self, settled: Settled) -> None:
        """Record a folder."""
        self.settled[settled.row.folder] = settled
        self._append(asdict(settled))

    def propose(self, descriptions: Mapping[str, str]) -> None:
        """Record descriptions, so that a later process does not answer the probes in other batches."""
        self.proposed |= descriptions
        self._append({"proposed": dict(descriptions)})

    def _append(self, value: Any) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as handle:
            handle.write(canonical_json(value).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
