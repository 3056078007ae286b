"""Series of numbers and repeated patterns: what comes next, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.far_words import THINGS
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings

FAMILY = "sequences"
_SAMPLES = 6000


def _series(draws: Draws, length: int) -> list[int]:
    """A series with equal steps up or down, or one that doubles."""
    if draws.below(6) == 0:
        start = draws.between(1, 15)
        return [start * 2**place for place in range(length)]
    step = draws.between(2, 12)
    start = draws.between(1, 150)
    if draws.below(2):
        start += step * (length - 1)
        step = -step
    return [start + step * place for place in range(length)]


def next_numbers(side: Side) -> Iterator[tuple[str, str]]:
    """Five numbers of a series, and the sixth."""
    draws = Draws(f"next number {side.name}")
    for _ in range(_SAMPLES):
        *shown, following = _series(draws, 6)
        yield ", ".join(map(str, shown)) + ", ...", str(following)


def missing_numbers(side: Side) -> Iterator[tuple[str, str]]:
    """Six numbers of a series with a gap, and the number in the gap; both its neighbours are shown."""
    draws = Draws(f"missing number {side.name}")
    for _ in range(_SAMPLES):
        series = _series(draws, 6)
        gap = draws.between(1, 4)
        shown = ["_" if place == gap else str(number) for place, number in enumerate(series)]
        yield " ".join(shown), str(series[gap])


def _next_by_repetition(shown: Sequence[str]) -> set[str]:
    """What may follow if the pattern repeats after at most half of what is shown."""
    periods = range(1, len(shown) // 2 + 1)
    fitting = [
        period for period in periods if all(one == other for one, other in zip(shown, shown[period:], strict=False))
    ]
    return {shown[-period] for period in fitting}


def next_things(side: Side) -> Iterator[tuple[str, str]]:
    """A pattern of words that is shown twice and then begun again, and the word that follows."""
    draws = Draws(f"pattern {side.name}")
    words = side.kept(THINGS)
    for _ in range(_SAMPLES):
        kinds = draws.sample(words, draws.between(2, 3))
        pattern = [*kinds, *(draws.pick(kinds) for _ in range(draws.between(0, 2)))]
        length = 2 * len(pattern) + draws.between(0, len(pattern) - 1)
        shown = [pattern[place % len(pattern)] for place in range(length)]
        following = pattern[length % len(pattern)]
        if _next_by_repetition(shown) == {following}:
            yield ", ".join(shown) + ", ...", following


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "next-number": (
            next_numbers,
            """
            Continue the series of numbers by one number.
            Which number comes next?
            number series -> its next number, e.g. 4, 7, 10, 13, 16, ... -> 19
            You are given the beginning of a series with a regular rise or fall. Write the number after the last.
            Find the rule, by steps or by doubling, and apply it once more.
            Extend the progression: only the following term is wanted.
            What would stand in place of the three dots? One number.
            Predict the sixth term of the sequence from the first five.
            An intelligence test shows these figures; supply the one that should follow.
            Look at the differences or ratios between neighbours and carry on for a single step.
            How does the row of integers go on? Reply with its next member alone.
            Complete the arithmetic or geometric run behind its final comma.
            """,
        ),
        "missing-number": (
            missing_numbers,
            """
            Fill the gap in the series of numbers.
            Which number belongs in place of the underscore?
            series with a gap -> missing number, e.g. 4 7 _ 13 16 19 -> 10
            You are given a regular series in which one number has been left out. Write that number.
            Someone wiped out one term of the progression; restore it.
            Find the value that the _ stands for, so that the steps are regular again.
            A number inside this run is hidden. What is it?
            Determine the omitted term from the numbers on its left and right.
            Repair the sequence: reply with what was removed and with nothing else.
            What must be written on the blank for the row to rise, fall or double evenly?
            Interpolate between both neighbours of the blank according to the pattern.
            Tell the secret member of the following list of evenly changing integers.
            """,
        ),
        "next-in-pattern": (
            next_things,
            """
            Continue the repeating pattern by one word.
            Which word comes next if the pattern goes on like this?
            repeating words -> next word, e.g. cup, plate, plate, cup, plate, plate, cup, ... -> plate
            You are given words that repeat in a fixed order. Write the word that follows the last.
            Find out after how many words the row starts again, and name the next one.
            Children lay pictures in a repeating row. What is the next picture called?
            Extend the cycle by a single element.
            Predict the word after the end of this periodic list.
            The rhythm never changes; what is heard next?
            Spot the block that is repeated over and over and say how it carries on from here.
            Reply with whatever should be put at the end to keep the regular order.
            One more bead for the string, please: which?
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), partition="held-out", **wordings(text))
        for name, (pairs, text) in texts.items()
    )
