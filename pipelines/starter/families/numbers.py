"""Numbers: from digits to English words."""

from __future__ import annotations

from hyperlora.tasks import Task
from pipelines.starter.sources import data_package, licence_line, source_line
from pipelines.starter.splits import USUAL_SIZES, split_examples

_PACKAGES = ("num2words",)
# Up to three digits the answer stays within about eight tokens.
_LARGEST = 999


def number_words() -> list[tuple[str, str]]:
    """The whole numbers from 0 to 999 in digits and in words ("three hundred and forty-seven")."""
    in_words = data_package("num2words").num2words
    return [(str(number), in_words(number)) for number in range(_LARGEST + 1)]


def tasks() -> tuple[Task, ...]:
    """The number tasks."""
    return (
        Task(
            name="number-words",
            family="numbers",
            descriptions=(
                "Write the number in English words.",
                "Spell out the digits as you would say the number aloud.",
                "Convert numerals to text, for example 21 to twenty-one.",
                "How is this figure written on a cheque, in letters?",
                "Read the integer and give its name.",
                "Turn a number made of digits into its written-out form.",
                "Express the quantity without using any digits.",
                "You get a whole number below one thousand; put it into words.",
            ),
            unseen_descriptions=(
                "Verbalize the numeral.",
                "What do you call this number in plain English?",
                "Replace the figures by the words a speaker would use.",
                "Transcribe the given count from Arabic numerals to language.",
            ),
            **split_examples("number-words", number_words(), USUAL_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
    )
