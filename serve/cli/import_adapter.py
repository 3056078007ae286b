"""`hyperlora import`."""

from __future__ import annotations

import click

from serve.cli.main import base_option, emit, json_option


@click.command("import")
@click.argument("adapter")
@click.option("--name", required=True, help="What to register it as.")
@click.option("--description", help="What its task is; needed for a folder that HyperLoRA did not write.")
@click.option("--template", help=r'Its prompt template, e.g. "Q: {input}\nA:", where \n is a new line.')
@click.option("--rank", type=int, help="Another method than LoRA: the rank to convert it to.")
@click.option("--energy", type=float, help="Another method: the share of its change to keep; 0.99 if none is given.")
@base_option
@json_option
def command(
    adapter: str,
    name: str,
    description: str | None,
    template: str | None,
    rank: int | None,
    energy: float | None,
    base: str | None,
    as_json: bool,
) -> None:
    """Register your own PEFT folder (file:FOLDER), so that adapt and search find it.

    A folder of LoHa, LoKr, VeRA, RandLoRA, MiSS, DoRA or KaSA is converted to LoRA, and what it loses is said.

    \b
    Example:
      hyperlora import file:my-lora --name legal-summary --description "Summarise a legal text" --base hf:ORG/MODEL
    """
    from hyperlora.importing import import_adapter

    unescaped = None if template is None else template.replace("\\n", "\n")
    entry = import_adapter(
        adapter, name, description=description, prompt_template=unescaped, base=base, rank=rank, energy=energy
    )
    kept = entry.metrics.get("energy_kept")
    note = "" if kept is None else f" (converted to LoRA, keeping {kept:.2%} of its change)"
    emit(as_json, entry.summary(), f"{entry.reference}: {entry.description}{note}")
