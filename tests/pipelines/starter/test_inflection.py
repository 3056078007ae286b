"""The inflection tasks against forms known from a grammar, and against an independent reading of their rules."""

from __future__ import annotations

import re

import pytest

from tests.pipelines.starter.conftest import Answers

KNOWN = {
    "noun-plural": {"child": "children", "wolf": "wolves", "city": "cities", "church": "churches", "mouse": "mice"},
    "plural-singular": {"women": "woman", "crises": "crisis", "parties": "party", "thieves": "thief", "feet": "foot"},
    "verb-past": {"go": "went", "buy": "bought", "stop": "stopped", "carry": "carried", "swim": "swam", "eat": "ate"},
    "past-base": {"took": "take", "wrote": "write", "stopped": "stop", "studied": "study", "hoped": "hope"},
    "verb-ing": {"run": "running", "make": "making", "tie": "tying", "begin": "beginning", "visit": "visiting"},
    "verb-third-person": {"go": "goes", "watch": "watches", "carry": "carries", "have": "has", "enjoy": "enjoys"},
    "verb-perfect": {"go": "has gone", "write": "has written", "see": "has seen", "choose": "has chosen"},
    "adjective-comparative": {"good": "better", "big": "bigger", "happy": "happier", "nice": "nicer", "bad": "worse"},
    "adjective-superlative": {"good": "best", "famous": "most famous", "hot": "hottest", "early": "earliest"},
    "adjective-adverb": {"brave": "bravely", "healthy": "healthily", "notable": "notably", "vague": "vaguely"},
    "adverb-adjective": {"easily": "easy", "possibly": "possible", "dramatically": "dramatic", "fully": "full"},
}


@pytest.mark.parametrize("name", KNOWN)
def test_forms_are_those_of_a_grammar(answers: Answers, name: str) -> None:
    shipped = answers(name)
    common = KNOWN[name].keys() & shipped.keys()
    assert common
    assert {text: shipped[text] for text in common} == {text: KNOWN[name][text] for text in common}


@pytest.mark.parametrize("name", ["phrase-article"])
def test_articles_follow_the_sound(answers: Answers, name: str) -> None:
    silent_h = r"hour|honest|honou?r|heir"
    spoken_y = r"uni(?!nt|n[fhv])|us(?:e|u)|uti|ute|eu"
    for text, output in answers(name).items():
        vowel = re.match(silent_h, text) or (text[0] in "aeiou" and not re.match(spoken_y, text))
        assert output == ("an " if vowel else "a ") + text


def test_possessives_keep_owner_and_thing(answers: Answers) -> None:
    for text, output in answers("of-possessive").items():
        thing, owner = text.removeprefix("the ").split(" of the ")
        assert output == f"the {owner}'s {thing}"
    for text, output in answers("plural-possessive").items():
        things, owners = text.removeprefix("the ").split(" of the ")
        assert output == f"the {owners}{chr(39) if owners.endswith('s') else chr(39) + 's'} {things}"


def test_counted_nouns_agree_with_their_number(answers: Answers) -> None:
    plurals = answers("noun-plural")
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    checked = 0
    for text, output in answers("counted-noun").items():
        noun, count = text.split(", ")
        if noun in plurals:
            checked += 1
            assert output == f"{words[int(count)]} {noun if count == '1' else plurals[noun]}"
    assert checked > 50


def test_past_sentences_differ_from_the_present_in_one_word(answers: Answers) -> None:
    for text, output in answers("sentence-past").items():
        before, after = text.split(), output.split()
        changed = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        assert len(changed) == 1
        assert before[changed[0]].endswith("s")


def test_plural_sentences_change_subject_and_verb_only(answers: Answers) -> None:
    for text, output in answers("sentence-plural").items():
        before, after = text.split(), output.split()
        changed = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        assert len(changed) == 2
        assert changed[1] == changed[0] + 1
        assert changed[0] <= 2


def test_gaps_have_a_hint_and_answers_that_are_not_in_the_sentence(answers: Answers) -> None:
    for name in ("gap-past", "gap-plural", "gap-comparative"):
        for text, output in answers(name).items():
            assert re.search(r"___ \([a-z]+\)", text)
            assert output not in re.findall("[a-z]+", text)
