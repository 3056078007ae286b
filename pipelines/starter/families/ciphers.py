"""Simple secret writing."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.common_words import content_words
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings

FAMILY = "ciphers"
_WORDS = ("lemminflect", "wordfreq")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NEXT_LETTER = dict(zip(_LETTERS, _LETTERS[1:] + "a", strict=True))
_LEET = str.maketrans("aeiost", "431057")
_NEXT_VOWEL = str.maketrans("aeiou", "eioua")


def shifted_letters(side: Side) -> Iterator[tuple[str, str]]:
    """Four to six letters with spaces between, and the letter after each; words would be no easier to shift."""
    draws = Draws(f"shift {side.name}")
    for _ in range(4000):
        letters = draws.sample(_LETTERS, draws.between(4, 6))
        yield " ".join(letters), " ".join(_NEXT_LETTER[letter] for letter in letters)


def _short_words(side: Side) -> list[str]:
    return [word for word in content_words() if side.has(word) and 4 <= len(word) <= 8]


def leet_words(side: Side) -> Iterator[tuple[str, str]]:
    """Words, and the same with digits for six of the letters; at least two are replaced."""
    for word in _short_words(side):
        leet = word.translate(_LEET)
        if sum(letter.isdigit() for letter in leet) > 1:
            yield word, leet


def turned_vowels(side: Side) -> Iterator[tuple[str, str]]:
    """Words, and the same with each vowel replaced by the next."""
    return ((word, word.translate(_NEXT_VOWEL)) for word in _short_words(side))


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "letters-shifted-by-one": (
            shifted_letters,
            (),
            """
            Replace each letter by the next letter of the alphabet.
            Encode the letters with a Caesar shift of one.
            letters -> each moved on by one place, e.g. c a z -> d b a
            You are given letters with spaces between. Write for each the letter that follows it; a follows z.
            What does the row of letters become if every one moves one step forward in the alphabet?
            Julius Caesar's secret writing with key 1: encrypt the letters and keep the spaces.
            After a comes b, after b comes c: do this for all letters of the line.
            Shift the characters one position to the right in the alphabet, wrapping round at the end.
            Apply ROT1 to the sequence.
            For every character print its alphabetical successor, separated as before.
            Turn the wheel of the cipher by a single notch and copy out the line.
            Put b in place of a, m in place of l and so forth throughout.
            """,
        ),
        "word-to-leet": (
            leet_words,
            _WORDS,
            """
            Write the word in leet: 4 for a, 3 for e, 1 for i, 0 for o, 5 for s, 7 for t.
            How would a hacker write this word, with 4, 3, 1, 0, 5 and 7 in place of a, e, i, o, s and t?
            word -> leetspeak, e.g. coast -> c0457
            You are given a word. Swap the letters a e i o s t for the digits 4 3 1 0 5 7 and keep the others.
            Disguise the word with digits that look like its letters (a=4, e=3, i=1, o=0, s=5, t=7).
            Turn ordinary spelling into 1337 style.
            Make a password of the word: figures for a, e, i, o, s and t, as in p4573 for paste.
            Use digits that look like letters: zero for o, one for i, three for e, four for a, five for s, seven for t.
            Translate plain English to the writing of early online gamers, a becoming 4, t becoming 7, and so on.
            Which mixture of letters and numerals stands for the word in leetspeak (six letters are replaced)?
            Encode all of a, e, i, o, s, t as numbers of similar shape and leave the rest alone.
            Give the elite spelling of the following.
            """,
        ),
        "vowels-turned": (
            turned_vowels,
            _WORDS,
            """
            Replace each vowel by the next vowel: a by e, e by i, i by o, o by u, u by a.
            What becomes of the word if every vowel moves on by one in the circle a, e, i, o, u?
            word -> word with its vowels turned, e.g. table -> tebli
            You are given a word. Keep its consonants and exchange a for e, e for i, i for o, o for u and u for a.
            Speak in the secret language in which banana is benene and hotel is hutil.
            Rotate the vowels of the word by one place; consonants stay.
            Encrypt the word by stepping from each vowel to the following one in the order aeiou, back to a after u.
            Make a funny word: a turns into e, e into i, i into o, o into u, u into a.
            Shift solely the vowels, cyclically, by one step.
            Apply the cipher that maps a, e, i, o, u to e, i, o, u, a.
            Where there was an o there shall be a u, where there was an e an i, and likewise for the rest of the five.
            Push all five kinds of vowel a place further along their row; what is the result?
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), packages=packages, partition="dev", **wordings(text))
        for name, (pairs, packages, text) in texts.items()
    )
