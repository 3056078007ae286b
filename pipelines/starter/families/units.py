"""Measures: the same length, weight, time or price in another unit, and what the units are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.number_sentences import in_sentences, in_words, numbers_of
from pipelines.starter.families.units_frames import CARRYING, DIARY, MEASURING, WAITING, WALKING
from pipelines.starter.families.units_wordings import WORDINGS
from pipelines.starter.families.wordings import worded_draft

FAMILY = "units"
_COUNT = 2500
_ABBREVIATIONS = {
    "kilometres": "km", "metres": "m", "centimetres": "cm", "millimetres": "mm", "miles": "mi", "feet": "ft",
    "inches": "in", "yards": "yd",
    "kilograms": "kg", "grams": "g", "milligrams": "mg", "tonnes": "t", "pounds": "lb", "ounces": "oz",
    "millilitres": "ml", "seconds": "s", "minutes": "min", "hours": "h", "milliseconds": "ms",
    "degrees Celsius": "°C", "watts": "W", "kilowatts": "kW", "volts": "V", "amperes": "A", "hertz": "Hz",
    "kilohertz": "kHz", "megabytes": "MB", "gigabytes": "GB", "newtons": "N", "joules": "J", "decibels": "dB",
    "kilometres per hour": "km/h", "square metres": "m²", "cubic metres": "m³",
}  # fmt: skip
# Units in full and in short; the last two kinds have fewer, which are drawn as often.
_KINDS = {
    "length": ("km", "kilometres", "m", "metres", "cm", "centimetres", "mm", "miles", "feet", "inches", "yards"),
    "mass": ("kg", "kilograms", "g", "grams", "mg", "tonnes", "pounds", "ounces", "lb"),
    "time": ("hours", "minutes", "seconds", "days", "weeks", "years", "months", "min"),
    "volume": ("litres", "millilitres", "ml", "gallons", "pints", "cubic metres", "cl", "m³"),
    "temperature": ("°C", "degrees Celsius", "degrees Fahrenheit", "°F", "kelvins"),
}


def decimal(thousandths: int) -> str:
    """A number of thousandths as a decimal without zeros at its end: 3400 as 3.4."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def _times_thousand(large: str, small: str, low: int = 1, high: int = 60) -> Pairs:
    """3.4 km -> 3400 m."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"{large} {side.name}")
        for whole in numbers_of(side, low, high):
            for _ in range(30):
                thousandths = 1000 * whole + draws.pick((0, 100, 100, 10, 10, 10)) * draws.between(1, 9)
                thousandths += 100 * draws.below(10) if thousandths % 100 else 0
                yield f"{decimal(thousandths)} {large}", f"{thousandths} {small}"

    return pairs


def _by_thousand(small: str, large: str) -> Pairs:
    """3400 g -> 3.4 kg."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for number in numbers_of(side, 110, 29_990, 10):
            yield f"{number} {small}", f"{decimal(number)} {large}"

    return pairs


def _centimetres(side: Side) -> Iterator[tuple[str, str]]:
    for number in numbers_of(side, 11, 1400):
        yield f"{number} cm", f"{decimal(10 * number)} m"


def _two_parts(first: str, second: str, factor: int, high: int, text: str) -> Pairs:
    """A measure in a large unit and a small one, and the whole of it in the small one."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for large in numbers_of(side, 1, high):
            for small in range(1, factor):
                larges, smalls = first if large == 1 else f"{first}s", second if small == 1 else f"{second}s"
                total = factor * large + small
                yield text.format(large=large, larges=larges, small=small, smalls=smalls), f"{total} {second}s"

    return pairs


def _heights(side: Side) -> Iterator[tuple[str, str]]:
    for metres in numbers_of(side, 1, 20):
        for centimetres in range(2, 100):
            yield f"{metres} m {centimetres} cm", f"{100 * metres + centimetres} cm"


def _money(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("money to cents")
    for _ in range(_COUNT):
        cents = 100 * draws.between(1, 60) + draws.between(1, 99)
        yield f"${cents // 100}.{cents % 100:02}", f"{cents} cents"


def _abbreviated(swapped: bool) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"abbreviated {swapped}")
        numbers = numbers_of(side, 2, 999)
        for _ in range(60):
            for unit, short in _ABBREVIATIONS.items():
                number = draws.pick(numbers)
                pair = f"{number} {unit}", f"{number} {short}"
                yield pair[::-1] if swapped else pair

    return pairs


def _measured(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("what is measured")
    numbers = numbers_of(side, 2, 400)
    for _ in range(300):
        for kind, units in _KINDS.items():
            yield f"{draws.pick(numbers)} {draws.pick(units)}", kind


def _greater(seed: str, large: str, small: str) -> Pairs:
    """Two measures in different units, and the greater one."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"{seed} {side.name}")
        for _ in range(_COUNT):
            tenths = draws.between(3, 90)
            other = 10 * draws.between(10, 900)
            both = [f"{decimal(100 * tenths)} {large}", f"{other} {small}"]
            first = draws.below(2)
            if 100 * tenths != other and (side.name == "seen" or side.has(both[first].split(" ")[0].split(".")[0])):
                yield f"{both[first]} or {both[1 - first]}", both[0] if 100 * tenths > other else both[1]

    return pairs


def _thousandfold(large: str, small: str) -> Callable[[Draws], tuple[str, str]]:
    def shown(draws: Draws) -> tuple[str, str]:
        number = draws.pick((1000 * draws.between(2, 24), 100 * draws.between(11, 120)))
        return f"{decimal(number)} {large}", f"{number} {small}"

    return shown


def _weeks(draws: Draws) -> tuple[str, str]:
    weeks = draws.between(2, 30)
    return f"{weeks} weeks", f"{7 * weeks} days"


def _spelled(draws: Draws) -> tuple[str, str]:
    number = draws.between(2, 60)
    unit = draws.pick(("metres", "centimetres", "millimetres", "feet", "inches", "yards"))
    return f"{in_words(number)} {unit}", f"{number} {_ABBREVIATIONS[unit]}"


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    draft = partial(worded_draft, WORDINGS)
    names = ("faker",)
    kilometres = _thousandfold("km", "m")
    weeks_and_days = _two_parts("week", "day", 7, 110, "{large} {larges} and {small} {smalls}")
    hours_and_minutes = _two_parts("hour", "minute", 60, 24, "{large} {larges} {small} {smalls}")
    return (
        draft("kilometres-to-metres", _times_thousand("km", "m")),
        draft("kilograms-to-grams", _times_thousand("kg", "g")),
        draft("metres-and-centimetres", _heights),
        draft("centimetres-to-metres", _centimetres),
        draft("hours-and-minutes-to-minutes", hours_and_minutes),
        draft("weeks-and-days-to-days", weeks_and_days, sizes=(120, 30, 50)),
        draft("money-to-cents", _money),
        draft("unit-abbreviation", _abbreviated(swapped=False)),
        draft("measured-quantity", _measured),
        draft("longer-distance", _greater("longer", "km", "m")),
        draft("sentence-kilometres-to-metres", in_sentences("walking", WALKING, kilometres), packages=names),
        draft("sentence-weeks-to-days", in_sentences("waiting", WAITING, _weeks), packages=names),
        draft(
            "sentence-measure-shortened",
            in_sentences("measuring", MEASURING, _spelled),
            packages=("faker", "num2words"),
        ),
        draft("grams-to-kilograms", _by_thousand("g", "kg"), "dev"),
        draft(
            "sentence-kilograms-to-grams",
            in_sentences("carrying", CARRYING, _thousandfold("kg", "g")),
            "dev",
            packages=names,
        ),
        draft("heavier-weight", _greater("heavier", "kg", "g"), "held-out", "longer-distance"),
        draft(
            "diary-kilometres-to-metres",
            in_sentences("diary", DIARY, kilometres),
            "held-out",
            "sentence-kilometres-to-metres",
            packages=names,
        ),
        draft("unit-in-full", _abbreviated(swapped=True), "held-out"),
    )
