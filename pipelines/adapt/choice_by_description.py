"""The choice without examples: by what an adapter taken on a description alone is expected to score.

The retriever says how probable it is that its first hit is for the task described. With that probability the hit scores
what it scores on its own task, otherwise what a wrong adapter does; a generator scores more on tasks of the pool, which
it knows, than on others. Which of both is expected to score more is taken. Where they lie close together both are kept,
and where the pool has probably nothing for the task, nothing is made of it
(docs/research/2026-11-30-choosing-without-examples.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hyperlora.errors import HyperLoRAError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.references import parse_reference
from pipelines.adapt.candidates import TRUSTED_SIMILARITY, Candidate, Choice, Found
from retrieval.calibration import KNOWN

# Below this probability that the closest adapter is for the task nothing is made of a description.
MIN_CONFIDENCE = 0.1
# Expected scores this near to each other cannot be told apart.
CLOSE = 0.1
_MEASURED = ("exact_match.test", "exact_match.validation")


@dataclass(frozen=True)
class ExpectedScores:
    """Mean exact match, on dev, of what a description alone leads to (`benchmarks/choosing.py`).

    Attributes:
        right: an adapter on its own task, for those whose cards say nothing of it.
        wrong: an adapter on another task that it was found for.
        known: what a generator writes for a task of the pool that it was trained on, as a share of what the adapter for
            that task scores: what is hard for one is hard for the other.
        unknown: what it writes for a task of neither.
    """

    right: float
    wrong: float
    known: float
    unknown: float

    def retrieved(self, confidence: float, measured: float | None) -> float:
        """Of an adapter that is for the task with this probability, and scores this on its own."""
        return confidence * (self.right if measured is None else measured) + (1 - confidence) * self.wrong

    def generated(self, confidence: float, measured: float | None) -> float:
        """Of what is generated for a task that is, with this probability, a known one whose adapter scores this."""
        own = self.right if measured is None else measured
        return confidence * self.known * own + (1 - confidence) * self.unknown


EXPECTED = ExpectedScores(right=0.86, wrong=0.04, known=0.65, unknown=0.13)


class NothingFitsError(HyperLoRAError):
    """Nothing in the pool is for the task described, as far as the retriever can tell.

    Args:
        closest: what came closest, best first.
    """

    exit_code = 3

    def __init__(self, problem: str, remedy: str, closest: Sequence[Candidate]) -> None:
        super().__init__(problem, remedy)
        self.closest = tuple(closest)

    def details(self) -> dict[str, Any]:
        """The closest adapters with how sure that is."""
        kept = ("reference", "description", "similarity", "confidence")
        return {"closest": [{name: getattr(each, name) for name in kept} for each in self.closest]}


@dataclass(frozen=True)
class DescribedChoice:
    """What was chosen by a description.

    Attributes:
        ranked: all candidates, the best first, each with its expected score.
        choice: the best, and why.
        alternative: the best of the other origin, where it cannot be told which is better.
    """

    ranked: tuple[Found, ...]
    choice: Choice
    alternative: Found | None


def check_confidence(value: float | None) -> float:
    """The bar, `MIN_CONFIDENCE` when None.

    Raises:
        InputError: it is no probability.
    """
    if value is None:
        return MIN_CONFIDENCE
    if not 0 <= value <= 1:
        raise InputError(f"the least confidence is {value}", "Give a probability from 0 to 1 with --min-confidence.")
    return value


def choose_by_description(
    found: Sequence[Found],
    known_tasks: Sequence[str],
    *,
    min_confidence: float | None = None,
    force: bool = False,
    share: float = 1.0,
) -> DescribedChoice:
    """The candidate that is expected to score best.

    Args:
        found: candidates, retrieved ones in the retriever's order.
        known_tasks: names of the tasks that the generator was trained on.
        min_confidence: below this probability nothing fits; `MIN_CONFIDENCE` when None.
        force: take the best nevertheless.
        share: what this generator scored beside a better one at the same tasks, as a share of that one's score; what is
            expected of generated adapters was measured with the shipped one.

    Raises:
        NothingFitsError: the closest adapter is too improbable, and nothing is forced.
        InputError: the least confidence is no probability.
    """
    least = check_confidence(min_confidence)
    retrieved = [pair for pair in found if pair[0].origin == "retrieved"]
    closest = retrieved[0][0] if retrieved else None
    sure = None if closest is None else _confidence(closest)
    if closest is not None and closest.confidence is not None and closest.confidence < least and not force:
        raise NothingFitsError(
            f"nothing in the pool fits this description: the closest adapter, {closest.reference} "
            f"({closest.description!r}), is for it with probability {_below(closest.confidence, least)}",
            "Give three or more solved examples (--examples), say it in other words of the language that the pool is "
            f"described in,{_lowered(min_confidence)} or take what comes closest by force (--force).",
            [candidate for candidate, _ in retrieved],
        )
    knows = (
        0.0 if closest is None or sure is None or parse_reference(closest.reference).target not in known_tasks else sure
    )
    written = share * EXPECTED.generated(knows, _measured(retrieved[0][1]) if retrieved else None)
    ranked = sorted(
        ((replace(each, expected_score=_expected(each, adapter, written)), adapter) for each, adapter in found),
        key=lambda pair: -(pair[0].expected_score or 0.0),
    )
    best, *others = ranked
    other = next((pair for pair in others if pair[0].origin != best[0].origin), None)
    near = other is not None and (best[0].expected_score or 0.0) - (other[0].expected_score or 0.0) < CLOSE
    alternative = other if near else None
    reason = _reason(best[0], closest, alternative, forced=force and closest is not None and (sure or 0.0) < least)
    return DescribedChoice(tuple(ranked), Choice(*best, 0, reason), alternative)


def _below(value: float, least: float) -> str:
    """Both numbers, with as many digits as show that the one is below the other."""
    digits = next((count for count in range(2, 17) if float(f"{value:.{count}f}") < least), 17)
    return f"{value:.{digits}f}, below {least:g}"


def _lowered(min_confidence: float | None) -> str:
    return "" if min_confidence is None else " lower min_confidence (--min-confidence),"


def _confidence(candidate: Candidate) -> float:
    """The probability that a retrieved one is for the task; a guess where the retriever is not calibrated."""
    if candidate.confidence is not None:
        return candidate.confidence
    return 1.0 if (candidate.similarity or 0.0) >= TRUSTED_SIMILARITY else 0.0


def _expected(candidate: Candidate, adapter: Adapter, written: float) -> float:
    if candidate.origin == "generated":
        return written
    return EXPECTED.retrieved(_confidence(candidate), _measured(adapter))


def _measured(adapter: Adapter) -> float | None:
    """What an adapter's card says that it scores on its own task."""
    metrics = adapter.card.metrics
    return next((metrics[name] for name in _MEASURED if name in metrics), None)


def _reason(best: Candidate, closest: Candidate | None, alternative: Found | None, *, forced: bool) -> str:
    if best.origin == "retrieved":
        reason = f"closest adapter of the pool, {_how_sure(best)}: {best.description!r}"
    elif closest is None:
        reason = "generated from the description: the pool is empty"
    else:
        reason = f"generated from the description: the closest adapter, {closest.reference}, is {_how_sure(closest)}"
    reason += f"; expected score {best.expected_score:.2f}, unproven without --examples"
    if forced:
        reason += "; nothing fits, and it was asked for with --force"
    if alternative is not None:
        reason += f"; {alternative[0].origin} as well, which may do as well ({alternative[0].expected_score:.2f})"
    return reason


def _how_sure(candidate: Candidate) -> str:
    if candidate.confidence is not None:
        only = "" if candidate.confidence >= KNOWN else " only"
        return f"for this task with probability {candidate.confidence:.2f}{only}"
    return f"at similarity {candidate.similarity or 0.0:.2f}"
