"""Every refusal has one shape, which OpenAPI describes, and the documentation needs no other server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.registry import Registry
from pipelines.runtime import Runtime
from serve.http import create_app

CAT = {"input": "cat", "output": "cats"}
MEMBERS = {"type", "title", "status", "detail", "error", "remedy", "request_id", "errors"}


@pytest.fixture
def client(shared_pool: Registry, tiny_is_base: str, encoder: TextEncoder) -> Iterator[TestClient]:
    """The application on the shared pool, for requests that change nothing."""
    before = len(shared_pool.entries())
    runtime = Runtime(tiny_is_base, shared_pool)
    runtime.encoder = encoder
    yield TestClient(create_app(runtime))
    assert len(shared_pool.entries()) == before


# method, path, JSON body; status, end of the type, words of the detail, words of the remedy
REFUSALS: dict[str, tuple[str, str, Any, int, str, str, str]] = {
    "not registered": ("GET", "/v1/adapters/none", None, 404, "registry", "nothing is registered as none", "registry"),
    "not a name": ("GET", "/v1/adapters/Bad%20Name", None, 400, "input", "not a registry reference", "registry:NAME"),
    "no such path": ("GET", "/v1/adaptors", None, 404, "about:blank", "nothing at /v1/adaptors", "/docs"),
    "no such file": ("GET", "/static-offline-docs/x.js", None, 404, "about:blank", "nothing at", "/docs"),
    "wrong method": ("GET", "/v1/adapt", None, 405, "about:blank", "/v1/adapt does not take GET", "Use POST."),
    "wrong method twice": ("PUT", "/healthz", None, 405, "about:blank", "does not take PUT", "Use GET."),
    "wrong number": ("GET", "/v1/adapters?limit=0", None, 422, "request", "limit: ", "/docs"),
    "missing field": ("POST", "/v1/adapt", {}, 422, "request", "#/description: Field required", "/docs"),
    "wrong answer": (
        "POST",
        "/v1/adapt",
        {"description": "x", "examples": [CAT, {"input": "dog"}]},
        422,
        "request",
        "#/examples/1/output: Field required",
        "/docs",
    ),
    "unknown field": ("POST", "/v1/search", {"text": "x"}, 422, "request", "#/text: ", "exist: examples, description"),
    "nothing to do": ("POST", "/v1/search", {}, 400, "input", "none of description, prompt", "exactly one"),
    "not JSON": ("POST", "/v1/search", b"{", 422, "request", "not JSON: ", "/docs"),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_is_a_problem_with_its_remedy(case: tuple[Any, ...], client: TestClient) -> None:
    method, path, body, status, kind, detail, remedy = case
    how = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
    answer = client.request(method, path, **how, headers={"content-type": "application/json", "x-request-id": "mine-1"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == MEMBERS
    assert problem["status"] == status
    assert problem["type"].rpartition("problem:")[2] == kind
    assert detail in problem["detail"]
    assert problem["error"] == problem["detail"]
    assert remedy in problem["remedy"]
    assert problem["request_id"] == answer.headers["x-request-id"] == "mine-1"
    assert bool(problem["errors"]) == (status == 422)


@pytest.mark.parametrize(
    ("kind", "told"),
    [("application/x-www-form-urlencoded", "its Content-Type is application/x-www-form-urlencoded"), (None, "has no")],
)
def test_a_body_that_is_not_called_json_is_told_so(kind: str | None, told: str, client: TestClient) -> None:
    headers = {} if kind is None else {"content-type": kind}
    for path in ("/v1/search", "/v1/adapt", "/v1/evaluate"):
        answer = client.post(path, content=b'{"description": "Give the plural"}', headers=headers)
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (422, "urn:hyperlora:problem:request")
        assert told in problem["detail"]
        assert "Content-Type: application/json" in problem["remedy"]
    text = client.post("/v1/search", content=b'"text"', headers={"content-type": "application/json"}).json()
    assert "Content-Type" not in text["remedy"]


def test_every_wrong_field_is_listed_and_the_first_are_told(client: TestClient) -> None:
    body = {"adapters": [], "steps": 0, "rank": 0, "seed": -1, "colour": "red"}
    problem = client.post("/v1/compose", json=body).json()
    assert [each["pointer"] for each in problem["errors"]] == ["#/adapters", "#/rank", "#/steps", "#/seed", "#/colour"]
    assert problem["detail"].count("#/") == 3
    assert problem["detail"].endswith("; and 2 more")
    assert "adapters, method, weights" in problem["remedy"]


def test_what_nobody_foresaw_is_a_problem_without_the_cause_which_the_log_has(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*arguments: Any, **options: Any) -> Any:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr("serve.http.app.search", break_down)
    monkeypatch.setattr(Registry, "facets", break_down)
    for ask in (lambda: client.post("/v1/search", json={"description": "x"}), lambda: client.get("/v1/facets")):
        caplog.clear()
        answer = ask()
        problem = answer.json()
        assert answer.status_code == problem["status"] == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(problem) == MEMBERS
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert re.fullmatch("[0-9a-f]{32}", problem["request_id"])
        assert problem["request_id"] in caplog.text
        assert "the secret is 42" in caplog.text


def test_a_request_id_that_is_none_is_replaced(client: TestClient) -> None:
    for given in ("x" * 65, "a b", "<script>"):
        assert re.fullmatch(
            "[0-9a-f]{32}", client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"]
        )


GETS = {
    "/v1/adapters": {"q", "kind", "base", "origin", "tag", "limit", "cursor", "order"},
    "/v1/facets": {"q", "kind", "metric"},
    "/v1/adapters/plural": {"version"},
    "/": {"q", "cursor"},
    "/healthz": set[str](),
    "/docs": set[str](),
    "/redoc": set[str](),
}


@pytest.mark.parametrize(("path", "known"), GETS.items(), ids=list(GETS))
def test_an_unknown_parameter_is_refused_by_name_with_those_that_exist(
    path: str, known: set[str], client: TestClient
) -> None:
    assert client.get(path).status_code == 200
    answer = client.get(f"{path}?orign=trained")
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["errors"] == [{"detail": "no such parameter", "parameter": "orign"}]
    assert problem["detail"] == "orign: no such parameter"
    told = set(re.findall(r"\w+", problem["remedy"].partition(":")[2]))
    assert known <= told if known else problem["remedy"] == "There are no parameters here."


def test_every_route_refuses_what_it_does_not_describe(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    asked = 0
    for path, operations in paths.items():
        for method in operations:
            answer = client.request(method, path.replace("{name}", "plural"), params={"colour": "red"})
            assert answer.status_code == 422, (method, path)
            assert "colour" in answer.json()["detail"]
            asked += 1
    assert asked >= 9


def test_openapi_describes_the_problem_for_every_route(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    schema = document["components"]["schemas"]["Problem"]
    assert set(schema["properties"]) == MEMBERS
    field = schema["properties"]["errors"]["items"]["$ref"].rpartition("/")[2]
    assert set(document["components"]["schemas"][field]["properties"]) == {"detail", "pointer", "parameter"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert set(operation["responses"]) == {"200", "4XX", "5XX"}, (method, path)
            for status in ("4XX", "5XX"):
                content = operation["responses"][status]["content"]
                assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert "HTTPValidationError" not in document["components"]["schemas"]


class _Loaded(HTMLParser):
    """The addresses that a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name == "src" or (tag == "link" and name == "href")):
                self.addresses.append(value)


@pytest.mark.parametrize(("page", "parts"), [("/docs", 3), ("/redoc", 2)])
def test_the_documentation_loads_nothing_from_elsewhere(page: str, parts: int, client: TestClient) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    loaded = _Loaded()
    loaded.feed(answer.text)
    assert len(loaded.addresses) >= parts
    addresses = {*loaded.addresses, *re.findall(r"(?:url|spec-url)[:=] ?[\"']([^\"']+)", answer.text)}
    assert "/openapi.json" in addresses
    for address in addresses:
        assert not urlsplit(address).netloc, address
        assert client.get(address).status_code == 200, address
    assert not re.findall(r"https?://|[\"']//", answer.text)
    # and what its scripts would load themselves, the browser refuses
    policy = dict(each.strip().split(" ", 1) for each in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert not [source for sources in policy.values() for source in sources.split() if "." in source or "*" in source]


def test_a_generation_registers_all_or_nothing(
    pool: Registry, tiny_is_base: str, encoder: TextEncoder, sampling: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(tiny_is_base, pool)
    runtime.encoder = encoder
    client = TestClient(create_app(runtime))
    before = {entry.reference for entry in pool.entries()}
    body = {"description": "Give the plural", "n": 3, "sample": True}
    register: Callable[..., Any] = Registry.register
    calls = []

    def full(registry: Registry, *arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return register(registry, *arguments, **options)

    for name in (None, "drawn"):
        calls.clear()
        with monkeypatch.context() as patch:
            patch.setattr(Registry, "register", full)
            assert client.post("/v1/generate", json=body | {"name": name}).status_code == 500
        assert len(calls) == 3
        assert {entry.reference for entry in pool.entries()} == before
    made = client.post("/v1/generate", json=body | {"name": "drawn"}).json()["adapters"]
    assert {each["adapter"]["reference"] for each in made} | before == {entry.reference for entry in pool.entries()}
