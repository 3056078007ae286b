"""Parameters that an address does not take are refused, not ignored: a filter misspelt would find everything."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError


async def refuse_unknown_parameters(request: Request) -> None:
    """Raise `RequestValidationError` for query parameters that the route does not have."""
    known = parameters_of(request)
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name), "msg": "no such parameter"} for name in unknown]
        )


def parameters_of(request: Request) -> list[str]:
    """The query parameters of the request's route, by its own OpenAPI description."""
    return [each["name"] for each in _operation(request).get("parameters", []) if each["in"] == "query"]


def fields_of(request: Request) -> list[str]:
    """The fields of the body that the request's route takes, by its own OpenAPI description."""
    content = _operation(request).get("requestBody", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = request.app.openapi().get("components", {}).get("schemas", {}).get(name, {})
    return list(schema.get("properties", {}))


def _operation(request: Request) -> dict[str, Any]:
    path: str = getattr(request.scope.get("route"), "path_format", "")
    operation: dict[str, Any] = request.app.openapi()["paths"].get(path, {}).get(request.method.lower(), {})
    return operation
