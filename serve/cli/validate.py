"""`hyperlora validate`."""

from __future__ import annotations

import click

from serve.cli.main import emit, json_option


@click.command("validate")
@click.argument("adapter")
@click.option("--base", metavar="REF", help="Also check that every module is this base model's, in its shape.")
@json_option
def command(adapter: str, base: str | None, as_json: bool) -> None:
    """Check a PEFT folder (file:FOLDER): exit 0 if it can be read, or 1 with everything that is wrong.

    \b
    Example:
      hyperlora validate file:my-lora
      hyperlora validate file:my-lora --base smollm2-135m-instruct
    """
    from hyperlora.models import locate_base
    from hyperlora.peft_io.folder import validate_folder
    from hyperlora.references import parse_reference

    folder = parse_reference(adapter, ("file",)).path
    found = validate_folder(folder, None if base is None else locate_base(base))
    emit(as_json, found.as_json(), found.as_text())
    if not found.ok:
        raise click.exceptions.Exit(1)
