"""A whole JSON file of somebody else's, read one way only and within limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

from hyperlora.errors import TaskFormatError
from hyperlora.files.strict_json import parse_json
from hyperlora.tasks.text_lines import BYTE_ORDER_MARK, unreadable

_LONGEST_FILE = 256 * 1024 * 1024


def read_json(path: Path) -> Any:
    """The value that a JSON file holds.

    Raises:
        TaskFormatError: the file cannot be read, is too long, is not UTF-8 or not JSON, or gives a field twice.
    """
    try:
        with path.open("rb") as handle:
            return json_of(handle, path)
    except OSError as error:
        raise unreadable(path, error) from error


def json_of(handle: BinaryIO, path: Path) -> Any:
    """The same of a file of 256 MiB at most that is open at its beginning; a byte order mark is passed over.

    Raises:
        TaskFormatError: the file is too long, is not UTF-8 or not JSON, or gives a field twice.
    """
    data = handle.read(_LONGEST_FILE + 1)
    if len(data) > _LONGEST_FILE:
        raise TaskFormatError(f"{path} is longer than {_LONGEST_FILE // 1024**2} MiB", "Split the file.")
    return json_value(data.removeprefix(BYTE_ORDER_MARK), str(path))


def json_value(data: bytes, place: str, *, line: bool = False) -> Any:
    """The value of a JSON text.

    Args:
        place: where it stands, for messages.
        line: it is one line, which `place` names.

    Raises:
        TaskFormatError: it is not UTF-8 or not JSON, gives a field twice, or holds half of a character.
    """
    try:
        return parse_json(data)
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        at = "" if line else f", line {number}"
        raise TaskFormatError(f"{place}{at}: is not UTF-8", "Save the file as UTF-8.") from error
    except UnicodeEncodeError as error:
        raise TaskFormatError(
            f"{place}: holds half of a surrogate pair, which UTF-8 cannot write", "Correct the text."
        ) from error
    except json.JSONDecodeError as error:
        at = "" if line else f", line {error.lineno}"
        raise TaskFormatError(f"{place}{at}, column {error.colno}: is not JSON ({error.msg})", "Correct it.") from error
    except (ValueError, RecursionError) as error:
        raise TaskFormatError(f"{place}: is not JSON that can be read ({error})", "Correct it.") from error


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
