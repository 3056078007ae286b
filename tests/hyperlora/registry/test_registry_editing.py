"""What is said of a registered adapter changes; its weights, its history and `verify` stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Query, Registry
from hyperlora.registry.housekeeping import verify


@pytest.fixture
def plural(registry: Registry, make_adapter: Callable[..., Adapter]) -> Registry:
    card = Card(description="Do x", licence="mit", metrics={"exact_match": 0.5, "energy_kept": 0.9}, origin="imported")
    registry.register(make_adapter(card=card), "plural", tags={"team": "a"}, alias="champion", identity="made-by")
    return registry


def test_another_description_is_a_new_version_with_the_same_weights(plural: Registry) -> None:
    watermark = plural.watermark()
    edited = plural.edit("registry:plural", description=" Give the\n plural ", tags={"stage": "ok", "team": None})
    before, after = plural.get("registry:plural@1"), plural.get("registry:plural")
    assert after == edited
    assert (after.version, after.description, after.description_source) == (2, "Give the plural", "given")
    assert (after.weights, after.base, after.sketch) == (before.weights, before.base, before.sketch)
    assert (after.parents, after.licence, after.identity) == (("registry:plural@1",), "mit", "made-by")
    assert (after.tags, after.aliases, before.aliases) == ({"stage": "ok"}, ("champion",), ())
    assert after.metrics == before.metrics
    assert plural.load("registry:plural@champion").card.description == "Give the plural"
    # the one before is kept as it was, out of the way
    assert plural.load("registry:plural@1").card.description == "Do x"
    assert [entry.reference for entry in plural.entries("adapter")] == ["registry:plural@2"]
    assert [entry.reference for entry in plural.search(Query(text="give plural")).entries] == ["registry:plural@2"]
    assert verify(plural) == (2, [])
    assert plural.record.client.get_registered_model("plural").description == "Give the plural"
    actions = [event.action for event in plural.events(watermark)]
    assert "registered" in actions and "archived" in actions
    # the same again changes nothing
    assert plural.edit("registry:plural", description="Give the plural") == after


def test_another_template_leaves_out_the_scores_that_were_measured_in_the_old_one(plural: Registry) -> None:
    edited = plural.edit("registry:plural@1", prompt_template="Noun: {input}\nPlural:")
    card = plural.load(edited.reference).card
    assert (card.prompt_template, card.description) == ("Noun: {input}\nPlural:", "Do x")
    assert card.metrics == edited.metrics == {"energy_kept": 0.9}


def test_tags_alone_change_in_place(plural: Registry) -> None:
    edited = plural.edit("registry:plural", tags={"stage": "ok"})
    assert (edited.version, edited.tags) == (1, {"stage": "ok", "team": "a"})


@pytest.mark.parametrize(
    "changes", [{"prompt_template": "Q: {input}\nA:"}, {"tags": {"stage": "ok"}}, {"description": "Do x"}]
)
def test_an_edit_of_what_was_edited_since_is_refused_and_names_the_newest(
    plural: Registry, changes: dict[str, Any]
) -> None:
    plural.edit("registry:plural@1", description="Give the plural", tags={"team": "geo"})
    plural.edit("registry:plural@2", description="Give the plural form")
    for old in ("registry:plural@1", "registry:plural@2"):
        with pytest.raises(InputError, match="was edited since, and registry:plural@3 says") as caught:
            plural.edit(old, **changes)
        assert caught.value.remedy.startswith("Edit registry:plural@3, ")
    newest = plural.get("registry:plural")
    assert (newest.version, newest.description, newest.tags) == (3, "Give the plural form", {"team": "geo"})
    # the very edit that made the newest is done already, and what was brought back may be edited
    assert plural.edit("registry:plural@2", description="Give the plural form") == newest
    plural.restore("registry:plural@1")
    assert plural.edit("registry:plural@1", prompt_template="Q: {input}\nA:").version == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "nothing is to be changed"),
        ({"description": " \n"}, "the description is empty"),
        ({"description": "x" * 20_001}, "has 20001 characters"),
        ({"prompt_template": "no place"}, "must hold {input} once"),
        ({"description": "y", "tags": {"mlflow.x": "1"}}, "cannot be a tag"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_changes(
    plural: Registry, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        plural.edit("registry:plural", **changes)
    assert [entry.reference for entry in plural.entries("adapter")] == ["registry:plural@1"]
