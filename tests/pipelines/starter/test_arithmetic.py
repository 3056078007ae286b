"""The arithmetic tasks, worked out again from what their inputs say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from statistics import median

import pytest

from tests.pipelines.starter.conftest import Answers
from tests.pipelines.starter.test_numbers import value


def _numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"-?\d+", text)]


def _gap(text: str) -> str:
    known, total = _numbers(text)
    return str(total - known)


def _relation(text: str) -> str:
    a, b, total = _numbers(text)
    return "<=>"[(a + b > total) - (a + b < total) + 1]


def _difference(text: str) -> int:
    a, b = (int(found) for found in text.split(" - "))
    return a - b


def _sign(text: str) -> str:
    result = _difference(text) if " - " in text else sum(_numbers(text))
    return ("zero", "positive", "negative")[(result > 0) - (result < 0)]


RULES: dict[str, Callable[[str], str]] = {
    "add-two-numbers": lambda text: str(sum(_numbers(text))),
    "subtract-two-numbers": lambda text: str(_difference(text)),
    "missing-addend": _gap,
    "comparison-sign": _relation,
    "sign-of-result": _sign,
    "number-after": lambda text: str(int(text) + 1),
    "number-before": lambda text: str(int(text) - 1),
    "double-number": lambda text: str(int(text) << 1),
    "half-number": lambda text: str(int(text) >> 1),
    "even-or-odd": lambda text: "even" if text[-1] in "02468" else "odd",
    "sum-of-three": lambda text: str(sum(_numbers(text))),
    "sum-of-four": lambda text: str(sum(_numbers(text))),
    "middle-of-three": lambda text: str(median(_numbers(text))),
    "round-to-ten": lambda text: str(round(int(text), -1)),
    "larger-decimal": lambda text: str(max(Decimal(part) for part in text.split(", "))),
    "story-adding": lambda text: str(sum(_numbers(text))),
    "story-taking-away": lambda text: str(max(_numbers(text)) - min(_numbers(text))),
    "story-how-many-more": lambda text: str(max(_numbers(text)) - min(_numbers(text))),
    "change-from-note": lambda text: f"${max(_numbers(text)) - min(_numbers(text))}",
}


@pytest.mark.parametrize("name", RULES)
def test_results_are_right(answers: Answers, name: str) -> None:
    shipped = answers(name)
    assert {text: RULES[name](text) for text in shipped} == shipped


def test_sums_in_words(answers: Answers) -> None:
    for text, output in answers("add-in-words").items():
        one, other = text.split(" plus ")
        assert value(one) + value(other) == value(output)


@pytest.mark.parametrize(("name", "labels"), [("even-or-odd", 2), ("comparison-sign", 3), ("sign-of-result", 3)])
def test_labels_are_balanced(answers: Answers, name: str, labels: int) -> None:
    counts = Counter(answers(name).values())
    assert len(counts) == labels
    assert min(counts.values()) > 0.6 * max(counts.values())
