"""Ordering: what comes first, last, longest, largest; sorting, reversing, counting and comparing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.category_words import CLOTHES, FURNITURE, INSTRUMENTS, KITCHENWARE, TOOLS
from pipelines.starter.families.lists import with_and
from pipelines.starter.families.noun_lists import PACKAGES, drawn_lists
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.ordering_wordings import WORDINGS
from pipelines.starter.families.ordering_words import (
    AGE_SHAPES,
    BUILT,
    BUILT_SHAPES,
    MEN_AND_WOMEN,
    PRICE_SHAPES,
)

FAMILY = "ordering"
# Made of numbers, or of words that are all our own.
_WITHOUT_NOUN_LISTS = (
    "built-first",
    "cheapest",
    "largest-number",
    "largest-of-six-numbers",
    "most-expensive",
    "oldest-person",
    "smallest-number",
    "sort-three-numbers",
)
_SAMPLES = 1600
_FIRST_YEAR, _LAST_YEAR = 1810, 2019


def _of_lists(seed: str, shortest: int, longest: int, separator: str, answer: Callable[[list[str]], str]) -> Pairs:
    """Lists of nouns, and what `answer` makes of them."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for items in drawn_lists(side, seed, shortest, longest):
            yield separator.join(items), answer(items)

    return pairs


def _by_length(seed: str, wanted: Callable[[Sequence[int]], int]) -> Pairs:
    """Four or five nouns, of which the one of the wanted length is ahead of every other by two letters."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for items in drawn_lists(side, seed, 4, 5, 3 * _SAMPLES):
            length = wanted([len(item) for item in items])
            near = [item for item in items if abs(len(item) - length) < 2]
            if len(near) == 1:
                yield ", ".join(items), near[0]

    return pairs


def _numbers(side: Side, seed: str, count: int) -> Iterator[list[int]]:
    """Different whole numbers of two or three digits; those of a list are mostly of one size."""
    draws = Draws(f"{seed} {side.name}")
    numbers = [int(number) for number in side.kept(map(str, range(10, 1000)))]
    for _ in range(_SAMPLES):
        low = draws.pick((10, 100 * draws.between(1, 8)))
        span = draws.pick((90, 300, 890))
        yield draws.sample([number for number in numbers if low <= number < low + span], count)


def _of_numbers(seed: str, count: int, answer: Callable[[list[int]], str]) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for numbers in _numbers(side, seed, count):
            yield ", ".join(map(str, numbers)), answer(numbers)

    return pairs


def _counts(side: Side) -> Iterator[tuple[str, str]]:
    for items in drawn_lists(side, "count items", 3, 8):
        yield ", ".join(items), str(len(items))


def _sorted_or_not(side: Side) -> Iterator[tuple[str, str]]:
    """Four nouns in the order of the alphabet, or with two neighbours exchanged, or in any wrong order."""
    draws = Draws(f"sorted or not {side.name}")
    for items in drawn_lists(side, "sorted or not", 4, 4, 2 * _SAMPLES):
        in_order = sorted(items)
        if len({item[0] for item in items}) < len(items):
            continue
        shown, kind = list(in_order), draws.below(8)
        if kind in (0, 1):
            place = draws.below(3)
            shown[place], shown[place + 1] = shown[place + 1], shown[place]
        elif kind in (2, 3):
            shown = items
        yield ", ".join(shown), "yes" if shown == in_order else "no"


def _repeated(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws(f"repeated {side.name}")
    for items in drawn_lists(side, "repeated", 6, 8):
        twice = draws.pick(items)
        yield ", ".join(draws.shuffled([*items, twice])), twice


def _prices(wanted: Callable[[Sequence[int]], int], seed: str) -> Pairs:
    """Three or four things with prices in a sentence, and the one with the wanted price."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"prices {seed} {side.name}")
        kinds = (CLOTHES, FURNITURE, INSTRUMENTS, KITCHENWARE, TOOLS)
        # "the shorts costs" would be wrong
        things = side.kept(word for words in kinds for word in words if not word.endswith("s"))
        for _ in range(_SAMPLES):
            items = draws.sample(things, draws.between(3, 4))
            top = draws.pick((99, 500, 980))
            prices = draws.sample(range(top // 10, top), len(items))
            first, between, end = draws.pick(PRICE_SHAPES)
            parts = [
                (first if place == 0 else between).format(item, price)
                for place, (item, price) in enumerate(zip(items, prices, strict=True))
            ]
            yield with_and(parts) + end, items[prices.index(wanted(prices))]

    return pairs


def _ages(side: Side) -> Iterator[tuple[str, str]]:
    draws, names = Draws(f"ages {side.name}"), side.kept(MEN_AND_WOMEN)
    for _ in range(_SAMPLES):
        people = draws.sample(names, draws.between(3, 4))
        low = draws.pick((5, 20, 30))
        ages = draws.sample(range(low, low + draws.pick((12, 50))), len(people))
        first, between, end = draws.pick(AGE_SHAPES)
        parts = [
            (first if place == 0 else between).format(name, age)
            for place, (name, age) in enumerate(zip(people, ages, strict=True))
        ]
        yield with_and(parts) + end, people[ages.index(max(ages))]


def _built(side: Side) -> Iterator[tuple[str, str]]:
    """Invented places with the years in which they were built, and the one built first."""
    draws, places = Draws(f"built {side.name}"), side.kept(BUILT)
    for _ in range(_SAMPLES):
        items = draws.sample(places, 3)
        years = draws.sample(range(_FIRST_YEAR, _LAST_YEAR + 1), 3)
        values = [value for pair in zip(items, years, strict=True) for value in pair]
        yield draws.pick(BUILT_SHAPES).format(*values), items[years.index(min(years))]


def drafts() -> tuple[Draft, ...]:
    """The ordering tasks."""

    def draft(name: str, pairs: Pairs, partition: Partition = "seen", twin_of: str = "") -> Draft:
        pairs = opening_pairs(pairs)
        packages = () if name in _WITHOUT_NOUN_LISTS else PACKAGES
        return Draft(name, **WORDINGS[name], pairs=pairs, packages=packages, partition=partition, twin_of=twin_of)

    return (
        draft("alphabetically-first-of-three", _of_lists("first of three", 3, 3, ", ", min)),
        draft("alphabetically-last-of-four", _of_lists("last of four", 4, 4, ", ", max)),
        draft("longest-word", _by_length("longest", max)),
        draft("sort-three-words", _of_lists("sort three", 3, 3, "; ", lambda items: "; ".join(sorted(items)))),
        draft("reverse-list", _of_lists("reverse", 3, 4, " / ", lambda items: " / ".join(reversed(items)))),
        draft("count-list-items", _counts),
        draft("is-sorted", _sorted_or_not),
        draft("repeated-item", _repeated),
        draft("largest-number", _of_numbers("largest", 4, lambda numbers: str(max(numbers)))),
        draft("sort-three-numbers", _of_numbers("sort", 3, lambda numbers: " < ".join(map(str, sorted(numbers))))),
        draft("most-expensive", _prices(max, "most")),
        draft("oldest-person", _ages),
        draft("built-first", _built),
        draft("shortest-word", _by_length("shortest", min), "dev"),
        draft(
            "alphabetically-first-of-five",
            _of_lists("first of five", 5, 5, ", ", min),
            "held-out",
        ),
        draft(
            "largest-of-six-numbers",
            _of_numbers("largest of six", 6, lambda numbers: str(max(numbers))),
            "held-out",
            "largest-number",
        ),
        draft("smallest-number", _of_numbers("smallest", 5, lambda numbers: str(min(numbers))), "held-out"),
        draft("cheapest", _prices(min, "least"), "held-out"),
    )
