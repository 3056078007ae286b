"""The word-class tasks against words whose class, mood or language everybody knows."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.pipelines.starter.conftest import Answers

KNOWN = {
    "part-of-speech": {
        "language": "noun", "university": "noun", "child": "noun", "become": "verb", "obey": "verb", "bring": "verb",
        "quickly": "adverb", "usually": "adverb", "slowly": "adverb", "famous": "adjective", "useful": "adjective",
    },
    "word-sentiment": {
        "happy": "positive", "wonderful": "positive", "success": "positive", "delicious": "positive",
        "disaster": "negative", "terrible": "negative", "failure": "negative", "painful": "negative",
    },
    "word-language": {
        "maison": "French", "voiture": "French", "mädchen": "German", "schule": "German", "niños": "Spanish",
        "trabajo": "Spanish", "ragazzo": "Italian", "città": "Italian", "meisje": "Dutch", "vrouw": "Dutch",
        "beaucoup": "French", "arbeit": "German", "mujeres": "Spanish", "famiglia": "Italian", "huis": "Dutch",
    },
    "singular-or-plural": {
        "children": "plural", "mice": "plural", "women": "plural", "child": "singular", "analysis": "singular",
        "books": "plural", "city": "singular", "house": "singular", "teeth": "plural", "crisis": "singular",
    },
    "verb-form-name": {
        "went": "past", "wrote": "past", "took": "past", "writing": "ing", "goes": "third person", "go": "base",
        "asked": "past", "playing": "ing", "watches": "third person", "believe": "base", "knew": "past",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_labels_are_right(answers: Answers, name: str) -> None:
    shipped = answers(name)
    common = KNOWN[name].keys() & shipped.keys()
    assert common
    assert {text: shipped[text] for text in common} == {text: KNOWN[name][text] for text in common}


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("part-of-speech", 4),
        ("word-sentiment", 2),
        ("word-language", 6),
        ("words-language", 6),
        ("singular-or-plural", 2),
        ("verb-form-name", 4),
        ("marked-word-class", 2),
        ("phrase-adjective-degree", 3),
    ],
)
def test_labels_are_balanced(answers: Answers, name: str, labels: int) -> None:
    counts = Counter(answers(name).values())
    assert len(counts) == labels
    assert max(counts.values()) < 1.35 * sum(counts.values()) / labels


@pytest.mark.parametrize("name", ["pick-noun", "pick-verb", "pick-adjective", "pick-positive-word", "more-common-word"])
def test_answers_stand_in_the_list_anywhere(answers: Answers, name: str) -> None:
    shipped = answers(name)
    places = Counter(text.split(", ").index(output) for text, output in shipped.items())
    assert len(places) == (2 if name == "more-common-word" else 4)
    assert max(places.values()) < 1.3 * len(shipped) / len(places)


def test_adverbs_and_superlatives_look_like_it(answers: Answers) -> None:
    for word, label in answers("part-of-speech").items():
        if label == "adverb":
            assert word.endswith("ly")
    for phrase, label in answers("phrase-adjective-degree").items():
        assert (label == "superlative") == bool(re.search(r"st$", phrase.split()[1])) or label == "positive"


def test_one_word_is_marked(answers: Answers) -> None:
    for text in answers("marked-word-class"):
        assert len(re.findall(r"\*[a-z]+\*", text)) == 1
