"""A file of descriptions for adapters that do not say what their task is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.strict_json import parse_json

_FORM = 'Write one {"name": ..., "description": ...} a line, or a .csv file with these two columns.'
_LARGEST = 64 * 2**20
_LONGEST = 20_000


def read_descriptions(path: Path) -> dict[str, str]:
    """Descriptions by name, or by folder relative to the pool, from JSON lines or CSV.

    Raises:
        InputError: the file is missing or malformed, or names something twice.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise InputError(f"{path} is not a file of descriptions", _FORM)
    found: dict[str, str] = {}
    for line, row in _rows(path):
        name, text = row.get("name"), row.get("description")
        if not isinstance(name, str) or not isinstance(text, str) or not name.strip() or not text.strip():
            raise InputError(f"{path}:{line}: no name, or no description", _FORM)
        if len(text) > _LONGEST:
            raise InputError(f"{path}:{line}: the description is longer than {_LONGEST} characters", "Shorten it.")
        if name in found:
            raise InputError(f"{path}:{line}: {name!r} is described twice", "Keep one of the two.")
        found[name] = " ".join(text.split())
    return found


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        if path.suffix.lower() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as handle:
                reader = csv.DictReader(handle)
                yield from ((reader.line_num, row) for row in reader)
            return
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if line.strip():
                value = parse_json(line)
                yield number, value if isinstance(value, dict) else {}
    except (ValueError, RecursionError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}", _FORM) from error
