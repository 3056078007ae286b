"""What makes two runs, datasets or files the same: canonical JSON and SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces, so that equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(value: Any) -> str:
    """SHA-256 (hex) of a JSON-serialisable value."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, read in 1 MiB blocks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def code_hash(modules: Iterable[ModuleType]) -> str:
    """SHA-256 over the source files of the modules, or whole packages, whose change would change a run's result."""
    files = []
    for module in modules:
        source = Path(str(module.__file__))
        inside = source.parent.rglob("*.py") if hasattr(module, "__path__") else [source]
        files += [(f"{module.__name__}/{path.relative_to(source.parent).as_posix()}", path) for path in inside]
    return content_hash([[name, file_hash(path)] for name, path in sorted(files)])
