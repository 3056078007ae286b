"""The words by which people choose entries, on the command line and over HTTP, as a query."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hyperlora.errors import InputError
from hyperlora.registry import Query
from hyperlora.registry.catalogue import check_origins, parse_metric

_AGO = re.compile(r"([0-9]{1,6})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def query_of(values: Mapping[str, Any], *, text: str | None = None, order: str) -> Query:
    """The query that these words stand for.

    Args:
        values: `kind` (adapter, generator, retriever or any), `base`, `origins`, `families`, `tags` (KEY or
            KEY=VALUE), `alias`, `metrics` (accuracy>=0.8), `since`, `until`, `licence`, `parent`, `archived` and
            `newest`.
        text: words to look for.
        order: see `Query`.

    Raises:
        InputError: a time, tag or range cannot be read, or an origin is none.
    """
    check_origins(values["origins"])
    return Query(
        kind=None if values["kind"] == "any" else values["kind"],
        text=text,
        base=values["base"],
        origins=values["origins"],
        families=values["families"],
        tags=dict(_tag(tag) for tag in values["tags"]),
        alias=values["alias"],
        metrics=tuple(parse_metric(metric) for metric in values["metrics"]),
        since=_moment(values["since"]),
        until=_moment(values["until"]),
        licence=values["licence"],
        parent=values["parent"],
        archived=values["archived"],
        newest=values["newest"],
        order=order,
    )


def _tag(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    return key, value if equals else None


def _moment(text: str | None) -> int | None:
    """Milliseconds since the epoch; a time without a zone is UTC, and `7d` is seven days ago."""
    if text is None:
        return None
    if match := _AGO.fullmatch(text):
        return int((time.time() - int(match[1]) * _SECONDS[match[2]]) * 1000)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a time", "Write 2026-11-22, 2026-11-22T10:00, 7d or 12h.") from error
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
