"""`hyperlora registry export`, `import` and `seed`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serve.cli.main import emit, json_option

if TYPE_CHECKING:
    from hyperlora.registry.backup import BackupReport


@click.command("export")
@click.argument("references", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the archive here.")
@json_option
def export(references: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Write the registry, or some of its names, into one archive: versions, aliases, tags, runs and files.

    \b
    Example:
      hyperlora registry export --out pool.tar
      hyperlora registry export registry:noun-plural --out plural.tar
    """
    from hyperlora.registry import Registry
    from hyperlora.registry.backup import write_backup

    report = write_backup(Registry(), out, references)
    text = f"{out}: {report.versions} versions of {report.names} names, {report.size / 1e6:.1f} MB, all verified"
    emit(as_json, {"out": str(out), **asdict(report)}, text)


@click.command("import")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--prefix", default="", help="Put before every name, e.g. theirs-.")
@json_option
def restore(archive: Path, prefix: str, as_json: bool) -> None:
    """Restore an archive that `registry export` wrote; run it again after an interruption.

    \b
    Example:
      hyperlora registry import pool.tar
    """
    restore_archive(archive, prefix, as_json)


@click.command("seed")
@click.argument("archive", type=click.Path(path_type=Path), required=False)
@click.option(
    "--update",
    is_flag=True,
    help="Of the zoo: under names that hold something else, too, as new versions and champions.",
)
@json_option
def seed(archive: Path | None, update: bool, as_json: bool) -> None:
    """Begin with a pool: the shipped zoo, or what an archive holds; names that are taken here are left alone.

    After an upgrade of HyperLoRA --update registers what this zoo has and the earlier one had not.

    \b
    Example:
      hyperlora registry seed
      hyperlora registry seed --update
      hyperlora registry seed team-pool.tar
    """
    if archive is not None:
        if update:
            raise click.UsageError("--update is for the shipped zoo; leave out ARCHIVE.")
        restore_archive(archive, "", as_json, leave_taken=True)
        return
    from hyperlora.registry import Registry
    from pipelines.zoo import seed_zoo

    report = seed_zoo(Registry(), update=update)
    there = f", {len(report.skipped)} names were taken already" if report.skipped else ""
    done = f"{len(report.registered)} adapters and generators of the zoo registered{there}"
    emit(as_json, asdict(report), "\n".join([done, *([f"note: {report.note}"] if report.note else [])]))


def restore_archive(archive: Path, prefix: str, as_json: bool, *, leave_taken: bool = False) -> None:
    """Restore an archive and say what came of it."""
    from hyperlora.registry import Registry
    from hyperlora.registry.backup import read_backup

    emit_restored(read_backup(Registry(), archive, prefix=prefix, leave_taken=leave_taken), as_json)


def emit_restored(report: BackupReport, as_json: bool) -> None:
    """Say what came of restoring an archive."""
    there = f", {report.skipped} were there already" if report.skipped else ""
    text = f"{report.versions} versions of {report.names} names restored and verified{there}"
    emit(as_json, asdict(report), text)


COMMANDS = (export, restore, seed)
