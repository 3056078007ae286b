"""`hyperlora registry list`, `search` and `show`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from serve.cli.main import emit, json_option
from serve.cli.registry.filters import filter_options

if TYPE_CHECKING:
    from hyperlora.registry import Entry, Query


@click.command("list")
@filter_options
@click.option("--order", default="name", show_default=True, help="name, created, -created, metric:NAME, -metric:NAME.")
@json_option
def list_entries(as_json: bool, order: str, limit: int, cursor: str | None, counts: bool, **values: Any) -> None:
    """List what is registered, a page at a time.

    \b
    Example:
      hyperlora registry list --newest --origin trained --metric "exact_match.validation>=0.8"
      hyperlora registry list --tag team=search --order -created
    """
    from serve.registry_query import query_of

    _show_page(query_of(values, order=order), limit, cursor, counts, as_json)


@click.command("search")
@click.argument("text")
@filter_options
@click.option("--order", default="relevance", show_default=True, help="relevance, or as for list.")
@json_option
def search_entries(
    text: str, as_json: bool, order: str, limit: int, cursor: str | None, counts: bool, **values: Any
) -> None:
    """Find entries by the words in their names, descriptions and tags; `hyperlora search` finds by meaning.

    \b
    Example:
      hyperlora registry search "capital countr" --origin trained
    """
    from serve.registry_query import query_of

    _show_page(query_of(values, text=text, order=order), limit, cursor, counts, as_json)


def _show_page(query: Query, limit: int, cursor: str | None, counts: bool, as_json: bool) -> None:
    from hyperlora.registry import Registry

    registry = Registry()
    if counts:
        facets = registry.facets(query)
        lines = [
            f"{field:<20}  {count:>8}  {value}" for field, found in facets.items() for value, count in found.items()
        ]
        emit(as_json, facets, "\n".join(lines) or "nothing to count")
        return
    page = registry.search(query, limit=limit, cursor=cursor)
    value = {"entries": [entry.summary() for entry in page.entries], "next": page.next, "total": page.total}
    lines = [_line(entry) for entry in page.entries]
    if page.next:
        of = "" if page.total is None else f" of {page.total}"
        lines.append(f"{len(page.entries)}{of} shown; the next: --cursor {page.next}")
    emit(as_json, value, "\n".join(lines) or _nothing(query))


def _line(entry: Entry) -> str:
    aliases = ",".join(entry.aliases)
    return f"{entry.reference:<48}  {entry.origin:<10}  {aliases:<10}  {entry.description[:70]}".rstrip()


def _nothing(query: Query) -> str:
    what = query.kind or "entry"
    bare = query.text is None and replace(query, order="name", newest=False) == type(query)(kind=query.kind)
    return f"no {what} is registered" if bare else f"no {what} fits"


@click.command("show")
@click.argument("reference")
@json_option
def show(reference: str, as_json: bool) -> None:
    """Show one entry with its card, after checking its files byte by byte.

    A generator is stale if the pool has trained adapters that it has not seen.
    """
    from hyperlora.peft_folder import read_card
    from hyperlora.registry import Registry

    registry = Registry()
    entry = registry.get(reference)
    folder = registry.verified_folder(entry)
    deleted = registry.record.tombstones(entry.name)
    value = {
        **entry.summary(),
        "recipe": entry.recipe,
        "dataset": entry.dataset,
        "run_id": entry.run_id,
        "manifest": dict(entry.manifest),
        "deleted_versions": {str(version): tombstone.reason for version, tombstone in sorted(deleted.items())},
    }
    if entry.kind == "adapter":
        value["card"] = read_card(folder).model_dump(mode="json")
    if entry.kind == "generator":
        from pipelines.staleness import trained_tasks, unseen_adapters

        unseen = unseen_adapters(registry, entry, trained_tasks(registry, entry))
        value |= {"stale": bool(unseen), "unseen": unseen}
    emit(as_json, value, json.dumps(value, indent=2, ensure_ascii=False))


COMMANDS = (list_entries, search_entries, show)
