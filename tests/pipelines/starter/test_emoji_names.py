"""The emoji tasks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Answers = Callable[[str], dict[str, str]]

# Unicode's character names, which seldom differ from the names of the emoji.
_SAME = {
    "banana",
    "pineapple",
    "guitar",
    "violin",
    "octopus",
    "snail",
    "hammer",
    "rocket",
    "taco",
    "tractor",
    "sandwich",
}


def test_names_are_those_of_unicode(answers: Answers) -> None:
    checked = set()
    for pictures, names in answers("emoji-names").items():
        for picture, name in zip(pictures.split(), names.split(", "), strict=True):
            if name in _SAME:
                assert unicodedata.name(picture[0]).lower() == name
                checked.add(name)
    assert len(checked) > 5


def test_the_emoji_is_that_of_the_thing_in_the_sentence(answers: Answers) -> None:
    checked = set()
    for sentence, picture in answers("sentence-to-emoji").items():
        for name in _SAME:
            if re.search(rf"\b{name}\b", sentence):
                assert unicodedata.name(picture[0]).lower() == name
                checked.add(name)
    assert len(checked) > 5


def test_three_of_a_kind(answers: Answers) -> None:
    kinds = {"🍌": "food", "🎸": "instrument", "🔨": "tool", "🦓": "animal", "🚀": "vehicle", "👖": "clothing"}
    shipped = answers("emoji-kind")
    assert set(shipped.values()) == set(kinds.values())
    assert all(kinds.get(sign, kind) == kind for row, kind in shipped.items() for sign in row)
