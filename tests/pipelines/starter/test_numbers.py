"""The number-word tasks against words known from a grammar, and read again by an independent reader of English."""

from __future__ import annotations

import re

import pytest

from tests.pipelines.starter.conftest import Answers

KNOWN = {
    "number-words-german": {"21": "einundzwanzig", "47": "siebenundvierzig", "299": "zweihundertneunundneunzig"},
    "number-words-french": {"48": "quarante-huit", "500": "cinq cents", "820": "huit cent vingt", "27": "vingt-sept"},
    "number-words-spanish": {
        "16": "dieciséis",
        "50": "cincuenta",
        "900": "novecientos",
        "321": "trescientos veintiuno",
    },
    "number-words-dutch": {"82": "tweeëntachtig", "111": "honderdelf", "200": "tweehonderd", "31": "eenendertig"},
    "german-words-to-number": {"achtundvierzig": "48", "dreihundertsiebenundachtzig": "387"},
    "french-words-to-number": {"cent treize": "113", "cent quatre-vingt-trois": "183"},
    "swedish-words-to-number": {"sextiofyra": "64", "åttionio": "89", "trehundratjugoåtta": "328"},
    "italian-words-to-number": {"centoquarantanove": "149", "trecentoventicinque": "325"},
    "portuguese-words-to-number": {"setenta e nove": "79", "novecentos e vinte e três": "923"},
    "year-in-words": {"1581": "fifteen eighty-one", "1272": "twelve seventy-two", "1784": "seventeen eighty-four"},
}
_SMALL_TEXT = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_SMALL = _SMALL_TEXT.split()
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate(_SMALL)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}


def value(words: str) -> int:
    """What English number words below a thousand stand for."""
    hundreds, _, rest = words.rpartition("hundred")
    total = sum(_VALUES[word] for word in re.findall(r"[a-z]+", rest) if word != "and")
    return total + 100 * (_VALUES[hundreds.strip()] if hundreds else 0)


@pytest.mark.parametrize("name", KNOWN)
def test_words_are_those_of_a_grammar(answers: Answers, name: str) -> None:
    shipped = answers(name)
    common = KNOWN[name].keys() & shipped.keys()
    assert common
    assert {text: shipped[text] for text in common} == {text: KNOWN[name][text] for text in common}


def test_english_words_and_digits_mean_the_same(answers: Answers) -> None:
    assert all(value(words) == int(digits) for digits, words in answers("number-words").items())
    assert all(value(words) == int(digits) for words, digits in answers("words-to-number").items())
    for text, words in answers("sentence-digits-to-words").items():
        assert re.findall(r"\d+", text) == [str(value(words))]


@pytest.mark.parametrize("name", ["sentence-number-to-digits", "headline-number-to-digits"])
def test_sentences_hold_one_number_in_words(answers: Answers, name: str) -> None:
    number = "|".join(sorted({*_VALUES, "hundred"}, key=len, reverse=True))
    pattern = rf"\b(?:{number})\b(?:(?: and |[ -])(?:{number})\b)*"
    for text, digits in answers(name).items():
        assert [value(found.lower()) for found in re.findall(pattern, text, re.IGNORECASE)] == [int(digits)], text


def test_prices_name_dollars_and_cents(answers: Answers) -> None:
    for text, words in answers("price-in-words").items():
        dollars, _, cents = words.partition(" and " if "cent" in words else "\n")
        # "and" may also stand inside of a number, but not below a hundred.
        assert text == f"${value(dollars.split(' dollar')[0])}.{value(cents.split(' cent')[0]):02}"


@pytest.mark.parametrize("name", ["decimal-in-words", "digits-read-out"])
def test_digits_are_named_one_by_one(answers: Answers, name: str) -> None:
    for text, words in answers(name).items():
        whole, _, rest = words.rpartition(" point ")
        read = "".join(str(_SMALL.index(word)) for word in rest.split())
        assert text == (f"{value(whole)}.{read}" if whole else read)


def test_ordinal_endings(answers: Answers) -> None:
    endings = {"first": "st", "second": "nd", "third": "rd"}
    for text, output in answers("ordinal-words-to-suffix").items():
        assert output[-2:] == endings.get(re.findall("[a-z]+", text)[-1], "th")
    for text, output in answers("ordinal-suffix").items():
        expected = "th" if text[-2:] in ("11", "12", "13") else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th")
        assert output == text + expected
