"""The card: what is known of an adapter besides its weights."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hyperlora.prompts import DEFAULT_TEMPLATE, PromptTemplate

Origin = Literal["trained", "generated", "retrieved", "composed", "imported"]
DescriptionSource = Literal["given", "proposed"]


class CardExample(BaseModel):
    """One input and the answer it should get, kept so that people and `adapt` can try the adapter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: str
    output: str


class Card(BaseModel):
    """What is known of an adapter.

    Attributes:
        description: what the task is, in words.
        description_source: `given` by people or their files; `proposed` from the adapter's answers.
        paraphrases: other wordings, all indexed beside the description.
        prompt_template: how an input becomes the prompt the adapter was trained on.
        examples: a few input/output pairs.
        origin: how the weights came to be.
        parents: references of the adapters or generators they came from.
        metrics: measured scores by name; a score without a measurement is left out.
        recipe_hash: the run that made it, if a run did.
        decision: how it was made or chosen; for `adapt`: every candidate with its score, and the reason for the choice.
        licence: licence of the weights, as an SPDX id; `unknown` where nobody said.
        family: the task's family, or empty.
        dataset_hash: hash of the data it was trained on, or empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = Field(min_length=1, max_length=20_000)
    description_source: DescriptionSource = "given"
    paraphrases: tuple[str, ...] = ()
    prompt_template: PromptTemplate = DEFAULT_TEMPLATE
    examples: tuple[CardExample, ...] = ()
    origin: Origin = "imported"
    parents: tuple[str, ...] = ()
    metrics: dict[str, float] = Field(default_factory=dict)
    recipe_hash: str = ""
    decision: dict[str, Any] | None = None
    licence: str = "apache-2.0"
    family: str = ""
    dataset_hash: str = ""
