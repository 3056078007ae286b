"""The list tasks, read again with plain string methods."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.pipelines.starter.conftest import Answers

RULES: dict[str, tuple[str, Callable[[list[str]], str]]] = {
    "last-item": (", ", lambda items: items[3]),
    "list-first": ("; ", lambda items: items[0]),
    "list-second": (", ", lambda items: items[1]),
    "list-third": (" / ", lambda items: items[2]),
    "list-fourth": (", ", lambda items: items[3]),
    "list-next-to-last": (", ", lambda items: items[len(items) - 2]),
    "list-middle-of-five": ("; ", lambda items: items[len(items) // 2]),
    "list-first-and-last": (" / ", lambda items: " and ".join((items[0], items[-1]))),
    "list-drop-first": ("; ", lambda items: "; ".join(items[1:])),
    "list-last-of-eight": (", ", lambda items: items[7]),
}


@pytest.mark.parametrize("name", RULES)
def test_items_are_picked_by_their_place(answers: Answers, name: str) -> None:
    separator, rule = RULES[name]
    for text, output in answers(name).items():
        items = text.split(separator)
        assert len(items) == len(set(items)) > 2
        assert rule(items) == output


@pytest.mark.parametrize(("name", "step"), [("list-item-after", 1), ("list-item-before", -1)])
def test_neighbours_stand_beside_the_named_item(answers: Answers, name: str, step: int) -> None:
    for text, output in answers(name).items():
        listed, named = text.split(" | ")
        items = listed.split(", ")
        assert items.index(output) - items.index(named) == step


def test_numbered_items_are_looked_up_by_their_number(answers: Answers) -> None:
    for text, output in answers("list-item-by-number").items():
        number = text.rsplit(" ", 1)[1]
        assert re.search(rf"\b{number}\. {output}\b", text)


def test_the_last_thing_in_a_sentence_follows_the_last_article(answers: Answers) -> None:
    for text, output in answers("list-last-in-sentence").items():
        assert re.search(rf" and an? {output}\b(?!.* and an? )", text)


def test_enumerations_have_commas_and_one_and(answers: Answers) -> None:
    for text, output in answers("list-and-before-last").items():
        assert re.split(", | and ", output) == text.split(" - ")
        assert output.count(" and ") == 1
