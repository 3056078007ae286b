"""The inputs of `run`, from a file or a pipe."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from hyperlora.errors import InputError
from hyperlora.files.strict_json import parse_json

_FIELD = "input"
_JSONL, _CSV = (".jsonl", ".ndjson"), (".csv", ".tsv")
_REMEDY = 'Write one input a line, or .jsonl lines of {"input": …}, or a .csv with a column input.'


def read_inputs(path: Path) -> list[str]:
    """The inputs in a file: one a line; in a `.jsonl`, `.csv` or `.tsv` the field `input` of each row.

    Other fields of a row are ignored, and so are blank lines.

    Raises:
        InputError: the file cannot be read or holds no input, or a row has none.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "Check --file.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text: {error.reason} at byte {error.start}", "Save it as UTF-8."
        ) from error
    kind = path.suffix.lower()
    if kind in _JSONL:
        inputs = list(_of_jsonl(path, text))
    elif kind in _CSV:
        inputs = list(_of_csv(path, text, "\t" if kind == ".tsv" else ","))
    else:
        inputs = input_lines(text)
    if not inputs:
        raise InputError(f"{path} holds no input", _REMEDY)
    return inputs


def input_lines(text: str) -> list[str]:
    """One input a line, without blank lines."""
    return [line.rstrip("\r") for line in text.split("\n") if line.strip()]


def check_inputs(inputs: Sequence[str]) -> list[str]:
    """The inputs, or `InputError` where there is none or one is empty."""
    if not inputs:
        raise InputError("there is no input", "Give at least one.")
    for number, text in enumerate(inputs, 1):
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"input {number} is {'empty' if isinstance(text, str) else 'not a text'}", "Give texts.")
    return list(inputs)


def _of_jsonl(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            value = parse_json(line.encode())
        except json.JSONDecodeError as error:
            raise InputError(f"{place}, column {error.colno}: is not JSON ({error.msg})", _REMEDY) from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{place}: is not JSON that can be read ({error})", _REMEDY) from error
        yield _field(place, value)


def _of_csv(path: Path, text: str, delimiter: str) -> Iterator[str]:
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield _field(f"{path}, line {reader.line_num}", row)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: is not CSV ({error})", "Correct the quotes.") from error


def _field(place: str, row: object) -> str:
    value = row.get(_FIELD) if isinstance(row, dict) else None
    if isinstance(value, str):
        return value
    named = ", ".join(str(name)[:40] for name in list(row)[:8]) if isinstance(row, dict) else type(row).__name__
    raise InputError(f"{place}: has no text named {_FIELD}, only: {named}", _REMEDY)
