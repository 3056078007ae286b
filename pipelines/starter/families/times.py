"""Times of day and spans of time: other ways to write them, and a little reckoning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.calendar_words import EVENTS, TIME_SENTENCES, sentences
from pipelines.starter.families.frames import words
from pipelines.starter.families.openings import opens_on
from pipelines.starter.families.times_wordings import END_SENTENCES, FIRST_SENTENCES, SPAN_SENTENCES, WORDINGS

FAMILY = "times"
_COUNT = 2000
_HOUR = 60
_NOON = 12 * _HOUR
_DAY = 24 * _HOUR
_LONGEST_SPAN = 1200
_NUMBERS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven "
    "twenty-eight twenty-nine"
)

Writing = Callable[[int], str]


def digital(minute: int) -> str:
    """The 24-hour form of a minute of the day: 15:45."""
    return f"{minute // _HOUR % 24:02}:{minute % _HOUR:02}"


def twelve_hour(minute: int) -> str:
    """The 12-hour form: 3:45 pm."""
    return f"{minute // _HOUR % 12 or 12}:{minute % _HOUR:02} {'am' if minute % _DAY < _NOON else 'pm'}"


def dotted(minute: int) -> str:
    """The 12-hour form with full stops: at 3.45 p.m."""
    clock, half = twelve_hour(minute).replace(":", ".").split()
    return f"at {clock} {half[0]}.m."


def spoken(minute: int) -> str:
    """As people say it, without the part of the day: a quarter to four, seven minutes past three."""
    hour, past = divmod(minute, _HOUR)
    here, after = _NUMBERS[hour % 12 or 12], _NUMBERS[(hour + 1) % 12 or 12]
    if past == 0:
        return f"{here} o'clock"
    if past == 30:
        return f"half past {here}"
    short, side, name = (past, "past", here) if past < 30 else (_HOUR - past, "to", after)
    if short == 15:
        return f"a quarter {side} {name}"
    unit = "" if short % 5 == 0 else " minute" if short == 1 else " minutes"
    return f"{_NUMBERS[short]}{unit} {side} {name}"


def part_of_day(minute: int) -> str:
    """One of four parts of six hours each, the night being the first."""
    return ("night", "morning", "afternoon", "evening")[minute // (6 * _HOUR)]


def span(minutes: int) -> str:
    """2 hours 15 minutes, without what there is none of."""
    hours, rest = divmod(minutes, _HOUR)
    parts = [(hours, "hour"), (rest, "minute")]
    return " ".join(f"{count} {unit}{'s' * (count > 1)}" for count, unit in parts if count)


def _opens_on(side: Side, text: str) -> bool:
    # No task asks about "07" alone; numbers from 10 on are asked about.
    return text.startswith("0") or opens_on(side, text)


def minutes_of_day(source: Writing, target: Writing) -> Pairs:
    """Every minute of the day in two ways of writing."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for minute in range(_DAY):
            if _opens_on(side, source(minute)):
                yield source(minute), target(minute)

    return pairs


def _later(count: int) -> Writing:
    return lambda minute: digital((minute + count) % _DAY)


def spoken_with_part(side: Side) -> Iterator[tuple[str, str]]:
    """Spoken times with the part of the day, and their 24-hour form."""
    for minute in range(_HOUR, _DAY - _HOUR):
        part = "morning" if minute < _NOON else "afternoon" if minute < 18 * _HOUR else "evening"
        # Just before noon and before six, people differ on which part of the day a time "to twelve" or "to six" is in.
        if minute % _HOUR <= 30 or (minute + _HOUR) // _HOUR not in (12, 18):
            yield f"{spoken(minute)} in the {part}", digital(minute)


def spans_of_minutes(_: Side) -> Iterator[tuple[str, str]]:
    """Numbers of minutes as hours and minutes; whole hours are left out."""
    for minutes in range(_HOUR + 1, _LONGEST_SPAN):
        if minutes % _HOUR:
            yield f"{minutes} minutes", span(minutes)


def seconds_on_a_clock(_: Side) -> Iterator[tuple[str, str]]:
    """Numbers of seconds as minutes and seconds with a colon."""
    for seconds in range(_HOUR + 1, _LONGEST_SPAN):
        yield f"{seconds} seconds", f"{seconds // _HOUR}:{seconds % _HOUR:02}"


def in_sentences(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences that hold a time from six in the morning on in 12-hour form, with its 24-hour form."""
    for draws, sentence in sentences(side, "times", TIME_SENTENCES, _COUNT):
        minute = 5 * draws.between(6 * 12, 24 * 12 - 1)
        yield sentence.format(time=twelve_hour(minute)), digital(minute)


def spans_in_sentences(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences with a beginning and an end on the half hour, and how long it is between them."""
    for draws, sentence in sentences(side, "spans", SPAN_SENTENCES, _COUNT):
        start, halves = 30 * draws.between(12, 38), draws.between(1, 8)
        yield sentence.format(start=digital(start), end=digital(start + 30 * halves)), span(30 * halves)


def ends_in_sentences(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences with a beginning and a length in whole or half hours, and the time of the end."""
    for draws, sentence in sentences(side, "ends", END_SENTENCES, _COUNT):
        start, halves = 5 * draws.between(6 * 12, 18 * 12), draws.between(1, 8)
        yield sentence.format(start=digital(start), length=span(30 * halves)), digital(start + 30 * halves)


def first_of_two(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences about two events at different times of one day, and the one that comes first."""
    draws = Draws(f"first of two {side.name}")
    usable = [shape for shape in FIRST_SENTENCES if opens_on(side, shape)]
    for _ in range(_COUNT):
        one, other = draws.sample(EVENTS, 2)
        early = 5 * draws.between(6 * 12, 18 * 12)
        late = early + 5 * draws.between(2, 50)
        times = {"one_at": early, "other_at": late} if draws.below(2) else {"one_at": late, "other_at": early}
        text = draws.pick(usable).format(one=one, other=other, **{name: digital(at) for name, at in times.items()})
        yield text, one if times["one_at"] == early else other


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    seen: tuple[tuple[str, Pairs], ...] = (
        ("time-24-to-12", minutes_of_day(digital, twelve_hour)),
        ("time-12-to-24", minutes_of_day(twelve_hour, digital)),
        ("time-half-hour-later", minutes_of_day(digital, _later(30))),
        ("time-spoken", minutes_of_day(digital, spoken)),
        ("spoken-time-to-24", spoken_with_part),
        ("time-part-of-day", minutes_of_day(digital, part_of_day)),
        ("minutes-to-hours", spans_of_minutes),
        ("seconds-to-clock", seconds_on_a_clock),
        ("sentence-time-to-24", in_sentences),
        ("sentence-duration", spans_in_sentences),
        ("earlier-event", first_of_two),
    )
    unseen: tuple[tuple[str, Pairs, Partition, str], ...] = (
        ("time-quarter-hour-earlier", minutes_of_day(digital, _later(-15)), "dev", ""),
        ("dotted-time-to-24", minutes_of_day(dotted, digital), "held-out", ""),
        ("sentence-end-time", ends_in_sentences, "held-out", ""),
    )
    return (
        *(Draft(name, pairs=pairs, **WORDINGS[name]) for name, pairs in seen),
        *(
            Draft(name, pairs=pairs, partition=partition, twin_of=twin, **WORDINGS[name])
            for name, pairs, partition, twin in unseen
        ),
    )
