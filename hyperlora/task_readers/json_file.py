"""A whole JSON file of somebody else's, read one way only and within limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hyperlora.errors import TaskFormatError
from hyperlora.strict_json import parse_json

_LONGEST_FILE = 256 * 1024 * 1024


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of 256 MiB at most, without a byte order mark.

    Raises:
        TaskFormatError: the file cannot be read or is longer.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise TaskFormatError(f"{path} cannot be read: {error.strerror}", "Correct the path or its rights.") from error
    if len(data) > _LONGEST_FILE:
        raise TaskFormatError(f"{path} is longer than {_LONGEST_FILE // 1024**2} MiB", "Split the file.")
    return data.removeprefix(b"\xef\xbb\xbf")


def read_json(path: Path) -> Any:
    """The value that a JSON file holds.

    Raises:
        TaskFormatError: the file cannot be read, is too long, is not UTF-8 or not JSON, or gives a field twice.
    """
    data = read_bytes(path)
    try:
        return parse_json(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TaskFormatError(f"{path}, line {line}: is not UTF-8", "Save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise TaskFormatError(
            f"{path}, line {error.lineno}, column {error.colno}: is not JSON ({error.msg})", "Correct it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise TaskFormatError(f"{path}: is not JSON that can be read ({error})", "Correct it.") from error


def field_of(value: object, key: str, kind: type | tuple[type, ...], place: str) -> Any:
    """The value of a key that an object must have.

    Raises:
        TaskFormatError: `value` is no object, has no such key, or what it has there is of another kind.
    """
    if not isinstance(value, dict):
        raise TaskFormatError(f"{place}: is {type(value).__name__}, not an object", f"Give an object with {key!r}.")
    if key not in value:
        raise TaskFormatError(f"{place}: has no {key!r}", f"Add {key!r}, or read the data by another scheme.")
    if not isinstance(value[key], kind):
        raise TaskFormatError(f"{place}: {key!r} is {type(value[key]).__name__}", "Correct it.")
    return value[key]
