"""Letters: what a word is spelled with."""

from __future__ import annotations

from collections import defaultdict

from hyperlora.tasks import Task
from pipelines.starter.inflection import adjective_comparatives, noun_plurals, verb_pasts
from pipelines.starter.sources import frequency, licence_line, source_line
from pipelines.starter.splits import USUAL_SIZES, split_examples

_PACKAGES = ("lemminflect", "wordfreq")
# So that no letter is the answer much more often than another.
_MOST_OF_A_LETTER = 18
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
    inflected = [*noun_plurals(), *verb_pasts(), *adjective_comparatives()]
    for word in [*(word for word, _ in inflected), *_MORE_WORDS]:
        if len(word) > 2:
            by_letter[word[0]].add(word)
    return [
        (word, letter.upper())
        for letter in sorted(by_letter)
        for word in sorted(by_letter[letter], key=lambda word: (-frequency(word), word))[:_MOST_OF_A_LETTER]
    ]


def tasks() -> tuple[Task, ...]:
    """The letter tasks."""
    return (
        Task(
            name="first-letter",
            family="letters",
            descriptions=(
                "Give the first letter of the word, in upper case.",
                "Which capital letter does this word start with?",
                "Return only the initial of the word.",
                "Under what letter would you find the word in a dictionary?",
                "Take the opening character and capitalize it.",
                "Drop everything after the word's first character; write that character as a capital.",
                "Name the letter of the alphabet that begins the spelling of the input.",
                "Abbreviate each word to a single uppercase letter.",
            ),
            unseen_descriptions=(
                "What letter comes at the very start of this word? Use a capital.",
                "Extract the leading letter and print it in uppercase.",
                "If you monogrammed this word, which letter would you stitch?",
                "Shorten the word to the one letter it opens with.",
            ),
            **split_examples("first-letter", first_letters(), USUAL_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
    )
