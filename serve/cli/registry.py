"""`hyperlora registry`."""

from __future__ import annotations

import json

import click

from serve.cli.main import emit, json_option


@click.group()
def command() -> None:
    """List and show what is registered.

    \b
    Example:
      hyperlora registry list
      hyperlora registry show registry:noun-plural
    """


@command.command("list")
@click.option("--kind", type=click.Choice(["adapter", "generator"]), default="adapter", show_default=True)
@json_option
def list_entries(kind: str, as_json: bool) -> None:
    """List every version, by name."""
    from hyperlora.registry import Registry

    entries = Registry().entries("generator" if kind == "generator" else "adapter")
    lines = [
        f"{entry.reference:<48}  {entry.origin:<10}  {','.join(entry.aliases):<10}  {entry.description[:70]}"
        for entry in entries
    ]
    emit(as_json, [entry.summary() for entry in entries], "\n".join(lines) or f"no {kind} is registered")


@command.command("show")
@click.argument("reference")
@json_option
def show(reference: str, as_json: bool) -> None:
    """Show one entry with its card, after checking its files byte by byte."""
    from hyperlora.peft_folder import read_card
    from hyperlora.registry import Registry

    registry = Registry()
    entry = registry.get(reference)
    folder = registry.verified_folder(entry)
    value = entry.summary()
    if entry.kind == "adapter":
        value["card"] = read_card(folder).model_dump(mode="json")
    emit(as_json, value, json.dumps(value, indent=2, ensure_ascii=False))
