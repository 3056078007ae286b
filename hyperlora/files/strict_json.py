"""JSON from strangers: read one way only."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: bytes) -> Any:
    """The value of a UTF-8 JSON text in which no object names a field twice.

    Which of two equal names counts is left open by the standard: two programs that read one file, one to check it and
    one to use it, may see different things.

    Raises:
        ValueError: not JSON, not UTF-8, a field there twice, or a text with half a character in it.
        RecursionError: nested too deep.
    """
    value = json.loads(text.decode("utf-8"), object_pairs_hook=_unique)
    if b"\\u" in text:
        # an escape may stand for half of a surrogate pair, which nothing can write out again
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the field {twice[:120]!r} is there twice")
    return fields
