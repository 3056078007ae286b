"""Dates: from one way of writing to another, and a little reckoning with days, months and years."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.calendar_words import DATE_SENTENCES, sentences
from pipelines.starter.families.dates_wordings import EARLIER_SENTENCES, STAY_SENTENCES, WORDINGS
from pipelines.starter.families.openings import opens_on
from pipelines.starter.sources import data_package
from pipelines.starter.splits import USUAL_SIZES

FAMILY = "dates"
_BABEL = ("babel",)
_COUNT = 2000
# Years that have a first word of their own half, so that a year asked about alone begins no other task's date.
_YEARS = range(1850, 2150)
# Events that people write to each other about are not too far from today.
_SENTENCE_YEARS = range(1960, 2050)
_CENTURY_YEARS = range(801, 2100)
_LEAP_YEARS = range(1601, 3000)
# All of February that there is, and not so many longer months that one answer is right half the time.
_MOST_OF_LENGTH = {28: 130, 29: 130, 30: 290, 31: 330}
_SMALL = {"leap-year": (200, 40, 80)}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

Writing = Callable[[date], str]


def iso(day: date) -> str:
    """2021-05-03."""
    return day.isoformat()


def english(day: date) -> str:
    """3 May 2021."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def american(day: date) -> str:
    """May 3, 2021."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def slashes(day: date) -> str:
    """05/03/2021, the month first."""
    return f"{day.month:02}/{day.day:02}/{day.year}"


def _local(language: str) -> Writing:
    """A date in full in another language, as CLDR has it."""

    def written(day: date) -> str:
        data_package("babel")
        text: str = import_module("babel.dates").format_date(day, format="long", locale=language)
        return text

    return written


def _random_day(draws: Draws, years: list[int], around: int = 0) -> date:
    year, month = draws.pick(years), draws.between(1, 12)
    last = monthrange(year, month)[1]
    # The ends of months are rare, and they are what makes counting in days hard.
    if around > 0 and draws.below(3) == 0:
        return date(year, month, draws.between(last - around + 1, last))
    if around < 0 and draws.below(3) == 0:
        return date(year, month, draws.between(1, -around))
    return date(year, month, draws.between(1, last))


def _years(side: Side, years: range = _YEARS) -> list[int]:
    return [year for year in years if side.has(str(year))]


def days(source: Writing, target: Writing, *, around: int = 0, first: bool = True) -> Pairs:
    """Random days in two ways of writing; `around` favours the last (or, below 0, the first) days of a month.

    With `first` false, the first of a month is left out: French and Italian write it in a way of its own, which
    CLDR lacks.
    """

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws, years = Draws(f"days {side.name}"), _years(side)
        for _ in range(_COUNT):
            day = _random_day(draws, years, around)
            if opens_on(side, source(day)) and (first or day.day > 1):
                yield source(day), target(day)

    return pairs


def _moved(count: int, writing: Writing) -> Writing:
    return lambda day: writing(day + timedelta(days=count))


def _quarter(day: date) -> str:
    return f"Q{(day.month + 2) // 3}"


def centuries(_: Side) -> Iterator[tuple[str, str]]:
    """Years with their century; the hundredth years, which many count wrongly, are left out."""
    for year in _CENTURY_YEARS:
        if year % 100:
            century = year // 100 + 1
            yield str(year), f"{century}{'st' if century == 21 else 'th'} century"


def leap_years(_: Side) -> Iterator[tuple[str, str]]:
    """Years, half of them leap years."""
    draws = Draws("leap years")
    leap = [year for year in _LEAP_YEARS if isleap(year)]
    other = [year for year in _LEAP_YEARS if not isleap(year)]
    hundreds = [year for year in other if year % 100 == 0]
    chosen = hundreds + draws.sample([year for year in other if year % 100], len(leap) - len(hundreds))
    return ((str(year), "yes" if isleap(year) else "no") for year in sorted(leap + chosen))


def month_lengths(side: Side) -> Iterator[tuple[str, str]]:
    """Months of a year with the number of their days, February more often than one month in twelve."""
    months: dict[int, list[str]] = defaultdict(list)
    for year in _years(side):
        for month, name in enumerate(_MONTHS, start=1):
            months[monthrange(year, month)[1]].append(f"{name} {year}")
    draws = Draws("month lengths")
    for length, most in _MOST_OF_LENGTH.items():
        for text in draws.shuffled(months[length])[:most]:
            yield text, str(length)


def months_after(side: Side) -> Iterator[tuple[str, str]]:
    """Months in ISO form with the month that follows."""
    for year in _years(side):
        for month in range(1, 13):
            after = (year + 1, 1) if month == 12 else (year, month + 1)
            yield f"{year}-{month:02}", f"{after[0]}-{after[1]:02}"


def in_sentences(source: Writing, target: Writing) -> Pairs:
    """Sentences that hold a date, with the date written in another way."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        years = _years(side, _SENTENCE_YEARS)
        for draws, sentence in sentences(side, "dates", DATE_SENTENCES, _COUNT):
            day = _random_day(draws, years)
            yield sentence.format(date=source(day)), target(day)

    return pairs


def earlier_dates(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences with two dates of the same or neighbouring years, and the earlier of them."""
    years = _years(side, _SENTENCE_YEARS)
    for draws, sentence in sentences(side, "earlier", EARLIER_SENTENCES, _COUNT):
        one = _random_day(draws, years)
        other = one + timedelta(days=draws.between(20, 500))
        first, second = draws.shuffled((one, other))
        yield sentence.format(one=english(first), other=english(second)), english(one)


def stays(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences with the first and the last day of a stay in one month, and the number of nights between."""
    for draws, sentence in sentences(side, "stays", STAY_SENTENCES, _COUNT):
        month, nights = draws.between(1, 12), draws.between(2, 12)
        # No year is named, so February ends with the 28th.
        first = draws.between(1, monthrange(2023, month)[1] - nights)
        name = _MONTHS[month - 1]
        yield sentence.format(one=f"{first} {name}", other=f"{first + nights} {name}"), str(nights)


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    seen: tuple[tuple[str, Pairs, tuple[str, ...]], ...] = (
        ("date-iso-to-english", days(iso, english), ()),
        ("date-iso-to-american", days(iso, american), ()),
        ("date-iso-to-german", days(iso, _local("de")), _BABEL),
        ("date-iso-to-french", days(iso, _local("fr"), first=False), _BABEL),
        ("date-american-slashes-to-iso", days(slashes, iso), ()),
        ("date-english-to-iso", days(english, iso), ()),
        ("date-spanish-to-english", days(_local("es"), english), _BABEL),
        ("date-month-name", days(iso, lambda day: _MONTHS[day.month - 1]), ()),
        ("date-quarter", days(english, _quarter), ()),
        ("date-next-day", days(iso, _moved(1, iso), around=2), ()),
        ("date-week-later", days(english, _moved(7, english), around=7), ()),
        ("year-century", centuries, ()),
        ("leap-year", leap_years, ()),
        ("month-length", month_lengths, ()),
        ("sentence-date-to-iso", in_sentences(english, iso), ()),
        ("sentence-earlier-date", earlier_dates, ()),
        ("stay-nights", stays, ()),
    )
    unseen: tuple[tuple[str, Pairs, tuple[str, ...], Partition, str], ...] = (
        ("date-iso-to-italian", days(iso, _local("it"), first=False), _BABEL, "dev", ""),
        ("date-day-before", days(iso, _moved(-1, iso), around=-2), (), "dev", ""),
        ("date-iso-quarter", days(iso, _quarter), (), "held-out", ""),
        ("sentence-american-date-to-iso", in_sentences(american, iso), (), "held-out", "sentence-date-to-iso"),
        ("sentence-date-to-german", in_sentences(english, _local("de")), _BABEL, "held-out", ""),
        ("month-after", months_after, (), "held-out", "date-next-day"),
    )
    return (
        *(
            Draft(name, pairs=pairs, packages=packages, sizes=_SMALL.get(name, USUAL_SIZES), **WORDINGS[name])
            for name, pairs, packages in seen
        ),
        *(
            Draft(
                name,
                pairs=pairs,
                packages=packages,
                partition=partition,
                twin_of=twin,
                sizes=_SMALL.get(name, USUAL_SIZES),
                **WORDINGS[name],
            )
            for name, pairs, packages, partition, twin in unseen
        ),
    )
