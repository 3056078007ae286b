"""The HTTP API: requests in, one call to a pipeline or the registry, JSON out."""

from __future__ import annotations

from threading import Lock
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from hyperlora import __version__
from hyperlora.doorway import read_examples
from hyperlora.errors import HyperLoRAError, InputError, RegistryError, TaskFormatError
from hyperlora.peft_folder import read_card
from hyperlora.references import Reference
from hyperlora.registry import Entry
from pipelines.adapt import adapt
from pipelines.session import LONGEST_DESCRIPTION, Session
from serve.browsing import add_browsing

MOST_EXAMPLES = 256
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
        with busy:
            result = adapt(body.description, examples, store_examples=body.store_examples, session=session)
            return result.summary()

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


def _adapter(session: Session, name: str, version: int | None) -> Entry:
    entry = session.registry.get(str(Reference("registry", name, version=version)))
    if entry.kind != "adapter":
        raise RegistryError(f"{name} is a {entry.kind}, not an adapter", "See GET /v1/adapters")
    return entry


def _status(error: HyperLoRAError) -> int:
    if isinstance(error, RegistryError):
        return 404
    return 400 if isinstance(error, InputError | TaskFormatError) else 500
