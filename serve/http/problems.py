"""The one shape of every refusal and failure: problem details (RFC 9457), with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from hyperlora.errors import (
    AdapterFormatError,
    BaseModelError,
    HyperLoRAError,
    InputError,
    RegistryError,
    TaskFormatError,
)
from pipelines.adapt.choice_by_description import NothingFitsError
from serve.http.parameters import fields_of, parameters_of
from serve.http.queue import ClientGoneError, StoppingError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 10  # seconds in which a server that stops may have been started again
_SHOWN = 3
# of each error: the last word of its `type`, and the status
_KINDS: Mapping[type[HyperLoRAError], tuple[str, int]] = {
    InputError: ("input", 400),
    TaskFormatError: ("input", 400),
    RegistryError: ("registry", 404),
    AdapterFormatError: ("adapter", 500),
    BaseModelError: ("base-model", 500),
    NothingFitsError: ("nothing-fits", 422),
    StoppingError: ("stopping", 503),
    ClientGoneError: ("client-gone", 499),  # nginx's number; nobody reads it
}
_TITLES = {499: "Client Closed Request"}


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    detail: str = Field(description="What is wrong.")
    pointer: str | None = Field(default=None, description="In the body: a JSON pointer, such as #/examples/0/output.")
    parameter: str | None = Field(default=None, description="In the address: the parameter's name.")


class Problem(BaseModel):
    """Why a request was not answered, as problem details (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="The kind of problem: urn:hyperlora:problem:KIND, or about:blank for the status's.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong with this request.")
    error: str = Field(description="The same, by the name that --json has for it on the command line.")
    remedy: str = Field(description="What to do about it.")
    request_id: str = Field(description="As in the header X-Request-ID; the server's log has it beside a failure.")
    errors: list[FieldProblem] = Field(default_factory=list, description="Each part of the request that is wrong.")


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in (("4XX", "The request cannot be answered."), ("5XX", "The server cannot answer now."))
}


def problem_response(
    scope: Mapping[str, Any],
    status: int,
    detail: str,
    remedy: str,
    *,
    kind: str | None = None,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
    details: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """A problem as a response.

    Args:
        scope: of the request, with its `hyperlora.request_id`.
        kind: the last word of `type`.
        details: further members, as section 3.2 of the RFC allows for a type.
    """
    problem = Problem(
        type="about:blank" if kind is None else f"urn:hyperlora:problem:{kind}",
        title=_TITLES.get(status) or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        error=detail,
        remedy=remedy,
        request_id=scope["hyperlora.request_id"],
        errors=list(errors),
    )
    content = problem.model_dump(exclude_none=True) | dict(details or {})
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def stopping_response(scope: Mapping[str, Any]) -> JSONResponse:
    """What a request is told while the server stops."""
    return _explained(scope, StoppingError())


def _explained(scope: Mapping[str, Any], error: HyperLoRAError) -> JSONResponse:
    kind, status = next((_KINDS[each] for each in type(error).mro() if each in _KINDS), ("internal", 500))
    headers = {"Retry-After": str(RETRY_AFTER), "Connection": "close"} if status == 503 else None
    return problem_response(
        scope, status, error.problem, error.remedy, kind=kind, headers=headers, details=error.details()
    )


def add_problems(app: FastAPI) -> None:
    """Answer every refusal of the application's with a problem, and describe it in the OpenAPI document."""

    @app.exception_handler(HyperLoRAError)
    async def explain(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HyperLoRAError)
        return _explained(request.scope, error)

    @app.exception_handler(RequestValidationError)
    async def refuse(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        if (unlabelled := _not_called_json(request, error.errors())) is not None:
            wrong = [FieldProblem(detail=unlabelled)]
            remedy = "Send the header Content-Type: application/json."
            return problem_response(request.scope, 422, unlabelled, remedy, kind="request", errors=wrong)
        errors = [_field_problem(each) for each in error.errors()]
        told = [f"{each.parameter or each.pointer or 'the body'}: {each.detail}" for each in errors[:_SHOWN]]
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        remedy = _remedy(request, error.errors())
        return problem_response(request.scope, 422, "; ".join(told) + more, remedy, kind="request", errors=errors)

    @app.exception_handler(HTTPException)
    async def answer(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        detail, remedy = str(error.detail), "See /docs for what there is."
        if error.status_code == 404:
            detail = f"there is nothing at {request.url.path}"
        elif error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "")
            detail = f"{request.url.path} does not take {request.method}"
            remedy = f"Use {allowed.replace(', ', ' or ')}." if allowed else remedy
        return problem_response(request.scope, error.status_code, detail, remedy, headers=error.headers)

    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schema = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs") | {"Problem": schema}
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _field_problem(error: Mapping[str, Any]) -> FieldProblem:
    place, *path = error["loc"]
    if error["type"] == "json_invalid":
        return FieldProblem(detail=f"not JSON: {error.get('ctx', {}).get('error', error['msg'])}")
    if place == "body":
        steps = [str(step).replace("~", "~0").replace("/", "~1") for step in path]
        return FieldProblem(detail=error["msg"], pointer="#" + "".join(f"/{step}" for step in steps))
    return FieldProblem(detail=error["msg"], parameter=".".join(map(str, path)))


def _not_called_json(request: Request, errors: Sequence[Mapping[str, Any]]) -> str | None:
    """What to say of a body that was not read, because its Content-Type is not JSON's; None for others."""
    if not any(tuple(each["loc"]) == ("body",) and isinstance(each.get("input"), str | bytes) for each in errors):
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return None
    return f"the body is not read as JSON: {f'its Content-Type is {kind}' if kind else 'it has no Content-Type'}"


def _remedy(request: Request, errors: Sequence[Mapping[str, Any]]) -> str:
    unknown = {each["loc"][0] for each in errors if each["type"] == "extra_forbidden" and len(each["loc"]) == 2}
    if "query" in unknown:
        known = parameters_of(request)
        return f"These parameters exist: {', '.join(known)}." if known else "There are no parameters here."
    if "body" in unknown:
        return f"These fields exist: {', '.join(fields_of(request))}."
    return "Correct what is named; /docs says what each field takes."
