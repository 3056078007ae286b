"""How words sound: syllables, stress and rhyme, after the CMU Pronouncing Dictionary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.common_words import content_words
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings
from pipelines.starter.sources import data_package

FAMILY = "phonetics"
_PACKAGES = ("pronouncing", "lemminflect", "wordfreq")
# A little fewer than usual, as other families' words are taken away.
_SIZES = (220, 50, 100)
_PLACES = ("first", "second", "third")
_MOST_OF_A_COUNT = 190


@cache
def stresses(word: str) -> str:
    """One digit a syllable, 1 for the stressed one; empty if the dictionary knows none, or two that differ."""
    found = {data_package("pronouncing").stresses(sounds) for sounds in _sounds(word)}
    plain = {pattern.replace("2", "0") for pattern in found}
    return plain.pop() if len(plain) == 1 else ""


@cache
def _sounds(word: str) -> tuple[str, ...]:
    return tuple(data_package("pronouncing").phones_for_word(word))


def syllable_counts(side: Side) -> Iterator[tuple[str, str]]:
    """Words with their number of syllables, from one to four."""
    counts: Counter[int] = Counter()
    for word in content_words():
        syllables = len(stresses(word))
        if side.has(word) and 1 <= syllables <= 4 and counts[syllables] < _MOST_OF_A_COUNT:
            counts[syllables] += 1
            yield word, str(syllables)


def stressed_syllables(side: Side) -> Iterator[tuple[str, str]]:
    """Words of two syllables and more with the place of the stressed one."""
    counts: Counter[int] = Counter()
    for word in content_words():
        pattern = stresses(word)
        place = pattern.find("1")
        if len(pattern) > 1 and side.has(word) and 0 <= place < len(_PLACES) and counts[place] < _MOST_OF_A_COUNT:
            counts[place] += 1
            yield word, _PLACES[place]


def rhyming_words(side: Side) -> Iterator[tuple[str, str]]:
    """A word and three more, with the one of them that rhymes with it."""
    draws = Draws(f"rhymes {side.name}")
    rhyming_part = data_package("pronouncing").rhyming_part
    by_ending: defaultdict[str, list[str]] = defaultdict(list)
    for word in side.kept(content_words()):
        endings = {rhyming_part(sounds) for sounds in _sounds(word)}
        if len(endings) == 1 and len(stresses(word)) <= 2:
            by_ending[endings.pop()].append(word)
    endings_in_order = sorted(by_ending)
    for ending in endings_in_order:
        members = by_ending[ending]
        for word in members:
            for rhyme in draws.sample([other for other in members if other != word], min(6, len(members) - 1)):
                others = draws.sample([other for other in endings_in_order if other != ending], 2)
                choices = draws.shuffled([rhyme, *(draws.pick(by_ending[other]) for other in others)])
                yield f"{word}: {', '.join(choices)}", rhyme


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "syllable-count": (
            syllable_counts,
            """
            Count the syllables of an English word.
            How many syllables does this word have when it is spoken? Answer with a digit.
            word -> number of syllables, e.g. potato -> 3
            You are given a word. Clap once for every beat in it and write the number of claps.
            Say how many vowel sounds are pronounced in the word, as a figure from 1 to 4.
            Find out the length of the spoken word in syllables.
            For a poem I need to know how long this word is: one beat, two, three or four? Use a digit.
            Determine the syllable count (1, 2, 3 or 4) according to American pronunciation.
            Into how many spoken chunks does the word fall? Figures only.
            Report the number of beats you hear when the following is said aloud.
            A singer gives one note to each part of the word; tell how many notes are needed.
            Monosyllable gives 1, disyllable 2, and so on; what does this one give?
            """,
        ),
        "stressed-syllable": (
            stressed_syllables,
            """
            Say which syllable of the word is stressed: first, second or third.
            Where does the stress fall in this English word? Answer first, second or third.
            word -> place of the stressed syllable, e.g. banana -> second
            You are given a word of several syllables. Name the one that is spoken loudest with an ordinal word.
            Is the accent of this word on its first, second or third syllable?
            Find the primary stress and tell its position: first, second or third.
            Look up how the word is pronounced and report what syllable has the stress mark.
            Sort words by accent: first for table, second for hotel, third for understand.
            Which part of the word do speakers emphasise, counted from its beginning? Write the ordinal.
            A learner asks what syllable to push. Reply with one of first, second and third.
            Give the location of the main accent within the following word as an ordinal number in letters.
            When you shout the word, which beat is strong: the opening one (first), the second or the third?
            """,
        ),
        "rhyming-word": (
            rhyming_words,
            """
            Pick the word that rhymes with the word before the colon.
            Which of the three words after the colon rhymes with the first word?
            word: three words -> the one that rhymes with it, e.g. cake: lamp, lake, tree -> lake
            You are given a word and three candidates. Copy the candidate that sounds the same at the end.
            A poet has written the first word at the end of a line. Choose the rhyme for the next line.
            Compare how the words end when spoken and write the one that matches the word in front.
            Only one of the listed words makes a rhyme. Which?
            Find the rhyme partner among the three options.
            Say the words aloud: what option chimes with the one in front of the colon?
            Out of a trio, select whatever shares its stressed vowel and all following sounds with the given word.
            For my song I need something that ends in the same sound. Take it from the list.
            Match the head word with its echo to the right.
            """,
        ),
    }
    return tuple(
        Draft(
            name,
            pairs=opening_pairs(pairs),
            packages=_PACKAGES,
            partition="held-out",
            sizes=_SIZES,
            **wordings(text),
        )
        for name, (pairs, text) in texts.items()
    )
