"""Take a PEFT folder that was made elsewhere into the registry."""

from __future__ import annotations

from hyperlora.base_models import locate_base
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.merged_checkpoint import check_fits
from hyperlora.peft_folder import RECORD_FILE, read_adapter
from hyperlora.prompts import check_template
from hyperlora.references import parse_reference
from hyperlora.registry import Entry, Registry


def import_adapter(
    reference: str,
    name: str,
    *,
    description: str | None = None,
    prompt_template: str | None = None,
    base: str | None = None,
    registry: Registry | None = None,
) -> Entry:
    """Check a PEFT folder against its base model and register it.

    Args:
        reference: `file:FOLDER`.
        name: what to register it as.
        description: its task in words; needed unless the folder carries a card of ours.
        prompt_template: the prompts it was trained on; the card's, or the default, when None.
        base: its base model; the `HYPERLORA_BASE_MODEL` setting when None.

    Raises:
        InputError: no description, a bad template or name, or not a `file:` reference.
        AdapterFormatError: damaged, unsupported, or its modules are not the base model's.
        BaseModelError: the folder says it belongs to another base model.
    """
    folder = parse_reference(reference, ("file",)).path
    located = locate_base(base)
    adapter = read_adapter(folder, located.identity)
    if description is None and not (folder / RECORD_FILE).is_file():
        raise InputError(f"{folder} does not say what its task is", "Say it with --description.")
    try:
        check_fits(located, adapter)
    except AdapterFormatError as error:
        raise AdapterFormatError(
            f"{folder} does not fit {located.identity.id}: {error.problem}", "Name its base model with --base."
        ) from error
    changes: dict[str, object] = {"origin": "imported"}
    if description is not None:
        changes["description"] = " ".join(description.split())
    if prompt_template is not None:
        changes["prompt_template"] = check_template(prompt_template)
    if changes.get("description") == "":
        raise InputError("the description is empty", "Say in a sentence what the task is.")
    card = adapter.card.model_copy(update=changes)
    return (registry or Registry()).register(adapter.with_card(card), name)
