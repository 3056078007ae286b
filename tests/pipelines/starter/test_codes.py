"""The tasks about codes, against the standard library and other tables."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from collections.abc import Callable
from http import HTTPStatus

import pytest

Answers = Callable[[str], dict[str, str]]

_KNOWN = {
    "country-code": {"Germany": "DE", "Switzerland": "CH", "Japan": "JP", "South Korea": "KR"},
    "country-domain": {"United Kingdom": ".uk", "Switzerland": ".ch", "Japan": ".jp", "Denmark": ".dk"},
    "city-airport-code": {"Dar es Salaam": "DAR", "Vigo": "VGO", "Alice Springs": "ASP", "Munich": "MUC"},
    "us-place-abbreviation": {"Long Branch, New Jersey": "Long Branch, NJ", "Shakopee, Minnesota": "Shakopee, MN"},
    "word-to-nato": {"mix": "Mike India X-ray", "off": "Oscar Foxtrot Foxtrot", "car": "Charlie Alfa Romeo"},
    "nato-to-word": {"Foxtrot Lima Yankee": "fly", "Sierra Papa Yankee": "spy", "Tango Alfa Lima Lima": "tall"},
}
# Names of 2022 where Python 3.11 to 3.13 differ do not occur.
_STATUS = re.compile(r"(?:\" |-> |=| )(\d{3})(?= in \d+ ms$| \d+B$|$)")


def _status(line: str) -> int:
    found = _STATUS.search(line)
    assert found, line
    return int(found[1])


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_answers_agree_with_known_codes(answers: Answers, name: str) -> None:
    shipped = answers(name)
    known = {text: output for text, output in _KNOWN[name].items() if text in shipped}
    assert known
    assert {text: shipped[text] for text in known} == known


def test_status_phrases_are_those_of_the_standard_library(answers: Answers) -> None:
    for line, phrase in answers("http-status-phrase").items():
        assert HTTPStatus(_status(line)).phrase == phrase, line


def test_mime_types_agree_with_the_standard_library(answers: Answers) -> None:
    table = mimetypes.MimeTypes().types_map[True]
    shared = {".png", ".jpg", ".gif", ".svg", ".pdf", ".json", ".zip", ".html", ".css", ".csv", ".txt", ".mp3", ".mp4"}
    checked = set()
    for name, mime in answers("file-mime-type").items():
        extension = "." + name.rpartition(".")[2]
        if extension in shared:
            assert table[extension] == mime
            checked.add(extension)
    assert len(checked) > 8


def test_greek_formulas_hold_the_letters_that_unicode_calls_so(answers: Answers) -> None:
    for text, output in answers("greek-letter-formula").items():
        named = [unicodedata.name(sign).split()[-1].lower() if sign.isalpha() else sign for sign in output]
        assert "".join(named).replace("lamda", "lambda") == text


def test_spelled_words_have_the_initials_of_the_word(answers: Answers) -> None:
    for text, output in answers("word-to-nato").items():
        assert "".join(word[0] for word in output.split()).lower() == text.lower()


def test_symbols_stay_in_the_order_of_the_elements(answers: Answers) -> None:
    some = {"iron": "Fe", "gold": "Au", "oxygen": "O", "tin": "Sn", "neon": "Ne", "lead": "Pb", "sodium": "Na"}
    seen = set()
    for text, output in answers("element-symbols").items():
        for element, symbol in zip(text.split(", "), output.split(", "), strict=True):
            if element in some:
                assert some[element] == symbol
                seen.add(element)
    assert len(seen) > 2
