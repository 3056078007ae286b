"""Browsing the registry over HTTP: pages of entries as JSON, counts, and the web page on top of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from hyperlora import registry as pool
from hyperlora.registry import Registry
from serve.listing import listed
from serve.registry_query import query_of

ROWS = 50
_LONGEST = 1000
Words = Annotated[list[str], Query(max_length=20)]
Word = Annotated[str | None, Query(max_length=_LONGEST)]


def asked(
    q: Word = None,
    kind: Literal["adapter", "generator", "retriever", "any"] = "adapter",
    base: Word = None,
    origin: Words = [],  # noqa: B006 FastAPI copies defaults
    family: Words = [],  # noqa: B006
    tag: Words = [],  # noqa: B006
    alias: Word = None,
    metric: Words = [],  # noqa: B006
    since: Word = None,
    until: Word = None,
    licence: Word = None,
    parent: Word = None,
    archived: bool = False,
    newest: bool = False,
    order: Annotated[str, Query(max_length=_LONGEST)] = "",
) -> pool.Query:
    """The query of a request's parameters, which have the names of the command line's options; `q` is the text."""
    text = q.strip() if q and q.strip() else None
    values = {
        "kind": kind,
        "base": base,
        "origins": tuple(origin),
        "families": tuple(family),
        "tags": tag,
        "alias": alias,
        "metrics": metric,
        "since": since,
        "until": until,
        "licence": licence,
        "parent": parent,
        "archived": archived,
        "newest": newest,
    }
    return query_of(values, text=text, order=order or ("relevance" if text else "kept"))


Asked = Annotated[pool.Query, Depends(asked)]
Rows = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[str | None, Query(max_length=10_000)]


def add_browsing(app: FastAPI, registry: Registry) -> None:
    """Add `GET /v1/adapters`, `GET /v1/facets` and the page at `/`."""
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)
    pages.filters["moment"] = _moment

    @app.get("/v1/adapters")
    def list_adapters(query: Asked, limit: Rows = ROWS, cursor: Cursor = None) -> dict[str, Any]:
        """One page of what is registered; pass `next` as `cursor` for the next one."""
        page = registry.search(query, limit=limit, cursor=cursor)
        return {"adapters": [listed(entry) for entry in page.entries], "next": page.next, "total": page.total}

    @app.get("/v1/facets")
    def facets(query: Asked) -> dict[str, dict[str, int]]:
        """How many entries there are by base model, origin, family, licence, alias and tag."""
        return registry.facets(query)

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request, query: Asked, cursor: Cursor = None) -> str:
        """The registry as a page."""
        if not request.query_params.get("order") and query.text is None:
            query = replace(query, order="-created")
        found = registry.search(query, limit=ROWS, cursor=cursor)
        chosen = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor" and value]

        def link(**changes: str | None) -> str:
            """This page with parameters set or, where the value is None, removed."""
            kept = [(key, value) for key, value in chosen if key not in changes]
            return "/?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value is not None)])

        return pages.get_template("registry.html").render(
            page=found,
            query=query,
            facets=registry.facets(query),
            chosen=chosen,
            first=cursor is None,
            link=link,
        )


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
