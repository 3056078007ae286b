"""Samples of what an adapter does: a few inputs, answered with it and without it, and whose inputs they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hyperlora.bank import stack_adapters
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Example
from pipelines.adapt.candidates import Candidate, Found
from pipelines.adapt.choice_by_description import MIN_CONFIDENCE
from pipelines.runtime import Runtime

SHOWN_ANSWERS = 5


@dataclass(frozen=True)
class Answer:
    """What the base model and the adapted model say to one input; `expected` is empty where nobody knows."""

    input: str
    base: str
    adapted: str
    expected: str

    @property
    def right(self) -> bool:
        """Whether the adapted model says what is expected."""
        return self.adapted == self.expected


@dataclass(frozen=True)
class Samples:
    """Answers to a few inputs.

    Attributes:
        answers: of both models.
        of: reference of the registered adapter whose inputs they are; empty where they were given.
        description: of that adapter's task.
    """

    answers: tuple[Answer, ...] = ()
    of: str = ""
    description: str = ""

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "answers": [asdict(answer) for answer in self.answers],
            "answers_of": {"reference": self.of, "description": self.description} if self.of else None,
        }

    def heading(self, origin: str) -> str:
        """What they are, in a line.

        Args:
            origin: of the adapter that answers.
        """
        known = [answer for answer in self.answers if answer.expected]
        told = f"{sum(answer.right for answer in known)} of {len(known)} answers as expected" if known else ""
        if not self.of:
            return f"on the examples: {told}"
        if origin == "generated":
            return f"inputs of the closest adapter, {self.of} ({self.description!r}), which may be for another task"
        return f"samples of {self.of} ({self.description!r}), not of yours: {told}"


def take_samples(
    runtime: Runtime, adapter: Adapter, ranked: Sequence[Found], chosen: Candidate, examples: Sequence[Example]
) -> Samples:
    """Answers to the first examples; without any, to those of the adapter that was retrieved.

    For a generated one they are the closest adapter's inputs, and only where that may be for the task; what is expected
    is not known then.
    """
    if examples:
        pairs = [(example.input, example.output) for example in examples[:SHOWN_ANSWERS]]
        return Samples(_answered(runtime, adapter, pairs))
    source = _source(ranked, chosen)
    if source is None:
        return Samples()
    candidate, shown = source
    own = chosen.origin == "retrieved"
    pairs = [(each.input, each.output if own else "") for each in shown.card.examples[:SHOWN_ANSWERS]]
    return (
        Samples(_answered(runtime, adapter, pairs), candidate.reference, candidate.description) if pairs else Samples()
    )


def _source(ranked: Sequence[Found], chosen: Candidate) -> Found | None:
    if chosen.origin == "retrieved":
        return next(pair for pair in ranked if pair[0].reference == chosen.reference)
    retrieved = [pair for pair in ranked if pair[0].origin == "retrieved"]
    if not retrieved:
        return None
    closest = max(retrieved, key=lambda pair: (pair[0].confidence or 0.0, pair[0].similarity or 0.0))
    sure = closest[0].confidence
    return closest if sure is None or sure >= MIN_CONFIDENCE else None


def _answered(runtime: Runtime, adapter: Adapter, pairs: Sequence[tuple[str, str]]) -> tuple[Answer, ...]:
    prompts = [render_prompt(adapter.card.prompt_template, text) for text, _ in pairs]
    outputs = generate(
        runtime.base,
        [*prompts, *prompts],
        bank=runtime.bank,
        factors=stack_adapters([adapter], runtime.base.device),
        choices=[None] * len(pairs) + [0] * len(pairs),
    )
    base, adapted = outputs[: len(pairs)], outputs[len(pairs) :]
    return tuple(
        Answer(text, plain.answer, changed.answer, expected)
        for (text, expected), plain, changed in zip(pairs, base, adapted, strict=True)
    )
