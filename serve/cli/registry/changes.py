"""`hyperlora registry alias`, `tag`, `edit`, `archive`, `restore`, `delete` and `redact`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hyperlora.errors import InputError
from serve.cli.main import emit, json_option

if TYPE_CHECKING:
    from hyperlora.registry import Entry


@click.command("alias")
@click.argument("reference")
@click.argument("alias")
@click.option("--remove", is_flag=True, help="Remove the alias from the name.")
@json_option
def alias(reference: str, alias: str, remove: bool, as_json: bool) -> None:
    """Point ALIAS at a version, taking it from the one that has it.

    The `champion` of generators, and of retrievers, is the one that is used where none is named: other names lose it.

    \b
    Example:
      hyperlora registry alias registry:noun-plural@2 champion
      hyperlora registry alias registry:noun-plural champion --remove
      hyperlora registry alias registry:my-generator champion
    """
    from hyperlora.references import parse_reference
    from hyperlora.registry import Registry

    if remove:
        name = parse_reference(reference, ("registry",)).target
        Registry().remove_alias(name, alias)
        emit(as_json, {"name": name, "removed": alias}, f"{name} has no alias {alias} any more")
        return
    entry = Registry().set_alias(reference, alias)
    emit(as_json, entry.summary(), f"registry:{entry.name}@{alias} is now version {entry.version}")


@click.command("tag")
@click.argument("reference")
@click.argument("tags", nargs=-1, required=True, metavar="KEY=VALUE…")
@json_option
def tag(reference: str, tags: tuple[str, ...], as_json: bool) -> None:
    """Set tags of a version; KEY= removes one.

    \b
    Example:
      hyperlora registry tag registry:noun-plural team=search stage=reviewed
    """
    from hyperlora.registry import Registry

    entry = Registry().set_tags(reference, _tag_changes(tags))
    shown = ", ".join(f"{key}={value}" for key, value in sorted(entry.tags.items())) or "no tags"
    emit(as_json, entry.summary(), f"{entry.reference}: {shown}")


def _tag_changes(tags: Sequence[str]) -> dict[str, str | None]:
    changes = {}
    for text in tags:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"{text!r} is not KEY=VALUE", "Write KEY=VALUE, or KEY= to remove the tag.")
        changes[key] = value or None
    return changes


@click.command("edit")
@click.argument("reference")
@click.option("--description", help="What its task is.")
@click.option("--template", help=r'The prompts it was trained on, e.g. "Q: {input}\nA:", where \n is a new line.')
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag; KEY= removes one.")
@click.option("--base", metavar="REF", help="Its base model's weights, where it was imported for a config alone.")
@json_option
def edit(
    reference: str,
    description: str | None,
    template: str | None,
    tags: tuple[str, ...],
    base: str | None,
    as_json: bool,
) -> None:
    """Say what a registered adapter does, or which prompts it reads.

    That makes a new version with the same weights, which the aliases move to; the one before is archived. Tags alone
    change in place.

    \b
    Example:
      hyperlora registry edit registry:my-lora --description "Summarise a text" --template "Text: {input}\\nSummary:"
    """
    from hyperlora.registry import Registry

    entry = Registry().edit(
        reference,
        description=description,
        prompt_template=None if template is None else template.replace("\\n", "\n"),
        tags=_tag_changes(tags),
        base=base,
    )
    emit(as_json, entry.summary(), f"{entry.reference}: {entry.description}")


@click.command("archive")
@click.argument("references", nargs=-1, required=True)
@json_option
def archive(references: tuple[str, ...], as_json: bool) -> None:
    """Take versions out of lists, searches and the index; they can still be loaded by version or alias.

    \b
    Example:
      hyperlora registry archive registry:noun-plural@1
    """
    from hyperlora.registry import Registry

    _emit_all(as_json, [Registry().archive(reference) for reference in references], "archived")


@click.command("restore")
@click.argument("references", nargs=-1, required=True)
@json_option
def restore(references: tuple[str, ...], as_json: bool) -> None:
    """Take versions back out of the archive.

    \b
    Example:
      hyperlora registry restore registry:noun-plural@1
    """
    from hyperlora.registry import Registry

    _emit_all(as_json, [Registry().restore(reference) for reference in references], "listed again")


def _emit_all(as_json: bool, entries: Sequence[Entry], what: str) -> None:
    emit(as_json, [entry.summary() for entry in entries], "\n".join(f"{entry.reference}: {what}" for entry in entries))


@click.command("delete")
@click.argument("references", nargs=-1, required=True, metavar="REFERENCE@VERSION…")
@click.option("--force", is_flag=True, help="Also versions that an alias points at.")
@json_option
def delete(references: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Delete versions for good; their numbers are never used again, their files go with `registry gc`.

    \b
    Example:
      hyperlora registry delete registry:noun-plural@1
    """
    from hyperlora.references import parse_reference
    from hyperlora.registry import Registry

    parsed = [parse_reference(reference, ("registry",)) for reference in references]
    for reference in parsed:
        if reference.version is None:
            raise InputError(
                f"{reference} does not say which version", f"Write for example {reference.scheme}:{reference.target}@1"
            )
    registry = Registry()
    for reference in parsed:
        registry.delete(str(reference), force=force)
    emit(
        as_json, [{"deleted": str(reference)} for reference in parsed], "\n".join(f"{each}: deleted" for each in parsed)
    )


@click.command("redact")
@click.argument("reference")
@json_option
def redact(reference: str, as_json: bool) -> None:
    """Remove the examples that an adapter's card stores, from the record and from disk.

    A version without them takes its place, with its aliases and tags. Backups made before still hold them.

    \b
    Example:
      hyperlora registry redact registry:customer-mail@3
    """
    from hyperlora.registry import Registry
    from hyperlora.registry.housekeeping import redact as take_out

    entry = take_out(Registry(), reference)
    emit(as_json, entry.summary(), f"{entry.reference} holds no examples")


COMMANDS = (alias, tag, edit, archive, restore, delete, redact)
