"""Countries, territories and parts of the world in several languages and in English, after Unicode CLDR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.cldr_names import (
    clear_names,
    in_third,
    locale_of,
    one_of,
    outside_third,
    translations,
)
from pipelines.starter.families.country_names_wordings import WORDINGS
from pipelines.starter.families.inflection_words import left_out

FAMILY = "country-names"
_PACKAGES = ("babel",)
_NOTES = 1500
_INTO_SIZES = (135, 25, 50)
_FROM_SIZES = (120, 20, 45)
_UNSEEN_SIZES = {
    "nordic-country": (170, 40, 80),
    "iberian-country": (140, 30, 70),
    "slavic-country": (220, 50, 100),
}

# Countries' names in several languages at once, because a single one has too few that no seen task uses.
_GROUPS = {
    "iberian-country": ("pt", "ca"),
    "nordic-country": ("nl", "sv", "da", "nb"),
    "slavic-country": ("pl", "cs", "hr"),
}

_LEFT_OUT = {
    "disputed, as a name or as a country": "EA EH FK GS HK IL IO MO PS TW XK",
    "not a place": "001 EU EZ QO UM UN XA XB ZZ",
    "nobody lives there": "BV CP DG HM TF",
    "hardly to be told from another entry": "003 017 018 021 057 202 AC AS CC CD CG MF SX TA",
}

_SENTENCES = (
    'The parcel for "{name}" came back to our office because nobody had paid the customs fee.',
    'A stamp from "{name}" was missing in the album that my uncle left to the museum.',
    'On the old school map the word "{name}" was written right across a coffee stain.',
    'The form asks where you were born, and she had filled in "{name}" with a pencil.',
    'Under the photograph of the harbour somebody had noted "{name}, summer holidays" in blue ink.',
    'In the third box we found a book about "{name}" and two unused bus tickets.',
    'Our new colleague has "{name}" printed on his luggage tag next to a phone number.',
    'His contract says that the machine will be delivered to "{name}" by the end of March.',
    'The weather map showed heavy rain over "{name}" and sunshine almost everywhere else in the region.',
    'Her grandmother sent a postcard with "{name}" in large letters below a picture of mountains.',
    'This label means that the apples in the box were grown in "{name}" and packed here.',
    'Two players in the team have "{name}" as their home in the list of members.',
)


@cache
def country_names(language: str) -> Mapping[str, str]:
    """The names in a language by ISO 3166 or UN M.49 code."""
    names = {code: name.replace(" & ", " and ") for code, name in locale_of(language).territories.items()}
    return clear_names(names, sorted(set(locale_of("en").territories) - left_out(_LEFT_OUT)))


def german_countries_in_notes(_side: Side) -> Iterator[tuple[str, str]]:
    """English sentences with a German name in quotation marks, and its English form."""
    german, english = country_names("de"), country_names("en")
    codes = [code for code in german if code in english]
    draws = Draws("german countries")
    for _ in range(_NOTES):
        code = draws.pick(codes)
        yield draws.pick(_SENTENCES).format(name=german[code]), english[code]


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    seen = (
        ("country-german", "en", "de", outside_third(0)),
        ("country-french", "en", "fr", outside_third(1)),
        ("country-spanish", "en", "es", outside_third(2)),
        ("country-italian", "en", "it", outside_third(2)),
        ("german-country", "de", "en", in_third(0)),
        ("french-country", "fr", "en", in_third(1)),
        ("spanish-country", "es", "en", in_third(2)),
    )
    unseen: tuple[tuple[str, Partition, str], ...] = (
        ("nordic-country", "dev", ""),
        ("iberian-country", "held-out", "spanish-country"),
        ("slavic-country", "held-out", ""),
    )
    return (
        *(
            Draft(
                name,
                pairs=translations(country_names, source, target, keeps_same),
                packages=_PACKAGES,
                sizes=_INTO_SIZES if source == "en" else _FROM_SIZES,
                whole=True,
                **WORDINGS[name],
            )
            for name, source, target, keeps_same in seen
        ),
        Draft(
            "german-country-in-note",
            pairs=german_countries_in_notes,
            packages=_PACKAGES,
            **WORDINGS["german-country-in-note"],
        ),
        # Every name that is left when those of the seen tasks are taken away.
        *(
            Draft(
                name,
                pairs=one_of(country_names, _GROUPS[name]),
                packages=_PACKAGES,
                sizes=_UNSEEN_SIZES[name],
                whole=True,
                partition=partition,
                twin_of=twin,
                **WORDINGS[name],
            )
            for name, partition, twin in unseen
        ),
    )
