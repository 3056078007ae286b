"""What number, arithmetic, numeral and unit tasks share: numbers of one half, and sentences around numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from pipelines.starter.draft import Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.frames import opens_apart, phrases
from pipelines.starter.families.slot_words import CITIES, PRODUCTS
from pipelines.starter.families.slots import first_names
from pipelines.starter.sources import data_package

Values = Mapping[str, object]
_COUNT = 2000

ITEMS = phrases(
    "acorns, apples, apricots, badges, balloons, bananas, baskets, beads, bells, biscuits, books, bottles, bowls, "
    "bricks, brushes, buckets, buttons, cakes, candles, cards, carrots, chairs, chestnuts, coins, comics, cookies, "
    "corks, crayons, cups, cushions, dice, eggs, envelopes, erasers, feathers, figs, flags, forks, hats, jars, keys, "
    "kites, ladders, lamps, leaves, lemons, magnets, maps, marbles, mirrors, mugs, muffins, napkins, needles, "
    "notebooks, nuts, onions, oranges, pancakes, peaches, pearls, pears, pebbles, pegs, pencils, pens, pictures, "
    "pillows, plates, plums, posters, postcards, potatoes, puzzles, ribbons, rings, rulers, sandwiches, scarves, "
    "seeds, shells, spoons, stamps, stickers, stones, straws, tickets, tiles, tomatoes, towels, toys, tulips"
)


@cache
def numbers_of(side: Side, low: int, high: int, step: int = 1) -> list[int]:
    """The whole numbers from `low` to `high` that belong to this half.

    An input that begins with one of them never begins with a number that the other half asks about.
    """
    return [number for number in range(low, high + 1, step) if side.has(str(number))]


def in_words(number: float | str, language: str = "en", to: str = "cardinal") -> str:
    """A number in words, as num2words has it."""
    words: str = data_package("num2words").num2words(number, lang=language, to=to)
    return words


@cache
def _slots(side: Side) -> dict[str, Sequence[str]]:
    names = first_names(side)
    return {
        # Two people of one sentence differ.
        "name": names[::2],
        "other": names[1::2],
        "city": side.kept(CITIES),
        "thing": side.kept(PRODUCTS),
        "items": side.kept(ITEMS),
    }


def told(
    side: Side, seed: str, frames: Sequence[str], values: Callable[[Draws], Values], count: int = _COUNT
) -> Iterator[tuple[str, Values]]:
    """Sentences from frames, with the values they hold.

    Args:
        frames: sentences with the slots name, other, city, thing and items and those that `values` fills.
        values: chooses what the sentence is about, mostly numbers.
    """
    draws = Draws(f"{seed} {side.name}")
    slots = _slots(side)
    for _ in range(count):
        frame, chosen = draws.pick(frames), values(draws)
        text = frame.format(**{slot: draws.pick(words) for slot, words in slots.items()}, **chosen)
        if opens_apart(text, side):
            yield text[0].upper() + text[1:], chosen


def in_sentences(seed: str, frames: Sequence[str], shown: Callable[[Draws], tuple[str, str]]) -> Pairs:
    """Sentences that show a value in one form, with the value in another."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        def values(draws: Draws) -> Values:
            text, answer = shown(draws)
            return {"shown": text, "answer": answer}

        for sentence, held in told(side, seed, frames, values):
            yield sentence, str(held["answer"])

    return pairs
