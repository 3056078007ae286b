"""One folder as an adapter of the pool: read once, on its base model, under a card that says all that is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hyperlora.adapter import Adapter
from hyperlora.base_models.sources import LocatedBase
from hyperlora.card import Card
from hyperlora.errors import InputError
from hyperlora.licences import UNKNOWN
from hyperlora.merged_checkpoint import check_fits
from hyperlora.peft_folder import CONFIG_FILE
from hyperlora.peft_folder.config import read_config_json
from hyperlora.peft_folder.reading import Reading, read_folder
from hyperlora.peft_methods import convert_folder, is_convertible
from hyperlora.pool_import.bases import KnownBases, OnBase, check_shapes
from hyperlora.pool_import.canonical import canonicalise
from hyperlora.pool_import.model_card import read_model_card
from hyperlora.prompts import check_template

# Stands in until a description is found; no card is registered with it.
_UNDESCRIBED = "?"
_LARGEST_RANK = 4096


@dataclass(frozen=True)
class Conversion:
    """What becomes of weights that are not plain LoRA, or are written in another form.

    Attributes:
        rank: the largest rank of a module after conversion; as `energy` decides when None.
        energy: the share of the weight change to keep; when None, 0.99 for another method and all of plain LoRA.
        canonical: write plain LoRA in balanced SVD form with scaling 1, too.
    """

    rank: int | None = None
    energy: float | None = None
    canonical: bool = False

    def __post_init__(self) -> None:
        if self.rank is not None and not 1 <= self.rank <= _LARGEST_RANK:
            raise InputError(f"rank is {self.rank}", f"Ask for a --rank between 1 and {_LARGEST_RANK}.")
        if self.energy is not None and not 0 < self.energy <= 1:
            raise InputError(f"energy is {self.energy}", "Ask for an --energy above 0 and at most 1.")


@dataclass(frozen=True)
class Candidate:
    """A folder that could be read.

    Attributes:
        adapter: its card has no description yet where `described` is false.
        base: reference of its base model, for `load_base_model`.
        described: whether anybody said what its task is.
        method: the PEFT method it was converted from, or `LORA` where it was brought into canonical form; else None.
        energy_kept: the share of its weight change that conversion kept.
        note: how its base model was found, if not by name.
    """

    adapter: Adapter
    base: str
    described: bool
    method: str | None = None
    energy_kept: float | None = None
    note: str = ""

    def with_description(self, text: str, *, proposed: bool = False) -> Candidate:
        """The same adapter with its task in words."""
        source = "proposed" if proposed else "given"
        changes: dict[str, Any] = {"description": " ".join(text.split()), "description_source": source}
        return replace(self, adapter=_changed(self.adapter, changes), described=True)


def read_candidate(
    folder: Path,
    bases: KnownBases,
    conversion: Conversion,
    *,
    prompt_template: str | None = None,
    store_examples: bool = True,
) -> Candidate:
    """Read a PEFT folder of LoRA, or of a method that is converted, and check it against its base model.

    Args:
        prompt_template: the prompts it was trained on; the card's, or the default, when None.
        store_examples: keep the card's examples.

    Raises:
        AdapterFormatError: damaged, hostile, unsupported, or its modules are not the base model's.
        BaseModelError: its base model is not known, or not there.
        InputError: the template holds no `{input}`, or `energy` takes a rank beyond 4096.
    """
    if prompt_template is not None:
        check_template(prompt_template)
    candidate = _convert(folder, bases, conversion) if is_convertible(folder) else _read(folder, bases, conversion)
    changes: dict[str, Any] = {"origin": "imported"}
    if candidate.energy_kept is not None:
        changes["metrics"] = {**candidate.adapter.card.metrics, "energy_kept": candidate.energy_kept}
    if prompt_template is not None:
        changes["prompt_template"] = prompt_template
    if not store_examples:
        changes["examples"] = ()
    return replace(candidate, adapter=_changed(candidate.adapter, changes))


def _changed(adapter: Adapter, changes: dict[str, Any]) -> Adapter:
    return adapter.with_card(adapter.card.model_copy(update=changes))


def _named_base(folder: Path) -> str | None:
    says = read_config_json(folder / CONFIG_FILE).get("base_model_name_or_path")
    return says if isinstance(says, str) else None


def _convert(folder: Path, bases: KnownBases, conversion: Conversion) -> Candidate:
    energy = 0.99 if conversion.energy is None else conversion.energy
    found = bases.choose(
        _named_base(folder),
        None,
        lambda base: convert_folder(folder, base, rank=conversion.rank, energy=energy, show=False),
    )
    card, described = _foreign_card(folder)
    converted = found.value
    return Candidate(
        converted.adapter.with_card(card), found.reference, described, converted.method, converted.energy, found.note
    )


def _read(folder: Path, bases: KnownBases, conversion: Conversion) -> Candidate:
    reading = read_folder(folder)
    reading.validation.raise_problems()
    record = reading.record
    card, described = (record.card, True) if record is not None else _foreign_card(folder)
    found: OnBase[Adapter] = bases.choose(
        _named_base(folder), None if record is None else record.base, lambda base: _fitted(reading, base, card)
    )
    if not conversion.canonical:
        return Candidate(found.value, found.reference, described, note=found.note)
    cut = canonicalise(found.value, rank=conversion.rank, energy=conversion.energy)
    return Candidate(cut.adapter, found.reference, described, "LORA", cut.energy, found.note)


def _fitted(reading: Reading, base: LocatedBase, card: Card) -> Adapter:
    adapter = Adapter(reading.factors, base.identity, card)
    check_shapes(lambda: check_fits(base, adapter))
    return adapter


def _foreign_card(folder: Path) -> tuple[Card, bool]:
    """A card from the README of a folder that HyperLoRA did not write, and whether it has a description."""
    said = read_model_card(folder)
    card = Card(description=said.description or _UNDESCRIBED, licence=said.licence or UNKNOWN)
    return card, bool(said.description)
