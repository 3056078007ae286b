"""What does not agree in a request: one input with two outputs, a description beside another task's examples."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from hyperlora.tasks.task import Example
from pipelines.adapt.candidates import TRUSTED_SIMILARITY, Candidate
from retrieval.calibration import KNOWN

# The shares of the examples up to which an adapter answers almost none of them, and from which on nearly all: of five
# at most one, and at least four, as an odd example is not of another task yet.
ALMOST_NONE = 0.2
NEARLY_ALL = 0.8
_NAMED = 3
_SHOWN_CHARACTERS = 60


def distinct_examples(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The examples without those that say again what an earlier one says."""
    return tuple({(each.input.strip(), each.answers): each for each in reversed(examples)}.values())[::-1]


def conflicting_outputs(examples: Sequence[Example]) -> dict[str, list[str]]:
    """Inputs whose examples accept no common answer, each with its outputs."""
    by_input: dict[str, list[Example]] = {}
    for example in examples:
        by_input.setdefault(example.input.strip(), []).append(example)
    return {
        text: list(dict.fromkeys(each.output for each in own))
        for text, own in by_input.items()
        if not set.intersection(*(set(each.answers) for each in own))
    }


def example_notes(examples: Sequence[Example]) -> list[str]:
    """What to say of examples that repeat or contradict each other."""
    notes = []
    if repeated := len(examples) - len(distinct_examples(examples)):
        what = "1 example is a repetition" if repeated == 1 else f"{repeated} examples are repetitions"
        notes.append(f"{what} of another; each pair of input and output counts once")
    conflicts = conflicting_outputs(examples)
    for text, outputs in list(conflicts.items())[:_NAMED]:
        told = " and ".join(_quoted(output) for output in outputs)
        notes.append(
            f"the examples contradict each other: input {_quoted(text)} has the outputs {told}; all are used, and no "
            "adapter can answer more than one of them, so correct the examples"
        )
    if (more := len(conflicts) - _NAMED) > 0:
        notes.append(f"so do the examples of {more} further input{'s' if more > 1 else ''}")
    return notes


def description_note(candidates: Sequence[Candidate], count: int) -> str | None:
    """What to say where description and examples point to different adapters.

    Args:
        candidates: scored on the examples.
        count: how many examples there were.
    """
    described = max((each for each in candidates if _fits(each)), key=_closeness, default=None)
    shown = max(candidates, key=lambda each: each.exact_match or 0.0, default=None)
    if described is None or shown is None or described.exact_match is None or shown.exact_match is None:
        return None
    if described.exact_match > ALMOST_NONE or shown.exact_match < NEARLY_ALL:
        return None
    return (
        f"description and examples point to different adapters: the description to {_named(described)}, "
        f"which answers {round(described.exact_match * count)} of {count} examples, the examples to {_named(shown)}, "
        f"which answers {round(shown.exact_match * count)}; the examples decided, so "
        "check that the description is of their task"
    )


def _fits(candidate: Candidate) -> bool:
    """Whether the description alone would have led to it."""
    if candidate.confidence is not None:
        return candidate.confidence >= KNOWN
    return candidate.similarity is not None and candidate.similarity >= TRUSTED_SIMILARITY


def _closeness(candidate: Candidate) -> tuple[float, float]:
    return candidate.confidence or 0.0, candidate.similarity or 0.0


def _named(candidate: Candidate) -> str:
    if candidate.origin == "generated":
        return "what the generator wrote of them"
    return f"{candidate.reference} ({_quoted(candidate.description)})"


def _quoted(text: str) -> str:
    return repr(shorten(text, _SHOWN_CHARACTERS, placeholder=" ..."))
