"""Take a PEFT folder that was made elsewhere into the registry."""

from __future__ import annotations

from hyperlora.base_models import locate_base
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.merged_checkpoint import check_fits
from hyperlora.peft_folder import RECORD_FILE, read_adapter
from hyperlora.peft_methods import convert_folder, is_convertible
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
    rank: int | None = None,
    energy: float | None = None,
    registry: Registry | None = None,
) -> Entry:
    """Check a PEFT folder against its base model and register it.

    A folder of LoHa, LoKr, VeRA, RandLoRA, MiSS, DoRA or KaSA is converted to LoRA; the entry's metrics then say which
    share of its weight change was kept, as `energy_kept`.

    Args:
        reference: `file:FOLDER`.
        name: what to register it as.
        description: its task in words; needed unless the folder carries a card of ours.
        prompt_template: the prompts it was trained on; the card's, or the default, when None.
        base: its base model; the `HYPERLORA_BASE_MODEL` setting when None.
        rank: for another method than LoRA, the rank to convert it to in every module.
        energy: for another method without `rank`, the share of each weight change to keep; 0.99 when None.

    Raises:
        InputError: no description, a bad template or name, not a `file:` reference, or a rank or energy for a folder
            that needs no conversion.
        AdapterFormatError: damaged, unsupported, or its modules are not the base model's.
        BaseModelError: the folder says it belongs to another base model.
    """
    folder = parse_reference(reference, ("file",)).path
    located = locate_base(base)
    if description is None and folder.is_dir() and not (folder / RECORD_FILE).is_file():
        raise InputError(f"{folder} does not say what its task is", "Say it with --description.")
    metrics = {}
    if is_convertible(folder):
        converted = convert_folder(folder, located, rank=rank, energy=0.99 if energy is None else energy)
        adapter, metrics = converted.adapter, {"energy_kept": converted.energy}
    elif rank is not None or energy is not None:
        raise InputError(f"{folder} needs no conversion", "Leave out --rank and --energy.")
    else:
        adapter = read_adapter(folder, located.identity)
    try:
        check_fits(located, adapter)
    except AdapterFormatError as error:
        raise AdapterFormatError(
            f"{folder} does not fit {located.identity.id}: {error.problem}", "Name its base model with --base."
        ) from error
    changes: dict[str, object] = {"origin": "imported", "metrics": {**adapter.card.metrics, **metrics}}
    if description is not None:
        changes["description"] = " ".join(description.split())
    if prompt_template is not None:
        changes["prompt_template"] = check_template(prompt_template)
    if changes.get("description") == "":
        raise InputError("the description is empty", "Say in a sentence what the task is.")
    card = adapter.card.model_copy(update=changes)
    return (registry or Registry()).register(adapter.with_card(card), name)
