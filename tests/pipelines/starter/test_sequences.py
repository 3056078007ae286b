"""The series, continued by differences and ratios."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

Answers = Callable[[str], dict[str, str]]


def _regular(numbers: list[int]) -> bool:
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    return len(steps) == 1 or all(later == 2 * earlier for earlier, later in pairwise(numbers))


def test_the_next_number_keeps_the_series_regular(answers: Answers) -> None:
    for text, output in answers("next-number").items():
        assert _regular([int(part) for part in text.removesuffix(", ...").split(", ")] + [int(output)]), text


def test_the_missing_number_makes_the_series_regular(answers: Answers) -> None:
    for text, output in answers("missing-number").items():
        assert _regular([int(part) for part in text.replace("_", output).split()]), text


def test_the_next_word_repeats_the_pattern(answers: Answers) -> None:
    for text, output in answers("next-in-pattern").items():
        words = [*text.removesuffix(", ...").split(", "), output]
        periods = range(1, len(words) // 2 + 1)
        assert any(words[period:] == words[:-period] for period in periods), text
