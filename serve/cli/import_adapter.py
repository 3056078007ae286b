"""`hyperlora import`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from serve.cli.main import emit, json_option


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
    help="Base model: smollm2-135m-instruct, hf:ORG/NAME, file:FOLDER or gguf:FILE; for a pool as often as needed.",
)
@click.option("--prefix", default="", help="A pool: put this in front of every name.")
@click.option(
    "--descriptions",
    type=click.Path(path_type=Path),
    help='A pool: a file with one {"name": ..., "description": ...} a line, or a CSV file with these columns.',
)
@click.option(
    "--probe/--no-probe",
    default=None,
    help="Propose a description from its answers for an adapter that has none; a pool does, one adapter does not.",
)
@click.option("--keep-duplicates", is_flag=True, help="A pool: register adapters that are there already, too.")
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
    no_store_examples: bool,
    as_json: bool,
) -> None:
    """Register your own PEFT adapters, so that adapt and search find them.

    ADAPTERS is file:FOLDER, hf:ORG/NAME[@REVISION], or file:ARCHIVE from `hyperlora registry export`. A folder with an
    adapter_config.json is one adapter; any other is a pool, and every adapter folder below it is taken in. Run again, a
    pool that was interrupted is continued.

    A folder of LoHa, LoKr, VeRA, RandLoRA, MiSS, DoRA or KaSA is converted to LoRA, and what it loses is said.

    \b
    Example:
      hyperlora import file:my-lora --name legal-summary --description "Summarise a legal text" --base hf:ORG/MODEL
      hyperlora import file:my-adapters --prefix team-a. --json
    """
    from hyperlora.pool_import import locate_pool
    from hyperlora.references import parse_reference

    reference = parse_reference(adapters, ("file", "hf"))
    if reference.scheme == "file" and reference.path.is_file():
        _refuse(
            "is an exported archive",
            name=name,
            description=description,
            template=template,
            rank=rank,
            energy=energy,
            canonicalise=canonicalise,
            base=bases,
            descriptions=descriptions,
            probe=probe,
            keep_duplicates=keep_duplicates,
            no_store_examples=no_store_examples,
        )
        _exported(reference.path, prefix, as_json)
        return
    unescaped = None if template is None else template.replace("\\n", "\n")
    pool = locate_pool(adapters)
    conversion: dict[str, Any] = {"rank": rank, "energy": energy}
    if pool.is_one:
        _refuse("is one adapter", prefix=prefix, descriptions=descriptions, keep_duplicates=keep_duplicates)
        _one(
            adapters,
            name or _own_name(adapters, pool.folder),
            as_json,
            description=description,
            prompt_template=unescaped,
            base=_only(bases),
            canonicalise=canonicalise,
            probe=bool(probe),
            store_examples=not no_store_examples,
            **conversion,
        )
        return
    _refuse("is a pool, not one adapter", name=name, description=description)
    from hyperlora.pool_import import Conversion, ImportOptions, import_pool, read_descriptions

    report = import_pool(
        adapters,
        ImportOptions(
            bases=bases,
            prefix=prefix,
            prompt_template=unescaped,
            conversion=Conversion(canonical=canonicalise, **conversion),
            descriptions={} if descriptions is None else read_descriptions(descriptions),
            probe=probe is not False,
            keep_duplicates=keep_duplicates,
            store_examples=not no_store_examples,
        ),
    )
    emit(as_json, report.as_json(), report.as_text())
    if not report.importable:
        click.get_current_context().exit(1)


def _exported(archive: Path, prefix: str, as_json: bool) -> None:
    from serve.cli.registry.backup import restore_archive

    restore_archive(archive, prefix, as_json)


def _one(reference: str, name: str, as_json: bool, **options: Any) -> None:
    from hyperlora.importing import import_adapter

    entry = import_adapter(reference, name, **options)
    kept = entry.metrics.get("energy_kept")
    note = "" if kept is None else f" (converted, keeping {kept:.2%} of its change)"
    emit(as_json, entry.summary(), f"{entry.reference}: {entry.description}{note}")


def _own_name(reference: str, folder: Path) -> str:
    from hyperlora.pool_import import slug
    from hyperlora.references import parse_reference

    parsed = parse_reference(reference)
    return slug(parsed.target.rpartition("/")[2] if parsed.scheme == "hf" else folder.name)


def _only(bases: tuple[str, ...]) -> str | None:
    from hyperlora.errors import InputError

    if len(bases) > 1:
        raise InputError("one adapter has one base model", "Give --base once.")
    return bases[0] if bases else None


def _refuse(what: str, **options: object) -> None:
    """Refuse options that mean nothing here, rather than pass over them."""
    from hyperlora.errors import InputError

    if given := [f"--{option.replace('_', '-')}" for option, value in options.items() if value]:
        raise InputError(f"this {what}, which {given[0]} is not for", f"Leave out {' and '.join(given)}.")
