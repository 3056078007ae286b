"""What one process needs to answer: base model, bank, encoder, retriever and generator, each loaded when first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from generator.artifact import read_generator
from generator.hypernet import Hypernet
from hyperlora.adapter import Adapter
from hyperlora.bank import AdapterBank, unstack
from hyperlora.base_models import BaseModel, load_base_model, locate_base
from hyperlora.base_models.sources import LocatedBase
from hyperlora.card import Card
from hyperlora.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.registry import Entry, Registry
from hyperlora.settings import get_settings
from retrieval.artifact import read_retriever
from retrieval.index import Where
from retrieval.retriever import Retriever

CHAMPION = "champion"
LONGEST_DESCRIPTION = 20_000


@dataclass(frozen=True)
class LoadedGenerator:
    """A generator with its registry entry."""

    entry: Entry
    network: Hypernet

    def generate(self, encoder: TextEncoder, description: str) -> Adapter:
        """The adapter for a description; its card names the generator as parent."""
        embedding = torch.from_numpy(encoder.encode([description]))
        with torch.inference_mode():
            factors = unstack(self.network(embedding), 0)
        card = Card(
            description=description,
            prompt_template=self.network.config.prompt_template,
            origin="generated",
            parents=(self.entry.reference,),
        )
        return Adapter(factors, self.network.config.base, card)


class Session:
    """The parts shared by calls in one process. Not safe for concurrent use; servers hold a lock around it.

    Args:
        base: base model reference; the `HYPERLORA_BASE_MODEL` setting when None.
        registry: the registry of the settings when None.
        dtype: of the base model; the settings' for inference when None.

    Attributes:
        base_name: the base model's reference as given.
        dtype: of the base model.
    """

    def __init__(
        self, base: str | None = None, registry: Registry | None = None, dtype: torch.dtype | None = None
    ) -> None:
        self.base_name = base
        self.registry = registry or Registry()
        self.dtype = dtype or get_settings().inference_dtype()
        self._retriever: tuple[str, Retriever] | None = None
        self._generator: LoadedGenerator | None = None

    @cached_property
    def located(self) -> LocatedBase:
        """Identity and folder of the base model, without loading it."""
        return locate_base(self.base_name)

    @cached_property
    def base(self) -> BaseModel:
        """The base model, loaded for inference."""
        return load_base_model(self.base_name, dtype=self.dtype)

    @cached_property
    def bank(self) -> AdapterBank:
        """The bank on the base model."""
        return AdapterBank(self.base.model)

    @cached_property
    def encoder(self) -> TextEncoder:
        """The text encoder of the settings."""
        return TextEncoder()

    def retriever(self) -> Retriever:
        """What finds adapters of this base model: the champion retriever (else the newest) for the encoder.

        Without one the encoder searches as it is, and nothing is said of how sure a hit is.
        """
        fitting = [entry for entry in self.registry.entries("retriever") if entry.encoder == self.encoder.id]
        chosen = _champion(fitting)
        reference = "" if chosen is None else chosen.reference
        if self._retriever is None or self._retriever[0] != reference:
            own = Where(base=self.located.identity.fingerprint)
            if chosen is None:
                made = Retriever(self.registry, self.encoder, within=own)
            else:
                config, change = read_retriever(self.registry.verified_folder(chosen))
                tuned = TextEncoder(self.encoder.name, change)
                made = Retriever(self.registry, tuned, config.calibrations, within=own)
            self._retriever = reference, made
        return self._retriever[1]

    def generator(self) -> LoadedGenerator | None:
        """The champion generator (else the newest) for this base model and encoder, or None if there is none."""
        chosen = _champion(
            [
                entry
                for entry in self.registry.entries("generator")
                if entry.base == self.located.identity.fingerprint and entry.encoder == self.encoder.id
            ]
        )
        if chosen is None:
            return None
        if self._generator is None or self._generator.entry.reference != chosen.reference:
            network = read_generator(self.registry.verified_folder(chosen))
            self._generator = LoadedGenerator(chosen, network)
        return self._generator


def _champion(entries: Sequence[Entry]) -> Entry | None:
    champions = [entry for entry in entries if CHAMPION in entry.aliases]
    return max(champions or entries, key=lambda entry: entry.created, default=None)


def generate_adapter(session: Session, description: str) -> Adapter:
    """The adapter the session's generator writes for a description.

    Raises:
        InputError: the description is empty or too long, or there is no generator for this base and encoder.
    """
    text = check_description(description)
    generator = session.generator()
    if generator is None:
        raise InputError(
            f"the registry has no generator for {session.located.identity.id} and {session.encoder.id}",
            "Run: hyperlora registry seed, or hyperlora train generator",
        )
    return generator.generate(session.encoder, text)


def check_description(description: str) -> str:
    """The description on one line, or `InputError` when it is empty or too long."""
    text = " ".join(description.split())
    if not text:
        raise InputError("the description is empty", "Say in a sentence what the task is.")
    if len(text) > LONGEST_DESCRIPTION:
        raise InputError(f"the description has {len(text)} characters", f"Shorten it to at most {LONGEST_DESCRIPTION}.")
    return text
