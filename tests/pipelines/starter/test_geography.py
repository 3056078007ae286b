"""The geography tasks: answers that any atlas gives, and rules read off the inputs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Answers = Callable[[str], dict[str, str]]

_KNOWN = {
    "country-capital": {"Japan": "Tokyo", "Kenya": "Nairobi", "Croatia": "Zagreb", "Kazakhstan": "Astana"},
    "capital-country": {"Vienna": "Austria", "Beijing": "China", "Dakar": "Senegal", "Nairobi": "Kenya"},
    "country-continent": {"Peru": "South America", "Japan": "Asia", "Samoa": "Oceania", "Kenya": "Africa"},
    "country-currency": {"Croatia": "Euro", "Japan": "Japanese Yen", "Brazil": "Brazilian Real"},
    "city-country": {"Durban": "South Africa", "Rotterdam": "Netherlands", "Dresden": "Germany", "Recife": "Brazil"},
    "city-continent": {"Rotterdam": "Europe", "Mosul": "Asia", "Recife": "South America", "Durban": "Africa"},
    "subdivision-country": {"Vermont": "United States", "Ontario": "Canada", "Lazio": "Italy", "Gunma": "Japan"},
    "us-city-state": {"Cincinnati": "Ohio", "El Paso": "Texas", "Boise": "Idaho", "Naperville": "Illinois"},
    "us-city-time-zone": {"Indianapolis": "Eastern", "Boise": "Mountain", "San Bernardino": "Pacific"},
    "countries-border": {"Poland, Slovakia": "yes", "Bolivia, Peru": "yes", "Norway, Belgium": "no"},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_answers_agree_with_an_atlas(answers: Answers, name: str) -> None:
    shipped = answers(name)
    known = {text: output for text, output in _KNOWN[name].items() if text in shipped}
    assert known
    assert {text: shipped[text] for text in known} == known


@pytest.mark.parametrize("name", ["larger-city", "northern-city"])
def test_the_answer_is_one_of_the_cities_in_the_question(answers: Answers, name: str) -> None:
    assert all(output in text for text, output in answers(name).items())


def test_neither_the_first_nor_the_second_city_is_always_larger(answers: Answers) -> None:
    shipped = answers("larger-city")
    bare = {
        text: output for text, output in shipped.items() if text.startswith(("More inhabitants in", "Choose the city"))
    }
    first = sum(text.partition(": ")[2].startswith(output) for text, output in bare.items())
    assert 0.3 < first / len(bare) < 0.7


def test_a_capital_and_its_country_are_inverses(answers: Answers) -> None:
    capitals = answers("country-capital")
    both = {capital: country for capital, country in answers("capital-country").items() if country in capitals}
    assert both
    assert all(capitals[country] == capital for capital, country in both.items())


def test_no_border_depends_on_the_order_of_the_countries(answers: Answers) -> None:
    shipped = answers("countries-border")
    assert all(shipped.get(", ".join(reversed(text.split(", "))), output) == output for text, output in shipped.items())


def test_addresses_and_sentences_name_no_country(answers: Answers) -> None:
    for name in ("address-country", "city-in-sentence-country"):
        assert not [text for text, output in answers(name).items() if re.search(rf"\b{re.escape(output)}\b", text)]
