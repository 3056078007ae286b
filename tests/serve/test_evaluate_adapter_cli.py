"""`hyperlora evaluate --adapter`, its Python call and `POST /v1/evaluate`: the same numbers through three doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

import hyperlora
from pipelines.runtime import Runtime
from serve.http import create_app

from .conftest import Outcome

if TYPE_CHECKING:
    from hyperlora.embeddings.encoder import TextEncoder
    from hyperlora.registry import Registry

Run = Callable[..., Outcome]
PAIRS = [{"input": text, "output": f"{text}s"} for text in ("cat", "dog", "hen")]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file of examples."""
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(pair) + "\n" for pair in PAIRS))
    return path


def test_the_three_doors_say_the_same(
    pool: Registry, run: Run, mine: Path, tiny_is_base: str, encoder: TextEncoder, tmp_path: Path
) -> None:
    value = run("evaluate", "--adapter", "registry:plural", "--examples", mine, "--json").value
    assert (value["adapter"], value["examples"], value["metric"]) == ("registry:plural", 3, "exact_match")
    assert [answer["expected"] for answer in value["answers"]] == ["cats", "dogs", "hens"]
    assert value["notes"] == ["1 of 3 examples are in the adapter's card: it was perhaps trained or chosen on them"]
    assert hyperlora.evaluate_adapter("registry:plural", PAIRS, base=tiny_is_base).summary() == value
    client = TestClient(create_app(Runtime(tiny_is_base, pool)))
    body = {"adapter": "registry:plural", "examples": PAIRS}
    assert client.post("/v1/evaluate", json=body).json() == value
    assert run("export", "registry:plural", "--out", tmp_path / "plural").code == 0
    folder = f"file:{tmp_path / 'plural'}"
    assert run("evaluate", "--adapter", folder, "--examples", mine, "--json").value == value | {"adapter": folder}
    text = run("evaluate", "--adapter", "registry:plural", "--examples", mine).out
    assert text.startswith(
        "registry:plural on 3 examples: exact_match with 95 % interval\n  adapter     0.00 [0.00, 0.56]"
    )
    assert "not right: 3 of 3" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--template", "{input}", "--out", "o"), "--template goes with --adapter REF."),
        ((), "Missing option '--out', or --adapter REF with --examples FILE."),
        (("--examples", "x.jsonl", "--out", "o"), "--examples goes with --adapter REF."),
        (("--metric", "rouge_l", "--out", "o"), "--metric goes with --adapter REF."),
        (("--adapter", "registry:plural"), "--adapter needs --examples FILE."),
        (("--adapter", "registry:plural", "--examples", "x", "--out", "o"), "--out does not go with --adapter."),
        (("--adapter", "registry:plural", "--examples", "x", "--task", "t"), "--task does not go with --adapter."),
    ],
)
def test_options_of_the_other_measurement_are_refused(arguments: tuple[str, ...], said: str, run: Run) -> None:
    outcome = run("evaluate", *arguments)
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == f"Error: {said}"


def test_a_peft_folder_without_a_template_is_asked_as_run_asks_it(
    pool: Registry, run: Run, mine: Path, tiny_is_base: str, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    assert run("export", "registry:plural", "--out", folder).code == 0
    (folder / "hyperlora.json").unlink()
    asked = ("--adapter", f"file:{folder}", "--examples", mine, "--base", tiny_is_base)
    value = run("evaluate", *asked, "--json").value
    assert value["prompt_template"] == "{input}"
    [note] = [each for each in value["notes"] if "whole prompt" in each]
    ran = run("run", f"file:{folder}", "cat", "dog", "hen", "--base", tiny_is_base, "--json")
    assert note in ran.err
    first = [answer["text"].strip().partition("\n")[0].strip() for answer in ran.value["answers"]]
    assert [answer["answer"] for answer in value["answers"]] == first
    assert f"note: {note}" in " ".join(run("evaluate", *asked).out.split())
    told = run("evaluate", *asked, "--template", r"Q: {input}\nA:", "--json").value
    assert told["prompt_template"] == "Q: {input}\nA:"
    assert not [each for each in told["notes"] if "whole prompt" in each]
    again = hyperlora.evaluate_adapter(f"file:{folder}", PAIRS, template="Q: {input}\nA:", base=tiny_is_base)
    assert again.summary() == told
    client = TestClient(create_app(Runtime(tiny_is_base, pool)))
    body = {"adapter": "registry:plural", "examples": PAIRS, "template": "Q: {input}\nA:"}
    over_http = client.post("/v1/evaluate", json=body).json()
    assert over_http["answers"] == told["answers"]
    refused = client.post("/v1/evaluate", json=body | {"template": "none"})
    assert refused.status_code == 400


def test_errors_are_one_line_with_a_remedy(shared_pool: Registry, run: Run, mine: Path) -> None:
    outcome = run("evaluate", "--adapter", "registry:none", "--examples", mine)
    assert (outcome.code, len(outcome.err.splitlines())) == (1, 1)
    assert "registry list" in outcome.err
    missing = run("evaluate", "--adapter", "registry:plural", "--examples", mine.with_name("none.jsonl"))
    assert (missing.code, len(missing.err.splitlines())) == (1, 1)
    writer = run("evaluate", "--adapter", "registry:writer", "--examples", mine)
    assert (writer.code, len(writer.err.splitlines())) == (1, 1)


def test_http_refuses_what_it_cannot_evaluate(pool: Registry, tiny_is_base: str) -> None:
    client = TestClient(create_app(Runtime(tiny_is_base, pool)))
    for body, status in (
        ({"adapter": "registry:none", "examples": PAIRS}, 404),
        ({"adapter": "file:/etc", "examples": PAIRS}, 400),
        ({"adapter": "registry:plural", "examples": []}, 422),
        ({"adapter": "registry:plural", "examples": PAIRS, "metric": "bleu"}, 422),
    ):
        assert client.post("/v1/evaluate", json=body).status_code == status


def test_adapt_cross_validates_unless_told_not_to(pool: Registry, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "four.jsonl"
    path.write_text("".join(json.dumps({"input": f"{letter}at", "output": "x"}) + "\n" for letter in "bchr"))
    asked = ("adapt", "Do it", "--examples", path, "--refine", "2")
    made = run(*asked, "--json").value
    assert made["exact_match"]["cross_validated"]["folds"] == 4
    share = made["exact_match"]["cross_validated"]["exact_match"]
    assert made["adapter"]["metric"] == {"name": "exact_match.cross_validated", "value": share}
    [listed] = [
        entry for entry in run("registry", "list", "--json").value["entries"] if entry["origin"] == made["origin"]
    ]
    assert listed["metric"] == made["adapter"]["metric"]
    assert run(*asked, "--no-cross-validate", "--json").value["exact_match"]["cross_validated"] is None
    client = TestClient(create_app(Runtime(None, pool)))
    body = {"description": "Do it", "examples": [{"input": f"{letter}at", "output": "x"} for letter in "bchr"]}
    body |= {"refine": 2, "cross_validate": False}
    assert client.post("/v1/adapt", json=body).json()["exact_match"]["cross_validated"] is None
    assert client.post("/v1/adapt", json=body | {"cross_validate": True}).json()["exact_match"] == made["exact_match"]
