"""Change what is said of a registered adapter: its weights stay, what is stored is never rewritten.

A version's files are named by their hash, so a card that says something else is a new version, as in MLflow everything
that is logged is. Tags are labels beside the files and change in place, as MLflow's do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hyperlora.errors import InputError
from hyperlora.registry.entry import Entry
from hyperlora.tasks.prompts import check_template

if TYPE_CHECKING:
    from hyperlora.lora.adapter import Adapter
    from hyperlora.registry.registry import Registry

_LONGEST = 20_000
# what a score with another prompt template does not touch
_OF_THE_WEIGHTS = ("energy_kept",)


def edit(
    registry: Registry,
    reference: str,
    *,
    description: str | None = None,
    prompt_template: str | None = None,
    tags: Mapping[str, str | None] | None = None,
    base: str | None = None,
) -> Entry:
    """Say what an adapter does, which prompts it reads, or which weights it is for.

    These make a new version with the same weights, whose parent the version before is; that one's aliases and tags move
    with it, and it is archived: out of lists and searches, to be loaded by its number. Tags alone change in place.
    Killed anywhere, the same call with the version's number completes it; another edit of a version that was edited
    since would leave out what was said then, and is refused.

    Args:
        description: its task in words.
        prompt_template: the prompts it was trained on; scores that were measured in another one are left out.
        tags: to set, or to remove where the value is None.
        base: base model with weights, for an adapter that was imported for a config alone.

    Returns:
        The version that now says it.

    Raises:
        InputError: nothing to change, not an adapter, an empty description, a bad template or tag, or the version was
            edited since.
        RegistryError: there is no such adapter, or its files do not match its record.
        AdapterFormatError: it does not fit the base model.
    """
    if description is None and prompt_template is None and base is None and not tags:
        raise InputError("nothing is to be changed", "Give --description, --template, --tag or --base.")
    entry = registry.get(reference)
    later = _edited_since(registry, entry)
    if description is None and prompt_template is None and base is None:
        if later is not None:
            raise _superseded(entry, later)
        return registry.set_tags(entry.reference, tags or {})
    if entry.kind != "adapter":
        raise InputError(f"{reference} is a {entry.kind}, which has no card", "Give --tag alone.")
    adapter = registry.load(entry.reference)
    changes: dict[str, Any] = {}
    if description is not None:
        text = " ".join(description.split())
        if not text:
            raise InputError("the description is empty", "Say in a sentence what the task is.")
        if len(text) > _LONGEST:
            raise InputError(f"the description has {len(text)} characters", f"Shorten it to at most {_LONGEST}.")
        changes |= {"description": text, "description_source": "given"}
    if prompt_template is not None and check_template(prompt_template) != adapter.card.prompt_template:
        kept = {name: value for name, value in adapter.card.metrics.items() if name in _OF_THE_WEIGHTS}
        changes |= {"prompt_template": prompt_template, "metrics": kept}
    edited = adapter
    if base is not None:
        from hyperlora.lora.base_completion import complete_base
        from hyperlora.models import locate_base

        edited = complete_base(adapter, locate_base(base))
    edited = edited.with_card(adapter.card.model_copy(update=changes))
    changed = edited.card != adapter.card or edited.base != adapter.base
    if not changed and later is None:
        return registry.set_tags(entry.reference, tags) if tags else entry
    # its own parents are that version's to name
    edited = edited.with_card(edited.card.model_copy(update={"parents": (entry.reference,)}))
    if later is not None and not (changed and _says_the_same(registry, later, edited)):
        raise _superseded(entry, later)
    labels = {key: value for key, value in {**entry.tags, **(tags or {})}.items() if value is not None}
    new = registry.register(
        edited,
        entry.name,
        identity=entry.identity,
        run_id=entry.run_id or None,
        expires=entry.expires,
        tags=labels,
    )
    for alias in entry.aliases:
        registry.set_alias(new.reference, alias)
    with registry.ledger.writing(entry.name):
        registry.record.describe_name(entry.name, edited.card.description[:1000])
    registry.archive(entry.reference)
    return registry.get(new.reference)


def _edited_since(registry: Registry, entry: Entry) -> Entry | None:
    """The newest version that edits made of an archived one; None where nobody edited it, or it was restored."""
    if entry.archived is None or entry.kind != "adapter":
        return None
    own = f"registry:{entry.name}@"
    edits = [
        other
        for other in registry.entries("adapter", name=entry.name)
        if other.version > entry.version
        and other.weights == entry.weights
        and any(parent.startswith(own) for parent in other.parents)
    ]
    return max(edits, key=lambda other: other.version, default=None)


def _says_the_same(registry: Registry, later: Entry, edited: Adapter) -> bool:
    there = registry.load(later.reference)
    # its licence is its parents', which registering finds
    card = edited.card.model_copy(update={"licence": there.card.licence})
    return there.card == card and there.base == edited.base


def _superseded(entry: Entry, later: Entry) -> InputError:
    return InputError(
        f"{entry.reference} was edited since, and {later.reference} says what is known now",
        f"Edit {later.reference}, or bring the old one back first: hyperlora registry restore {entry.reference}",
    )
