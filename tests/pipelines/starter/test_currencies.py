"""Currencies and amounts, checked against known codes and by formatting anew."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pipelines.starter.families.frames import words
from tests.pipelines.starter.conftest import Answers

NAMES = {
    "CHF": "Swiss Franc", "JPY": "Japanese Yen", "DKK": "Danish Krone", "GBP": "British Pound", "SEK": "Swedish Krona",
    "BRL": "Brazilian Real", "ITL": "Italian Lira", "PLN": "Polish Zloty", "KES": "Kenyan Shilling",
}  # fmt: skip


def test_codes_mean_the_currencies_they_stand_for(answers: Answers) -> None:
    names, codes = answers("currency-name"), answers("currency-code")
    assert NAMES.keys() & names.keys()
    assert all(names[code] == NAMES[code] for code in NAMES.keys() & names.keys())
    assert set(NAMES.values()) & codes.keys()
    assert all(codes[name] == code for code, name in NAMES.items() if name in codes)


@pytest.mark.parametrize(
    ("task", "group", "point", "frame"),
    [
        ("amount-german", ".", ",", "{} €"),
        ("dollar-amount-german", ".", ",", "{} $"),
        ("amount-french", " ", ",", "{} €"),
        ("amount-american", ",", ".", "${}"),
        ("amount-swiss", "'", ".", "CHF {}"),
    ],
)
def test_amounts_are_grouped_and_marked_as_in_the_country(
    answers: Answers, task: str, group: str, point: str, frame: str
) -> None:
    for text, answer in answers(task).items():
        plain = f"{Decimal(text.split()[0]):,.2f}"
        whole, cents = plain.split(".")
        wanted = whole.replace(",", group) + point + cents
        assert answer == frame.format(wanted)


def test_amounts_in_words(answers: Answers) -> None:
    tens = words("twenty thirty forty fifty sixty seventy eighty ninety")
    small = words(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen"
    )

    def in_words(count: int) -> str:
        if count < 20:
            return small[count - 1]
        return tens[count // 10 - 2] + (f"-{small[count % 10 - 1]}" if count % 10 else "")

    for text, answer in answers("amount-in-words").items():
        dollars, cents = (int(part) for part in text.removeprefix("$").split("."))
        parts = [
            f"{in_words(dollars)} dollar{'' if dollars == 1 else 's'}",
            f"{in_words(cents)} cent{'' if cents == 1 else 's'}",
        ]
        assert answer == " and ".join(parts)


def test_amounts_in_sentences_are_those_of_the_answers(answers: Answers) -> None:
    units = {"euro": "EUR", "US dollar": "USD", "pound": "GBP", "Swiss franc": "CHF", "kron": "SEK", "rupee": "INR"}
    for text, answer in answers("sentence-amount-to-code").items():
        found = re.search(r"(\d+) (.+?) and (\d+) (cents|pence|centimes|öre|paise)", text)
        assert found is not None
        code = next(code for unit, code in units.items() if unit in found[2])
        assert answer == f"{found[1]}.{int(found[3]):02} {code}"
    signs = {"€": "EUR", "$": "USD", "£": "GBP", "₹": "INR"}
    for text, answer in answers("sentence-symbol-amount-to-code").items():
        (found_pair,) = re.findall(r"([€$£₹])([\d.]+\d)", text)
        assert answer == f"{found_pair[1]} {signs[found_pair[0]]}"


def test_the_named_shop_asks_for_less(answers: Answers) -> None:
    for text, answer in answers("cheaper-shop").items():
        prices = [Decimal(price) for price in re.findall(r"\d+\.\d\d", text)]
        assert len(set(prices)) == 2
        shops = re.findall(r"\b[A-Z][a-z]{3,}\b", text)
        shops = [shop for shop in shops if shop not in {"Both", "Last", "There", "According"}]
        assert len(shops) == 2
        assert answer == min(zip(prices, shops, strict=True))[1]
