"""An adapter's card as the text that MLflow's UI shows with a version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hyperlora.lora.adapter import Adapter

LONGEST = 5000  # characters MLflow's tables have for the description of a version; PostgreSQL enforces it
_DESCRIPTION, _TEMPLATE, _CELL, _WORD = 1500, 800, 160, 200
_HOW_KNOWN = {
    "given": "",
    "proposed": " (proposed from its answers, not given by people)",
    "unknown": " (say it with hyperlora registry edit)",
}
# PostgreSQL stores no NUL, and nothing writes half a surrogate pair
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def card_markdown(adapter: Adapter) -> str:
    """The card of an adapter as Markdown, at most `LONGEST` characters long.

    What has no end, the description, the template, examples and metrics, is shortened; whole lines that would not
    fit are left out from the end.
    """
    text = ""
    for written in _lines(adapter):
        line = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", written)
        if len(text) + len(line) + 1 > LONGEST:
            break
        text += f"{line}\n"
    return text.rstrip("\n")


def _lines(adapter: Adapter) -> Iterator[str]:
    card, base = adapter.card, adapter.base
    yield f"{_short(' '.join(card.description.split()), _DESCRIPTION)}{_HOW_KNOWN[card.description_source]}"
    yield ""
    yield f"- base model: {_code(base.id)}, weights {_code(base.fingerprint[:16])}"
    yield f"- origin: {card.origin}"
    if card.parents:
        yield f"- parents: {', '.join(_code(parent) for parent in card.parents[:8])}{_more(len(card.parents) - 8)}"
    if card.family:
        yield f"- family: {_code(card.family)}"
    yield f"- licence: {_code(card.licence)}"
    ranks = ", ".join(str(rank) for rank in adapter.ranks[:8]) + _more(len(adapter.ranks) - 8)
    yield f"- {len(adapter.modules)} modules, rank {ranks}, {adapter.num_parameters} parameters"
    yield f"- prompt template, as JSON: {_code(json.dumps(card.prompt_template, ensure_ascii=False), _TEMPLATE)}"
    if card.examples:
        yield from ("", "| input | answer |", "|---|---|")
        yield from (f"| {_cell(example.input)} | {_cell(example.output)} |" for example in card.examples[:5])
    if card.metrics:
        yield from ("", "| metric | value |", "|---|---|")
        yield from (f"| {_cell(name)} | {value:.6g} |" for name, value in sorted(card.metrics.items()))


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _code(text: str, longest: int = _WORD) -> str:
    """Text in a code span, whatever it holds: the fence is longer than any run of backticks in it."""
    text = _short(" ".join(text.splitlines()), longest)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""


def _cell(text: str) -> str:
    return _code(text, _CELL).replace("|", "\\|")
