"""Extraction tasks of the shipped suite, read again with regular expressions."""

from __future__ import annotations

import re

import pytest

from pipelines.starter import starter_suite

_PATTERNS = {
    "extract-email": r"[\w.]+@[\w-]+\.\w+",
    "extract-hashtag": r"#[A-Za-z]+\d*",
    "extract-quoted-words": r'(?<=")[^"]+(?=")',
    "extract-weekday": r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    "extract-time": r"\d{1,2}(?::\d\d)? [ap]m",
    "extract-clock-time": r"\d\d:\d\d",
    "extract-phone-number": r"01632 960\d{3}|020 7946 0\d{3}|(?:\(\d{3}\) |\d{3}-)?555-0\d{3}",
    "extract-price": r"[$£€]\d+(?:\.\d\d)?|\d+(?:\.\d\d)? (?:euros|dollars)",
    "extract-order-number": r"(?<=rder )(?:number )?(#?\d{4,5}(?:-[A-Z])?|[A-Z]-?\d{4,5})",
}
_TASKS = [task.name for task in starter_suite() if task.family == "extraction"]


@pytest.mark.parametrize("name", sorted(_PATTERNS))
def test_an_independent_pattern_finds_the_same_single_answer(name, answers):
    for text, answer in answers(name).items():
        found = [match[match.lastindex or 0] for match in re.finditer(_PATTERNS[name], text)]
        if name == "extract-hashtag":
            found = [tag for tag in found if not tag[1:].isdigit()]
        assert found == [answer], text


@pytest.mark.parametrize("name", _TASKS)
def test_answers_are_copied_and_occur_once(name, answers):
    for text, answer in answers(name).items():
        assert len(re.findall(rf"(?<!\w){re.escape(answer)}(?!\w)", text)) == 1, text


def test_giver_and_receiver_stand_where_the_verb_puts_them(answers):
    # "A sold B", "B bought ... from A", "handed to B by A"
    shapes = (
        r"^(?P<giver>\w+) (?:gave|sold|sent) (?P<receiver>\w+) a ",
        r"^(?P<receiver>\w+) (?:bought|got|received) .* from (?P<giver>\w+) ",
        r" handed to (?P<receiver>\w+) by (?P<giver>\w+) ",
    )
    for name, side in (("extract-giver", "giver"), ("extract-receiver", "receiver")):
        known = [
            (match[side], answer)
            for text, answer in answers(name).items()
            for shape in shapes
            if (match := re.search(shape, text))
        ]
        assert len(known) > 50
        assert all(found == answer for found, answer in known)
