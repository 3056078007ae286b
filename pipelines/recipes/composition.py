"""The recipe of a composition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from hyperlora.errors import InputError
from pipelines.recipes.models import Recipe, told

WeightRule = Literal["uniform", "similarity", "examples"]


class CompositionRecipe(Recipe):
    """Which adapters become one, and how.

    Attributes:
        adapters: `registry:` or `file:` references.
        method: a composition method's name.
        weights: one for each adapter, or how they are found: all alike, by a softmax over how close the adapters'
            descriptions are to `description`, or fitted to `examples`.
        rank: the largest rank of a module; the method's own when None.
        options: the method's own settings.
        description: what the result does, in words; also what `similarity` compares with.
        examples: a JSONL file of solved examples, for weights fitted to them.
        prompt_template: the prompts the result answers, where the adapters' own differ.
        temperature: of the softmax over similarities.
        steps: compositions tried in fitting weights.
        seed: of fitting.
    """

    adapters: tuple[str, ...] = Field(min_length=1)
    method: str = "svd"
    weights: tuple[float, ...] | WeightRule = "uniform"
    rank: int | None = Field(None, ge=1)
    options: dict[str, bool | int | float] = Field(default_factory=dict)
    description: str = ""
    examples: str = ""
    prompt_template: str = ""
    temperature: float = Field(0.1, gt=0)
    steps: int = Field(40, ge=1)
    seed: int = 0

    @field_validator("adapters")
    @classmethod
    def _are_many(cls, adapters: tuple[str, ...]) -> tuple[str, ...]:
        if repeated := sorted({name for name in adapters if adapters.count(name) > 1}):
            raise ValueError(f"{repeated[0]} is there twice; give it a larger weight instead")
        return adapters


def composition_recipe(settings: Mapping[str, Any]) -> CompositionRecipe:
    """A recipe from settings by name.

    Raises:
        InputError: a setting is wrong; the message names it.
    """
    try:
        return CompositionRecipe.model_validate(dict(settings))
    except ValidationError as error:
        raise InputError(told(error), "Correct it; see hyperlora compose --help.") from error
