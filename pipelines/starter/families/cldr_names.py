"""Names of countries and languages in several languages, after Unicode CLDR."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipelines.starter.draft import Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.sources import data_package

# Further information in a name, or two names in one.
_NOT_IN_A_NAME = frozenset("()[]/,;0123456789")


def locale_of(language: str) -> Any:
    """Babel's locale of an ISO 639 code."""
    return data_package("babel").Locale(language)


def _plain(name: str) -> str:
    """A name as it is typed: straight apostrophes, ordinary spaces."""
    return " ".join(name.replace("’", "'").replace("ʼ", "'").split())


def _clear(name: str) -> bool:
    return name != "" and not set(name) & _NOT_IN_A_NAME and " - " not in name and len(name) <= 32


def clear_names(names: Mapping[str, str], codes: list[str]) -> dict[str, str]:
    """The names of these codes that mean one thing each, without remarks in brackets."""
    plain = {code: _plain(names.get(code, "")) for code in codes}
    counts = Counter(name.casefold() for name in plain.values())
    return {code: name for code, name in plain.items() if _clear(name) and counts[name.casefold()] == 1}


def _third(name: str) -> int:
    return Draws(f"third of {name.casefold()}").below(3)


def every(_: str) -> bool:
    """Keep all names that are the same in both languages."""
    return True


def none(_: str) -> bool:
    """Keep no name that is the same in both languages."""
    return False


def in_third(third: int) -> Callable[[str], bool]:
    """Keep one third of the names that are the same in both languages, so that tasks do not become copies."""
    return lambda name: _third(name) == third


def outside_third(third: int) -> Callable[[str], bool]:
    """Keep the names that `in_third` does not."""
    return lambda name: _third(name) != third


def translations(
    names: Callable[[str], Mapping[str, str]], source: str, target: str, keeps_same: Callable[[str], bool]
) -> Pairs:
    """Names of `source` with those of `target`, both given by ISO 639 code.

    Args:
        names: the names in a language by code of what is named.
        source, target: the languages.
        keeps_same: which of the names that are the same in both stay.
    """

    def pairs(_: Side) -> Iterator[tuple[str, str]]:
        here, there = names(source), names(target)
        found = ((name, there[code]) for code, name in here.items() if code in there)
        return ((one, other) for one, other in found if one.casefold() != other.casefold() or keeps_same(one))

    return pairs


def one_of(names: Callable[[str], Mapping[str, str]], languages: tuple[str, ...]) -> Pairs:
    """Names in any of several languages with the English ones; none that means two things or is English as well."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        found = [pair for language in languages for pair in translations(names, language, "en", none)(side)]
        meanings: dict[str, set[str]] = defaultdict(set)
        for name, english in found:
            meanings[name.casefold()].add(english)
        return (pair for pair in found if len(meanings[pair[0].casefold()]) == 1)

    return pairs
