"""Classification tasks of the shipped suite: labels, balance, and clues that only one label allows."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pipelines.starter import starter_suite

_TASKS = {task.name: task for task in starter_suite() if task.family == "classification"}
_CLUES = {
    "sentence-topic": {r"penalty|referee": "sports", r"onions|dough": "food", r"PIN|browser": "technology"},
    "request-intent": {
        r"foggy|a picnic in|What should I wear": "weather",
        r"oversleep": "alarm",
        r"playlist": "music",
        r"Redial": "call",
    },
    "season-of-scene": {r"snowball|shovels snow|Icicles": "winter", r"sandcastles": "summer", r"tulips": "spring"},
    "sentence-tense": {r"\bwill\b|going to|won't": "future", r"\bhad\b|\bdid\b|\bwas\b": "past"},
    "active-or-passive": {r"(?:sold|cleaned|built) by ": "passive", r"^(?:Somebody|They) m": "active"},
    "grammatical-person": {r"\b(?:I|me|my|mine)\b": "first", r"\b[Yy]ours?\b": "second", r"\bhers\b": "third"},
    "sentence-language": {r"\bist|sitzt\b": "German", r"\bdans\b": "French", r"\bel jardín|la cocina": "Spanish"},
    "product-review-sentiment": {r"^Worst": "negative", r"^Best": "positive"},
    "service-review-sentiment": {r"broke every promise": "negative", r"kept every promise": "positive"},
    "time-of-day-of-scene": {r"alarm clock": "morning", r"struck twelve": "noon", r"supper": "evening"},
}


@pytest.mark.parametrize("name", sorted(_TASKS))
def test_labels_are_few_named_in_the_descriptions_and_balanced(name, answers):
    counts = Counter(answers(name).values())
    assert 2 <= len(counts) <= 6
    assert max(counts.values()) <= 1.25 * sum(counts.values()) / len(counts)
    texts = _TASKS[name].descriptions
    naming_all = [text for text in texts if all(re.search(rf"\b{label}", text) for label in counts)]
    assert len(naming_all) > len(texts) / 2


@pytest.mark.parametrize("name", sorted(_CLUES))
def test_sentences_with_a_clear_clue_have_its_label(name, answers):
    for clue, label in _CLUES[name].items():
        labels = {answer for text, answer in answers(name).items() if re.search(clue, text)}
        assert labels == {label}, clue
