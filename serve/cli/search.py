"""`hyperlora search`."""

from __future__ import annotations

import click

from serve.cli.main import base_option, emit, json_option


@click.command()
@click.argument("text")
@click.option("-k", default=3, show_default=True, help="How many adapters.")
@base_option
@json_option
def command(text: str, k: int, base: str | None, as_json: bool) -> None:
    """Find the registered adapters closest to a description.

    \b
    Example:
      hyperlora search "what is the capital of this country" -k 5
    """
    from hyperlora.doorway import search

    hits = search(text, k, base=base)
    value = [{"similarity": hit.similarity, "wording": hit.wording, **hit.entry.summary()} for hit in hits]
    lines = [f"{hit.similarity:.3f}  {hit.entry.reference:<32}  {hit.wording}" for hit in hits]
    emit(as_json, value, "\n".join(lines) or "the registry has no adapters for this base model")
