"""Take one PEFT folder that was made elsewhere into the registry; `pool_import` takes many."""

from __future__ import annotations

from hyperlora.base_models import load_base_model
from hyperlora.errors import InputError
from hyperlora.peft_methods import is_convertible
from hyperlora.pool_import import Conversion, known_bases, locate_pool, read_candidate
from hyperlora.registry import Entry, Registry
from hyperlora.settings import get_settings


def import_adapter(
    reference: str,
    name: str,
    *,
    description: str | None = None,
    prompt_template: str | None = None,
    base: str | None = None,
    rank: int | None = None,
    energy: float | None = None,
    canonicalise: bool = False,
    probe: bool = False,
    store_examples: bool = True,
    registry: Registry | None = None,
) -> Entry:
    """Check a PEFT folder against its base model and register it.

    A folder of LoHa, LoKr, VeRA, RandLoRA, MiSS, DoRA or KaSA is converted to LoRA; the entry's metrics then say which
    share of its weight change was kept, as `energy_kept`.

    Args:
        reference: `file:FOLDER` or `hf:ORG/NAME[@REVISION]`.
        name: what to register it as.
        description: its task in words; what its card or README says when None.
        prompt_template: the prompts it was trained on; the card's, or the default, when None.
        base: its base model; when None the one its config names if that is known here, else the
            `HYPERLORA_BASE_MODEL` setting.
        rank: for another method than LoRA, or with `canonicalise`, the largest rank of a module.
        energy: the same without `rank`: the share of each weight change to keep.
        canonicalise: write plain LoRA in balanced SVD form with scaling 1.
        probe: where nobody describes its task, propose a description from its answers.
        store_examples: keep the card's examples.

    Raises:
        InputError: no description, a bad template or name, no such reference or repository, or a rank or energy for a
            folder that needs no conversion.
        AdapterFormatError: damaged, unsupported, or its modules are not the base model's.
        BaseModelError: the folder says it belongs to another base model, or that is not there.
    """
    folder = locate_pool(reference).folder
    if not canonicalise and (rank is not None or energy is not None) and not is_convertible(folder):
        raise InputError(f"{folder} needs no conversion", "Leave out --rank and --energy, or add --canonicalise.")
    if description is not None and not description.strip():
        raise InputError("the description is empty", "Say in a sentence what the task is.")
    candidate = read_candidate(
        folder,
        known_bases(() if base is None else (base,), fallback=get_settings().base_model),
        Conversion(rank, energy, canonicalise),
        prompt_template=prompt_template,
        store_examples=store_examples,
    )
    if description is not None:
        candidate = candidate.with_description(description)
    elif not candidate.described and probe:
        from hyperlora.pool_import.probing import propose_descriptions

        (text,) = propose_descriptions(load_base_model(candidate.base), [candidate.adapter])
        candidate = candidate.with_description(text, proposed=True)
    elif not candidate.described:
        raise InputError(
            f"{folder} does not say what its task is",
            "Say it with --description, or have a description proposed from its answers with --probe.",
        )
    return (registry or Registry()).register(candidate.adapter, name)
