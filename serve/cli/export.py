"""`hyperlora export`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import emit, json_option


@click.command()
@click.argument("adapter")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the PEFT folder here.")
@json_option
def command(adapter: str, out: Path, as_json: bool) -> None:
    """Write a registered ADAPTER as a PEFT folder that any PEFT tool loads.

    \b
    Example:
      hyperlora export registry:noun-plural@champion --out plural
    """
    from hyperlora.peft_folder import require_free, write_adapter
    from hyperlora.registry import Registry

    require_free(out)
    write_adapter(Registry().load(adapter), out)
    emit(as_json, {"out": str(out), "adapter": adapter}, f"{out}: {adapter} as a PEFT folder")
