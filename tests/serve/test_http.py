"""The HTTP API and the page: every route, every refusal, and one real server."""

from __future__ import annotations

import html
import json
import os
import re
import selectors
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from hyperlora import __version__
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.peft_io.folder import read_card
from hyperlora.registry import Registry
from pipelines.runtime import LONGEST_DESCRIPTION, Runtime
from retrieval.compose import compose
from serve.http import create_app
from serve.http.bodies import (
    LARGEST_RANK,
    LONGEST_TEXT,
    MOST_ADAPTERS,
    MOST_EXAMPLES,
    MOST_GENERATED,
    MOST_STEPS,
)
from serve.listing import listed

CAT = {"input": "cat", "output": "cats"}


def make_client(registry: Registry, base: str, encoder: TextEncoder) -> TestClient:
    runtime = Runtime(base, registry)
    runtime.encoder = encoder
    return TestClient(create_app(runtime), raise_server_exceptions=False)


@pytest.fixture
def client(pool: Registry, tiny_is_base: str, encoder: TextEncoder) -> TestClient:
    """The application on a copy of the pool."""
    return make_client(pool, tiny_is_base, encoder)


@pytest.fixture
def reader(shared_pool: Registry, tiny_is_base: str, encoder: TextEncoder) -> Iterator[TestClient]:
    """The application on the shared pool, for requests that change nothing."""
    before = len(shared_pool.entries())
    yield make_client(shared_pool, tiny_is_base, encoder)
    assert len(shared_pool.entries()) == before


def test_health(reader: TestClient) -> None:
    answer = reader.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})


def test_adapters_are_listed(reader: TestClient, shared_pool: Registry) -> None:
    answer = reader.get("/v1/adapters")
    assert answer.status_code == 200
    assert answer.json() == {
        "adapters": [listed(entry) for entry in shared_pool.entries()],
        "next": None,
        "total": 3,
    }
    assert [entry["name"] for entry in answer.json()["adapters"]] == ["capital", "plural", "spelled"]


def test_an_adapter_is_shown_with_its_card(reader: TestClient, shared_pool: Registry) -> None:
    shown = reader.get("/v1/adapters/plural").json()
    entry = shared_pool.get("registry:plural")
    card = read_card(shared_pool.verified_folder(entry)).model_dump(mode="json")
    assert shown == {**json.loads(json.dumps(entry.summary())), "card": card}


def test_the_newest_version_is_shown_unless_another_is_asked_for(
    client: TestClient, pool: Registry, make_adapter: Callable[..., Adapter]
) -> None:
    pool.register(make_adapter(9, card=Card(description="A newer plural", origin="trained")), "plural")
    assert client.get("/v1/adapters/plural").json()["version"] == 2
    assert client.get("/v1/adapters/plural", params={"version": 2}).json()["description"] == "A newer plural"
    first = client.get("/v1/adapters/plural", params={"version": 1}).json()
    assert (first["version"], first["description"]) == (1, "Give the plural of the noun")


def test_adapt_chooses_registers_and_answers(client: TestClient, pool: Registry) -> None:
    answer = client.post("/v1/adapt", json={"description": "Give me the plural of the noun"})
    assert answer.status_code == 200
    made = answer.json()
    assert (made["origin"], made["parents"]) == ("retrieved", ["registry:plural@1"])
    assert made["out"] is made["merged"] is None
    shown = client.get(f"/v1/adapters/{made['adapter']['name']}").json()
    assert shown["card"]["decision"]["reason"] == made["reason"]
    assert pool.load(made["adapter"]["reference"]).content_hash == pool.load("registry:plural").content_hash


def test_adapt_scores_on_the_examples_given(client: TestClient) -> None:
    made = client.post("/v1/adapt", json={"description": "Do it", "examples": [CAT, CAT | {"input": "dog"}]}).json()
    assert len(made["candidates"]) == 4
    assert all(candidate["log_likelihood"] < 0 for candidate in made["candidates"])
    assert "of 2 examples" in made["reason"]


def test_adapt_trains_on_the_examples_for_as_many_steps_as_are_asked(client: TestClient) -> None:
    for steps, said in ((None, "for 16 steps"), (3, "for 3 steps"), (0, None)):
        made = client.post("/v1/adapt", json={"description": "Do it", "examples": [CAT], "refine": steps}).json()
        assert made["reason"].endswith(said) if said else "trained" not in made["reason"]
    for steps in (-1, 401, "x"):
        body = {"description": "Do it", "examples": [CAT], "refine": steps}
        assert client.post("/v1/adapt", json=body).status_code in (400, 422)
    answer = client.post("/v1/adapt", json={"description": "Do it", "refine": 3})
    assert (answer.status_code, answer.json()["error"]) == (400, "there are no examples to refine on")


def test_requests_at_the_same_time_are_all_answered(client: TestClient, pool: Registry) -> None:
    def ask(number: int) -> Any:
        return client.post("/v1/adapt", json={"description": f"Give me the plural, {number % 2}"})

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    made = {answer.json()["adapter"]["reference"] for answer in answers}
    assert len(made) == 2
    assert made <= {entry.reference for entry in pool.entries()}


@pytest.mark.parametrize(
    ("path", "status", "problem", "remedy"),
    [
        ("/v1/adapters/none", 404, "nothing is registered as none", "registry list"),
        ("/v1/adapters/plural?version=7", 404, "no such version", "registry show"),
        ("/v1/adapters/plural?version=0", 400, "neither a version nor an alias", "@3"),
        ("/v1/adapters/plural?version=-1", 400, "neither a version nor an alias", "@3"),
        ("/v1/adapters/writer", 404, "writer is a generator, not an adapter", "GET /v1/adapters"),
        ("/v1/adapters/Bad%20Name", 400, "not a registry reference", "registry:NAME"),
        ("/v1/adapters/x'%20or%201=1", 400, "not a registry reference", "registry:NAME"),
        ("/v1/adapters/..%5C..%5Cetc", 400, "not a registry reference", "registry:NAME"),
    ],
)
def test_what_is_not_there_is_refused_with_the_remedy(
    path: str, status: int, problem: str, remedy: str, reader: TestClient
) -> None:
    answer = reader.get(path)
    assert answer.status_code == status
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["status"], body["error"]) == (status, body["detail"])
    assert problem in body["detail"]
    assert remedy in body["remedy"]


@pytest.mark.parametrize("description", ["", " \n\t"])
def test_an_empty_description_is_refused_with_the_remedy(description: str, reader: TestClient) -> None:
    answer = reader.post("/v1/adapt", json={"description": description})
    assert answer.status_code == 400
    body = answer.json()
    assert (body["detail"], body["remedy"]) == ("the description is empty", "Say in a sentence what the task is.")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "description"),
        ({"description": None}, "description"),
        ({"description": "x" * (LONGEST_DESCRIPTION + 1)}, "description"),
        ({"description": "x", "out": "/tmp/x"}, "out"),
        ({"description": "x", "examples": [CAT] * (MOST_EXAMPLES + 1)}, "examples"),
        ({"description": "x", "examples": [{"input": "cat"}]}, "output"),
        ({"description": "x", "examples": [CAT | {"more": 1}]}, "more"),
        ({"description": "x", "examples": [CAT | {"input": ""}]}, "input"),
        ({"description": "x", "examples": [CAT | {"output": "x" * (LONGEST_TEXT + 1)}]}, "output"),
    ],
)
def test_a_body_out_of_bounds_is_refused_by_its_field(body: dict[str, Any], where: str, reader: TestClient) -> None:
    answer = reader.post("/v1/adapt", json=body)
    assert answer.status_code == 422
    assert where in answer.json()["errors"][0]["pointer"].split("/")


def test_bodies_at_the_bounds_are_taken(client: TestClient) -> None:
    longest = "plural " * (LONGEST_DESCRIPTION // 7)
    assert client.post("/v1/adapt", json={"description": longest}).status_code == 200


@pytest.mark.parametrize("output", [" ", "cats\ndogs"])
def test_an_answer_no_adapter_could_give_is_refused(output: str, client: TestClient, pool: Registry) -> None:
    body = {"description": "Do it", "examples": [{"input": "cat", "output": output}]}
    assert client.post("/v1/adapt", json=body).status_code in (400, 422)
    assert len(pool.entries()) == 3


PAIR = ["registry:plural", "registry:capital"]


def test_compose_makes_one_adapter_and_registers_it_under_the_name(
    client: TestClient, pool: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = {"adapters": PAIR, "method": "ties", "weights": [0.7, 0.3], "rank": 2, "options": {"density": 0.4}}
    answer = client.post("/v1/compose", json=body | {"description": "Plural and capital", "name": "both"})
    assert answer.status_code == 200
    made = answer.json()
    assert (made["weights"], made["ranks"], made["parents"], made["out"]) == ([0.7, 0.3], [2], PAIR, None)
    assert made["adapter"]["reference"] == "registry:both@1"
    expected = compose(
        [pool.load(reference) for reference in PAIR], [0.7, 0.3], method="ties", rank=2, options={"density": 0.4}
    )
    registered = pool.load("registry:both")
    assert registered.content_hash == made["content"] == expected.content_hash
    assert registered.card.description == "Plural and capital"
    assert client.get("/v1/adapters/both").json()["card"]["parents"] == PAIR
    assert list(tmp_path.rglob("both*")) == [], "nothing but what the registry holds"


def test_search_finds_by_text_and_by_examples(reader: TestClient) -> None:
    found = reader.post("/v1/search", json={"description": "Which city is this country's capital?", "k": 2}).json()
    assert [each["name"] for each in found] == ["capital", "plural"]
    assert found[0]["score"] > found[1]["score"]
    assert found[0]["confidence"] > 0.5 > found[1]["confidence"]
    by_prompt = {"prompt": "Name the plural.\nInput: cat", "k": 1}
    assert [each["name"] for each in reader.post("/v1/search", json=by_prompt).json()] == ["plural"]
    by_examples = reader.post("/v1/search", json={"examples": [CAT], "k": 5}).json()
    assert {each["name"] for each in by_examples} == {"capital", "plural", "spelled"}
    assert reader.post("/v1/search", json={"description": "plural", "tags": {"nobody": "has it"}}).json() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"description": " "}, 400),
        ({"description": "x", "examples": [CAT]}, 400),
        ({"description": "x", "prompt": "x"}, 400),
        ({"prompt": "x", "examples": [CAT]}, 400),
        ({"description": "x", "k": 0}, 422),
        ({"description": "x", "k": 101}, 422),
        ({"text": "x"}, 422),
        ({"description": "x", "kind": "prompt"}, 422),
        ({"description": "x", "like": "file:/etc"}, 422),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(reader: TestClient, body: dict[str, Any], status: int) -> None:
    assert reader.post("/v1/search", json=body).status_code == status


def test_compose_without_a_name_only_says_what_would_come_of_it(reader: TestClient) -> None:
    made = reader.post("/v1/compose", json={"adapters": PAIR}).json()
    assert made["adapter"] is made["out"] is None
    assert made["weights"] == [0.5, 0.5]
    assert made["explanation"]["energy_kept"] > 0
    by_name = reader.post(
        "/v1/compose", json={"adapters": PAIR, "weights": "similarity", "description": "Name the capital"}
    ).json()
    assert by_name["weights"][1] > 0.9


def test_compose_fits_weights_to_the_examples_in_the_body(reader: TestClient) -> None:
    body = {"adapters": PAIR, "method": "lorahub", "steps": 4, "examples": [CAT]}
    made = reader.post("/v1/compose", json=body).json()
    assert len(made["weights"]) == 2
    assert made["weights"] == reader.post("/v1/compose", json=body).json()["weights"]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"adapters": ["registry:plural", "file:/etc"]}, 400, "the scheme file: does not fit here"),
        ({"adapters": ["hf:org/name"]}, 400, "the scheme hf: does not fit here"),
        ({"adapters": ["plural"]}, 400, "does not begin with a known scheme"),
        ({"adapters": ["registry:plural", "registry:none"]}, 404, "none"),
        ({"adapters": ["registry:writer"]}, 404, "is a generator, not an adapter"),
        ({"adapters": ["registry:plural"] * 2}, 400, "is there twice"),
        ({"adapters": PAIR, "method": "slerp"}, 400, "there is no composition method 'slerp'"),
        ({"adapters": PAIR, "weights": [1]}, 400, "2 adapters and 1 weights"),
        ({"adapters": PAIR, "weights": [0, 0]}, 400, "all weights are 0"),
        ({"adapters": PAIR, "weights": "similarity"}, 400, "the description is empty"),
        ({"adapters": PAIR, "weights": "examples"}, 400, "there are no examples"),
        ({"adapters": PAIR, "options": {"density": 0.5}}, 400, "svd has no option 'density'"),
        ({"adapters": PAIR, "method": "lego", "options": {"seed": -1}}, 400, "seed is -1"),
        ({"adapters": PAIR, "method": "dare", "options": {"seed": 2**32}}, 400, "seed is 4294967296"),
        ({"adapters": PAIR, "prompt_template": "x"}, 400, "must hold {input} once"),
        ({"adapters": PAIR, "name": "../up"}, 400, "cannot name an adapter"),
        ({"adapters": PAIR, "name": "writer"}, 404, "names a registered generator"),
    ],
)
def test_what_cannot_be_composed_is_refused_with_the_remedy(
    body: dict[str, Any], status: int, problem: str, reader: TestClient
) -> None:
    answer = reader.post("/v1/compose", json=body)
    assert answer.status_code == status
    assert answer.json()["remedy"]
    assert problem in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "adapters"),
        ({"adapters": []}, "adapters"),
        ({"adapters": ["registry:plural"] * (MOST_ADAPTERS + 1)}, "adapters"),
        ({"adapters": PAIR, "out": "/tmp/x"}, "out"),
        ({"adapters": PAIR, "examples": "/etc/passwd"}, "examples"),
        ({"adapters": PAIR, "rank": 0}, "rank"),
        ({"adapters": PAIR, "rank": LARGEST_RANK + 1}, "rank"),
        ({"adapters": PAIR, "steps": MOST_STEPS + 1}, "steps"),
        ({"adapters": PAIR, "temperature": 0}, "temperature"),
        ({"adapters": PAIR, "description": "x" * (LONGEST_DESCRIPTION + 1)}, "description"),
        ({"adapters": PAIR, "weights": "guessed"}, "weights"),
    ],
)
def test_a_composition_out_of_bounds_is_refused_by_its_field(
    body: dict[str, Any], where: str, reader: TestClient
) -> None:
    answer = reader.post("/v1/compose", json=body)
    assert answer.status_code == 422
    assert where in answer.json()["errors"][0]["pointer"].split("/")


def test_adapters_of_another_base_model_are_the_client_s_mistake(
    client: TestClient, pool: Registry, make_adapter: Callable[..., Adapter]
) -> None:
    one = make_adapter(9, card=Card(description="For another base", origin="trained"))
    pool.register(replace(one, base=one.base.model_copy(update={"fingerprint": "f" * 64})), "other")
    answer = client.post("/v1/compose", json={"adapters": ["registry:plural", "registry:other"]})
    assert (answer.status_code, "was made for" in answer.json()["error"]) == (400, True)


def test_generate_registers_what_is_refined_and_cut_for_a_limited_time(client: TestClient, pool: Registry) -> None:
    body = {"description": "Say it\nbackwards", "examples": [CAT], "refine": 2, "rank": 1, "start": "generated"}
    answer = client.post("/v1/generate", json=body)
    assert answer.status_code == 200
    [made] = answer.json()["adapters"]
    assert made["adapter"]["name"].startswith("generate-say-it-backwards-")
    assert (made["ranks"], made["parents"]) == ([1], ["registry:writer@1"])
    assert {key: made["decision"][key] for key in ("refine_steps", "examples", "rank")} == {
        "refine_steps": 2,
        "examples": 1,
        "rank": 1,
    }
    entry = pool.get(made["adapter"]["reference"])
    assert entry.expires is not None
    assert (entry.origin, entry.description) == ("generated", "Say it backwards")
    adapter = pool.load(entry.reference)
    assert adapter.content_hash == made["content"]
    assert adapter.card.examples == (), "the client's examples are not stored"
    assert client.post("/v1/generate", json=body).json()["adapters"][0]["adapter"]["reference"] == entry.reference
    assert any("has not seen" in note for note in answer.json()["notes"])


def test_generate_puts_the_description_into_the_prompts(client: TestClient) -> None:
    answer = client.post("/v1/generate", json={"description": "Say it", "in_prompt": True}).json()
    assert answer["adapters"][0]["prompt_template"] == "Say it\n\nInput: {input}\nOutput:"


def test_generate_takes_the_generator_that_is_named(client: TestClient, pool: Registry) -> None:
    made = client.post("/v1/generate", json={"description": "Say it", "generator": "registry:writer@1"}).json()
    assert made["adapters"][0]["parents"] == ["registry:writer@1"]
    before = len(pool.entries())
    refused = client.post("/v1/generate", json={"description": "Say it", "generator": "registry:nobody"})
    assert refused.status_code == 404
    assert "registry:nobody" in refused.json()["error"]
    assert len(pool.entries()) == before


def test_generate_registers_for_good_under_a_name(client: TestClient, pool: Registry) -> None:
    made = client.post("/v1/generate", json={"description": "Say it", "name": "mine", "examples": [CAT]}).json()
    entry = pool.get("registry:mine")
    assert (made["adapters"][0]["adapter"]["reference"], entry.expires) == ("registry:mine@1", None)
    assert "does not read examples" in made["notes"][0]


@pytest.mark.usefixtures("sampling")
def test_generate_draws_several(client: TestClient, pool: Registry) -> None:
    made = client.post("/v1/generate", json={"description": "Say it", "n": 3, "sample": True, "seed": 2}).json()
    assert len({each["content"] for each in made["adapters"]}) == 3
    assert len({each["adapter"]["reference"] for each in made["adapters"]}) == 3
    assert [each["decision"] for each in made["adapters"]] == [{"seed": 2, "draw": number} for number in (1, 2, 3)]
    named = client.post("/v1/generate", json={"description": "Say", "n": 2, "sample": True, "name": "draws"}).json()
    assert [each["adapter"]["version"] for each in named["adapters"]] == [1, 2]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "the description is empty"),
        ({"description": " \n"}, "the description is empty"),
        ({"description": "x", "sample": True}, "a hypernet and writes one adapter"),
        ({"description": "x", "n": 2}, "would be alike"),
        ({"description": "x", "refine": 1}, "no examples to refine on"),
        ({"description": "x", "rank": 3}, "of rank 2, not 3"),
        ({"description": "x", "name": "Bad Name"}, "cannot name an adapter"),
        ({"description": "x", "refine": 1, "examples": [{"input": "cat", "output": "cats\ndogs"}]}, "line break"),
    ],
)
def test_what_cannot_be_generated_is_a_400_and_nothing_is_registered(
    body: dict[str, Any], problem: str, reader: TestClient
) -> None:
    answer = reader.post("/v1/generate", json=body)
    assert answer.status_code == 400
    assert problem in answer.json()["error"]
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"description": "x" * (LONGEST_DESCRIPTION + 1)}, "description"),
        ({"description": "x", "n": MOST_GENERATED + 1, "sample": True}, "n"),
        ({"description": "x", "n": 0}, "n"),
        ({"description": "x", "refine": MOST_STEPS + 1, "examples": [CAT]}, "refine"),
        ({"description": "x", "refine": -1}, "refine"),
        ({"description": "x", "refine": 1, "examples": [CAT], "start": "here"}, "start"),
        ({"description": "x", "rank": 0}, "rank"),
        ({"description": "x", "seed": -1}, "seed"),
        ({"description": "x", "out": "/tmp/x"}, "out"),
        ({"description": "x", "examples": [CAT] * (MOST_EXAMPLES + 1)}, "examples"),
        ({"description": "x", "examples": [{"question": "cat"}]}, "input"),
    ],
)
def test_a_generation_out_of_bounds_is_refused_by_its_field(
    body: dict[str, Any], where: str, reader: TestClient
) -> None:
    answer = reader.post("/v1/generate", json=body)
    assert answer.status_code == 422
    assert where in answer.json()["errors"][0]["pointer"].split("/")


def test_a_body_that_is_not_json_is_refused(reader: TestClient) -> None:
    assert reader.post("/v1/adapt", content=b"{", headers={"content-type": "application/json"}).status_code == 422
    assert reader.get("/v1/adapt").status_code == 405
    assert reader.get("/v1/adapters/plural", params={"version": "one"}).status_code == 422


def test_an_empty_registry_is_a_400_with_the_remedy(
    registry: Registry, tiny_is_base: str, encoder: TextEncoder
) -> None:
    client = make_client(registry, tiny_is_base, encoder)
    answer = client.post("/v1/adapt", json={"description": "Do it"})
    assert answer.status_code == 400
    assert answer.json()["remedy"] == "Run: hyperlora registry seed, or hyperlora import file:YOUR_ADAPTERS"
    assert client.get("/v1/adapters").json() == {"adapters": [], "next": None, "total": 0}
    assert "Nothing registered yet" in client.get("/").text


def test_a_damaged_entry_is_refused_and_named(client: TestClient, pool: Registry) -> None:
    (pool.get("registry:plural").folder / "README.md").write_text("changed")
    answer = client.get("/v1/adapters/plural")
    assert answer.status_code >= 400
    assert "does not match its record: README.md" in answer.json()["error"]


def test_the_page_shows_every_entry_and_links_to_it(reader: TestClient) -> None:
    answer = reader.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text
    assert "3 versions" in page
    assert "writer@1" in reader.get("/?kind=generator").text
    for name in ("capital", "plural", "spelled"):
        assert reader.get(html.unescape(f"/v1/adapters/{name}?version=1")).status_code == 200
        assert f'href="/v1/adapters/{name}?version=1"' in page
    for text in ("Give the plural of the noun", "exact_match.validation 0.75", "champion"):
        assert text in page
    assert re.search(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC", page)


def test_adapters_are_browsed_by_words_filters_and_pages(reader: TestClient) -> None:
    def names(query: str) -> list[str]:
        return [entry["name"] for entry in reader.get(f"/v1/adapters?{query}").json()["adapters"]]

    assert names("q=capital+countr") == ["capital"]
    assert names("q=xyzzy") == []
    assert names("origin=trained&alias=champion&order=-created") == ["spelled", "capital", "plural"]
    assert names("kind=generator") == ["writer"]
    assert names("metric=exact_match.validation%3E%3D0.8") == []
    first = reader.get("/v1/adapters?limit=2").json()
    assert (first["total"], len(first["adapters"])) == (3, 2)
    assert names(f"limit=2&cursor={first['next']}") == ["spelled"]
    assert reader.get("/v1/facets").json()["origin"] == {"trained": 3}
    for wrong in ("order=colour", "metric=x", "since=yesterday", "cursor=abc", "limit=0", "kind=none"):
        assert reader.get(f"/v1/adapters?{wrong}").status_code in (400, 422)
    refused = reader.get("/v1/adapters?origin=importd")
    assert (refused.status_code, refused.json()["error"]) == (400, "'importd' is no origin")


def test_the_page_is_searched_filtered_and_turned(reader: TestClient) -> None:
    page = reader.get("/?q=capital").text
    assert "capital@1" in page
    assert "plural@1" not in page
    assert "1 version with" in page.replace("\n", " ")
    links = [html.unescape(link) for link in re.findall(r'href="(/\?[^"]*)"', reader.get("/").text)]
    assert "/?origin=trained" in links
    for link in links:
        assert reader.get(link).status_code == 200
    assert "Nothing fits." in reader.get("/?q=xyzzy").text


HOSTILE = "<script>alert(1)</script> \"><img src=x onerror=alert(2)> {{ 7 * 7 }} ' onload='alert(3)"


def test_where_nothing_fits_a_request_is_refused_with_what_came_closest(client: TestClient, pool: Registry) -> None:
    before = [entry.reference for entry in pool.entries()]
    refused = client.post("/v1/adapt", json={"description": "asdf qwer zxcv blorp"})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["type"] == "urn:hyperlora:problem:nothing-fits"
    assert [set(each) for each in problem["closest"]] == [{"reference", "description", "similarity", "confidence"}] * 3
    assert problem["closest"][0]["confidence"] < 0.1
    assert [entry.reference for entry in pool.entries()] == before
    assert client.post("/v1/adapt", json={"description": "asdf qwer zxcv", "force": True}).status_code == 200


def test_a_hostile_description_is_text_on_the_page(client: TestClient) -> None:
    scripts = client.get("/").text.count("<script")
    made = client.post("/v1/adapt", json={"description": HOSTILE, "force": True}).json()
    assert made["adapter"]["description"] == HOSTILE
    page = client.get("/").text
    assert page.count("<script") == scripts
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    row = page[page.index("&lt;script") :]
    assert HOSTILE in html.unescape(row[: row.index("</td>")])


# `hyperlora serve`, with standard error on a named pipe
SERVE = """
import sys
sys.argv = ["hyperlora", "serve", "--port", "0"]
sys.stderr = open({pipe!r}, "w", buffering=1)
from serve.cli import main
main()
"""


def test_a_real_server_answers_where_it_says_it_listens(
    pool: Registry, hyperlora_home: Path, tiny_is_base: str, start_apart: Callable[..., Any], tmp_path: Path
) -> None:
    pipe = tmp_path / "stderr"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    source = SERVE.format(pipe=str(pipe))
    process = start_apart(source, HYPERLORA_HOME=str(hyperlora_home), HYPERLORA_BASE_MODEL=tiny_is_base)
    try:
        with selectors.DefaultSelector() as waiting:
            waiting.register(reading, selectors.EVENT_READ)
            assert waiting.select(60), "the server says nothing"
        os.set_blocking(reading, True)
        with os.fdopen(reading) as stderr:
            line = stderr.readline()
            announced = re.fullmatch(r"HyperLoRA on (http://127\.0\.0\.1:\d+)\n", line)
            assert announced, line
            with urllib.request.urlopen(f"{announced[1]}/v1/adapters", timeout=30) as answer:
                assert len(json.load(answer)["adapters"]) == 3
            request = urllib.request.Request(
                f"{announced[1]}/v1/adapters/none", headers={"accept": "application/json"}, method="GET"
            )
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request, timeout=30)
            assert caught.value.code == 404
            process.terminate()
            process.join(30)
            assert process.exitcode in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.join()
