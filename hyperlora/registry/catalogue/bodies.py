"""An entry as the catalogue stores it: JSON of all that stands in no other column, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from hyperlora.registry.catalogue.words import joined
from hyperlora.registry.entry import Entry

_ELSEWHERE = ("name", "version", "folder", "aliases")
FIELDS = tuple(field.name for field in fields(Entry) if field.name not in _ELSEWHERE)
_TUPLES = ("paraphrases", "parents")
_MAPPINGS = ("manifest", "metrics", "tags")

Body = Mapping[str, Any]


class UnreadableBodyError(Exception):
    """What the catalogue stored of an entry is damaged."""


def body_of(entry: Entry) -> dict[str, Any]:
    """What is stored of an entry, as JSON gives it back."""
    body = {name: getattr(entry, name) for name in FIELDS}
    for name in _TUPLES:
        body[name] = list(body[name])
    for name in _MAPPINGS:
        body[name] = dict(body[name])
    return body


def dump(body: Body) -> str:
    """The stored text; equal bodies give equal texts."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"))  # escaped: half characters cannot be stored


def load(record: str) -> dict[str, Any]:
    """The body of a stored text.

    Raises:
        UnreadableBodyError: the file is damaged.
    """
    try:
        body = json.loads(record)
    except ValueError as error:
        raise UnreadableBodyError(str(error)) from error
    if not isinstance(body, dict) or set(body) != set(FIELDS):
        raise UnreadableBodyError("fields are missing or strange")
    return body


def differing(old: Body, new: Body) -> list[str]:
    """The fields in which two bodies differ; NaN is like NaN."""
    return [
        name for name in sorted(FIELDS) if old[name] != new[name] and dump({name: old[name]}) != dump({name: new[name]})
    ]


def texts_of(name: str, body: Body) -> tuple[str, ...]:
    """What the full-text index holds of an entry: its name, also in one word, and its texts and tag values."""
    tags = "\n".join(body["tags"][key] for key in sorted(body["tags"]))
    whole = joined(name)
    texts = (
        name if whole == name else f"{name}\n{whole}",
        body["description"],
        "\n".join(body["paraphrases"]),
        body["family"],
        tags,
    )
    return tuple(text.encode("utf-8", "replace").decode() for text in texts)


def entry_of(name: str, version: int, record: str, aliases: Iterable[str], folder_of: Callable[[str], Path]) -> Entry:
    """The entry again, from its stored text and what stands elsewhere."""
    values = load(record)
    values |= {field: tuple(values[field]) for field in _TUPLES}
    folder = folder_of(values["content"])
    return Entry(name=name, version=version, aliases=tuple(sorted(aliases)), folder=folder, **values)
