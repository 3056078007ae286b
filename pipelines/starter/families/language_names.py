"""Names of languages in several languages and in English, and the scripts of words, after Unicode CLDR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.cldr_names import (
    clear_names,
    every,
    in_third,
    locale_of,
    one_of,
    outside_third,
    translations,
)
from pipelines.starter.families.country_names import country_names
from pipelines.starter.families.frames import words
from pipelines.starter.families.language_names_wordings import WORDINGS
from pipelines.starter.families.language_names_words import (
    COURSE_SENTENCES,
    COURSES,
    LEARNERS,
    LEARNING_SENTENCES,
    WELL_KNOWN,
)
from pipelines.starter.families.openings import opens_on
from pipelines.starter.sources import data_package

FAMILY = "language-names"
_PACKAGES = ("babel",)
_SENTENCES = 1500
_INTO_SIZES = (160, 25, 50)
_FROM_SIZES = (135, 20, 50)
_UNSEEN_SIZES = {"nordic-language": (240, 50, 100), "iberian-language": (160, 30, 80)}
_MOST_A_SCRIPT = 110

# Invented, merged with others since, hardly known, or named differently from list to list.
_LEFT_OUT = frozenset(words("cu ho hz ie ii io kj kr lu na nb nd ng nn no nr sh"))
# Languages without a two-letter code that a reader may have heard of.
_FURTHER = words(
    "akk ang ast awa bar bho ceb chr chy cop dum egy enm fil frm fro fur goh got grc gsw haw hit hmn hsb dsb kab kok "
    "krl lad lij lmo mai moh mus nap nds non ota pal peo phn pms rom sah scn sco sga sux syr szl tlh tpi tvl tyv udm "
    "uga vec yue arz ary arq ban bik bug cho del dak gag ilo jam kha kbd lez mad mak mnc mwl myv nog osa pap pau rap "
    "rup sat sma smj srn swb tet vep wuu zap zun xal krc kum inh liv csb"
)
# Languages' names in several languages at once, because a single one has too few that no seen task uses.
_GROUPS = {"iberian-language": ("pt", "ca"), "nordic-language": ("nl", "sv", "da", "nb")}
_SCRIPTS = {
    "Arabic": ("ar", "fa", "ur"),
    "Cyrillic": ("ru", "uk", "bg"),
    "Devanagari": ("hi", "mr", "ne"),
    "Greek": ("el",),
    "Hebrew": ("he",),
    # Languages whose names for countries no other task uses.
    "Latin": ("tr", "fi", "lt"),
}


@cache
def language_names(language: str) -> Mapping[str, str]:
    """The names in a language by ISO 639 code."""
    names = locale_of(language).languages
    codes = [code for code in sorted(locale_of("en").languages) if len(code) == 2 and code not in _LEFT_OUT]
    return clear_names(names, [*codes, *_FURTHER])


def native_names(_: Side) -> Iterator[tuple[str, str]]:
    """Languages' names for themselves, with the English ones."""
    known = set(data_package("babel").localedata.locale_identifiers())
    codes = [code for code in language_names("en") if code in known]
    own = clear_names({code: locale_of(code).languages.get(code, "") for code in codes}, codes)
    for code, name in own.items():
        if name.casefold() != language_names("en")[code].casefold():
            yield name, language_names("en")[code]


def scripts(_: Side) -> Iterator[tuple[str, str]]:
    """Names of countries in many languages, with the script they are written in."""
    draws = Draws("scripts")
    for script, languages in _SCRIPTS.items():
        names = dict.fromkeys(name for language in languages for name in country_names(language).values())
        for name in draws.shuffled(list(names))[:_MOST_A_SCRIPT]:
            yield name, script


def german_courses(_side: Side) -> Iterator[tuple[str, str]]:
    """English sentences with the German title of a course or book, and the English name of the language it is for."""
    german, english = language_names("de"), language_names("en")
    codes = [code for code, name in german.items() if code in english and name.isalpha()]
    draws = Draws("german courses")
    for _ in range(_SENTENCES):
        code = draws.pick(codes)
        title = draws.pick(COURSES).format(name=german[code])
        yield draws.pick(COURSE_SENTENCES).format(title=title), english[code]


def _spoken(shapes: Sequence[str], asked: str) -> Pairs:
    """Sentences about a person's mother tongue, the language of work and the one that is being learned."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"spoken {asked}")
        names, usable = side.kept(WELL_KNOWN), [shape for shape in shapes if opens_on(side, shape)]
        for _ in range(_SENTENCES):
            chosen = dict(zip(("mother", "other", "learned"), draws.sample(names, 3), strict=True))
            yield draws.pick(usable).format(who=draws.pick(LEARNERS), **chosen), chosen[asked]

    return pairs


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    into = partial(translations, language_names)
    whole: tuple[tuple[str, Pairs, tuple[int, int, int]], ...] = (
        ("language-german", into("en", "de", outside_third(0)), _INTO_SIZES),
        ("language-french", into("en", "fr", outside_third(1)), _INTO_SIZES),
        ("language-spanish", into("en", "es", outside_third(2)), _INTO_SIZES),
        ("language-italian", into("en", "it", every), _INTO_SIZES),
        ("german-language", into("de", "en", in_third(0)), _FROM_SIZES),
        ("french-language", into("fr", "en", in_third(1)), _FROM_SIZES),
        ("spanish-language", into("es", "en", in_third(2)), _FROM_SIZES),
        ("native-language", native_names, (100, 20, 40)),
    )
    seen: tuple[tuple[str, Pairs], ...] = (
        ("german-course-language", german_courses),
        ("learned-language", _spoken(LEARNING_SENTENCES, "learned")),
    )
    unseen: tuple[tuple[str, Partition, str], ...] = (
        ("nordic-language", "dev", ""),
        ("iberian-language", "held-out", "spanish-language"),
    )
    return (
        *(
            Draft(name, pairs=pairs, packages=_PACKAGES, sizes=sizes, whole=True, **WORDINGS[name])
            for name, pairs, sizes in whole
        ),
        Draft("word-script", pairs=scripts, packages=_PACKAGES, whole=True, **WORDINGS["word-script"]),
        *(
            Draft(name, pairs=pairs, packages=_PACKAGES if "german" in name else (), **WORDINGS[name])
            for name, pairs in seen
        ),
        # Every name that is left when those of the seen tasks are taken away.
        *(
            Draft(
                name,
                pairs=one_of(language_names, _GROUPS[name]),
                packages=_PACKAGES,
                sizes=_UNSEEN_SIZES[name],
                whole=True,
                partition=partition,
                twin_of=twin,
                **WORDINGS[name],
            )
            for name, partition, twin in unseen
        ),
        Draft(
            "mother-tongue",
            pairs=_spoken(LEARNING_SENTENCES, "mother"),
            partition="held-out",
            **WORDINGS["mother-tongue"],
        ),
    )
