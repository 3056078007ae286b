"""The unit tasks, measured again in the smallest unit."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest

from tests.pipelines.starter.conftest import Answers
from tests.pipelines.starter.test_numbers import value

_SMALLEST = {
    "km": 100_000, "m": 100, "cm": 1, "kg": 1000, "g": 1, "week": 7, "day": 1, "hour": 60, "minute": 1, "$": 100,
    "cent": 1,
}  # fmt: skip
_MEASURE = re.compile(r"(\$)?(\d+(?:\.\d+)?)(?: (km|cm|m|kg|g|week|day|hour|minute|cent)s?\b)?")


def _size(text: str) -> Decimal:
    """All measures of a text together, in their smallest unit."""
    found = [(sign or unit, number) for sign, number, unit in _MEASURE.findall(text) if sign or unit]
    assert found, text
    return sum((Decimal(number) * _SMALLEST[unit] for unit, number in found), Decimal(0))


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("kilometres-to-metres", "m"),
        ("kilograms-to-grams", "g"),
        ("grams-to-kilograms", "kg"),
        ("metres-and-centimetres", "cm"),
        ("centimetres-to-metres", "m"),
        ("hours-and-minutes-to-minutes", "minutes"),
        ("weeks-and-days-to-days", "days"),
        ("money-to-cents", "cents"),
        ("sentence-kilometres-to-metres", "m"),
        ("sentence-kilograms-to-grams", "g"),
        ("sentence-weeks-to-days", "days"),
    ],
)
def test_measures_are_equal(answers: Answers, name: str, unit: str) -> None:
    for text, output in answers(name).items():
        assert _size(text) == _size(output), text
        assert output.split(" ")[1] == unit
        assert not re.search(r"\.\d*0 |\. ", output)


@pytest.mark.parametrize("name", ["longer-distance"])
def test_the_greater_of_two_measures(answers: Answers, name: str) -> None:
    for text, output in answers(name).items():
        one, other = text.split(" or ")
        assert output == (one if _size(one) > _size(other) else other)
        assert _size(one) != _size(other)


def test_units_keep_their_symbols(answers: Answers) -> None:
    known = {"kilometres": "km", "grams": "g", "seconds": "s", "watts": "W", "miles": "mi", "hertz": "Hz", "feet": "ft"}
    pairs = [text.split(" ", 1) + output.split(" ", 1) for text, output in answers("unit-abbreviation").items()]
    pairs += [output.split(" ", 1) + text.split(" ", 1) for text, output in answers("unit-in-full").items()]
    assert all(number == same for number, _, same, _ in pairs)
    shipped = {(name, symbol) for _, name, _, symbol in pairs}
    assert {pair for pair in shipped if pair[0] in known} == set(known.items())
    assert len(shipped) == len({name for name, _ in shipped}) == len({symbol for _, symbol in shipped})


def test_shortened_measures_mean_what_the_sentence_spells_out(answers: Answers) -> None:
    symbols = {"metres": "m", "centimetres": "cm", "millimetres": "mm", "feet": "ft", "inches": "in", "yards": "yd"}
    for text, output in answers("sentence-measure-shortened").items():
        (found,) = re.findall(rf"([a-z]+(?:-[a-z]+)?) ({'|'.join(symbols)})\b", text)
        assert output == f"{value(found[0])} {symbols[found[1]]}"


def test_kinds_of_quantity_are_known_and_balanced(answers: Answers) -> None:
    known = {"kg": "mass", "km": "length", "litres": "volume", "weeks": "time", "°C": "temperature", "ounces": "mass"}
    shipped = answers("measured-quantity")
    for text, output in shipped.items():
        assert output == known.get(text.split(" ", 1)[1], output)
    counts = Counter(shipped.values())
    assert len(counts) == 5
    assert min(counts.values()) > 0.5 * max(counts.values())
