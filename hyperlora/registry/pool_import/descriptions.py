"""A file of descriptions and prompt templates for adapters that do not say what their task is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.files.strict_json import parse_json
from hyperlora.tasks.prompts import check_template

_FORM = (
    'Write one {"name": ..., "description": ..., "template": ...} a line, or a .csv file with these columns; '
    "one of the last two may be left out."
)
_LARGEST = 64 * 2**20
_LONGEST = 20_000


@dataclass(frozen=True)
class Told:
    """What a person says of an adapter.

    Attributes:
        description: its task in words; empty where they leave that open.
        template: the prompts it was trained on; None where they leave that open.
    """

    description: str = ""
    template: str | None = None


def read_descriptions(path: Path) -> dict[str, Told]:
    """What is said of adapters by name, or by folder relative to the pool, from JSON lines or CSV.

    Raises:
        InputError: the file is missing or malformed, or names something twice.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise InputError(f"{path} is not a file of descriptions", _FORM)
    found: dict[str, Told] = {}
    for line, row in _rows(path):
        name, text, template = row.get("name"), row.get("description") or "", row.get("template") or ""
        texts = [each for each in (name, text, template) if isinstance(each, str)]
        if len(texts) < 3 or not texts[0].strip() or not (texts[1].strip() or texts[2].strip()):
            raise InputError(f"{path}:{line}: no name, or neither description nor template", _FORM)
        name, text, template = texts
        if len(text) > _LONGEST:
            raise InputError(f"{path}:{line}: the description is longer than {_LONGEST} characters", "Shorten it.")
        if name in found:
            raise InputError(f"{path}:{line}: {name!r} is described twice", "Keep one of the two.")
        found[name] = Told(" ".join(text.split()), _template(f"{path}:{line}", template))
    return found


def _template(where: str, text: str) -> str | None:
    if not text:
        return None
    try:
        return check_template(text.replace("\\n", "\n"))  # a cell of a table seldom breaks its line
    except InputError as error:
        raise InputError(f"{where}: {error.problem}", "Write {input} once, where the input belongs.") from error


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
