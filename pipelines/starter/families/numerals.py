"""Other ways to write numbers: Roman, binary, with separators, as percentages and fractions, in groups of digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import gcd
from string import digits

from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.number_sentences import in_sentences, numbers_of
from pipelines.starter.families.numerals_frames import CHAPTERS, PERCENTAGES, SEQUELS
from pipelines.starter.families.numerals_wordings import WORDINGS
from pipelines.starter.families.wordings import worded_draft

FAMILY = "numerals"
_COUNT = 2000
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LONGEST_ROMAN = 8
# Without those that look like digits.
_CAPITALS = "ACDEFHJKMNPRTUVWXY"


def roman(number: int) -> str:
    """The Roman numeral of a number from 1 to 3999."""
    letters = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        letters += sign * count
    return letters


def _shortest(value: float) -> str:
    """A decimal without zeros at its end."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _romans() -> Iterator[tuple[int, str]]:
    for number in range(2, 1500):
        if len(roman(number)) <= _LONGEST_ROMAN:
            yield number, roman(number)


def _from_roman(_: Side) -> Iterator[tuple[str, str]]:
    return ((letters, str(number)) for number, letters in _romans())


def _to_roman(_: Side) -> Iterator[tuple[str, str]]:
    return ((str(number), letters) for number, letters in _romans() if number < 1000)


def _binary(_: Side) -> Iterator[tuple[str, str]]:
    return ((f"{number:b}", str(number)) for number in range(4, 512))


def _hexadecimal(_: Side) -> Iterator[tuple[str, str]]:
    return ((f"0x{number:02x}", str(number)) for number in range(16, 512) if number > 255 or number % 3)


def _large(_side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("large numbers")
    for _ in range(_COUNT):
        number = draws.between(*draws.pick(((10_000, 99_999), (100_000, 999_999), (1_000_000, 99_999_999))))
        yield str(number), f"{number:,}"


def _to_english(_side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("German separators")
    for _ in range(_COUNT):
        whole, rest = draws.pick((draws.between(1, 999), draws.between(1000, 999_999))), draws.between(1, 99)
        english = f"{whole:,}.{rest:02}"
        yield english.translate(str.maketrans(".,", ",.")), english


def _percentages(_: Side) -> Iterator[tuple[str, str]]:
    for halves in range(2, 800):
        yield f"{_shortest(halves / 2)}%", _shortest(halves / 200)


def _to_percent(side: Side) -> Iterator[tuple[str, str]]:
    for tenths in range(1, 1000):
        yield _shortest(tenths / 1000), f"{_shortest(tenths / 10)}%"
    for whole in numbers_of(side, 2, 40):
        yield f"{whole}.5", f"{whole}50%"
        yield f"{whole}.25", f"{whole}25%"


def _fractions(side: Side) -> Iterator[tuple[str, str]]:
    for lower in range(4, 101):
        for upper in range(2, lower):
            if (common := gcd(upper, lower)) > 1 and lower // common <= 12:
                yield f"{upper}/{lower}", f"{upper // common}/{lower // common}"


def _mantissas() -> Iterator[tuple[str, int]]:
    """Numbers from 1 to 10 with one or two digits behind the point, and the same times a hundred."""
    for hundredths in range(110, 1000):
        yield _shortest(hundredths / 100), hundredths


def _from_scientific(_: Side) -> Iterator[tuple[str, str]]:
    for text, hundredths in _mantissas():
        for power in range(2, 7):
            if "." in text:
                yield f"{text}e{power}", str(hundredths * 10 ** (power - 2))


def _to_scientific(_: Side) -> Iterator[tuple[str, str]]:
    for text, hundredths in _mantissas():
        for power in range(3, 7):
            if "." in text:
                yield str(hundredths * 10 ** (power - 2)), f"{text}e{power}"


def _padded(_: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("padded")
    for number in range(1, 3000):
        if number < 400 or draws.below(4) == 0:
            yield str(number), f"{number:06}"


def _grouped(seed: str, sizes: Sequence[int], signs: str = digits) -> Pairs:
    """Strings of signs, and the same in groups of these sizes with hyphens between."""

    def pairs(_side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(seed)
        for _ in range(_COUNT // 2):
            groups = ["".join(draws.pick(signs) for _ in range(size)) for size in sizes]
            yield "".join(groups), "-".join(groups)

    return pairs


def _percentage(draws: Draws) -> tuple[str, str]:
    tenths = draws.pick((10 * draws.between(1, 99), draws.between(11, 999)))
    return f"{_shortest(tenths / 10)}%", _shortest(tenths / 1000)


def _chapter(draws: Draws) -> tuple[str, str]:
    # "I" alone might be the pronoun.
    number = draws.between(2, 89)
    return roman(number), str(number)


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    draft = partial(worded_draft, WORDINGS)
    names = ("faker",)
    return (
        draft("roman-to-number", _from_roman),
        draft("number-to-roman", _to_roman),
        draft("binary-to-number", _binary, sizes=(170, 30, 60)),
        draft("hex-to-number", _hexadecimal, sizes=(150, 30, 50)),
        draft("thousands-commas", _large),
        draft("german-number-to-english", _to_english),
        draft("percent-to-decimal", _percentages),
        draft("fraction-lowest-terms", _fractions, sizes=(180, 30, 60)),
        draft("scientific-to-number", _from_scientific),
        draft("pad-to-six-digits", _padded),
        draft("code-in-groups-of-three", _grouped("groups of three", (3, 3, 3))),
        draft("sentence-percent-to-decimal", in_sentences("percentages", PERCENTAGES, _percentage), packages=names),
        draft("sentence-roman-to-number", in_sentences("chapters", CHAPTERS, _chapter), packages=names),
        draft("decimal-to-percent", _to_percent, "dev"),
        draft(
            "sequel-roman-to-number",
            in_sentences("sequels", SEQUELS, _chapter),
            "held-out",
            "sentence-roman-to-number",
            packages=names,
        ),
        draft(
            "key-in-groups-of-three",
            _grouped("keys", (3, 3, 3), digits + _CAPITALS),
            "held-out",
        ),
        draft("code-in-groups-of-four", _grouped("groups of four", (4, 4)), "held-out"),
        draft("number-to-scientific", _to_scientific, "held-out"),
    )
