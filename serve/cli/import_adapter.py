"""`hyperlora import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from serve.cli.main import emit, json_option

if TYPE_CHECKING:
    from hyperlora.registry import Entry


@click.command("import")
@click.argument("adapters")
@click.option("--name", help="One adapter: what to register it as; its folder's name if none is given.")
@click.option("--description", help="One adapter: what its task is, if its card or README does not say it.")
@click.option("--template", help=r'The prompt template, e.g. "Q: {input}\nA:", where \n is a new line.')
@click.option("--rank", type=int, help="Another method than LoRA: the rank to convert it to.")
@click.option("--energy", type=float, help="Another method: the share of its change to keep; 0.99 if none is given.")
@click.option("--canonicalise", is_flag=True, help="Plain LoRA too: balanced factors, cut to --rank or --energy.")
@click.option(
    "--base",
    "bases",
    metavar="REF",
    multiple=True,
    help="Base model: a name, a folder (its config.json is enough), hf:ORG/NAME or gguf:FILE; for a pool repeatable.",
)
@click.option("--prefix", default="", help="A pool: put this in front of every name.")
@click.option(
    "--descriptions",
    type=click.Path(path_type=Path),
    help='A pool: a file with one {"name": ..., "description": ..., "template": ...} a line, or such a CSV file.',
)
@click.option(
    "--probe/--no-probe",
    default=None,
    help="Propose a description from its answers for an adapter that has none; a pool does, one adapter does not.",
)
@click.option("--keep-duplicates", is_flag=True, help="A pool: register adapters that are there already, too.")
@click.option("--all-checkpoints", is_flag=True, help="Every checkpoint-N of a training, not the last alone.")
@click.option("--no-store-examples", is_flag=True, help="Do not keep the examples of cards.")
@json_option
def command(
    adapters: str,
    name: str | None,
    description: str | None,
    template: str | None,
    rank: int | None,
    energy: float | None,
    canonicalise: bool,
    bases: tuple[str, ...],
    prefix: str,
    descriptions: Path | None,
    probe: bool | None,
    keep_duplicates: bool,
    all_checkpoints: bool,
    no_store_examples: bool,
    as_json: bool,
) -> None:
    """Register your own PEFT adapters, so that adapt and search find them.

    ADAPTERS is a folder, hf:ORG/NAME[@REVISION], or an archive from `hyperlora registry export`. A folder with an
    adapter_config.json is one adapter; any other is a pool, and every adapter folder below it is taken in. Run again, a
    pool that was interrupted is continued. Exit code 1 says that a folder could not be taken in.

    The checkpoint-N folders of one training are one adapter: the final one beside them, or the last. In a hub's cache
    the revision of refs/main is taken, under the repository's name. Prompt templates come from --descriptions,
    --template, hyperlora.json, a README's front matter, or the files of axolotl and LLaMA-Factory. A task that nobody
    knows is reported as unknown: `hyperlora registry edit` says it.

    A folder of LoHa, LoKr, VeRA, RandLoRA, MiSS, DoRA or KaSA is converted to LoRA, and what it loses is said.

    \b
    Example:
      hyperlora import ./my-lora --name legal-summary --description "Summarise a legal text" --base hf:ORG/MODEL
      hyperlora import ./my-adapters --prefix team-a. --json
    """
    from hyperlora.registry import Entry
    from hyperlora.registry.importing import import_adapters
    from hyperlora.registry.pool_import import Report

    imported = import_adapters(
        adapters,
        name=name,
        description=description,
        prompt_template=None if template is None else template.replace("\\n", "\n"),
        bases=bases,
        rank=rank,
        energy=energy,
        canonicalise=canonicalise,
        prefix=prefix,
        descriptions=descriptions,
        probe=probe,
        keep_duplicates=keep_duplicates,
        store_examples=not no_store_examples,
        all_checkpoints=all_checkpoints,
    )
    if isinstance(imported, Entry):
        emit(as_json, imported.summary(), _line(imported))
    elif isinstance(imported, Report):
        emit(as_json, imported.as_json(), imported.as_text())
        # as with a batch of `generate`: what was taken in stays, and the caller is told that not all was
        if imported.of_status("quarantined"):
            raise click.exceptions.Exit(1)
    else:
        from serve.cli.registry.backup import emit_restored

        emit_restored(imported, as_json)


def _line(entry: Entry) -> str:
    kept = entry.metrics.get("energy_kept")
    converted = "" if kept is None else f" (converted, keeping {kept:.2%} of its change)"
    line = f"{entry.reference}: {entry.description}{converted}"
    if entry.description_source != "unknown":
        return line
    return f'{line}\nnobody knows its task. Say it: hyperlora registry edit {entry.reference} --description "…"'
