"""Invented people, firms, numbers and addresses for sentences and records, each from one half of the words."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.frames import Slots, one_of
from pipelines.starter.families.slot_words import (
    CITIES,
    COLOURS,
    FIRM_BEGINNINGS,
    FIRM_KINDS,
    LANGUAGES,
    MONTHS,
    NOT_A_NAME_ALONE,
    NUMBER_WORDS,
    OCCASIONS,
    PLACES,
    PRODUCTS,
    QUOTED_FIRST,
    QUOTED_LAST,
    QUOTED_MIDDLE,
    TAG_BEGINNINGS,
    TAG_ENDS,
    WEEKDAYS,
)
from pipelines.starter.sources import data_package


@cache
def _people() -> Any:
    """Faker's lists of names; only the lists, since its own choices may change with Python's generator."""
    data_package("faker")
    return import_module("faker.providers.person.en_US").Provider


@cache
def first_names(side: Side) -> list[str]:
    """First names that are no other word, sorted."""
    people = _people()
    names = {*people.first_names_female, *people.first_names_male} - NOT_A_NAME_ALONE
    return side.kept(sorted(name for name in names if name.isascii() and name.isalpha() and 3 <= len(name) <= 9))


@cache
def last_names(side: Side) -> list[str]:
    """Family names that are neither colours nor first names nor cities, sorted."""
    people = _people()
    others = {*people.first_names, *CITIES, *(colour.title() for colour in COLOURS)} | NOT_A_NAME_ALONE
    return side.kept(sorted(name for name in set(people.last_names) - others if name.isalpha() and len(name) <= 9))


def _person(side: Side, draws: Draws) -> str:
    return f"{draws.pick(first_names(side))} {draws.pick(last_names(side))}"


@cache
def _firms(side: Side) -> list[str]:
    return side.kept(f"{beginning} {kind}" for beginning in FIRM_BEGINNINGS for kind in FIRM_KINDS)


def _email(side: Side, draws: Draws) -> str:
    # Names reserved for examples (RFC 2606), so that nobody's mailbox is in the data.
    first, last = draws.pick(first_names(side)).lower(), draws.pick(last_names(side)).lower()
    local = draws.pick((first, f"{first}.{last}", f"{first[0]}.{last}", f"{first}{draws.between(10, 99)}", last))
    firm = draws.pick(FIRM_BEGINNINGS).lower()
    return f"{local}@{draws.pick(('example.com', 'example.org', 'example.net', f'{firm}.example', f'{firm}.example'))}"


def _phone(draws: Draws) -> str:
    # Ranges kept free for fiction: 555-01xx in North America, 01632 960xxx and 020 7946 0xxx in Britain.
    area, end, tail = draws.between(201, 989), draws.between(100, 199), draws.below(1000)
    return draws.pick(
        (f"555-0{end}", f"{area}-555-0{end}", f"({area}) 555-0{end}", f"01632 960{tail:03}", f"020 7946 0{tail:03}")
    )


def _price(draws: Draws) -> str:
    amount = draws.pick((str(draws.between(3, 950)), f"{draws.between(1, 240)}.{draws.pick(('50', '95', '99', '25'))}"))
    return draws.pick((f"${amount}", f"£{amount}", f"€{amount}", f"{amount} euros", f"{amount} dollars"))


def _date(draws: Draws) -> str:
    year, month, day = draws.between(2005, 2039), draws.below(12), draws.between(1, 28)
    name = MONTHS[month]
    return draws.pick(
        (
            f"{day} {name} {year}",
            f"{name} {day}, {year}",
            f"{day} {name}",
            f"{name} {day}",
            f"{year}-{month + 1:02}-{day:02}",
            f"{day:02}/{month + 1:02}/{year}",
        )
    )


def _time(draws: Draws) -> str:
    hour, minute = draws.between(1, 12), draws.between(0, 11) * 5
    half = draws.pick(("am", "pm"))
    return draws.pick((f"{hour}:{minute:02} {half}", f"{hour}:{minute:02} {half}", f"{hour} {half}"))


def _order(draws: Draws) -> str:
    letter, number = draws.pick("ABCDEFGHJKLMNPRSTUVWXYZ"), draws.between(1000, 99999)
    return draws.pick((f"{letter}-{number}", f"{number}-{letter}", f"{letter}{number}", f"{number}", f"#{number}"))


def _quantity(draws: Draws) -> str:
    return draws.pick((str(draws.between(2, 120)), draws.pick(NUMBER_WORDS)))


@cache
def _kept(side: Side, words: tuple[str, ...]) -> list[str]:
    return side.kept(words)


def _quoted(side: Side, draws: Draws) -> str:
    first, middle, last = (draws.pick(_kept(side, part)) for part in (QUOTED_FIRST, QUOTED_MIDDLE, QUOTED_LAST))
    return draws.pick((f"{first} {middle} {last}", f"{middle} {last}", f"{first} {last}")).capitalize()


def _hashtag(side: Side, draws: Draws) -> str:
    tag = draws.pick(_kept(side, TAG_BEGINNINGS)) + draws.pick(_kept(side, TAG_ENDS))
    return "#" + draws.pick((tag, tag, tag.lower(), f"{tag}{draws.between(20, 39)}"))


@cache
def slots(side: Side) -> Slots:
    """What fills each slot of a sentence, from one half of the names and words.

    Two slots of one kind in a sentence must differ, which is why people who give and who get are two halves of a list.
    """
    names = first_names(side)
    products = side.kept(PRODUCTS)
    return {
        "person": lambda draws: _person(side, draws),
        "name": one_of(names),
        "giver": one_of(names[::2]),
        "receiver": one_of(names[1::2]),
        "city": one_of(side.kept(CITIES)),
        "company": one_of(_firms(side)),
        "email": lambda draws: _email(side, draws),
        "phone": _phone,
        "price": _price,
        "date": _date,
        "time": _time,
        "clock": lambda draws: f"{draws.below(24):02}:{draws.below(12) * 5:02}",
        "weekday": one_of(WEEKDAYS),
        "order": _order,
        "quantity": _quantity,
        "product": one_of(products),
        "thing": one_of(products),
        "things": lambda draws: draws.pick(products) + "s",
        "colour": one_of(side.kept(COLOURS)),
        "language": one_of(side.kept(LANGUAGES)),
        "quoted": lambda draws: _quoted(side, draws),
        "hashtag": lambda draws: _hashtag(side, draws),
        "occasion": one_of(OCCASIONS),
        "place": one_of(PLACES),
    }
