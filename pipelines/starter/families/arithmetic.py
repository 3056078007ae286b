"""Sums, differences and comparisons of small numbers, in figures, in words and in stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.arithmetic_frames import ADDING, BOARDING, COMPARING, PAYING, TAKING_AWAY
from pipelines.starter.families.arithmetic_wordings import WORDINGS
from pipelines.starter.families.number_sentences import in_words, numbers_of, told
from pipelines.starter.families.wordings import worded_draft

FAMILY = "arithmetic"
_COUNT = 2500
_NOTES = (20, 50, 100)


def _of_each(numbers: Iterable[int], answer: Callable[[int], object]) -> Pairs:
    """Single numbers with an answer for each."""
    return lambda _: ((str(number), str(answer(number))) for number in numbers)


def _of_two(seed: str, low: int, high: int, second: Callable[[Draws, int], int], text: str, answer: str) -> Pairs:
    """Two numbers in a text; `text` and `answer` may hold a, b, total and rest (a - b)."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"{seed} {side.name}")
        firsts = numbers_of(side, low, high)
        for _ in range(_COUNT):
            a = draws.pick(firsts)
            b = second(draws, a)
            values = {"a": a, "b": b, "total": a + b, "rest": a - b}
            yield text.format(**values), answer.format(**values)

    return pairs


def _sums(length: int) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"sum of {length} {side.name}")
        firsts = numbers_of(side, 1, 40)
        for _ in range(_COUNT):
            numbers = [draws.pick(firsts), *(draws.between(1, 20) for _ in range(length - 1))]
            yield ", ".join(map(str, numbers)), str(sum(numbers))

    return pairs


def _middles(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("middle of three")
    for _ in range(_COUNT):
        first = draws.pick(numbers_of(side, 10, 999))
        low = max(10, first - draws.between(1, 199))
        others = draws.sample([number for number in range(low, low + 200) if number != first], 2)
        yield f"{first}, {others[0]}, {others[1]}", str(sorted((first, *others))[1])


def _larger_decimals(side: Side) -> Iterator[tuple[str, str]]:
    """Two decimals, one with more digits; half of the pairs differ only behind the point."""
    draws = Draws("larger decimal")
    for _ in range(_COUNT):
        whole = draws.between(0, 30)
        other = whole if draws.below(2) else max(0, whole + draws.pick((-1, 1, 2)))
        short, long = f"{whole}.{draws.between(1, 9)}", f"{other}.{draws.below(10)}{draws.between(1, 9)}"
        first, second = (short, long) if draws.below(2) else (long, short)
        yield f"{first}, {second}", max(first, second, key=float)


def sign(number: int) -> str:
    """positive, negative or zero."""
    return "zero" if number == 0 else "positive" if number > 0 else "negative"


def _signs(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("sign of a sum")
    for place in range(_COUNT // 2):
        a = draws.between(2, 399)
        b = (a, draws.between(1, a - 1), draws.between(a + 1, 400))[place % 3]
        if draws.below(2):
            yield f"{a} - {b}", sign(a - b)
        else:
            yield f"-{a} + {b}", sign(b - a)


def _spoken(seed: str, word: str, low: int, high: int, direction: int) -> Pairs:
    """Two numbers in words with plus or minus between them, and the result in words."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"{seed} {side.name}")
        # By their names, for these are what the inputs begin with.
        firsts = [number for number in range(low, high + 1) if side.has(in_words(number))]
        for _ in range(_COUNT):
            a, b = draws.pick(firsts), draws.between(2, 19)
            if a + direction * b >= 0:
                yield f"{in_words(a)} {word} {in_words(b)}", in_words(a + direction * b)

    return pairs


def _parities(_side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("parity")
    for _ in range(_COUNT // 2):
        number = draws.between(1000, 9999)
        yield str(number), "odd" if number % 2 else "even"


def _signs_between(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("comparison")
    for place in range(_COUNT):
        a, b = draws.between(2, 60), draws.between(2, 39)
        total = a + b + (0, draws.between(1, 9), -draws.between(1, min(9, a + b - 1)))[place % 3]
        yield f"{a} + {b} _ {total}", "=" if total == a + b else "<" if a + b < total else ">"


def _stories(
    seed: str, frames: Sequence[str], numbers: Callable[[Draws], tuple[int, int]], answer: Callable[[int, int], object]
) -> Pairs:
    """Short stories around two numbers."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        def values(draws: Draws) -> dict[str, object]:
            a, b = numbers(draws)
            return {"a": a, "b": b, "answer": answer(a, b)}

        for text, held in told(side, seed, frames, values):
            yield text, str(held["answer"])

    return pairs


def _two_to_add(draws: Draws) -> tuple[int, int]:
    return draws.between(5, 70), draws.between(2, 29)


def _more_and_fewer(draws: Draws) -> tuple[int, int]:
    many = draws.between(12, 90)
    return many, draws.between(2, min(40, many - 2))


def _price_and_note(draws: Draws) -> tuple[int, int]:
    note = draws.pick(_NOTES)
    return draws.between(max(2, note // 4), note - 1), note


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    draft = partial(worded_draft, WORDINGS)

    def small(draws: Draws, a: int) -> int:
        return draws.between(2, 99)

    def smaller(draws: Draws, a: int) -> int:
        return draws.between(2, a - 1)

    # Twice as many with a carry as there would be.
    carrying = (number for number in range(100, 3000) if number % 10 in (0, 3, 6, 9) or number % 100 in (98, 1))
    rounded = (number for number in range(101, 2000) if number % 10 not in (0, 5) and number % 3)
    names = ("faker",)
    return (
        draft("add-two-numbers", _of_two("add", 11, 199, small, "{a} + {b}", "{total}")),
        draft("subtract-two-numbers", _of_two("subtract", 12, 199, smaller, "{a} - {b}", "{rest}")),
        draft("missing-addend", _of_two("missing addend", 3, 99, small, "{a} + _ = {total}", "{b}")),
        draft("number-after", _of_each(tuple(carrying), lambda number: number + 1)),
        draft("double-number", _of_each(range(11, 1000), lambda number: 2 * number)),
        draft("half-number", _of_each(range(22, 2000, 2), lambda number: number // 2)),
        draft("even-or-odd", _parities),
        draft("larger-decimal", _larger_decimals),
        draft("sum-of-three", _sums(3)),
        draft("sign-of-result", _signs),
        draft("comparison-sign", _signs_between),
        draft("round-to-ten", _of_each(tuple(rounded), lambda number: (number + 5) // 10 * 10)),
        draft("add-in-words", _spoken("add in words", "plus", 3, 80, 1), packages=("num2words",)),
        draft("story-adding", _stories("adding", ADDING, _two_to_add, lambda a, b: a + b), packages=names),
        draft(
            "story-taking-away",
            _stories("taking away", TAKING_AWAY, _more_and_fewer, lambda a, b: a - b),
            packages=names,
        ),
        draft(
            "change-from-note", _stories("change", PAYING, _price_and_note, lambda a, b: f"${b - a}"), packages=names
        ),
        draft("number-before", _of_each(range(3001, 9999), lambda number: number - 1), "dev"),
        draft(
            "story-how-many-more",
            _stories("how many more", COMPARING, _more_and_fewer, lambda a, b: a - b),
            "dev",
            packages=names,
        ),
        draft("sum-of-four", _sums(4), "held-out"),
        draft(
            "story-boarding",
            _stories("boarding", BOARDING, _two_to_add, lambda a, b: a + b),
            "held-out",
            "story-adding",
            packages=names,
        ),
        draft("middle-of-three", _middles, "held-out"),
        draft("subtract-in-words", _spoken("subtract", "minus", 20, 160, -1), "held-out", packages=("num2words",)),
    )
