"""The category tasks against words whose kind everybody knows."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.pipelines.starter.conftest import Answers

_KNOWN_TEXTS = {
    "animal": "cat dog horse cow pig sheep goat lion tiger bear wolf fox rabbit snake frog eagle whale zebra",
    "body-part": "ankle brain chin ear elbow eye finger knee leg lip lung mouth neck nose shoulder thumb toe",
    "colour": "black blue brown green grey pink purple red white yellow scarlet turquoise beige crimson",
    "country": "France Spain Italy Germany Japan Brazil Egypt Kenya Norway Sweden Poland Canada Mexico Peru",
    "fruit": "apple banana cherry grape lemon mango melon pear peach plum pineapple raspberry strawberry",
    "profession": "teacher doctor nurse baker farmer pilot dentist lawyer plumber carpenter chef tailor",
    "vehicle": "car bus tram van lorry taxi ship ferry bicycle helicopter tractor submarine truck yacht",
    "instrument": "piano guitar violin flute trumpet drum cello harp clarinet oboe saxophone trombone",
    "clothing": "shirt coat skirt jacket trousers sock shoe hat dress scarf sweater glove blouse jeans",
}
KNOWN = {kind: set(text.split()) for kind, text in _KNOWN_TEXTS.items()}


@pytest.mark.parametrize("kind", KNOWN)
def test_known_words_of_a_kind_are_picked_and_others_never(answers: Answers, kind: str) -> None:
    picked = set(answers(f"pick-{kind}").values())
    assert picked & KNOWN[kind]
    for other in KNOWN.keys() - {kind}:
        assert not picked & KNOWN[other]


@pytest.mark.parametrize("kind", KNOWN)
def test_a_list_has_no_second_word_of_the_kind(answers: Answers, kind: str) -> None:
    for text, output in answers(f"pick-{kind}").items():
        items = text.split(", ")
        assert items.count(output) == 1
        assert not (set(items) - {output}) & KNOWN[kind]


def test_the_odd_one_is_of_another_kind(answers: Answers) -> None:
    checked = 0
    for text, output in answers("odd-one-of-four").items():
        items = text.split(", ")
        assert len(items) == 4
        for words in KNOWN.values():
            known = words & set(items)
            if len(known) > 1:
                assert output not in known
                checked += 1
    assert checked


def test_animals_are_counted(answers: Answers) -> None:
    shipped = answers("count-animals")
    assert set(shipped.values()) == {"1", "2", "3", "4"}
    for text, output in shipped.items():
        assert len(KNOWN["animal"] & set(text.split(", "))) <= int(output)


def test_labels_are_right_and_balanced(answers: Answers) -> None:
    kinds = answers("kind-of-word")
    known = {"tiger": "animal", "dog": "animal", "teacher": "person", "chef": "person", "pizza": "food", "plum": "food"}
    known |= {"Paris": "place", "museum": "place", "hammer": "object", "chair": "object", "onion": "food"}
    common = known.keys() & kinds.keys()
    assert common
    assert {word: kinds[word] for word in common} == {word: known[word] for word in common}
    for name, labels in (("kind-of-word", 5), ("shared-kind", 6), ("has-a-tool", 2)):
        counts = Counter(answers(name).values())
        assert len(counts) == labels
        assert max(counts.values()) < 1.5 * sum(counts.values()) / labels


@pytest.mark.parametrize("name", ["animal-in-sentence", "profession-in-sentence"])
def test_what_is_found_in_a_sentence_had_an_article(answers: Answers, name: str) -> None:
    for text, output in answers(name).items():
        assert re.search(rf"\ban? {output}\b", text)
