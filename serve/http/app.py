"""The routes: each turns a body into one call and what comes of it into JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi_offline import FastAPIOffline

from generator.conditions import AdapterRequest
from hyperlora import __version__
from hyperlora.cancellation import commit
from hyperlora.errors import BaseModelError, InputError, RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_card
from hyperlora.references import Reference
from hyperlora.registry import Entry
from pipelines.adapt.adapt import adapt, register_in_passing
from pipelines.adapt.compose import run_composition
from pipelines.adapt.generate import GenerationConfig, generate_adapters, generated_summary, generation_notes
from pipelines.adapt.naming import short_name
from pipelines.adapt.search import search
from pipelines.evaluation.evaluate_adapter import evaluate_adapter
from pipelines.runtime import Runtime
from serve.browsing import add_browsing
from serve.http.bodies import AdaptBody, ComposeBody, EvaluateBody, GenerateBody, SearchBody
from serve.http.envelope import Envelope
from serve.http.parameters import refuse_unknown_parameters
from serve.http.problems import PROBLEM_RESPONSES, add_problems
from serve.http.queue import WorkQueue


def create_app(runtime: Runtime, queue: WorkQueue | None = None) -> FastAPI:
    """The application over one runtime.

    Args:
        queue: in which requests that use the runtime wait for their turn; one of its own when None.
    """
    work = queue or WorkQueue()
    app = FastAPIOffline(
        title="HyperLoRA",
        version=__version__,
        responses=PROBLEM_RESPONSES,
        dependencies=[Depends(refuse_unknown_parameters)],
        swagger_ui_parameters={"validatorUrl": "none"},  # else it sends the API's address to a server of its makers
    )
    app.add_middleware(Envelope, queue=work)
    add_problems(app)

    @app.post("/v1/adapt")
    async def post_adapt(body: AdaptBody, request: Request) -> dict[str, Any]:
        """Find or make the best adapter for a task, and register it."""
        examples = body.solved()

        def run() -> dict[str, Any]:
            with runtime.writing_with(body.generator):
                return adapt(
                    body.description,
                    examples,
                    store_examples=body.store_examples,
                    refine=body.refine,
                    cross_validate=body.cross_validate,
                    min_confidence=body.min_confidence,
                    force=body.force,
                    runtime=runtime,
                ).summary()

        return await work.run(request, run)

    @app.post("/v1/evaluate")
    async def post_evaluate(body: EvaluateBody, request: Request) -> dict[str, Any]:
        """How good a registered adapter is on solved examples, beside the base model."""
        reference, examples = body.reference(), body.solved()

        def run() -> dict[str, Any]:
            adapter = runtime.registry.load(reference)
            return evaluate_adapter(
                runtime,
                reference,
                adapter,
                examples,
                metric=body.metric,
                case_sensitive=body.case_sensitive,
                template=body.template,
            ).summary()

        return await work.run(request, run)

    @app.post("/v1/generate")
    async def post_generate(body: GenerateBody, request: Request) -> dict[str, Any]:
        """Write adapters from a description, and register them: for good under a name, else for a limited time."""
        examples = body.solved()
        how = GenerationConfig(
            body.n, body.sample, body.seed, body.refine, body.rank, body.start, body.in_prompt, body.generator
        )

        def run() -> dict[str, Any]:
            [adapters] = generate_adapters(runtime, [AdapterRequest(body.description, examples)], how)
            notes = generation_notes(runtime, how, examples=bool(examples))
            entries = _register(runtime, adapters, body.name)
            made = [
                {"adapter": entry.summary(), **generated_summary(adapter)}
                for entry, adapter in zip(entries, adapters, strict=True)
            ]
            return {"adapters": made, "notes": notes}

        return await work.run(request, run)

    @app.post("/v1/search")
    async def post_search(body: SearchBody, request: Request) -> list[dict[str, Any]]:
        """The adapters that fit a description, a prompt or solved examples best, each with how sure that is."""
        wanted = body.wanted()

        def run() -> list[dict[str, Any]]:
            found = search(runtime, body.k, **wanted, tags=body.tags, origins=tuple(body.origins))
            return [match.summary() for match in found]

        return await work.run(request, run)

    @app.post("/v1/compose")
    async def post_compose(body: ComposeBody, request: Request) -> dict[str, Any]:
        """Make one adapter from several registered ones, and register it if it is given a name."""
        recipe, examples = body.recipe(), body.solved()

        def run() -> dict[str, Any]:
            try:
                return run_composition(recipe, examples=examples, name=body.name, runtime=runtime).summary()
            except BaseModelError as error:  # of the adapters the client chose, not of the server
                raise InputError(error.problem, error.remedy) from error

        return await work.run(request, run)

    add_browsing(app, runtime.registry)

    @app.get("/v1/adapters/{name}")
    def show_adapter(name: str, version: int | None = None) -> dict[str, Any]:
        """One adapter, its newest version unless another is asked for, with its card."""
        entry = _adapter(runtime, name, version)
        card = read_card(runtime.registry.verified_folder(entry))
        return {**entry.summary(), "card": card.model_dump(mode="json")}

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok", "version": __version__}

    return app


def _register(runtime: Runtime, adapters: Sequence[Adapter], name: str | None) -> list[Entry]:
    """Register all, or none if one of them cannot be."""
    registry = runtime.registry
    commit()
    added: list[Entry] = []
    entries: list[Entry] = []
    try:
        for adapter in adapters:
            own = name or short_name(adapter.card.description, adapter.card.recipe_hash, "generate")
            there = {entry.reference for entry in registry.entries(name=own)}
            entry = registry.register(adapter, own) if name else register_in_passing(registry, adapter, own)
            entries.append(entry)
            if entry.reference not in there:
                added.append(entry)
    except BaseException:
        for entry in added:
            registry.delete(entry.reference, force=True, reason="made by a request that failed")
        raise
    return entries


def _adapter(runtime: Runtime, name: str, version: int | None) -> Entry:
    entry = runtime.registry.get(str(Reference("registry", name, version=version)))
    if entry.kind != "adapter":
        raise RegistryError(f"{name} is a {entry.kind}, not an adapter", "See GET /v1/adapters")
    return entry
