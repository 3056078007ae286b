"""One folder as an adapter of the pool: read once, on its base model, under a card that says all that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card, DescriptionSource
from hyperlora.lora.licences import UNKNOWN
from hyperlora.lora.merged_checkpoint import check_fits
from hyperlora.models.dequantising import quantisation_of
from hyperlora.models.sources import LocatedBase
from hyperlora.peft_io.folder import CONFIG_FILE, RECORD_FILE, read_adapter
from hyperlora.peft_io.folder.config import read_config_json
from hyperlora.peft_io.folder.reading import FolderContents, read_folder
from hyperlora.peft_io.methods import convert_folder, is_convertible
from hyperlora.registry.pool_import.bases import KnownBases, OnBase, check_shapes, known_bases
from hyperlora.registry.pool_import.canonical import canonicalise
from hyperlora.registry.pool_import.model_card import read_model_card
from hyperlora.registry.pool_import.trainer_files import TrainerTemplate, read_trainer_template
from hyperlora.settings import get_settings
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, check_template

# Of how many probes the answers have to differ where nobody knows the template that they were to be asked in.
CERTAIN_IN_ANY_TEMPLATE = 3
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
        note: how its base model was found, if not by name, and what its files say of its prompts and is not read.
        template: the file that names its prompt template, or `given`; empty where the default stands in for it.
        foreign_template: its files name a template that is not read here, so that the default is surely not its own.
    """

    adapter: Adapter
    base: str
    described: bool
    method: str | None = None
    energy_kept: float | None = None
    note: str = ""
    template: str = ""
    foreign_template: bool = False

    @property
    def settled_by(self) -> int:
        """How many of `PROBES` it has to answer unlike the base model for its answers to say what its task is.

        Asked in prompts that it was not trained on, an adapter hardly stirs, and what it then says is no task.
        """
        return 1 if self.template else CERTAIN_IN_ANY_TEMPLATE

    def with_description(self, text: str, source: DescriptionSource = "given") -> Candidate:
        """The same adapter with its task in words."""
        changes: dict[str, Any] = {"description": " ".join(text.split()), "description_source": source}
        return replace(self, adapter=_changed(self.adapter, changes), described=True)


def read_candidate(
    folder: Path,
    bases: KnownBases,
    conversion: Conversion,
    *,
    prompt_template: str | None = None,
    store_examples: bool = True,
    beside: Sequence[Path] = (),
    source: str = "",
    name: str = "",
) -> Candidate:
    """Read a PEFT folder of LoRA, or of a method that is converted, and check it against its base model.

    Args:
        prompt_template: the prompts it was trained on; when None the card's, those its trainer's files name, or the
            default.
        store_examples: keep the card's examples.
        beside: other folders whose README and trainer's files are about it, too.
        source: where it comes from, for its card.
        name: of the adapter, for telling it from a title in its README; the folder's when empty.

    Raises:
        AdapterFormatError: damaged, hostile, unsupported, or its modules are not the base model's.
        BaseModelError: its base model is not known, or not there.
        InputError: the template holds no `{input}`, or `energy` takes a rank beyond 4096.
    """
    if prompt_template is not None:
        check_template(prompt_template)
    read = _convert if is_convertible(folder) else _read
    foreign = _ForeignFolder(folder, tuple(beside), name)
    candidate = read(folder, bases, conversion, foreign)
    changes: dict[str, Any] = {"origin": "imported"}
    if candidate.energy_kept is not None:
        changes["metrics"] = {**candidate.adapter.card.metrics, "energy_kept": candidate.energy_kept}
    if source:
        changes["source"] = source
    if prompt_template is not None:
        changes["prompt_template"] = prompt_template
        candidate = replace(candidate, template="given", foreign_template=False)
    elif candidate.foreign_template:
        told = foreign.template
        note = f"{told.file} names the prompt template {told.unread}, which is not read here; say it with --template"
        candidate = replace(candidate, note="; ".join(filter(None, (candidate.note, note))))
    if not store_examples:
        changes["examples"] = ()
    return replace(candidate, adapter=_changed(candidate.adapter, changes))


def _changed(adapter: Adapter, changes: dict[str, Any]) -> Adapter:
    return adapter.with_card(adapter.card.model_copy(update=changes))


def _named_base(folder: Path) -> str | None:
    says = read_config_json(folder / CONFIG_FILE).get("base_model_name_or_path")
    return says if isinstance(says, str) else None


def _convert(folder: Path, bases: KnownBases, conversion: Conversion, foreign: _ForeignFolder) -> Candidate:
    energy = 0.99 if conversion.energy is None else conversion.energy
    found = bases.choose(
        _named_base(folder),
        None,
        lambda base: convert_folder(folder, base, rank=conversion.rank, energy=energy, show=False),
    )
    converted = found.value
    return Candidate(
        converted.adapter.with_card(foreign.card),
        found.reference,
        foreign.card.description != _UNDESCRIBED,
        converted.method,
        converted.energy,
        found.note,
        foreign.template.file if foreign.template.template is not None else "",
        bool(foreign.template.unread),
    )


def _read(folder: Path, bases: KnownBases, conversion: Conversion, foreign: _ForeignFolder) -> Candidate:
    contents = read_folder(folder)
    contents.validation.raise_problems()
    record = contents.record
    card = foreign.card if record is None else record.card
    described = card.description != _UNDESCRIBED and card.description_source != "unknown"
    found: OnBase[Adapter] = bases.choose(
        _named_base(folder), None if record is None else record.base, lambda base: _fitted(contents, base, card)
    )
    told = foreign.template
    named = (told.file if told.template is not None else "") if record is None else RECORD_FILE
    unread = record is None and bool(told.unread)
    if not conversion.canonical:
        return Candidate(
            found.value, found.reference, described, note=found.note, template=named, foreign_template=unread
        )
    cut = canonicalise(found.value, rank=conversion.rank, energy=conversion.energy)
    return Candidate(cut.adapter, found.reference, described, "LORA", cut.energy, found.note, named, unread)


def _fitted(contents: FolderContents, base: LocatedBase, card: Card) -> Adapter:
    adapter = Adapter(contents.factors, base.identity, card)
    check_shapes(lambda: check_fits(base, adapter))
    return adapter


@dataclass(frozen=True)
class _ForeignFolder:
    """What a folder that HyperLoRA did not write says of its adapter."""

    folder: Path
    beside: tuple[Path, ...]
    name: str

    @cached_property
    def template(self) -> TrainerTemplate:
        """What its files say of the prompts that it was trained on."""
        return read_trainer_template((self.folder, *self.beside))

    @cached_property
    def card(self) -> Card:
        """A card from its README and config; without a description where they say none."""
        cards = [read_model_card(each, self.name) for each in (self.folder, *self.beside)]
        dropout = read_config_json(self.folder / CONFIG_FILE).get("lora_dropout")
        return Card(
            description=next((card.description for card in cards if card.description), _UNDESCRIBED),
            licence=next((card.licence for card in cards if card.licence), UNKNOWN),
            prompt_template=self.template.template or DEFAULT_TEMPLATE,
            lora_dropout=float(dropout) if isinstance(dropout, int | float) and 0 <= dropout <= 1 else 0.0,
            readme=next((card.body for card in cards if card.body), ""),
        )


def open_folder(folder: Path, base: str | None = None) -> Adapter:
    """A plain PEFT folder as an adapter, its base model recognised as an import recognises it.

    Args:
        base: its base model; when None the one its config names, or that of the settings where it names none.

    Raises:
        AdapterFormatError, BaseModelError: see `read_candidate`.
    """
    fallback = None if _named_base(folder) else get_settings().base_model
    bases = known_bases(() if base is None else (base,), fallback=fallback)
    located = None if base is None else bases.locate(base)
    if located is not None and quantisation_of(located.folder) is not None:
        # whose weights have no plain shapes to compare with; what it is used for looks at them de-quantised
        adapter, card = read_adapter(folder, located.identity), _ForeignFolder(folder, (), "").card
        return _changed(adapter, {"licence": card.licence})
    try:
        candidate = read_candidate(folder, bases, Conversion())
    except (AdapterFormatError, BaseModelError) as error:
        # an import names the folder in its report, here nothing else does
        if str(folder) in error.problem:
            raise
        raise type(error)(f"{folder}: {error.problem}", error.remedy) from error
    if not candidate.described:
        candidate = candidate.with_description(f"Imported from {folder.name}", "unknown")
    return candidate.adapter
