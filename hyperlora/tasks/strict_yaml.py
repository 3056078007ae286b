"""YAML from strangers: plain values, each key once, within limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from hyperlora.errors import TaskFormatError

_LONGEST_FILE = 1024 * 1024
# Signs that may nest in a file that is read by libyaml, which has no limit of its own.
_MOST_NESTING = 500


class _UniqueKeys:
    """Refuses a key given twice instead of keeping the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in keys[:place]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)  # type: ignore[misc]
        return mapping


class _Loader(_UniqueKeys, yaml.SafeLoader):
    """Plain YAML values only."""


class _QuickLoader(_UniqueKeys, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml where PyYAML has it: ten times faster, and ended by SIGSEGV on thousands of open brackets."""


def _loader(text: str) -> Any:
    nested = sum(text.count(sign) for sign in "[{-?")
    return _QuickLoader if nested <= _MOST_NESTING else _Loader


def read_yaml_mapping(path: Path, *, too_long: str, wanted: str) -> dict[Any, Any]:
    """The mapping that a YAML file of plain values holds.

    Args:
        path: the file, of 1 MiB at most.
        too_long: what to do about a longer one.
        wanted: what to do about another value than a mapping.

    Raises:
        TaskFormatError: the file cannot be read, is too long, is not YAML, gives a key twice or holds no mapping.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise TaskFormatError(
            f"{path} cannot be read: {error.strerror}", "Correct the path, or add the file."
        ) from error
    if len(data) > _LONGEST_FILE:
        raise TaskFormatError(f"{path} is longer than 1 MiB", too_long)
    try:
        text = data.decode()
        value = yaml.load(text, Loader=_loader(text))
    except yaml.MarkedYAMLError as error:
        place = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TaskFormatError(f"{path}{place}: is not YAML ({error.problem})", "Correct it.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TaskFormatError(f"{path} is not YAML ({error})", "Rewrite it as plain YAML.") from error
    if not isinstance(value, dict):
        raise TaskFormatError(f"{path} is not a mapping of fields", wanted)
    return value


def field_problems(error: ValidationError) -> str:
    """Every wrong field that a validation found, by name, in one line."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    )
