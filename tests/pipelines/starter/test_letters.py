"""The letter tasks, recomputed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.pipelines.starter.conftest import Answers

RULES: dict[str, Callable[[str], str]] = {
    "first-letter": lambda word: word[:1].upper(),
    "second-letter": lambda word: word[1:2],
    "third-letter": lambda word: word[2:3],
    "last-letter": lambda word: word[::-1][0],
    "first-three-letters": lambda word: "".join(list(word)[0:3]),
    "last-two-letters": lambda word: "".join(list(word)[-2:]),
    "last-three-letters": lambda word: "".join(list(word)[-3:]),
    "upper-case-phrase": str.upper,
    "title-case": lambda phrase: re.sub(r"\b[a-z]", lambda found: found.group().upper(), phrase),
    "swap-case": lambda word: "".join(c.lower() if c.isupper() else c.upper() for c in word),
    "vowels-removed": lambda word: re.sub("[aeiou]", "", word),
    "vowels-starred": lambda word: re.sub("[aeiou]", "*", word),
    "letter-count": lambda word: str(sum(1 for _ in word)),
    "letters-hyphenated": lambda word: re.sub("(?<=.)(?=.)", "-", word),
    "letters-sorted": lambda word: "".join(letter * word.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"),
    "starts-with-vowel": lambda word: "yes" if re.match("[aeiou]", word) else "no",
    "ends-with-vowel": lambda word: "yes" if re.search("[aeiou]$", word) else "no",
    "contains-letter": lambda text: "yes" if text.split(", ")[1] in text.split(", ")[0] else "no",
    "doubled-letter": lambda word: "".join(re.findall(r"(.)\1", word)),
    "phrase-acronym": lambda phrase: re.sub("[^A-Z]", "", phrase),
    "name-acronym": lambda name: re.sub("[^A-Z]", "", name),
    "sentence-initials": lambda text: "".join(re.findall(r"(?:^|(?<= ))[a-z]", text.lower())),
    "sentence-capital-word": lambda text: re.findall(r"\b[A-Z]{2,}\b", text)[0].lower(),
}


@pytest.mark.parametrize("name", RULES)
def test_answers_follow_the_rule(answers: Answers, name: str) -> None:
    shipped = answers(name)
    assert {text: RULES[name](text) for text in shipped} == shipped


def test_pig_latin_is_that_of_the_schoolyard(answers: Answers) -> None:
    shipped = answers("pig-latin")
    for word, output in shipped.items():
        start = re.match("[^aeiou]*", word)
        assert start is not None
        cluster = start.group()
        assert output == (f"{word[len(cluster) :]}{cluster}ay" if cluster else f"{word}way")
        assert not word.startswith("qu")


@pytest.mark.parametrize(("name", "place"), [("sentence-word-by-initial", 0)])
def test_the_word_looked_for_is_the_only_one(answers: Answers, name: str, place: int) -> None:
    for text, output in answers(name).items():
        letter, sentence = text.split(": ")
        words = re.findall(r"[A-Za-z']+", sentence)
        assert [word for word in words if word[place].lower() == letter] == [output]


@pytest.mark.parametrize("name", ["starts-with-vowel", "ends-with-vowel", "contains-letter"])
def test_yes_and_no_are_about_as_frequent(answers: Answers, name: str) -> None:
    outputs = list(answers(name).values())
    assert 0.42 < outputs.count("yes") / len(outputs) < 0.58
