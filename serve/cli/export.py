"""`hyperlora export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from serve.cli.main import emit, json_option
from serve.cli.registry.filters import choosing_options

if TYPE_CHECKING:
    from hyperlora.registry.bulk_export import ExportReport


@click.command()
@click.argument("adapter", required=False)
@click.option("--all", "everything", is_flag=True, help="Every adapter, or those that the filters below choose.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Write the PEFT folder here; with --all one in it each.",
)
@choosing_options
@json_option
def command(adapter: str | None, everything: bool, out: Path, as_json: bool, **filters: Any) -> None:
    """Write a registered ADAPTER, or with --all every one, as a PEFT folder that any PEFT tool loads.

    With --all the newest version of each name is written to OUT/NAME; with --alias the version that has it. What is
    there already, with the same contents, is skipped, so that the same command goes on after an interruption.

    \b
    Example:
      hyperlora export registry:noun-plural@champion --out plural
      hyperlora export --all --out adapters
      hyperlora export --all --origin trained --tag team=search --out adapters
    """
    chosen = any(value for value in filters.values())
    if everything == (adapter is not None):
        raise click.UsageError("Give an ADAPTER, or --all.")
    if chosen and not everything:
        raise click.UsageError("Filters are for --all.")
    from hyperlora.registry import Registry

    if everything:
        from hyperlora.registry.bulk_export import export_all
        from serve.registry_query import query_of

        values = {**filters, "newest": filters["alias"] is None, "kind": "adapter"}
        registry = Registry()
        query = query_of({**values, "archived": False}, order="kept")
        report = export_all(registry, list(registry.catalogue.entries(query)), out)
        emit(as_json, report.summary(), _text(report))
        if report.failed:
            raise click.exceptions.Exit(1)
        return
    from hyperlora.files.durable import require_free
    from hyperlora.peft_io.folder import write_adapter

    assert adapter is not None
    require_free(out)
    write_adapter(Registry().load(adapter), out)
    emit(as_json, {"out": str(out), "adapter": adapter}, f"{out}: {adapter} as a PEFT folder")


def _text(report: ExportReport) -> str:
    there = f", {len(report.skipped)} there already" if report.skipped else ""
    failed = f", {len(report.failed)} failed:" if report.failed else ""
    lines = [f"{report.out}: {len(report.written)} adapters written{there}{failed}"]
    lines += [f"  {failure.reference}: {failure.error.rstrip('.')}. {failure.remedy}" for failure in report.failed]
    return "\n".join(lines)
