"""The card: what is known of an adapter besides its weights."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, PromptTemplate

Origin = Literal["trained", "generated", "retrieved", "composed", "imported"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
DescriptionSource = Literal["given", "proposed", "unknown"]
# Left out of what is stored where they say nothing, so that cards of before are stored in the same bytes as before.
_OPTIONAL = ("lora_dropout", "readme", "source")


class CardExample(BaseModel):
    """One input and the answer it should get, kept so that people and `adapt` can try the adapter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: str
    output: str


class Card(BaseModel):
    """What is known of an adapter.

    Attributes:
        description: what the task is, in words.
        description_source: `given` by people or their files; `proposed` from the adapter's answers; `unknown` where
            neither says what the task is, so that no description finds it.
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
        lora_dropout: of its training, as PEFT's config says it; changes nothing for an adapter that is only read.
        readme: the body of the model card that it came with, Markdown; or empty.
        source: where it was imported from, e.g. `hf:ORG/NAME@REVISION`; empty for what was made here.
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
    lora_dropout: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False)
    readme: str = ""
    source: str = ""

    @model_serializer(mode="wrap")
    def _without_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        return {key: value for key, value in values.items() if value or key not in _OPTIONAL}

    @property
    def needs_format(self) -> int:
        """The first version of `hyperlora.json` that can hold it."""
        return 3 if self.lora_dropout or self.readme or self.source or self.description_source == "unknown" else 2
