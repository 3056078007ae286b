"""`hyperlora generate`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import base_option, emit, json_option


@click.command()
@click.argument("description")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the adapter here as a PEFT folder.")
@base_option
@json_option
def command(description: str, out: Path, base: str | None, as_json: bool) -> None:
    """Write an adapter from a description alone, with the registry's champion generator.

    \b
    Example:
      hyperlora generate "Spell the number out in words" --out spelled
    """
    from hyperlora.doorway import generate
    from hyperlora.peft_folder import require_free, write_adapter

    require_free(out)
    adapter = generate(description, base=base)
    write_adapter(adapter, out)
    value = {"out": str(out), "parents": list(adapter.card.parents), "content": adapter.content_hash}
    emit(as_json, value, f"{out}: written by {adapter.card.parents[0]}, {adapter.num_parameters:,} parameters")
