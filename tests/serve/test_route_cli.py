"""`hyperlora route`: prompts from the command line and from a file, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hyperlora
from hyperlora.registry import Registry
from pipelines.adapt.route import route as route_prompts

Run = Callable[..., Any]


def test_prompts_of_the_command_line_and_of_a_file_are_answered_together(
    shared_pool: Registry, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_text('{"input": "France", "instruction": "Name the capital of the country"}\n{"input": "mouse"}\n')
    outcome = run(
        "route", "house", "--instruction", "Give the plural of the noun", "--file", file, "--policy", "selection",
        "--json",
    )  # fmt: skip
    assert outcome.code == 0
    assert [(each["instruction"], each["input"]) for each in outcome.value] == [
        ("Give the plural of the noun", "house"),
        ("Name the capital of the country", "France"),
        ("Give the plural of the noun", "mouse"),
    ]
    assert [[each["reference"] for each in answer["adapters"]] for answer in outcome.value] == [
        ["registry:plural@1"],
        ["registry:capital@1"],
        ["registry:plural@1"],
    ]
    pairs = [(each["instruction"], each["input"]) for each in outcome.value]
    assert outcome.value == [answer.summary() for answer in hyperlora.route(pairs, policy="selection")]


def test_each_answer_is_shown_with_the_adapters_that_acted(shared_pool: Registry, run: Run) -> None:
    lines = run("route", "house", "one two", "--policy", "mixture", "-k", "2").out.splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("house -> ")
    assert lines[3].startswith("one two -> ")
    assert all("registry:" in lines[row] and "0.500" in lines[row] for row in (1, 2, 4, 5))
    assert "by token" in run("route", "house", "--policy", "arrow").out


def test_the_closest_adapter_alone_answers_unless_asked_otherwise_at_every_door(
    shared_pool: Registry, run: Run
) -> None:
    """It measures 0.81 where a mixture of three measures 0.29 (docs/retrieval.md)."""
    outcome = run("route", "house", "--instruction", "Give the plural of the noun", "--json")
    assert [each["reference"] for each in outcome.value[0]["adapters"]] == ["registry:plural@1"]
    assert outcome.err == ""
    [answer] = hyperlora.route([("Give the plural of the noun", "house")])
    assert [answer.summary()] == outcome.value
    assert route_prompts([("Give the plural of the noun", "house")]) == [answer]
    several = run("route", "house", "-k", "2")
    assert (several.code, "for 2 add --policy mixture" in several.err) == (0, True)


def test_a_template_is_one_line_on_the_command_line(shared_pool: Registry, run: Run) -> None:
    asked = ("route", "house", "--policy", "selection", "--json")
    same = run(*asked, "--template", "Input: {input}\\nOutput:").value
    assert same == run(*asked).value
    assert same != run(*asked, "--template", "{input}").value


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        ((), 2, "Give prompts, or a --file of them."),
        (("house", "--policy", "soup"), 1, "there is no routing policy 'soup'"),
        (("house", "-k", "0"), 1, "k is 0"),
        (("house", " "), 1, "prompt 2 is empty"),
        (("--file", "nowhere.jsonl"), 1, "cannot be read"),
        (("house", "--template", "x"), 1, "must hold {input} once"),
    ],
)
def test_what_cannot_be_routed_is_refused_in_a_line(
    arguments: tuple[str, ...], code: int, problem: str, shared_pool: Registry, run: Run
) -> None:
    outcome = run("route", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert problem in outcome.err


def test_an_empty_registry_says_what_to_do(registry: Registry, tiny_is_base: str, run: Run) -> None:
    outcome = run("route", "house", "--json")
    assert outcome.code == 1
    assert outcome.value["remedy"].startswith("Run: hyperlora registry seed")
