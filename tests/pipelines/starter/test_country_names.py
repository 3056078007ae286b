"""Names of countries, checked against names known independently of the data."""

from __future__ import annotations

import pytest

from tests.pipelines.starter.conftest import Answers

KNOWN = {
    "country-german": {"Germany": "Deutschland", "Switzerland": "Schweiz", "Hungary": "Ungarn", "Egypt": "Ägypten"},
    "country-french": {
        "Germany": "Allemagne",
        "Spain": "Espagne",
        "Netherlands": "Pays-Bas",
        "Wales": "",
        "Japan": "Japon",
    },
    "country-spanish": {"Germany": "Alemania", "France": "Francia", "Sweden": "Suecia", "Brazil": "Brasil"},
    "country-italian": {"Germany": "Germania", "Switzerland": "Svizzera", "Sweden": "Svezia", "Hungary": "Ungheria"},
    "german-country": {"Norwegen": "Norway", "Frankreich": "France", "Griechenland": "Greece", "Kroatien": "Croatia"},
    "french-country": {"Norvège": "Norway", "Pologne": "Poland", "Grèce": "Greece", "Croatie": "Croatia"},
    "spanish-country": {"Noruega": "Norway", "Polonia": "Poland", "Grecia": "Greece", "Alemania": "Germany"},
    "nordic-country": {"Duitsland": "Germany", "Zweden": "Sweden", "Frankrike": "France", "Ungern": "Hungary"},
    "iberian-country": {"Alemanha": "Germany", "Alemanya": "Germany", "Suécia": "Sweden", "Grècia": "Greece"},
}


@pytest.mark.parametrize("task", sorted(KNOWN))
def test_well_known_names_are_right(answers: Answers, task: str) -> None:
    given = answers(task)
    both = KNOWN[task].keys() & given.keys()
    assert both
    assert {name: given[name] for name in both} == {name: KNOWN[task][name] for name in both}


@pytest.mark.parametrize("task", sorted(KNOWN))
def test_disputed_countries_are_left_out(answers: Answers, task: str) -> None:
    given: dict[str, str] = answers(task)
    texts = " ".join([*given, *given.values()])
    assert not any(name in texts for name in ("Taiwan", "Kosovo", "Palestin", "Falkland", "Western Sahara"))


def test_the_quoted_german_name_decides_the_answer(answers: Answers) -> None:
    found: dict[str, str] = {}
    for text, answer in answers("german-country-in-note").items():
        quoted = text.split('"')[1].removesuffix(", summer holidays")
        assert found.setdefault(quoted, answer) == answer
    known = {"Norwegen": "Norway", "Island": "Iceland", "Kuba": "Cuba", "Salomonen": "Solomon Islands"}
    assert known.keys() & found.keys()
    assert all(found[name] == known[name] for name in known.keys() & found.keys())
