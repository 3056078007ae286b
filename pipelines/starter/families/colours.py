"""Colours as numbers and as paint."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.frames import fill, one_of
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings

FAMILY = "colours"
_SAMPLES = 2500
_CHANNELS = ("red", "green", "blue")
_MARGIN = 48
_STYLES = ("rgb({})", "#page {{ background-color: rgb({}); }}", "<body bgcolor='rgb({})'>", "--surface: rgb({});")
# The sum of the three numbers, from 0 to 765, below and above which nobody would hesitate.
_DARK, _LIGHT = 250, 515
_MIXED = {
    ("red", "yellow"): "orange",
    ("blue", "yellow"): "green",
    ("blue", "red"): "purple",
    ("red", "white"): "pink",
    ("black", "white"): "grey",
    ("green", "red"): "brown",
}
_PAINTING = (
    "[He|She] stirs {one} paint into {other} paint and paints the [fence|door|gate|shed] with it.",
    "They mixed {one} and {other} for the [walls|chairs|shelves|doors] of the {room}.",
    "We have only {one} and {other} left, so we mix them for the {room}.",
    "I pour the {one} colour into the pot of {other} and stir [well|slowly|for a minute].",
    "If you mix a [cup|tin|tube|spoon] of {one} with a [cup|tin|tube|spoon] of {other}, what colour do you get?",
    "To paint the {room}, my [aunt|uncle|sister|brother] blends {one} with {other} in equal parts.",
    "Out of {one} and {other} the painter mixes a new colour for the {room}.",
    "One brush is full of {one}, the other full of {other}; they run together on the [paper|canvas|wet wood].",
    "At school the children rub {one} chalk over {other} chalk until both are one colour.",
    "Where the {one} ink runs into the {other} ink on the [paper|cloth|map], a third colour appears.",
    "My [aunt|uncle|sister|brother] spilled {one} dye into the {other} dye just before dyeing [scarves|shirts].",
    "Two tins were left, {one} and {other}, and [he|she] emptied both into one bucket for the {room}.",
)
_ROOMS = ("kitchen", "hall", "bathroom", "garage", "bedroom", "cellar", "nursery", "attic", "porch", "studio")


def strongest_channels(side: Side) -> Iterator[tuple[str, str]]:
    """Colours in hexadecimal with the largest of their three parts."""
    draws = Draws(f"channel {side.name}")
    for turn in range(_SAMPLES):
        strongest = turn % 3
        parts = [draws.below(256 - _MARGIN) for _ in _CHANNELS]
        parts[strongest] = draws.between(max(parts) + _MARGIN, 255)
        yield "#" + "".join(f"{part:02x}" for part in parts), _CHANNELS[strongest]


def brightnesses(side: Side) -> Iterator[tuple[str, str]]:
    """Colours as three numbers, with whether they are light or dark, as many of each; those between are left out."""
    draws = Draws(f"brightness {side.name}")
    found = {"light": 0, "dark": 0}
    while min(found.values()) < _SAMPLES // 2:
        parts = [draws.below(256) for _ in _CHANNELS]
        # Blue looks dark, green looks light and a pure colour is neither, so the sum alone does not decide.
        seen = 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]
        if max(parts) <= 150 and sum(parts) <= _DARK and seen <= _DARK / 3:
            answer = "dark"
        elif min(parts) >= 100 and sum(parts) >= _LIGHT and seen >= _LIGHT / 3:
            answer = "light"
        else:
            continue
        found[answer] += 1
        if found[answer] <= _SAMPLES // 2:
            yield draws.pick(_STYLES).format(", ".join(map(str, parts))), answer


def mixed_paints(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences in which two paints are mixed, with the colour that they make."""
    draws = Draws(f"paint {side.name}")
    for turn in range(_SAMPLES):
        pair = draws.pick(tuple(_MIXED))
        one, other = draws.shuffled(pair)
        slots = {"one": one_of((one,)), "other": one_of((other,)), "room": one_of(_ROOMS)}
        yield fill(_PAINTING[turn % len(_PAINTING)], slots, draws)[0], _MIXED[pair]


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "hex-strongest-channel": (
            strongest_channels,
            """
            Say which part of the hex colour is largest: red, green or blue.
            Which of the three channels is strongest in this web colour? Answer red, green or blue.
            #rrggbb -> channel with the highest value, e.g. #20c04f -> green
            You are given a colour code of six hexadecimal digits. Name the primary colour that dominates it.
            Compare the first two, the middle two and the last two digits: red, green or blue?
            Read the colour code and tell if red, green or blue has the greatest share.
            Which lamp of a screen, the red, the green or the blue one, shines brightest to show this?
            Find the maximum of the R, G and B values in a CSS colour and write its colour's name.
            Is the following code mostly reddish, greenish or bluish? Reply red, green or blue.
            Of the pairs of hex digits behind the number sign, the greatest wins; give its primary.
            Report the dominant component of this pixel as a word.
            A designer wants to know what primary prevails in the six-digit code below.
            """,
        ),
        "rgb-light-or-dark": (
            brightnesses,
            """
            Say whether the RGB colour is light or dark.
            Is this colour light or dark?
            rgb(r, g, b) -> light / dark
            You are given the red, green and blue parts of a colour, from 0 to 255. Answer light or dark.
            Judge the brightness of the background: light if near white, dark if near black.
            Would black text (light background) or white text (dark background) go on it? Write light or dark.
            Classify colours in CSS notation as light or dark.
            Look at the three numbers: high ones make a light colour, low ones a dark one. Which is this?
            Decide between the labels "dark" and "light" for the following shade.
            Is this pixel in the brighter or the dimmer half? Reply with light for the former, dark for the latter.
            Estimate luminance from the triple and report it as one of two words, dark or light.
            Should a theme with this background be filed under light themes or dark themes? One word.
            """,
        ),
        "mixed-paint-colour": (
            mixed_paints,
            """
            Name the colour that the two mixed paints make.
            Two colours are mixed in the sentence; what colour comes out?
            two paints -> their mixture, e.g. blue and yellow -> green
            You are given a sentence in which somebody mixes paints. Write the resulting colour in one word.
            Find both colours in the text and say what they become together.
            What does the new paint look like? Answer with orange, green, purple, pink, grey or brown.
            Work out the mixture as children learn it at school: red and white make pink, and so on.
            Predict the shade in the pot after stirring, as a single colour word.
            After blending, which of the hues brown, green, grey, orange, pink and purple will be seen?
            Tell me the third colour that arises from those two.
            Apply the rules of mixing pigments to this little story and give the outcome.
            From a couple of coloured liquids to the tint of their blend: name that tint.
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), partition="held-out", **wordings(text))
        for name, (pairs, text) in texts.items()
    )
