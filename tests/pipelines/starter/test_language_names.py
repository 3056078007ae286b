"""Names of languages and scripts, checked against names known independently of the data."""

from __future__ import annotations

import unicodedata

import pytest

from tests.pipelines.starter.conftest import Answers

KNOWN = {
    "language-german": {
        "Dutch": "Niederländisch",
        "Greek": "Griechisch",
        "Old English": "Altenglisch",
        "Thai": "Thailändisch",
    },
    "language-french": {"German": "allemand", "Dutch": "néerlandais", "Greek": "grec", "Spanish": "espagnol"},
    "language-spanish": {"German": "alemán", "English": "inglés", "Dutch": "neerlandés", "French": "francés"},
    "language-italian": {"German": "tedesco", "Greek": "greco", "Dutch": "olandese", "Swedish": "svedese"},
    "german-language": {"Deutsch": "German", "Ungarisch": "Hungarian", "Dänisch": "Danish", "Altnordisch": "Old Norse"},
    "french-language": {"allemand": "German", "hongrois": "Hungarian", "danois": "Danish", "grec": "Greek"},
    "spanish-language": {"alemán": "German", "danés": "Danish", "checo": "Czech", "griego": "Greek"},
    "native-language": {
        "Deutsch": "German",
        "suomi": "Finnish",
        "Cymraeg": "Welsh",
        "日本語": "Japanese",
        "eesti": "Estonian",
    },
    "nordic-language": {"Duits": "German", "tyska": "German", "Zweeds": "Swedish", "tjekkisk": "Czech"},
}


@pytest.mark.parametrize("task", sorted(KNOWN))
def test_well_known_names_are_right(answers: Answers, task: str) -> None:
    given = answers(task)
    both = KNOWN[task].keys() & given.keys()
    assert both
    assert {name: given[name] for name in both} == {name: KNOWN[task][name] for name in both}


def test_every_letter_is_of_the_named_script(answers: Answers) -> None:
    for text, script in answers("word-script").items():
        letters = [letter for letter in text if letter.isalpha()]
        assert letters
        assert all(unicodedata.name(letter).startswith(script.upper()) for letter in letters), text


def test_the_six_scripts_are_about_equally_frequent(answers: Answers) -> None:
    scripts = list(answers("word-script").values())
    shares = {script: scripts.count(script) / len(scripts) for script in scripts}
    assert len(shares) == 6
    assert max(shares.values()) < 0.25


@pytest.mark.parametrize(
    ("task", "marks"),
    [
        (
            "learned-language",
            ("learning", "course", "lesson", "beginner", "classes", "teaches", "studies", "order", "class"),
        ),
        ("mother-tongue", ("spoken", "family", "brought up", "mother", "grew up", "parents", "childhood", "raised")),
    ],
)
def test_the_asked_language_is_in_the_sentence_with_its_mark(
    answers: Answers, task: str, marks: tuple[str, ...]
) -> None:
    for text, language in answers(task).items():
        assert text.count(language) == 1
        assert any(mark in text for mark in marks)


def test_mother_tongue_and_learned_language_ask_about_different_people(answers: Answers) -> None:
    assert not answers("mother-tongue").keys() & answers("learned-language").keys()


def test_a_german_title_gives_one_language(answers: Answers) -> None:
    known = {"Dänisch": "Danish", "Ungarisch": "Hungarian", "Jakutisch": "Yakut", "Indonesisch": "Indonesian"}
    found = {
        name: answer
        for text, answer in answers("german-course-language").items()
        for name in known
        if f" {name} " in text.replace('"', " ")
    }
    assert found
    assert found.items() <= known.items()
