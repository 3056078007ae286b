"""`hyperlora import`."""

from __future__ import annotations

import click

from serve.cli.main import base_option, emit, json_option


@click.command("import")
@click.argument("adapter")
@click.option("--name", required=True, help="What to register it as.")
@click.option("--description", help="What its task is; needed for a folder that HyperLoRA did not write.")
@click.option("--template", help=r'Its prompt template, e.g. "Q: {input}\nA:", where \n is a new line.')
@base_option
@json_option
def command(
    adapter: str, name: str, description: str | None, template: str | None, base: str | None, as_json: bool
) -> None:
    """Register your own PEFT folder (file:FOLDER), so that adapt and search find it.

    \b
    Example:
      hyperlora import file:my-lora --name legal-summary --description "Summarise a legal text" --base hf:ORG/MODEL
    """
    from hyperlora.importing import import_adapter

    unescaped = None if template is None else template.replace("\\n", "\n")
    entry = import_adapter(adapter, name, description=description, prompt_template=unescaped, base=base)
    emit(as_json, entry.summary(), f"{entry.reference}: {entry.description}")
