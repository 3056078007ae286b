"""The tasks about sounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Answers = Callable[[str], dict[str, str]]

_KNOWN = {
    "syllable-count": {"memory": "3", "egg": "1", "hero": "2", "category": "4", "heart": "1", "union": "2"},
    "stressed-syllable": {"jacket": "first", "contain": "second", "event": "second", "influential": "third"},
}


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_known_words(answers: Answers, name: str) -> None:
    shipped = answers(name)
    known = {text: output for text, output in _KNOWN[name].items() if text in shipped}
    assert known
    assert {text: shipped[text] for text in known} == known


def test_the_rhyme_is_one_of_the_three(answers: Answers) -> None:
    same_ending = 0
    shipped = answers("rhyming-word")
    for text, output in shipped.items():
        word, _, choices = text.partition(": ")
        assert output in choices.split(", ")
        assert len(choices.split(", ")) == 3
        assert output != word
        same_ending += output[-1] == word[-1]
    assert same_ending > len(shipped) / 2
