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
    Killed anywhere, the same call with the version's number completes it.

    Args:
        description: its task in words.
        prompt_template: the prompts it was trained on; scores that were measured in another one are left out.
        tags: to set, or to remove where the value is None.
        base: base model with weights, for an adapter that was imported for a config alone.

    Returns:
        The version that now says it.

    Raises:
        InputError: nothing to change, not an adapter, or an empty description, a bad template or tag.
        RegistryError: there is no such adapter, or its files do not match its record.
        AdapterFormatError: it does not fit the base model.
    """
    if description is None and prompt_template is None and base is None and not tags:
        raise InputError("nothing is to be changed", "Give --description, --template, --tag or --base.")
    entry = registry.get(reference)
    if description is None and prompt_template is None and base is None:
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
    if edited.card == adapter.card and edited.base == adapter.base:
        return registry.set_tags(entry.reference, tags) if tags else entry
    # its own parents are that version's to name
    edited = edited.with_card(edited.card.model_copy(update={"parents": (entry.reference,)}))
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
