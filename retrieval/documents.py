"""What is known of an adapter as text, and how it is read: its wordings, and its wordings with inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hyperlora.errors import AdapterFormatError
from hyperlora.lora.card import Card
from hyperlora.peft_io.folder.record import RECORD_FILE, read_record
from hyperlora.registry import Entry

Vectors = NDArray[np.float32]
QueryKind = Literal["description", "prompt"]
"""What a text is: a description of a task, or a prompt that holds an input."""
QUERY_KINDS: tuple[QueryKind, ...] = get_args(QueryKind)

# Inputs of one adapter that are embedded, m of LoraRetriever (Zhao et al. 2024, section 3.2).
MOST_INPUTS = 16


@dataclass(frozen=True)
class Document:
    """The texts of one adapter.

    Attributes:
        wordings: its description and paraphrases; none where nobody knows its task.
        inputs: of its examples; empty where nobody kept any.
    """

    wordings: tuple[str, ...]
    inputs: tuple[str, ...] = ()

    @property
    def prompts(self) -> list[str]:
        """Prompts as people write them: a wording and an input, each wording in turn."""
        if not self.wordings:
            return list(self.inputs)
        return [prompt_text(self.wordings[at % len(self.wordings)], text) for at, text in enumerate(self.inputs)]

    def texts(self, kind: QueryKind) -> list[str]:
        """What a query of this kind is compared with."""
        return self.prompts if kind == "prompt" and self.inputs else list(self.wordings)


def prompt_text(instruction: str, text: str) -> str:
    """An instruction with the input it is for."""
    return f"{instruction}\nInput: {text}"


def document_of(entry: Entry) -> Document:
    """The texts of a registered adapter; without inputs where its folder is not at hand or has none."""
    card = card_of(entry)
    examples = () if card is None else card.examples[:MOST_INPUTS]
    # a text that says that nothing is known would be found by everything that is as vague
    wordings = () if entry.description_source == "unknown" else (entry.description, *entry.paraphrases)
    return Document(wordings, tuple(example.input for example in examples))


def card_of(entry: Entry) -> Card | None:
    """The card in a registered adapter's folder, if that is at hand and readable.

    The folder is not verified: what is in it decides what is found, never what is loaded.
    """
    try:
        record = read_record(entry.folder / RECORD_FILE)
    except AdapterFormatError:
        return None
    return None if record is None else record.card


def unit_mean(vectors: Vectors) -> Vectors:
    """The mean of some vectors, (n, dimensions), at unit length."""
    mean: Vectors = vectors.mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)
