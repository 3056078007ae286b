"""Where English words are divided at the end of a line, after TeX's patterns as pyphen has them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.common_words import content_words
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.phonetics import stresses
from pipelines.starter.families.wordings import wordings
from pipelines.starter.sources import data_package

FAMILY = "hyphenation"
_PACKAGES = ("pyphen", "pronouncing", "lemminflect", "wordfreq")
# A little fewer than usual, as other families' words are taken away.
_SIZES = (220, 50, 100)


@cache
def divided_words(side: Side) -> tuple[str, ...]:
    """Words with a hyphen at every place where they may be divided; as many parts as the word has syllables.

    The patterns miss some places on purpose; words where they do are left out.
    """
    patterns = data_package("pyphen").Pyphen(lang="en_US")
    divided = ((patterns.inserted(word), stresses(word)) for word in side.kept(content_words()))
    return tuple(word for word, pattern in divided if "-" in word and word.count("-") + 1 == len(pattern))


def hyphenated(side: Side) -> Iterator[tuple[str, str]]:
    """Words whole, and with all their hyphens."""
    return ((word.replace("-", ""), word) for word in divided_words(side))


def line_ends(side: Side) -> Iterator[tuple[str, str]]:
    """Words whole, and with the last of their hyphens only."""
    for word in divided_words(side):
        start, _, end = word.rpartition("-")
        yield word.replace("-", ""), f"{start.replace('-', '')} {end}"


def right_hyphens(side: Side) -> Iterator[tuple[str, str]]:
    """A word divided rightly and wrongly, with the right one."""
    draws = Draws(f"hyphens {side.name}")
    for word in divided_words(side):
        letters = word.replace("-", "")
        right_places = {place - word[:place].count("-") for place, sign in enumerate(word) if sign == "-"}
        wrong_places = [place for place in range(2, len(letters) - 1) if place not in right_places]
        for place in wrong_places:
            right_place = draws.pick(sorted(right_places))
            right, wrong = (f"{letters[:cut]}-{letters[cut:]}" for cut in (right_place, place))
            yield " or ".join(draws.shuffled((right, wrong))) + "?", right


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "hyphenate-word": (
            hyphenated,
            """
            Hyphenate an English word.
            Where may this word be broken at the end of a line? Write it with a hyphen at every such place.
            word -> word with hyphens between syllables, e.g. winter -> win-ter
            You are given a word. Mark all the places at which it can be divided by hyphens.
            Insert hyphens at the syllable breaks according to American rules.
            Divide the word into printable parts joined by "-".
            Prepare the word for line breaking: hyphens wherever a typesetter may split it.
            Show the syllables of the written word with dashes between them, as a dictionary entry does.
            What would TeX make of this word if every possible division were shown?
            Cut it up for narrow columns, using - as the scissors mark.
            Give each permitted break point in the following word, keeping its letters.
            How many cuts are possible in print? Show them all as little dashes inside the word.
            """,
        ),
        "split-before-last-syllable": (
            line_ends,
            """
            Divide the word before its last syllable, with a space there.
            Put one space into the word, in front of the final syllable.
            word -> beginning, space, last syllable, e.g. potato -> pota to
            You are given a word of two or more syllables. Separate only the last syllable from the rest by a blank.
            Detach the closing syllable: write what comes before it, a space, and then the syllable.
            Break the word once, at the latest place allowed in typesetting, and show the break as a space.
            As much of the word as possible stays on the first line. Write both pieces with a space between.
            Split off the end of the word (its final syllable) with a blank.
            Where would a printer cut at the last possibility? Output head and tail, a gap between them.
            Only the ending that forms a syllable of its own is moved away by one blank.
            Make two parts: everything but the final beat, gap, the final beat.
            Show the last permissible division of the following as two chunks of text.
            """,
        ),
        "right-hyphenation": (
            right_hyphens,
            """
            Copy the version of the word that is hyphenated correctly.
            Which of the two divisions of the word is right?
            two hyphenations -> the correct one, e.g. wint-er or win-ter? -> win-ter
            You are given a word divided in two ways. Write the one that respects its syllables.
            A proofreader must choose between two line breaks. Give the acceptable one.
            One of these hyphens is in a wrong place. Return the other spelling.
            Compare both ways of splitting the word and keep the proper split.
            Decide where the word may be divided and repeat that option.
            Of the two, what would a good typesetter print?
            Reject the bad break: answer with the option that cuts between syllables.
            Tell me how to divide it; the question lists a good and a bad possibility.
            Pick whichever option a dictionary would allow at the end of a line.
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
