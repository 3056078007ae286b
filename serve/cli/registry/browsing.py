"""`hyperlora registry list`, `search` and `show`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from serve.cli.main import emit, json_option
from serve.cli.registry.filters import filter_options

if TYPE_CHECKING:
    from hyperlora.registry import Query


@click.command("list")
@filter_options
@click.option("-q", "text", metavar="WORDS", help="Only entries with these words; the same as registry search.")
@click.option(
    "--order",
    help="kept (the default: by name, but what adapt and generate registered for a limited time comes last), name, "
    "created, -created, metric:NAME, -metric:NAME; with -q relevance.",
)
@json_option
def list_entries(
    text: str | None, as_json: bool, order: str | None, limit: int, cursor: str | None, counts: bool, **values: Any
) -> None:
    """List what is registered, a page at a time: the score that says most, rank, date, origin, aliases, description.

    The score is on test examples where there is one, else cross-validated, else on validation examples, else on the
    examples that were given to adapt; -metric:NAME orders by one of them, --json shows all.

    \b
    Example:
      hyperlora registry list --newest --origin trained --metric "exact_match.validation>=0.8"
      hyperlora registry list --order=-metric:exact_match.validation
      hyperlora registry list --tag team=search --order -created
    """
    from serve.registry_query import query_of

    order = order or ("kept" if text is None else "relevance")
    _show_page(query_of(values, text=text, order=order), limit, cursor, counts, as_json)


@click.command("search")
@click.argument("text")
@filter_options
@click.option("--order", default="relevance", show_default=True, help="relevance, or as for list.")
@json_option
def search_entries(
    text: str, as_json: bool, order: str, limit: int, cursor: str | None, counts: bool, **values: Any
) -> None:
    """Find entries by the words in their names, descriptions and tags; `hyperlora search` finds by meaning.

    All words must be there, the last may be cut short. A name is found however its words are joined: "title case"
    finds title-case, title_case and titlecase.

    \b
    Example:
      hyperlora registry search "capital countr" --origin trained
      hyperlora registry search "title case"
    """
    from serve.registry_query import query_of

    _show_page(query_of(values, text=text, order=order), limit, cursor, counts, as_json)


def _show_page(query: Query, limit: int, cursor: str | None, counts: bool, as_json: bool) -> None:
    from hyperlora.registry import Registry
    from serve.cli.registry.table import entries_table
    from serve.listing import listed

    registry = Registry()
    if counts:
        facets = registry.facets(query)
        lines = [
            f"{field:<20}  {count:>8}  {value}" for field, found in facets.items() for value, count in found.items()
        ]
        emit(as_json, facets, "\n".join(lines) or "nothing to count")
        return
    page = registry.search(query, limit=limit, cursor=cursor)
    value = {"entries": [listed(entry) for entry in page.entries], "next": page.next, "total": page.total}
    lines = entries_table(page.entries) if page.entries else []
    if page.next:
        of = "" if page.total is None else f" of {page.total}"
        lines.append(f"{len(page.entries)}{of} shown; the next: --cursor {page.next}")
    emit(as_json, value, "\n".join(lines) or _nothing(query))


def _nothing(query: Query) -> str:
    what = query.kind or "entry"
    bare = query.text is None and replace(query, order="name", newest=False) == type(query)(kind=query.kind)
    return f"no {what} is registered" if bare else f"no {what} fits"


@click.command("show")
@click.argument("reference")
@json_option
def show(reference: str, as_json: bool) -> None:
    """Show what is known of one entry and how to use it, after checking its files byte by byte; all of it with --json.

    A generator is stale if the pool has trained adapters that it has not seen.

    \b
    Example:
      hyperlora registry show registry:noun-plural@champion
    """
    from hyperlora.peft_io.folder import read_card
    from hyperlora.registry import Registry
    from serve.cli.registry.showing import entry_text
    from serve.listing import listed

    registry = Registry()
    entry = registry.get(reference)
    folder = registry.verified_folder(entry)
    deleted = registry.record.tombstones(entry.name)
    value = {
        **listed(entry),
        "recipe": entry.recipe,
        "dataset": entry.dataset,
        "run_id": entry.run_id,
        "manifest": dict(entry.manifest),
        "deleted_versions": {str(version): tombstone.reason for version, tombstone in sorted(deleted.items())},
    }
    card = read_card(folder) if entry.kind == "adapter" else None
    if card is not None:
        value["card"] = card.model_dump(mode="json")
    if entry.kind == "generator":
        from pipelines.adapt.staleness import trained_tasks, unseen_adapters

        unseen = unseen_adapters(registry, entry, trained_tasks(registry, entry))
        value |= {"stale": bool(unseen), "unseen": unseen}
    if as_json:
        emit(as_json, value, "")
        return
    state = registry.record.state(entry.name)
    others = [] if state is None else [each for _, each in sorted(state.entries.items())]
    emit(as_json, value, entry_text(entry, card, others, deleted, value.get("unseen")))


COMMANDS = (list_entries, search_entries, show)
