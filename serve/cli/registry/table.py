"""Entries as a table for a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime

from hyperlora.registry import Entry
from hyperlora.registry.stored_config import read_stored_config

_HEADS = ("REFERENCE", "METRIC", "RANK", "DATE", "ORIGIN", "ALIASES")
_DESCRIPTION = "DESCRIPTION"
_MEASURED_ON = {"cross_validated": "cross-val.", "given_examples": "examples"}
_LEAST = 20  # columns for a description; with fewer it gets a line of its own
_WIDE = 160  # where the output is no terminal
_LONGEST_REFERENCE = 44  # longer ones, as `adapt` makes them, get a line of their own


def entries_table(entries: Sequence[Entry]) -> list[str]:
    """A heading and a line an entry, as wide as the terminal; references are never cut, so that they can be copied."""
    rows = [_cells(entry) for entry in entries]
    used = [at for at in range(len(_HEADS)) if any(row[at] not in ("", "-") for row in rows)]
    widths = {at: max(len(_HEADS[at]), *(len(row[at]) for row in rows)) for at in used}
    widths[0] = max(len(_HEADS[0]), *(len(row[0]) for row in rows if len(row[0]) <= _LONGEST_REFERENCE), 0)
    total = shutil.get_terminal_size((_WIDE, 24)).columns
    own_line = total - sum(widths.values()) - 2 * len(widths) < _LEAST
    heads = [f"{_line(_HEADS, widths)}  {'' if own_line else _DESCRIPTION}".rstrip()]
    for entry, row in zip(entries, rows, strict=True):
        apart = len(row[0]) > widths[0]
        heads += [row[0]] if apart else []
        line, said = _line(("", *row[1:]) if apart else row, widths), " ".join(entry.description.split())
        if own_line or total - len(line) - 2 < _LEAST:
            heads += [line.rstrip(), f"    {_cut(said, total - 4)}"]
        else:
            heads.append(f"{line}  {_cut(said, total - len(line) - 2)}".rstrip())
    return heads


def moment(milliseconds: int) -> str:
    """A time in UTC, to the minute."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def metric_text(entry: Entry) -> str:
    """The score that says most, and on what it was measured: `0.98 validation`; other metrics are named in full."""
    if entry.headline_metric is None:
        return "-"
    name, value = entry.headline_metric
    metric, _, measured_on = name.partition(".")
    return f"{value:.2f} {_MEASURED_ON.get(measured_on, measured_on) if metric == 'exact_match' else name}"


def _cells(entry: Entry) -> tuple[str, ...]:
    config = read_stored_config(entry.folder)
    return (
        entry.reference,
        metric_text(entry),
        "-" if config is None else config.rank_text,
        moment(entry.created)[:10],
        entry.origin,
        ",".join(entry.aliases),
    )


def _line(cells: Sequence[str], widths: dict[int, int]) -> str:
    return "  ".join(f"{cells[at]:<{width}}" for at, width in widths.items())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
