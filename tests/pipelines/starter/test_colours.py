"""The colour tasks, with the standard library's colour system and a painter's rules."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable

Answers = Callable[[str], dict[str, str]]

_MIXED = {
    frozenset(("red", "yellow")): "orange",
    frozenset(("blue", "yellow")): "green",
    frozenset(("blue", "red")): "purple",
    frozenset(("red", "white")): "pink",
    frozenset(("black", "white")): "grey",
    frozenset(("green", "red")): "brown",
}


def test_the_strongest_channel_is_clearly_larger(answers: Answers) -> None:
    for text, output in answers("hex-strongest-channel").items():
        parts = dict(zip(("red", "green", "blue"), bytes.fromhex(text[1:]), strict=True))
        assert all(parts[output] > value + 40 for name, value in parts.items() if name != output)


def test_light_colours_are_lighter_than_dark_ones(answers: Answers) -> None:
    sums: dict[str, list[float]] = {"light": [], "dark": []}
    for text, output in answers("rgb-light-or-dark").items():
        red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", text[text.index("rgb(") :]))
        sums[output].append(red + green + blue)
        luma = colorsys.rgb_to_yiq(red, green, blue)[0]
        assert (luma > 0.5) == (output == "light")
    assert min(sums["light"]) > 2 * max(sums["dark"]) - 0.1


def test_paints_mix_as_at_school(answers: Answers) -> None:
    for text, output in answers("mixed-paint-colour").items():
        assert _MIXED[frozenset(re.findall(r"\b(red|yellow|blue|white|black|green)\b", text))] == output, text
