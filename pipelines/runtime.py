"""What one process needs to answer: base model, bank, encoder, retriever and generator, each loaded when first used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import torch

from generator.artifact import read_generator
from generator.writing import Generator
from hyperlora.bank import AdapterBank
from hyperlora.embeddings.encoder import PACKAGED_ENCODER, TextEncoder
from hyperlora.errors import AdapterFormatError, InputError, RegistryError
from hyperlora.models import BaseModel, load_base_model, locate_base
from hyperlora.models.sources import LocatedBase
from hyperlora.registry import Entry, Registry
from hyperlora.registry.champions import by_preference
from hyperlora.settings import get_settings
from retrieval.artifact import TrainedRetriever, read_retriever
from retrieval.calibration import PLAIN_MINILM, Calibration
from retrieval.documents import QueryKind
from retrieval.index import Where
from retrieval.retriever import Retriever
from retrieval.state_projection import StateProjectionEncoder

LONGEST_DESCRIPTION = 20_000
GET_A_GENERATOR = "Run: hyperlora registry seed, or hyperlora train generator"


Read = TypeVar("Read")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedGenerator:
    """A generator with its registry entry."""

    entry: Entry
    network: Generator


class Runtime:
    """The parts shared by calls in one process. Not safe for concurrent use; servers hold a lock around it.

    Args:
        base: base model reference; the `HYPERLORA_BASE_MODEL` setting when None.
        registry: the registry of the settings when None.
        dtype: of the base model; the settings' for inference when None.
        generator: reference of the generator that writes when none is named; the champion when None.

    Attributes:
        base_name: the base model's reference as given.
        dtype: of the base model.
    """

    def __init__(
        self,
        base: str | None = None,
        registry: Registry | None = None,
        dtype: torch.dtype | None = None,
        generator: str | None = None,
    ) -> None:
        self.base_name = base
        self.registry = registry or Registry()
        self.dtype = dtype or get_settings().inference_dtype()
        self._retriever: tuple[str, Retriever] | None = None
        self._named_generator = generator
        self._generator: LoadedGenerator | None = None
        self._skipped: dict[str, list[str]] = {}
        self._warned: set[str] = set()

    @cached_property
    def located(self) -> LocatedBase:
        """Identity and folder of the base model, without loading it."""
        return locate_base(self.base_name)

    @cached_property
    def base(self) -> BaseModel:
        """The base model, loaded for inference."""
        return load_base_model(self.base_name, dtype=self.dtype)

    @cached_property
    def training_base(self) -> BaseModel:
        """The base model, loaded once more for training, which has its own dtype and attention."""
        return load_base_model(self.base_name, training=True)

    @cached_property
    def bank(self) -> AdapterBank:
        """The bank on the base model."""
        return AdapterBank(self.base.model)

    @cached_property
    def encoder(self) -> TextEncoder:
        """The text encoder of the settings."""
        return TextEncoder()

    @property
    def notes(self) -> list[str]:
        """What would be used before the generator and the retriever that are, and could not be read."""
        return [
            f"the {kind} {reference} is damaged and left out; hyperlora registry verify {reference} says how, and "
            f"hyperlora registry delete {reference} --force removes it"
            for kind, skipped in self._skipped.items()
            for reference in skipped
        ]

    def warn(self) -> None:
        """Log the notes, for calls whose results have no room for them; each once."""
        for note in self.notes:
            if note not in self._warned:
                self._warned.add(note)
                _log.warning("note: %s", note)

    @contextmanager
    def writing_with(self, generator: str | None) -> Iterator[Runtime]:
        """This runtime, in whose place of the champion the generator of this reference writes for a while."""
        before = self._named_generator
        self._named_generator = generator or before
        try:
            yield self
        finally:
            self._named_generator = before

    def retriever(self) -> Retriever:
        """What finds adapters of this base model: the champion retriever (else the newest) for the encoder.

        One that cannot be read is passed over, with a note. Without any the encoder searches as it is, and how sure
        a hit is is known of the packaged one only.
        """
        own = Where(base=self.located.identity.fingerprint)

        def read(entry: Entry) -> tuple[str, Retriever]:
            if self._retriever is not None and self._retriever[0] == entry.reference:
                return self._retriever
            return entry.reference, self._opened(read_retriever(self.registry.verified_folder(entry)), own)

        found = self._first_readable("retriever", self.retrievers(), read)
        if found is None:
            kept = self._retriever if self._retriever is not None and not self._retriever[0] else None
            # the packaged encoder is calibrated as it is; of what another one's similarities say nothing is known
            known: dict[QueryKind, Calibration] = {}
            if self.encoder.name == PACKAGED_ENCODER:
                known["description"] = PLAIN_MINILM
            found = kept or ("", Retriever(self.registry, self.encoder, known, within=own))
        self._retriever = found
        return found[1]

    def retrievers(self) -> list[Entry]:
        """Those registered for the encoder, in the order in which they are used."""
        fitting = [entry for entry in self.registry.entries("retriever") if entry.encoder == self.encoder.id]
        return by_preference(fitting)

    def _first_readable(self, kind: str, entries: Sequence[Entry], read: Callable[[Entry], Read]) -> Read | None:
        skipped: list[str] = []
        try:
            for entry in entries:
                try:
                    return read(entry)
                except (AdapterFormatError, RegistryError):
                    skipped.append(entry.reference)
            return None
        finally:
            self._skipped[kind] = skipped

    def _opened(self, trained: TrainedRetriever, within: Where) -> Retriever:
        """A trained retriever; prompts are read by the encoder alone where it was trained beside another base model."""
        tuned, reading = TextEncoder(self.encoder.name, trained.change), trained.reading
        sure = dict(trained.config.calibrations)
        prompts = None
        if reading is not None and reading.base == self.located.identity.fingerprint:
            prompts = StateProjectionEncoder(tuned, reading, lambda: self.base)
        elif reading is not None:
            sure.pop("prompt", None)
        return Retriever(self.registry, tuned, sure, prompts=prompts, words=trained.config.words, within=within)

    def generator(self, reference: str | None = None) -> LoadedGenerator | None:
        """The generator of this reference, or else the runtime's own, or else the champion (else the newest) for this
        base model and encoder; None if there is none.

        One that is not named and cannot be read is passed over, with a note.

        Raises:
            InputError: what is named is no generator, or one for another base model or encoder.
            RegistryError: nothing is registered under the name, or the folder does not match its record.
            AdapterFormatError: its folder is not a generator's.
        """
        reference = reference or self._named_generator
        if reference is not None:
            found: LoadedGenerator | None = self._loaded(self._named(reference))
        else:
            found = self._first_readable("generator", self.generators(), self._loaded)
        self._generator = found or self._generator
        return found

    def generators(self) -> list[Entry]:
        """Those registered for this base model and encoder, in the order in which they are used."""
        return by_preference(entry for entry in self.registry.entries("generator") if self._fits(entry))

    def _loaded(self, entry: Entry) -> LoadedGenerator:
        if self._generator is not None and self._generator.entry.reference == entry.reference:
            return self._generator
        network = read_generator(self.registry.verified_folder(entry))
        if (network.config.base.fingerprint, network.config.encoder) != (entry.base, entry.encoder):
            raise RegistryError(
                f"{entry.reference} is registered for another base model or encoder than it was trained with",
                f"Delete it: hyperlora registry delete {entry.reference} --force",
            )
        return LoadedGenerator(entry, network)

    def _fits(self, entry: Entry) -> bool:
        return entry.base == self.located.identity.fingerprint and entry.encoder == self.encoder.id

    def _named(self, reference: str) -> Entry:
        entry = self.registry.get(reference)
        if entry.kind == "generator" and self._fits(entry):
            return entry
        if entry.kind != "generator":
            problem = f"{reference} is an {entry.kind} and no generator"
        else:
            problem = (
                f"{reference} is for {entry.base_id or entry.base[:12]} and {entry.encoder}, not for "
                f"{self.located.identity.id} and {self.encoder.id}"
            )
        others = ", ".join(each.reference for each in self.generators())
        raise InputError(problem, f"Generators that fit: {others}." if others else GET_A_GENERATOR)


def check_description(description: str) -> str:
    """The description on one line, or `InputError` when it is empty or too long."""
    text = " ".join(description.split())
    if not text:
        raise InputError("the description is empty", "Say in a sentence what the task is.")
    if len(text) > LONGEST_DESCRIPTION:
        raise InputError(f"the description has {len(text)} characters", f"Shorten it to at most {LONGEST_DESCRIPTION}.")
    return text
