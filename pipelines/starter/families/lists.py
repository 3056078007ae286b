"""Lists: picking an item by its place, leaving one out, writing the list in another way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.category_words import ANIMALS, CLOTHES, FURNITURE, KITCHENWARE, TOOLS, VEHICLES
from pipelines.starter.families.inflection import with_article
from pipelines.starter.families.lists_wordings import WORDINGS
from pipelines.starter.families.noun_lists import PACKAGES, drawn_lists

FAMILY = "lists"
_COMMAS, _SEMICOLONS, _SLASHES, _DASHES = ", ", "; ", " / ", " - "
_SENTENCES = (
    "In the picture you can see {}.",
    "The children drew {} on the blackboard.",
    "Her new story is about {}.",
    "Under the old blanket they found {}.",
    "For the museum we need {}.",
    "On the first page of the book there is {}.",
    "My little brother dreamed of {} last night.",
    "The painter wants to draw {} this week.",
    "The poem that we read at school mentions {}.",
    "At the end of the film I noticed {}.",
    "The toy box in the corner contains {}.",
    "The magician asked the audience to think of {}.",
)


def _joined(seed: str, shortest: int, longest: int, separator: str, answer: Callable[[list[str]], str]) -> Pairs:
    """Lists of some length, and what `answer` makes of their items."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for items in drawn_lists(side, seed, shortest, longest):
            yield separator.join(items), answer(items)

    return pairs


def with_and(items: Sequence[str]) -> str:
    """The items as a sentence names them: "a, b and c"."""
    return f"{', '.join(items[:-1])} and {items[-1]}"


def numbered(items: Sequence[str]) -> str:
    """The items with their numbers: "1. a 2. b 3. c"."""
    return " ".join(f"{place}. {item}" for place, item in enumerate(items, start=1))


def _neighbour(seed: str, step: int) -> Pairs:
    """A list, one of its items, and the item one `step` further on."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"{seed} {side.name}")
        for items in drawn_lists(side, seed, 6, 8):
            place = draws.between(max(0, -step), len(items) - 1 - max(0, step))
            yield f"{', '.join(items)} | {items[place]}", items[place + step]

    return pairs


def _by_number(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("item by number")
    for items in drawn_lists(side, "item by number", 4, 7):
        place = draws.below(len(items))
        yield f"{numbered(items)} | number {place + 1}", items[place]


def _things_in_sentences(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("things in sentences")
    kinds = (ANIMALS, CLOTHES, FURNITURE, KITCHENWARE, TOOLS, VEHICLES)
    things = side.kept(word for words in kinds for word in words if not word.endswith("s"))
    for _ in range(1600):
        items = draws.sample(things, draws.between(3, 5))
        yield draws.pick(_SENTENCES).format(with_and([with_article(item) for item in items])), items[-1]


def drafts() -> tuple[Draft, ...]:
    """The list tasks."""

    def draft(name: str, pairs: Pairs, partition: Partition = "seen", twin_of: str = "") -> Draft:
        return Draft(name, **WORDINGS[name], pairs=pairs, packages=PACKAGES, partition=partition, twin_of=twin_of)

    def joined(shortest: int, longest: int, separator: str, answer: Callable[[list[str]], str]) -> Pairs:
        return _joined(f"{shortest}-{longest}{separator}", shortest, longest, separator, answer)

    def place(index: int) -> Callable[[list[str]], str]:
        return lambda items: items[index]

    return (
        draft("last-item", joined(4, 4, _COMMAS, place(-1))),
        draft("list-first", joined(7, 9, _SEMICOLONS, place(0))),
        draft("list-second", joined(3, 6, _COMMAS, place(1))),
        draft("list-third", joined(7, 9, _SLASHES, place(2))),
        draft("list-next-to-last", joined(7, 9, _COMMAS, place(-2))),
        draft("list-middle-of-five", joined(5, 5, _SEMICOLONS, place(2))),
        draft("list-first-and-last", joined(7, 9, _SLASHES, lambda items: f"{items[0]} and {items[-1]}")),
        draft("list-drop-first", joined(4, 5, _SEMICOLONS, lambda items: "; ".join(items[1:]))),
        draft("list-item-after", _neighbour("item after", 1)),
        draft("list-item-by-number", _by_number),
        draft("list-last-in-sentence", _things_in_sentences),
        draft("list-and-before-last", joined(3, 5, _DASHES, with_and)),
        draft("list-fourth", joined(7, 9, _COMMAS, place(3)), "dev"),
        draft("list-last-of-eight", joined(8, 8, _COMMAS, place(-1)), "held-out", "last-item"),
        draft("list-second-after-semicolon", joined(3, 6, _SEMICOLONS, place(1)), "held-out", "list-second"),
        draft("list-item-before", _neighbour("item before", -1), "held-out"),
        draft("list-drop-last", joined(4, 5, _SLASHES, lambda items: " / ".join(items[:-1])), "held-out"),
    )
