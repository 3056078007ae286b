"""The ordering tasks, computed again from their inputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from tests.pipelines.starter.conftest import Answers

WORD_RULES: dict[str, tuple[str, Callable[[list[str]], str]]] = {
    "alphabetically-first-of-three": (", ", lambda words: sorted(words)[0]),
    "alphabetically-first-of-five": (", ", lambda words: sorted(words)[0]),
    "alphabetically-last-of-four": (", ", lambda words: sorted(words)[3]),
    "sort-three-words": ("; ", lambda words: "; ".join(sorted(words))),
    "reverse-list": (" / ", lambda words: " / ".join(words[::-1])),
    "longest-word": (", ", lambda words: max(words, key=len)),
    "shortest-word": (", ", lambda words: min(words, key=len)),
    "count-list-items": (", ", lambda words: str(len(words))),
    "repeated-item": (", ", lambda words: Counter(words).most_common(1)[0][0]),
    "is-sorted": (", ", lambda words: "yes" if words == sorted(words) else "no"),
}
NUMBER_RULES: dict[str, Callable[[list[int]], str]] = {
    "largest-number": lambda numbers: str(max(numbers)),
    "largest-of-six-numbers": lambda numbers: str(max(numbers)),
    "smallest-number": lambda numbers: str(min(numbers)),
    "sort-three-numbers": lambda numbers: " < ".join(map(str, sorted(numbers))),
}


@pytest.mark.parametrize("name", WORD_RULES)
def test_words_are_ordered_and_counted_right(answers: Answers, name: str) -> None:
    separator, rule = WORD_RULES[name]
    for text, output in answers(name).items():
        assert rule(text.split(separator)) == output


@pytest.mark.parametrize("name", ["longest-word", "shortest-word"])
def test_no_other_word_is_as_long_or_as_short(answers: Answers, name: str) -> None:
    for text, output in answers(name).items():
        assert [len(word) for word in text.split(", ")].count(len(output)) == 1


@pytest.mark.parametrize("name", NUMBER_RULES)
def test_numbers_are_compared_as_numbers(answers: Answers, name: str) -> None:
    for text, output in answers(name).items():
        numbers = [int(number) for number in text.split(", ")]
        assert len(numbers) == len(set(numbers))
        assert NUMBER_RULES[name](numbers) == output


@pytest.mark.parametrize(
    ("name", "pattern", "rule"),
    [
        ("most-expensive", r"\$(\d+)", max),
        ("cheapest", r"\$(\d+)", min),
        ("oldest-person", r"(\d+)", max),
        ("built-first", r"(\d{4})", min),
    ],
)
def test_the_thing_named_stands_beside_its_number(
    answers: Answers, name: str, pattern: str, rule: Callable[[list[int]], int]
) -> None:
    for text, output in answers(name).items():
        numbers = [int(number) for number in re.findall(pattern, text)]
        assert len(numbers) == len(set(numbers)) >= 3
        places = [match.start() for match in re.finditer(pattern, text)]
        wanted = places[numbers.index(rule(numbers))]
        thing = re.search(rf"\b{re.escape(output)}\b", text)
        assert thing is not None
        # Between a thing and its number stands no other number.
        between = text[min(wanted, thing.start()) : max(wanted, thing.start())]
        assert len(re.findall(pattern, between)) <= 1
