"""An example: one input and the answer wanted for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

LONGEST_LINE = 64 * 1024
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Example:
    """One input and the answer wanted for it.

    Answers are kept without surrounding spaces, because a model's answer is read without them.

    Attributes:
        also: further answers that are as good; the one trained on is `output`.
    """

    input: str
    output: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "output", self.output.strip())
        if self.also:
            object.__setattr__(self, "also", tuple(answer.strip() for answer in self.also))

    @property
    def answers(self) -> tuple[str, ...]:
        """Every accepted answer, the one trained on first."""
        return (self.output, *self.also)

    def record(self) -> dict[str, Any]:
        """What a line of a `.jsonl` file holds; `also` only where there is such an answer."""
        return {"input": self.input, "output": self.output} | ({"also": list(self.also)} if self.also else {})


def text_problem(field: str, value: object) -> str | None:
    """What is wrong with the input or output of an example, if anything."""
    if not isinstance(value, str):
        return f"{field!r} must be a string, not {type(value).__name__}"
    if not value.strip():
        return f"{field!r} is empty"
    if _SURROGATE.search(value):
        return f"{field!r} holds half of a surrogate pair, which UTF-8 cannot write"
    if field != "input" and ("\n" in value or "\r" in value):
        return f"{field!r} holds a line break, and answers are one line"
    return None


def also_problem(values: object) -> str | None:
    """What is wrong with the further answers of an example, if anything."""
    if not isinstance(values, list | tuple) or not values:
        return "'also' must be a list of further answers, or be left away"
    return next(filter(None, (text_problem("also", value) for value in values)), None)


def make_example(input_text: object, output_text: object, also: object = ()) -> Example:
    """The example of the values that a caller gave; `also` is a list of further answers, or left away.

    Raises:
        ValueError: one of them is not text that an example can hold; the message says why.
    """
    problem = text_problem("input", input_text) or text_problem("output", output_text)
    if problem := problem or (None if also == () else also_problem(also)):
        raise ValueError(problem)
    return Example(str(input_text), str(output_text), tuple(cast("Sequence[str]", also)))
