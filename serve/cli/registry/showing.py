"""One entry for people: what it does, where it comes from, how good it is, and how to use it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from hyperlora.lora.card import Card
from hyperlora.registry import Entry, Tombstone
from hyperlora.registry.stored_config import read_stored_config
from serve.cli.registry.table import moment

_LABEL = 14
_MOST_EXAMPLES, _MOST_PARENTS, _MOST_WORDINGS = 5, 4, 3
_LONGEST_CELL = 60
_NOTES = {
    "proposed": "nobody wrote this description: it was proposed from the adapter's answers",
    "unknown": "nobody has said yet what this adapter does",
}


def entry_text(
    entry: Entry,
    card: Card | None,
    versions: Sequence[Entry],
    deleted: Mapping[int, Tombstone],
    unseen: Sequence[str] | None,
) -> str:
    """Everything a person asks of an entry, on lines no wider than the terminal.

    Args:
        card: of an adapter.
        versions: all live versions of the name.
        deleted: its deleted versions.
        unseen: of a generator: references of trained adapters that it was not trained on.
    """
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    lines = [f"{entry.reference}  ({entry.kind})", *wrap(" ".join(entry.description.split()), width), ""]
    facts = (
        *_weights(entry, card),
        *_descent(entry, card, unseen),
        *_place(entry, versions, deleted),
        *_contents(entry, card),
    )
    for label, text in facts:
        parts = [part for line in text.splitlines() for part in _folded(line, width - _LABEL)] or [""]
        lines.append(f"{label:<{_LABEL}}{parts[0]}")
        lines += [" " * _LABEL + part for part in parts[1:]]
    return "\n".join([*lines, "", "use", *(f"  {line}".rstrip() for line in _usage(entry, card))])


def _folded(line: str, width: int) -> list[str]:
    return wrap(line, max(20, width), break_long_words=False, break_on_hyphens=False)


def _weights(entry: Entry, card: Card | None) -> Iterator[tuple[str, str]]:
    """What it is and how good."""
    if entry.description_source in _NOTES:
        yield "note", _NOTES[entry.description_source]
    if entry.paraphrases:
        more = _more(len(entry.paraphrases) - _MOST_WORDINGS, "--json shows all")
        yield "also put as", "\n".join([*entry.paraphrases[:_MOST_WORDINGS], *more])
    yield "base model", f"{entry.base_id or 'unnamed'} (weights {entry.base[:12]})" if entry.base else "-"
    if config := read_stored_config(entry.folder):
        targets = ", ".join(config.target_modules[:8]) + ", …" * (len(config.target_modules) > 8)
        yield "rank", f"{config.rank_text}, alpha {config.alpha:g}, on {targets}"
    yield "size", f"{entry.size / 1e6:.1f} MB"
    if entry.encoder:
        yield "encoder", entry.encoder
    if card is not None:
        yield "template", json.dumps(card.prompt_template, ensure_ascii=False)
    yield (
        "metrics",
        "\n".join(f"{name}  {value:.4g}" for name, value in sorted(entry.metrics.items())) or "none measured",
    )


def _descent(entry: Entry, card: Card | None, unseen: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    """Where it comes from."""
    yield "origin", entry.origin or "-"
    if entry.parents:
        yield "made from", "\n".join([*entry.parents[:_MOST_PARENTS], *_more(len(entry.parents) - _MOST_PARENTS, "")])
    if card is not None and card.decision and card.decision.get("reason"):
        yield "why this one", str(card.decision["reason"])
    if unseen is not None:
        yield "stale", f"yes: {len(unseen)} trained adapters are newer, e.g. {unseen[0]}" if unseen else "no"
    for label, value in (("family", entry.family), ("licence", entry.licence)):
        if value:
            yield label, value


def _place(entry: Entry, versions: Sequence[Entry], deleted: Mapping[int, Tombstone]) -> Iterator[tuple[str, str]]:
    """How it stands in the registry."""
    yield "aliases", ", ".join(entry.aliases) or "none"
    yield "tags", ", ".join(f"{key}={value}" for key, value in sorted(entry.tags.items())) or "none"
    yield "versions", _versions(entry, versions, deleted)
    yield "registered", moment(entry.created)
    if entry.expires is not None:
        yield (
            "expires",
            f"{moment(entry.expires)}, {'but its alias keeps it' if entry.aliases else 'if it gets no alias'}",
        )
    if entry.archived is not None:
        yield "archived", f"{moment(entry.archived)}; it is in no list and no search"


def _contents(entry: Entry, card: Card | None) -> Iterator[tuple[str, str]]:
    if card is not None and card.examples:
        pairs = [f"{_cell(each.input)} -> {_cell(each.output)}" for each in card.examples[:_MOST_EXAMPLES]]
        yield "examples", "\n".join([*pairs, *_more(len(card.examples) - _MOST_EXAMPLES, "--json shows all")])
    yield "files", str(entry.folder)


def _versions(entry: Entry, versions: Sequence[Entry], deleted: Mapping[int, Tombstone]) -> str:
    told = []
    for each in versions:
        words = [*each.aliases, *(["archived"] if each.archived is not None else [])]
        words += ["this one"] if each.version == entry.version and len(versions) > 1 else []
        told.append(f"{each.version}" + (f" ({', '.join(words)})" if words else ""))
    told += [f"{version} (deleted: {gone.reason})" for version, gone in sorted(deleted.items())]
    return ", ".join(told)


def _usage(entry: Entry, card: Card | None) -> list[str]:
    if entry.kind == "generator":
        return [f'hyperlora generate "DESCRIPTION" --generator {entry.reference} --out FOLDER']
    if card is None:
        return ['hyperlora search "DESCRIPTION"   # the champion retriever finds adapters']
    sample = card.examples[0].input if card.examples else "INPUT"
    shown = _quoted(sample) if len(sample) <= _LONGEST_CELL and "\n" not in sample else '"INPUT"'
    return [
        f"hyperlora run {entry.reference} {shown}",
        f"hyperlora export {entry.reference} --out {entry.name}",
        f"hyperlora merge {entry.reference} --out {entry.name}-merged",
        *([f"hyperlora registry alias {entry.reference} NAME   # keeps it for good"] if entry.expires else []),
        *([f"hyperlora registry restore {entry.reference}   # lists it again"] if entry.archived else []),
        "",
        "in Python, after the export:",
        "  from peft import PeftModel",
        "  from transformers import AutoModelForCausalLM",
        "  from hyperlora.models import locate_base",
        f'  base = AutoModelForCausalLM.from_pretrained(locate_base("{entry.base_id}").folder)',
        f'  model = PeftModel.from_pretrained(base, "{entry.name}")   # prompts in the template above',
    ]


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text) if any(sign in text for sign in '"$`\\!') else f'"{text}"'


def _cell(text: str) -> str:
    text = text.replace("\n", "\\n")
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _more(count: int, hint: str) -> list[str]:
    return [f"… and {count} more" + (f" ({hint})" if hint else "")] if count > 0 else []
