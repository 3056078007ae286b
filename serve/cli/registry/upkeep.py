"""`hyperlora registry verify`, `sync`, `gc` and `migrate`."""

from __future__ import annotations

from dataclasses import asdict

import click

from serve.cli.main import emit, json_option


@click.command("verify")
@click.argument("references", nargs=-1)
@json_option
def verify(references: tuple[str, ...], as_json: bool) -> None:
    """Compare every stored byte with the record, of the whole registry if none is named; exit 1 if one differs.

    Weights that hold NaN or Inf are reported, too.

    \b
    Example:
      hyperlora registry verify
    """
    from hyperlora.registry import Registry
    from hyperlora.registry.housekeeping import verify as check

    checked, problems = check(Registry(), references)
    lines = [f"BAD  {found.reference}: {found.problem}. {found.remedy}" for found in problems]
    lines.append(f"{checked} entries checked, {len(problems)} damaged")
    emit(as_json, {"checked": checked, "problems": [asdict(found) for found in problems]}, "\n".join(lines))
    if problems:
        raise click.exceptions.Exit(1)


@click.command("sync")
@click.option("--rebuild", is_flag=True, help="Make the catalogue anew instead of comparing.")
@json_option
def sync(rebuild: bool, as_json: bool) -> None:
    """Take over what others changed in MLflow, e.g. in its web UI, into the catalogue that lists and searches ask.

    \b
    Example:
      hyperlora registry sync
    """
    from hyperlora.registry import Registry

    registry = Registry()
    if rebuild:
        registry.rebuild()
        emit(as_json, {"rebuilt": True}, "the catalogue was made anew from MLflow")
        return
    events = registry.sync()
    lines = [f"{event.action:<10}  registry:{event.name}@{event.version}" for event in events]
    lines.append(f"{len(events)} changes taken over")
    emit(as_json, [asdict(event) for event in events], "\n".join(lines))


@click.command("gc")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option(
    "--quota", type=click.IntRange(0), help="How many expiring entries may stay; HYPERLORA_ADAPT_QUOTA if none."
)
@json_option
def collect(dry_run: bool, quota: int | None, as_json: bool) -> None:
    """Delete what has expired, files that no entry refers to, and what killed processes left.

    Only what `adapt` registered ever expires, and not once it has an alias or something was made from it.

    \b
    Example:
      hyperlora registry gc --dry-run
    """
    from hyperlora.registry import Registry
    from hyperlora.registry.housekeeping import collect_garbage

    found = collect_garbage(Registry(), quota=quota, dry_run=dry_run)
    verb = "would be deleted" if dry_run else "deleted"
    text = (
        f"{len(found.expired)} expired entries, {len(found.contents)} folders that nothing refers to "
        f"and {found.leftovers} leftovers {verb}"
    )
    emit(as_json, asdict(found), text)


@click.command("migrate")
@json_option
def migrate(as_json: bool) -> None:
    """Bring adapters that older releases registered to today's format, each as a new version with its aliases.

    \b
    Example:
      hyperlora registry migrate
    """
    from hyperlora.registry import Registry
    from hyperlora.registry.housekeeping import migrate as bring_up

    moved = bring_up(Registry())
    lines = [f"{old} -> {new}" for old, new in moved]
    lines.append(f"{len(moved)} versions migrated")
    emit(as_json, [{"from": old, "to": new} for old, new in moved], "\n".join(lines))


COMMANDS = (verify, sync, collect, migrate)
