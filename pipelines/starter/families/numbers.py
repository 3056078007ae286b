"""Numbers in words, in several languages, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.number_sentences import in_words, numbers_of, told
from pipelines.starter.families.numbers_frames import COUNTS, DIGITS, HEADLINES, ORDINALS, PRICES
from pipelines.starter.families.numbers_wordings import WORDINGS, into_language, out_of_language
from pipelines.starter.splits import USUAL_SIZES

FAMILY = "numbers"
_PACKAGES = ("num2words",)
# Up to three digits the answer stays within about eight tokens.
_LARGEST = 999
# What the other half of these numbers leaves.
_FEWER = (200, 50, 100)
# From here on, those that are no multiples of ten begin no other number's words.
_FIRST_COMPOUND = 21
_LANGUAGES = {
    "German": "de",
    "French": "fr",
    "Spanish": "es",
    "Dutch": "nl",
    "Swedish": "sv",
    "Italian": "it",
    "Portuguese": "pt",
}


def number_words(side: Side) -> Iterator[tuple[str, str]]:
    """The whole numbers from 0 to 999 in digits and in words ("three hundred and forty-seven")."""
    return ((str(number), in_words(number)) for number in range(_LARGEST + 1))


def _certain(number: int, language: str) -> bool:
    """Whether a number has but one usual spelling, and num2words has it."""
    if language == "nl":  # honderdéén, honderd een, honderdeen
        return number % 100 != 1
    if language == "it":  # centootto, centotto
        return number % 100 != 8
    return True


def _into(language: str) -> Pairs:
    code = _LANGUAGES[language]

    def pairs(_: Side) -> Iterator[tuple[str, str]]:
        for number in range(_LARGEST + 1):
            if _certain(number, code):
                yield str(number), in_words(number, code)

    return pairs


def _out_of(code: str) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for number in range(_FIRST_COMPOUND, _LARGEST + 1):
            # "Trois cents" and "cent vingt" are left out: others begin with them.
            if number % 10 and _certain(number, code):
                words = in_words(number, code)
                # num2words leaves the accent out after hundreds: centoventitré.
                yield re.sub("tre$", "tré", words) if code == "it" else words, str(number)

    return pairs


def suffixed(number: int) -> str:
    """The ordinal in digits: 21st."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _suffixes(_: Side) -> Iterator[tuple[str, str]]:
    for number in range(1, 3000):
        # Those that end otherwise than with "th" are three in ten by themselves: more of them.
        if number % 10 in (1, 2, 3) or number % 7 == 0:
            yield str(number), suffixed(number)


def _ordinals(_: Side) -> Iterator[tuple[str, str]]:
    return ((str(number), in_words(number, to="ordinal")) for number in range(1, _LARGEST + 1))


def _ordinals_back(_: Side) -> Iterator[tuple[str, str]]:
    for number in range(_FIRST_COMPOUND, _LARGEST + 1):
        yield f"the {in_words(number, to='ordinal')}", suffixed(number)


def _years(_: Side) -> Iterator[tuple[str, str]]:
    # Before "ten" it is disputed: nineteen oh-five, nineteen hundred and five.
    for year in [*range(1110, 2000), *range(2020, 2100)]:
        if year % 100 >= 10:
            yield str(year), in_words(year, to="year")


def price_words(cents: int) -> str:
    """Dollars and cents in words: twelve dollars and fifty cents."""
    dollars, rest = divmod(cents, 100)
    parts = [f"{in_words(dollars)} dollar{'s' * (dollars != 1)}", f"{in_words(rest)} cent{'s' * (rest != 1)}"]
    return " and ".join(parts if rest else parts[:1])


def _price(draws: Draws) -> int:
    return 100 * draws.between(1, 99) + draws.pick((0, 5 * draws.between(1, 19), draws.between(1, 99)))


def _prices(_side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("prices in words")
    for _ in range(1500):
        cents = _price(draws)
        yield f"${cents // 100}.{cents % 100:02}", price_words(cents)


def _decimals(places: Sequence[int]) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws("decimals in words")
        wholes = numbers_of(side, 0, 99)
        for _ in range(2000):
            digits = [draws.below(10) for _ in range(draws.pick(places) - 1)]
            whole, last = draws.pick(wholes), draws.between(1, 9)
            said = " ".join(in_words(digit) for digit in (*digits, last))
            yield f"{whole}.{''.join(map(str, digits))}{last}", f"{in_words(whole)} point {said}"

    return pairs


def _read_out(_side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("digits read out")
    for _ in range(1500):
        digits = [draws.below(10) for _ in range(draws.between(4, 6))]
        yield "".join(map(str, digits)), " ".join(in_words(digit) for digit in digits)


def _in_sentences(
    seed: str,
    frames: Sequence[str],
    number: Callable[[Draws], int],
    shown: Callable[[int], str],
    answer: Callable[[int], str],
) -> Pairs:
    """Sentences that show a number in one way, with the same number in another."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        def values(draws: Draws) -> dict[str, object]:
            chosen = number(draws)
            return {"shown": shown(chosen), "answer": answer(chosen)}

        for sentence, held in told(side, seed, frames, values):
            yield sentence, str(held["answer"])

    return pairs


def _up_to_a_thousand(draws: Draws) -> int:
    return draws.pick((draws.between(_FIRST_COMPOUND, 99), draws.between(101, _LARGEST)))


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""

    def draft(
        name: str,
        pairs: Pairs,
        partition: Partition = "seen",
        twin_of: str = "",
        sizes: tuple[int, int, int] = USUAL_SIZES,
    ) -> Draft:
        wordings = WORDINGS[name]
        return Draft(
            name, pairs=pairs, packages=_PACKAGES, partition=partition, twin_of=twin_of, sizes=sizes, **wordings
        )

    def into(language: str) -> Draft:
        wordings = into_language(language)
        return Draft(f"number-words-{language.lower()}", pairs=_into(language), packages=_PACKAGES, **wordings)

    def out_of(language: str, partition: Partition = "seen") -> Draft:
        pairs, wordings = _out_of(_LANGUAGES[language]), out_of_language(language)
        name = f"{language.lower()}-words-to-number"
        sizes = USUAL_SIZES if partition == "seen" else _FEWER
        return Draft(name, pairs=pairs, packages=_PACKAGES, partition=partition, sizes=sizes, **wordings)

    return (
        draft("number-words", number_words),
        *(into(language) for language in ("German", "French", "Spanish", "Dutch")),
        draft("words-to-number", _out_of("en")),
        *(out_of(language) for language in ("German", "French", "Swedish")),
        draft("ordinal-words", _ordinals),
        draft("ordinal-suffix", _suffixes),
        draft("year-in-words", _years),
        draft("price-in-words", _prices),
        draft("decimal-in-words", _decimals((1, 2))),
        draft("digits-read-out", _read_out),
        draft("sentence-number-to-digits", _in_sentences("number to digits", COUNTS, _up_to_a_thousand, in_words, str)),
        draft(
            "sentence-digits-to-words",
            _in_sentences("digits to words", DIGITS, lambda draws: draws.between(13, 199), str, in_words),
        ),
        draft(
            "sentence-price-to-digits",
            _in_sentences(
                "price to digits", PRICES, _price, price_words, lambda cents: f"${cents // 100}.{cents % 100:02}"
            ),
        ),
        out_of("Italian", "dev"),
        draft("ordinal-words-to-suffix", _ordinals_back, "dev"),
        draft(
            "headline-number-to-digits",
            _in_sentences("headlines", HEADLINES, _up_to_a_thousand, in_words, str),
            "held-out",
            "sentence-number-to-digits",
        ),
        draft("long-decimal-in-words", _decimals((3,)), "held-out", "decimal-in-words"),
        out_of("Portuguese", "held-out"),
        draft(
            "sentence-ordinal-to-suffix",
            _in_sentences(
                "ordinals",
                ORDINALS,
                lambda draws: draws.between(_FIRST_COMPOUND, 199),
                lambda number: in_words(number, to="ordinal"),
                suffixed,
            ),
            "held-out",
        ),
    )
