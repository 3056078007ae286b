"""What requests may hold: one model a body, which forbids what it does not know."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hyperlora.errors import InputError
from hyperlora.references import parse_reference
from hyperlora.tasks.given_examples import read_examples
from hyperlora.tasks.task import Example, Metric
from pipelines.recipes.composition import CompositionRecipe, WeightRule, composition_recipe
from pipelines.runtime import LONGEST_DESCRIPTION
from retrieval.index import POOL_ORIGINS

MOST_EXAMPLES = 256
MOST_ADAPTERS = 64
MOST_FOUND = 100
MOST_STEPS = 400
MOST_GENERATED = 64
LARGEST_RANK = 256
LONGEST_TEXT = 8192


class ExampleBody(BaseModel):
    """One input with the answer wanted."""

    model_config = ConfigDict(extra="forbid")

    input: str = Field(min_length=1, max_length=LONGEST_TEXT)
    output: str = Field(min_length=1, max_length=LONGEST_TEXT)


class WithExamples(BaseModel):
    """A request that may hold solved examples."""

    model_config = ConfigDict(extra="forbid")

    examples: list[ExampleBody] = Field(default_factory=list, max_length=MOST_EXAMPLES)

    def solved(self) -> tuple[Example, ...]:
        """The examples.

        Raises:
            InputError: an answer is one that no adapter could give.
        """
        return read_examples([example.model_dump() for example in self.examples])


class AdaptBody(WithExamples):
    """A request to `POST /v1/adapt`."""

    description: str = Field(max_length=LONGEST_DESCRIPTION)
    store_examples: bool = True
    refine: int | None = Field(None, ge=0, le=MOST_STEPS)
    cross_validate: bool = True
    min_confidence: float | None = Field(None, ge=0, le=1)
    force: bool = False
    generator: str | None = None


class EvaluateBody(WithExamples):
    """A request to `POST /v1/evaluate`."""

    adapter: str
    examples: list[ExampleBody] = Field(min_length=1, max_length=MOST_EXAMPLES)
    metric: Metric | None = None
    case_sensitive: bool = True
    template: str = Field("", max_length=LONGEST_TEXT)

    def reference(self) -> str:
        """The adapter.

        Raises:
            InputError: it is not a `registry:` reference.
        """
        # a path of the client's would be read on this machine
        return str(parse_reference(self.adapter, ("registry",)))


class GenerateBody(WithExamples):
    """A request to `POST /v1/generate`."""

    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    n: int = Field(1, ge=1, le=MOST_GENERATED)
    sample: bool = False
    seed: int = Field(0, ge=0, lt=2**32)
    refine: int = Field(0, ge=0, le=MOST_STEPS)
    rank: int | None = Field(None, ge=1, le=LARGEST_RANK)
    start: Literal["pool", "generated"] | None = None
    in_prompt: bool = False
    generator: str | None = None
    name: str | None = None


class SearchBody(WithExamples):
    """A request to `POST /v1/search`: by one of a description, a prompt and solved examples."""

    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    prompt: str = Field("", max_length=LONGEST_DESCRIPTION)
    k: int = Field(3, ge=1, le=MOST_FOUND)
    tags: dict[str, str | None] = Field(default_factory=dict)
    origins: list[str] = Field(default_factory=list, max_length=len(POOL_ORIGINS))

    def wanted(self) -> dict[str, Any]:
        """What is searched by, as arguments of `pipelines.adapt.search.search`.

        Raises:
            InputError: not exactly one of the three is given.
        """
        given = [bool(self.description.strip()), bool(self.prompt.strip()), bool(self.examples)]
        if sum(given) != 1:
            raise InputError(
                f"{'several' if any(given) else 'none'} of description, prompt and examples are given",
                "Give exactly one of them.",
            )
        if self.prompt.strip():
            return {"text": self.prompt, "kind": "prompt"}
        return {"text": self.description, "examples": self.solved()}


class ComposeBody(WithExamples):
    """A request to `POST /v1/compose`: a composition recipe, with its examples in the body."""

    adapters: list[str] = Field(min_length=1, max_length=MOST_ADAPTERS)
    method: str = "svd"
    weights: list[float] | WeightRule = "uniform"
    rank: int | None = Field(None, ge=1, le=LARGEST_RANK)
    options: dict[str, bool | int | float] = Field(default_factory=dict)
    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    prompt_template: str = ""
    temperature: float = Field(0.1, gt=0, allow_inf_nan=False)
    steps: int = Field(40, ge=1, le=MOST_STEPS)
    seed: int = Field(0, ge=0, lt=2**32)
    name: str | None = None

    def recipe(self) -> CompositionRecipe:
        """What is composed.

        Raises:
            InputError: a setting is wrong, or an adapter is not a `registry:` reference.
        """
        for reference in self.adapters:
            # a path of the client's would be read on this machine
            parse_reference(reference, ("registry",))
        return composition_recipe(self.model_dump(exclude={"examples", "name"}))
