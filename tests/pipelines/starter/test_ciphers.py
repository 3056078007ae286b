"""The ciphers, undone."""

from __future__ import annotations

from collections.abc import Callable

Answers = Callable[[str], dict[str, str]]


def test_shifted_letters_shift_back(answers: Answers) -> None:
    for text, output in answers("letters-shifted-by-one").items():
        back = [chr((ord(letter) - ord("a") - 1) % 26 + ord("a")) for letter in output.split()]
        assert " ".join(back) == text


def test_leet_reads_as_the_word(answers: Answers) -> None:
    for text, output in answers("word-to-leet").items():
        assert output.translate(str.maketrans("431057", "aeiost")) == text
        assert not set(output) & set("aeiost")


def test_vowels_turn_back(answers: Answers) -> None:
    shipped = answers("vowels-turned")
    assert all(output.translate(str.maketrans("eioua", "aeiou")) == text for text, output in shipped.items())
    assert all(len(text) == len(output) != 0 for text, output in shipped.items())
