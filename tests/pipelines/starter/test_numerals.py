"""The numeral tasks, converted again with the standard library or by another rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.pipelines.starter.conftest import Answers

_LETTERS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def _roman_value(letters: str) -> int:
    values = [_LETTERS[letter] for letter in letters]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _in_sentence(text: str) -> str:
    (letters,) = re.findall(r"\b[IVXLC]+\b", text)
    return str(_roman_value(letters))


def _share(text: str) -> str:
    (rate,) = re.findall(r"[\d.]+(?=%)", text)
    return f"{Decimal(rate) / 100:f}"


RULES: dict[str, Callable[[str], str]] = {
    "roman-to-number": lambda text: str(_roman_value(text)),
    "sentence-roman-to-number": _in_sentence,
    "binary-to-number": lambda text: str(int(text, 2)),
    "hex-to-number": lambda text: str(int(text, 16)),
    "thousands-commas": lambda text: re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", text),
    "german-number-to-english": lambda text: text.replace(".", " ").replace(",", ".").replace(" ", ","),
    "scientific-to-number": lambda text: str(int(Decimal(text))),
    "number-to-scientific": lambda text: f"{Decimal(text).normalize():e}".replace("+", ""),
    "pad-to-six-digits": lambda text: text.zfill(6),
    "code-in-groups-of-three": lambda text: f"{text[:3]}-{text[3:6]}-{text[6:]}",
    "key-in-groups-of-three": lambda text: f"{text[:3]}-{text[3:6]}-{text[6:]}",
    "code-in-groups-of-four": lambda text: f"{text[:4]}-{text[4:]}",
    "fraction-lowest-terms": lambda text: str(Fraction(text)),
    "decimal-to-percent": lambda text: f"{(Decimal(text) * 100).normalize():f}%",
}


@pytest.mark.parametrize("name", RULES)
def test_numbers_are_converted_rightly(answers: Answers, name: str) -> None:
    shipped = answers(name)
    assert {text: RULES[name](text) for text in shipped} == shipped


@pytest.mark.parametrize("name", ["percent-to-decimal", "sentence-percent-to-decimal"])
def test_percentages_are_hundredths(answers: Answers, name: str) -> None:
    for text, output in answers(name).items():
        assert Decimal(output) == Decimal(_share(text))
        assert output == "1" or not output.endswith(".0")


def test_roman_numerals_have_their_value_and_usual_form(answers: Answers) -> None:
    usual = re.compile(r"M*(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
    for text, output in answers("number-to-roman").items():
        assert usual.fullmatch(output)
        assert _roman_value(output) == int(text)
