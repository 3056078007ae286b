"""`hyperlora merge`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import base_option, emit, json_option


@click.command()
@click.argument("adapter")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the checkpoint here.")
@click.option("--dequantise", is_flag=True, help="Merge a quantised base model in its plain, larger form.")
@base_option
@json_option
def command(adapter: str, out: Path, dequantise: bool, base: str | None, as_json: bool) -> None:
    """Merge ADAPTER (registry:NAME or file:FOLDER) into the base model and write the checkpoint.

    \b
    Example:
      hyperlora merge registry:noun-plural --out merged
    """
    from hyperlora.files.durable import require_free
    from pipelines.api import merge

    require_free(out)
    merge(adapter, out, base=base, dequantise=dequantise)
    emit(as_json, {"out": str(out), "adapter": adapter}, f"{out}: base model with {adapter} merged in")
