"""Times of day and spans, worked out again with the standard library."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.pipelines.starter.conftest import Answers

CLOCK = re.compile(r"\b\d\d:\d\d\b")
TWELVE = re.compile(r"\d{1,2}:\d\d [ap]m")


def clock(text: str) -> datetime:
    return datetime.strptime(text, "%H:%M")


def half_day(text: str) -> datetime:
    return datetime.strptime(text, "%I:%M %p")


def minutes(span: str) -> int:
    """How many minutes `2 hours 15 minutes` are."""
    parts = re.findall(r"(\d+) (hour|minute)", span)
    return sum(int(count) * (60 if unit == "hour" else 1) for count, unit in parts)


@pytest.mark.parametrize(
    ("task", "answered"),
    [
        ("time-24-to-12", lambda text: f"{clock(text):%I:%M %p}".lstrip("0").lower()),
        ("time-12-to-24", lambda text: f"{half_day(text):%H:%M}"),
        ("dotted-time-to-24", lambda text: f"{half_day(text[3:].replace('.m.', 'm').replace('.', ':')):%H:%M}"),
        ("time-half-hour-later", lambda text: f"{clock(text) + timedelta(minutes=30):%H:%M}"),
        ("time-quarter-hour-earlier", lambda text: f"{clock(text) - timedelta(minutes=15):%H:%M}"),
        ("seconds-to-clock", lambda text: str(timedelta(seconds=int(text.split()[0])))[2:].removeprefix("0")),
        ("sentence-time-to-24", lambda text: f"{half_day(TWELVE.findall(text)[0]):%H:%M}"),
    ],
)
def test_a_time(answers: Answers, task: str, answered: Callable[[str], str]) -> None:
    for text, answer in answers(task).items():
        assert answer == answered(text)


def test_the_day_has_four_parts_of_six_hours(answers: Answers) -> None:
    for text, answer in answers("time-part-of-day").items():
        hour = clock(text).hour
        wanted = "night" if hour < 6 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
        assert answer == wanted


def test_spoken_times(answers: Answers) -> None:
    known = {
        "12:39": "twenty-one minutes to one", "13:40": "twenty to two", "07:30": "half past seven",
        "14:45": "a quarter to three", "23:00": "eleven o'clock", "04:05": "five past four",
        "16:01": "one minute past four", "10:15": "a quarter past ten",
    }  # fmt: skip
    spoken = answers("time-spoken")
    both = known.keys() & spoken.keys()
    assert both
    assert all(spoken[text] == known[text] for text in both)
    for text, answer in answers("spoken-time-to-24").items():
        time, part = text.split(" in the ")
        hour = clock(answer).hour
        assert part == ("morning" if hour < 12 else "afternoon" if hour < 18 else "evening")
        assert (" to " in time) == (clock(answer).minute > 30)
        assert ("half past" in time) == (clock(answer).minute == 30)


def test_spans(answers: Answers) -> None:
    for text, answer in answers("minutes-to-hours").items():
        assert minutes(answer) == int(text.split()[0])
        assert not re.search(r"\b1 (hours|minutes)|\b([02-9]|\d\d+) (hour|minute)\b", answer)
    for text, answer in answers("sentence-duration").items():
        start, end = CLOCK.findall(text)
        assert minutes(answer) == (clock(end) - clock(start)).seconds // 60
    for text, answer in answers("sentence-end-time").items():
        (start,) = CLOCK.findall(text)
        assert answer == f"{clock(start) + timedelta(minutes=minutes(text)):%H:%M}"


def test_the_earlier_event_is_the_one_at_the_earlier_time(answers: Answers) -> None:
    for text, answer in answers("earlier-event").items():
        one, other = CLOCK.findall(text)
        assert one != other
        assert text.count(answer) == 1
        first, second = re.findall(r"the (?!programme|same)[a-z'-]+ [a-z]+|the parents' evening", text)[:2]
        # In one of the shapes the time stands before the event, in all others after it; the order is the same.
        assert answer == (first if clock(one) < clock(other) else second)
