"""Letters: what words, phrases and sentences are spelled with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.common_words import content_words
from pipelines.starter.families.inflection import adverb_adjectives, all_verbs, verb_form
from pipelines.starter.families.letters_wordings import WORDINGS
from pipelines.starter.families.sentence_words import (
    capitalised,
    club_names,
    full_names,
    habits,
    long_sentences,
    noun_phrases,
)
from pipelines.starter.families.wordings import worded_draft
from pipelines.starter.sources import frequency

FAMILY = "letters"
_PACKAGES = ("lemminflect", "wordfreq")
_VOWELS = "aeiou"
# So that no letter is the answer much more often than another.
_MOST_OF_A_LETTER = 26
_MOST_DOUBLED = 60
_COMMON_LETTERS = "etaoinsrlhdcumpgbfy"
# Letters that few frequent words begin with.
_MORE_WORDS_TEXT = """
    icon igloo ill image indoor inner iron item ivory jam jar jaw jazz jeans jelly jet jewel job journey joy
    juice jungle junior jury just kangaroo keep kettle keyboard kidney kitchen kite kitten knight knock knot
    koala oak oar oatmeal object odd offer onion orange orbit organ otter oven oyster quantity quarrel quarry
    quarter quartz query quest queue quick quiet quilt quite quota ugly ultimate umbrella under uniform unique
    universe unless until urban urgent useful usual utensil utility vacuum vague valid valley value van vanish
    vase velvet verb verse very vessel vest victim video view vinegar violin virus visit vivid voice void
    volcano volume vote voyage wagon xenon xylophone yacht yak yard yarn yawn yeast yell yellow yesterday yet
    yield yoga yogurt yolk young zeal zebra zero zest zigzag zinc zip zipper zone zoo zoom zucchini
"""
_MORE_WORDS = tuple(_MORE_WORDS_TEXT.split())


def first_letters() -> list[tuple[str, str]]:
    """Frequent words of three or more letters with their first letter in upper case, evenly over the alphabet."""
    by_letter: dict[str, set[str]] = defaultdict(set)
    for word in (*content_words(), *_MORE_WORDS):
        by_letter[word[0]].add(word)
    return [
        (word, letter.upper())
        for letter in sorted(by_letter)
        for word in sorted(by_letter[letter], key=lambda word: (-frequency(word), word))[:_MOST_OF_A_LETTER]
    ]


def without_vowels(text: str) -> str:
    """The text without a, e, i, o and u."""
    return "".join(letter for letter in text if letter not in _VOWELS)


def with_stars(word: str) -> str:
    """The word with an asterisk for each vowel."""
    return "".join("*" if letter in _VOWELS else letter for letter in word)


def pig_latin(word: str) -> str:
    """The word in Pig Latin; empty where y or qu before the first vowel leaves it open how."""
    start = next((place for place, letter in enumerate(word) if letter in _VOWELS), 0)
    if word[0] not in _VOWELS and (not start or "y" in word[1:start] or word[start - 1 : start + 1] == "qu"):
        return ""
    return word[start:] + word[:start] + "ay" if start else word + "way"


def _words(answer: Callable[[str], str], shortest: int = 3, longest: int = 12) -> Pairs:
    """Words of these lengths with an answer for each; those whose answer is empty are left out."""

    def pairs(_: Side) -> Iterator[tuple[str, str]]:
        for word in content_words():
            if shortest <= len(word) <= longest and (output := answer(word)):
                yield word, output

    return pairs


def _vowel_at(place: int) -> Pairs:
    """As many words with a vowel at a place as with a consonant."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        words = side.kept(content_words())
        vowels = [word for word in words if word[place] in _VOWELS]
        consonants = [word for word in words if word[place] not in _VOWELS]
        for word in vowels:
            yield word, "yes"
        for word in Draws(f"vowel at {place}").sample(consonants, min(len(vowels), len(consonants))):
            yield word, "no"

    return pairs


def _contained(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("contains letter")
    for place, word in enumerate(side.kept(content_words())):
        inside = [letter for letter in _COMMON_LETTERS if letter in word]
        outside = [letter for letter in _COMMON_LETTERS if letter not in word]
        for letters, answer in ((inside, "yes"), (outside, "no"))[:: 1 if place % 2 else -1]:
            yield f"{word}, {draws.pick(letters)}", answer


def _doubled(side: Side) -> Iterator[tuple[str, str]]:
    forms = [verb_form(verb, tag) for verb in all_verbs() for tag in ("VBD", "VBG")]
    found: dict[str, list[str]] = defaultdict(list)
    for word in dict.fromkeys([*content_words(), *forms, *(adverb for adverb, _ in adverb_adjectives())]):
        doubles = [one for one, other in pairwise(word) if one == other]
        if len(doubles) == 1 and len(word) <= 10 and side.has(word) and frequency(word) > 2.5:
            found[doubles[0]].append(word)
    for letter in sorted(found):
        for word in found[letter][:_MOST_DOUBLED]:
            yield word, letter


def _mixed_case(_: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("mixed case")
    for word in content_words():
        if len(word) <= 7:
            mixed = "".join(letter.upper() if draws.below(2) else letter for letter in word)
            yield mixed, mixed.swapcase()


def _phrases(answer: Callable[[str], str]) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for adjective, noun in noun_phrases(side, f"letters {side.name}", 1500):
            yield f"{adjective} {noun}".lower(), answer(f"{adjective} {noun}".lower())

    return pairs


def _titles(side: Side) -> Iterator[tuple[str, str]]:
    endings = (
        "in the village", "near the station", "behind the old wall", "at the market", "by the river", "on the hill",
        "for the king", "of my aunt", "under a blue sky", "from another country", "without a name", "and the wolf",
        "with two doors", "after the rain", "among friends", "to the sea",
    )  # fmt: skip
    draws = Draws("titles")
    for adjective, noun in noun_phrases(side, "titles", 1500):
        phrase = f"{adjective} {noun} {draws.pick(endings)}".lower()
        phrase = phrase if draws.below(2) else f"the {phrase}"
        yield phrase, " ".join(word[0].upper() + word[1:] for word in phrase.split())


def _acronyms(names: Callable[[Side, str, int], Iterator[tuple[str, ...]]]) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for parts in names(side, "acronym", 2000):
            yield " ".join(parts), "".join(part[0] for part in parts)

    return pairs


def _bare_words(sentence: str) -> list[str]:
    return [word.strip(".,?") for word in sentence.split()]


def _sentence_initials(side: Side) -> Iterator[tuple[str, str]]:
    shapes = (
        "{Who} will {verb} {rest} {place}.",
        "Today {who} must {verb} {rest} {place}.",
        "Perhaps {who} can {verb} {rest} {place}.",
        "I saw {who} {verb} {rest} {place}.",
        "We let {who} {verb} {rest} {when}.",
        "Why did {who} {verb} {rest} {place}?",
        "Does {who} {verb} {rest} {when}?",
        "Tomorrow {who} may {verb} {rest} {place}.",
    )
    draws = Draws("initials")
    for habit in habits(side, "initials", 1500):
        sentence = draws.pick(shapes).format(Who=capitalised(habit.who), **habit._asdict())
        words = _bare_words(sentence)
        if 8 <= len(words) <= 12:
            yield sentence, "".join(word[0].lower() for word in words)


def _words_by_letter(place: int) -> Pairs:
    """A letter and a sentence, with its only word that has the letter at a place."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"word by letter {place}")
        for sentence in long_sentences(side, f"by letter {place}", 1500):
            words = _bare_words(sentence)
            letters = [word[place].lower() for word in words]
            rare = [word for word in words[1:] if letters.count(word[place].lower()) == 1 and len(word) > 2]
            if rare:
                word = draws.pick(rare)
                yield f"{word[place].lower()}: {sentence}", word

    return pairs


def _capital_words(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("capital word")
    for sentence in long_sentences(side, "capital word", 1500):
        words = sentence.split()
        places = [place for place, word in enumerate(words) if place and len(word) > 3 and word.islower()]
        place = draws.pick([place for place in places if words[place].isalpha()])
        marked = [*words[:place], words[place].upper(), *words[place + 1 :]]
        yield " ".join(marked), words[place]


def drafts() -> tuple[Draft, ...]:
    """The letter tasks."""

    draft = partial(worded_draft, WORDINGS, packages=_PACKAGES)
    return (
        draft("first-letter", lambda _: first_letters(), sizes=(180, 40, 80)),
        draft("last-letter", _words(lambda word: word[-1])),
        draft("third-letter", _words(lambda word: word[2])),
        draft("first-three-letters", _words(lambda word: word[:3], 5)),
        draft("last-two-letters", _words(lambda word: word[-2:], 4)),
        draft("upper-case-phrase", _phrases(str.upper), packages=()),
        draft("title-case", _titles, packages=()),
        draft("swap-case", _mixed_case),
        draft("vowels-removed", _words(without_vowels, 4)),
        draft("vowels-starred", _words(with_stars, 4)),
        draft("letter-count", _words(lambda word: str(len(word)))),
        draft("letters-hyphenated", _words("-".join, 3, 6)),
        draft("letters-sorted", _words(lambda word: "".join(sorted(word)), 3, 5), sizes=(180, 40, 80)),
        draft("starts-with-vowel", _vowel_at(0)),
        draft("contains-letter", _contained),
        draft("doubled-letter", _doubled, sizes=(200, 40, 80)),
        draft("pig-latin", _words(pig_latin, 3, 8)),
        draft("phrase-acronym", _acronyms(club_names), packages=()),
        draft("sentence-initials", _sentence_initials, packages=()),
        draft("sentence-word-by-initial", _words_by_letter(0), packages=()),
        draft("sentence-capital-word", _capital_words, packages=()),
        draft("second-letter", _words(lambda word: word[1]), partition="dev"),
        draft("ends-with-vowel", _vowel_at(-1), partition="dev"),
        draft("name-acronym", _acronyms(full_names), partition="held-out", packages=()),
        draft(
            "phrase-vowels-removed",
            _phrases(without_vowels),
            partition="held-out",
            twin_of="vowels-removed",
            packages=(),
        ),
        draft("last-three-letters", _words(lambda word: word[-3:], 5), partition="held-out"),
        draft("letters-dotted", _words(".".join, 3, 6), partition="held-out"),
        draft("sentence-word-by-ending", _words_by_letter(-1), partition="held-out", packages=()),
    )
