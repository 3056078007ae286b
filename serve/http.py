"""The HTTP API: requests in, one call to a pipeline or the registry, JSON out."""

from __future__ import annotations

from threading import Lock
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from generator.conditions import Wanted
from hyperlora import __version__
from hyperlora.adapter import Adapter
from hyperlora.doorway import read_examples
from hyperlora.errors import BaseModelError, HyperLoRAError, InputError, RegistryError, TaskFormatError
from hyperlora.peft_folder import read_card
from hyperlora.references import Reference, parse_reference
from hyperlora.registry import Entry
from pipelines.adapt import adapt, register_in_passing
from pipelines.compose import run_composition
from pipelines.generate import Generation, generate_adapters, generated_summary, generation_notes
from pipelines.naming import short_name
from pipelines.recipes.composition import CompositionRecipe, WeightRule, composition_recipe
from pipelines.search import search
from pipelines.session import LONGEST_DESCRIPTION, Session
from retrieval.documents import QueryKind
from retrieval.index import POOL_ORIGINS
from serve.browsing import add_browsing

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


class AdaptBody(BaseModel):
    """A request to `POST /v1/adapt`."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field(max_length=LONGEST_DESCRIPTION)
    examples: list[ExampleBody] = Field(default_factory=list, max_length=MOST_EXAMPLES)
    store_examples: bool = True
    refine: int | None = Field(None, ge=0, le=MOST_STEPS)
    generator: str | None = None


class GenerateBody(BaseModel):
    """A request to `POST /v1/generate`."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    examples: list[ExampleBody] = Field(default_factory=list, max_length=MOST_EXAMPLES)
    n: int = Field(1, ge=1, le=MOST_GENERATED)
    sample: bool = False
    seed: int = Field(0, ge=0, lt=2**32)
    refine: int = Field(0, ge=0, le=MOST_STEPS)
    rank: int | None = Field(None, ge=1, le=LARGEST_RANK)
    start: Literal["pool", "generated"] | None = None
    in_prompt: bool = False
    generator: str | None = None
    name: str | None = None


class SearchBody(BaseModel):
    """A request to `POST /v1/search`: a text, or solved examples."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=LONGEST_DESCRIPTION)
    kind: QueryKind = "description"
    examples: list[ExampleBody] = Field(default_factory=list, max_length=MOST_EXAMPLES)
    k: int = Field(3, ge=1, le=MOST_FOUND)
    tags: dict[str, str | None] = Field(default_factory=dict)
    origins: list[str] = Field(default_factory=list, max_length=len(POOL_ORIGINS))


class ComposeBody(BaseModel):
    """A request to `POST /v1/compose`: a composition recipe, with its examples in the body."""

    model_config = ConfigDict(extra="forbid")

    adapters: list[str] = Field(min_length=1, max_length=MOST_ADAPTERS)
    method: str = "svd"
    weights: list[float] | WeightRule = "uniform"
    rank: int | None = Field(None, ge=1, le=LARGEST_RANK)
    options: dict[str, bool | int | float] = Field(default_factory=dict)
    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    examples: list[ExampleBody] = Field(default_factory=list, max_length=MOST_EXAMPLES)
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


def create_app(session: Session) -> FastAPI:
    """The application over one session, which serves one `adapt` at a time."""
    app = FastAPI(title="HyperLoRA", version=__version__)
    busy = Lock()

    @app.exception_handler(HyperLoRAError)
    def explain(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HyperLoRAError)
        return JSONResponse({"error": error.problem, "remedy": error.remedy}, _status(error))

    @app.post("/v1/adapt")
    def post_adapt(body: AdaptBody) -> dict[str, Any]:
        """Find or make the best adapter for a task, and register it."""
        examples = read_examples([example.model_dump() for example in body.examples])
        with busy, session.writing_with(body.generator):
            result = adapt(
                body.description,
                examples,
                store_examples=body.store_examples,
                refine=body.refine,
                session=session,
            )
            return result.summary()

    @app.post("/v1/generate")
    def post_generate(body: GenerateBody) -> dict[str, Any]:
        """Write adapters from a description, and register them: for good under a name, else for a limited time."""
        examples = read_examples([example.model_dump() for example in body.examples])
        how = Generation(
            body.n, body.sample, body.seed, body.refine, body.rank, body.start, body.in_prompt, body.generator
        )
        with busy:
            [adapters] = generate_adapters(session, [Wanted(body.description, examples)], how)
            made = []
            for adapter in adapters:
                entry = _register(session, adapter, body.name)
                made.append({"adapter": entry.summary(), **generated_summary(adapter)})
            return {"adapters": made, "notes": generation_notes(session, how, examples=bool(examples))}

    @app.post("/v1/search")
    def post_search(body: SearchBody) -> list[dict[str, Any]]:
        """The adapters that fit a description, a prompt or solved examples best, each with how sure that is."""
        examples = read_examples([example.model_dump() for example in body.examples])
        with busy:
            found = search(
                session,
                body.k,
                text=body.text,
                kind=body.kind,
                examples=examples,
                tags=body.tags,
                origins=tuple(body.origins),
            )
        return [match.summary() for match in found]

    @app.post("/v1/compose")
    def post_compose(body: ComposeBody) -> dict[str, Any]:
        """Make one adapter from several registered ones, and register it if it is given a name."""
        recipe = body.recipe()
        examples = read_examples([example.model_dump() for example in body.examples])
        with busy:
            try:
                return run_composition(recipe, examples=examples, name=body.name, session=session).summary()
            except BaseModelError as error:  # of the adapters the client chose, not of the server
                raise InputError(error.problem, error.remedy) from error

    add_browsing(app, session.registry)

    @app.get("/v1/adapters/{name}")
    def show_adapter(name: str, version: int | None = None) -> dict[str, Any]:
        """One adapter, its newest version unless another is asked for, with its card."""
        entry = _adapter(session, name, version)
        card = read_card(session.registry.verified_folder(entry))
        return {**entry.summary(), "card": card.model_dump(mode="json")}

    @app.get("/healthz")
    def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok", "version": __version__}

    return app


def _register(session: Session, adapter: Adapter, name: str | None) -> Entry:
    if name is not None:
        return session.registry.register(adapter, name)
    made = short_name(adapter.card.description, adapter.card.recipe_hash, "generate")
    return register_in_passing(session.registry, adapter, made)


def _adapter(session: Session, name: str, version: int | None) -> Entry:
    entry = session.registry.get(str(Reference("registry", name, version=version)))
    if entry.kind != "adapter":
        raise RegistryError(f"{name} is a {entry.kind}, not an adapter", "See GET /v1/adapters")
    return entry


def _status(error: HyperLoRAError) -> int:
    if isinstance(error, RegistryError):
        return 404
    return 400 if isinstance(error, InputError | TaskFormatError) else 500
