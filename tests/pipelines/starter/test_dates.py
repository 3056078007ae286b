"""Dates, worked out again with the standard library."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from pipelines.starter.families.frames import words
from tests.pipelines.starter.conftest import Answers

ENGLISH = words("January February March April May June July August September October November December")
MONTHS = {
    "german": words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    "french": words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    "italian": words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    "spanish": words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
}
BRITISH = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")


def read(text: str) -> date:
    """The day of `3 May 2021`, `May 3, 2021` or `2021-05-03`."""
    for form in ("%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError(text)


def british(day: date) -> str:
    return f"{day.day} {ENGLISH[day.month - 1]} {day.year}"


@pytest.mark.parametrize(
    ("task", "written"),
    [
        ("date-iso-to-english", british),
        ("date-iso-to-american", lambda day: f"{ENGLISH[day.month - 1]} {day.day}, {day.year}"),
        ("date-iso-to-german", lambda day: f"{day.day}. {MONTHS['german'][day.month - 1]} {day.year}"),
        ("date-iso-to-french", lambda day: f"{day.day} {MONTHS['french'][day.month - 1]} {day.year}"),
        ("date-iso-to-italian", lambda day: f"{day.day} {MONTHS['italian'][day.month - 1]} {day.year}"),
        ("date-american-slashes-to-iso", date.isoformat),
        ("date-english-to-iso", date.isoformat),
        ("date-month-name", lambda day: ENGLISH[day.month - 1]),
        ("date-quarter", lambda day: f"Q{(day.month - 1) // 3 + 1}"),
        ("date-iso-quarter", lambda day: f"Q{(day.month - 1) // 3 + 1}"),
        ("date-next-day", lambda day: (day + timedelta(days=1)).isoformat()),
        ("date-day-before", lambda day: (day - timedelta(days=1)).isoformat()),
        ("date-week-later", lambda day: british(day + timedelta(weeks=1))),
    ],
)
def test_a_date_alone(answers: Answers, task: str, written: Callable[[date], str]) -> None:
    for text, answer in answers(task).items():
        assert answer == written(read(text))


def test_spanish_dates(answers: Answers) -> None:
    for text, answer in answers("date-spanish-to-english").items():
        day, month, year = text.split(" de ")
        assert answer == f"{day} {ENGLISH[MONTHS['spanish'].index(month)]} {year}"


def test_years_and_months(answers: Answers) -> None:
    for text, answer in answers("leap-year").items():
        assert answer == ("yes" if isleap(int(text)) else "no")
    for text, answer in answers("year-century").items():
        assert answer == f"{-(-int(text) // 100)}{'st' if int(text) > 2000 else 'th'} century"
    for text, answer in answers("month-length").items():
        name, year = text.split()
        assert answer == str(monthrange(int(year), ENGLISH.index(name) + 1)[1])
    for text, answer in answers("month-after").items():
        assert answer == (date.fromisoformat(f"{text}-28") + timedelta(days=5)).isoformat()[:7]


def test_dates_in_sentences(answers: Answers) -> None:
    for text, answer in answers("sentence-date-to-iso").items():
        (found,) = BRITISH.findall(text)
        assert answer == read(found).isoformat()
    for text, answer in answers("sentence-date-to-german").items():
        (found,) = BRITISH.findall(text)
        day = read(found)
        assert answer == f"{day.day}. {MONTHS['german'][day.month - 1]} {day.year}"
    for text, answer in answers("sentence-earlier-date").items():
        one, other = BRITISH.findall(text)
        assert answer == british(min(read(one), read(other)))


def test_nights_are_the_days_between_arrival_and_departure(answers: Answers) -> None:
    for text, answer in answers("stay-nights").items():
        one, other = re.findall(rf"\d{{1,2}} (?:{'|'.join(ENGLISH)})", text)
        assert answer == str((read(f"{other} 2023") - read(f"{one} 2023")).days)
