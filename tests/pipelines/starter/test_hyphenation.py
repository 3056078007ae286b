"""The tasks about hyphens."""

from __future__ import annotations

from collections.abc import Callable

Answers = Callable[[str], dict[str, str]]


def test_known_words(answers: Answers) -> None:
    known = {"member": "mem-ber", "ticket": "tick-et", "important": "im-por-tant", "angry": "an-gry"}
    shipped = answers("hyphenate-word")
    shared = {word: divided for word, divided in known.items() if word in shipped}
    assert shared
    assert {word: shipped[word] for word in shared} == shared


def test_only_hyphens_are_added(answers: Answers) -> None:
    assert all(divided.replace("-", "") == word for word, divided in answers("hyphenate-word").items())
    assert all(parts.replace(" ", "") == word for word, parts in answers("split-before-last-syllable").items())


def test_the_tasks_agree(answers: Answers) -> None:
    divided = answers("hyphenate-word")
    checked = 0
    for question, right in answers("right-hyphenation").items():
        start, _, _ = right.partition("-")
        one, _, other = question.rstrip("?").partition(" or ")
        assert right in (one, other)
        assert one.replace("-", "") == other.replace("-", "")
        if parts := divided.get(right.replace("-", "")):
            ends = [parts[:place].replace("-", "") for place, sign in enumerate(parts) if sign == "-"]
            wrong = (other if right == one else one).partition("-")[0]
            assert start in ends
            assert wrong not in ends
            checked += 1
    assert checked
