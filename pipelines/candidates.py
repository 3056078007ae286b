"""Candidates for a task: what the pool and the generator offer, scored, and the choice among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.conditions import Wanted, missing_part
from hyperlora.adapter import Adapter
from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.prompts import render_completion, render_prompt
from hyperlora.scoring import teacher_forced_scores
from hyperlora.tasks import Example
from pipelines.generate import generate_adapters
from pipelines.session import Session
from retrieval.calibration import KNOWN

# Where the retriever is not calibrated, an adapter is trusted from this similarity on. MiniLM puts a paraphrase of a
# known task above it far more often than a description of another task; see
# docs/research/2026-11-21-first-quickstart.md.
TRUSTED_SIMILARITY = 0.5
# Adapters considered by the description alone, and how many of each kind are tried where examples tell them apart.
RETRIEVED = 3
SCORED = 12


@dataclass(frozen=True)
class Candidate:
    """One adapter that was considered.

    Attributes:
        reference: what it is: a registered adapter, or the generator that wrote it.
        origin: `retrieved` or `generated`.
        description: of the retrieved adapter; the query itself for a generated one.
        similarity: cosine between the description and the adapter's; None for a generated one, and for one that only
            the examples led to.
        confidence: the probability that it is for the task described, None where that is not known.
        exact_match: share of the given examples answered exactly, None without examples.
        log_likelihood: mean log-probability of the given answers' tokens, None without examples.
    """

    reference: str
    origin: str
    description: str
    similarity: float | None = None
    confidence: float | None = None
    exact_match: float | None = None
    log_likelihood: float | None = None


Found = tuple[Candidate, Adapter]
_LOOKED_AT = 32


def find_candidates(session: Session, description: str, examples: Sequence[Example]) -> list[Found]:
    """The adapters of the pool that fit description or examples best, and the one the generator writes.

    Args:
        examples: few lead to adapters whose own the base model takes alike; many would only say the same again.

    Raises:
        InputError: the registry has neither for this base model.
    """
    count = SCORED if examples else RETRIEVED
    retriever = session.retriever()
    matches = {match.entry.reference: match for match in retriever.search(description, count)}
    shown = retriever.search_examples(session.base, examples[:_LOOKED_AT], count) if examples else []
    others = {match.entry.reference: match.entry for match in shown if match.entry.reference not in matches}
    found: list[Found] = []
    for reference, match in matches.items():
        adapter = session.registry.load(reference)
        candidate = Candidate(reference, "retrieved", match.entry.description, match.similarity, match.confidence)
        found.append((candidate, adapter))
    for reference, entry in others.items():
        found.append((Candidate(reference, "retrieved", entry.description), session.registry.load(reference)))
    generator, wanted = session.generator(), Wanted(description, tuple(examples))
    if generator is not None and missing_part(generator.network.config, wanted) is None:
        [[adapter]] = generate_adapters(session, [wanted])
        found.append((Candidate(generator.entry.reference, "generated", description), adapter))
    if not found:
        raise InputError(
            f"the registry has neither adapters nor a generator for {session.located.identity.id}",
            "Run: hyperlora registry seed, or hyperlora import file:YOUR_ADAPTERS",
        )
    return found


def score_candidates(
    session: Session, found: Sequence[Found], examples: Sequence[Example]
) -> tuple[list[Found], float | None]:
    """Order candidates best first, scored on the examples if there are any; also the bare base model's score."""
    if not examples:
        return sorted(found, key=_doubt), None  # among equals in the retriever's order
    # one batch: every candidate and the bare base model on every example
    rows = [(position, example) for position in (*range(len(found)), None) for example in examples]
    template_of: dict[int | None, str] = {None: found[0][1].card.prompt_template}
    template_of |= {position: adapter.card.prompt_template for position, (_, adapter) in enumerate(found)}
    scores = teacher_forced_scores(
        session.base,
        [render_prompt(template_of[position], example.input) for position, example in rows],
        [render_completion(template_of[position], example.output) for position, example in rows],
        bank=session.bank,
        factors=stack_adapters([adapter for _, adapter in found], session.base.device),
        choices=[position for position, _ in rows],
    )
    count = len(examples)
    matches = [sum(score.match for score in scores[i : i + count]) / count for i in range(0, len(scores), count)]
    likelihoods = [
        sum(score.log_likelihood for score in scores[i : i + count]) / count for i in range(0, len(scores), count)
    ]
    scored = [
        (replace(candidate, exact_match=matches[position], log_likelihood=likelihoods[position]), adapter)
        for position, (candidate, adapter) in enumerate(found)
    ]
    return sorted(scored, key=lambda pair: (pair[0].exact_match, pair[0].log_likelihood), reverse=True), matches[-1]


def _doubt(pair: Found) -> int:
    """Without examples: retrieved adapters that are trusted, then the generated one, then others."""
    candidate = pair[0]
    if candidate.confidence is not None:
        return 0 if candidate.confidence >= KNOWN else 2
    if candidate.similarity is None:
        return 1
    return 0 if candidate.similarity >= TRUSTED_SIMILARITY else 2


def choose(scored: Sequence[Found], base_match: float | None, count: int) -> tuple[Found, str]:
    """The best candidate and the reason, in a sentence.

    Args:
        scored: from `score_candidates`.
        base_match: the bare base model's score on the examples, None without examples.
        count: how many examples there were.
    """
    best = scored[0]
    candidate = best[0]
    if base_match is None:
        return best, _reason_by_similarity(scored)
    reason = (
        f"best of {len(scored)} candidates on {count} examples: exact match {candidate.exact_match:.2f} "
        f"(base model {base_match:.2f}), mean log-likelihood {candidate.log_likelihood:.2f}"
    )
    if candidate.exact_match is not None and candidate.exact_match <= base_match:
        reason += "; no better than the base model, so treat it with care"
    return best, reason


def _reason_by_similarity(scored: Sequence[Found]) -> str:
    candidate = scored[0][0]
    if candidate.similarity is None:
        closest = max((other for other, _ in scored if other.similarity is not None), key=_sureness, default=None)
        near = "the pool is empty" if closest is None else f"the closest adapter has {_told(closest)}"
        return f"generated from the description: {near}; unproven without --examples"
    reason = f"closest adapter of the pool: {_told(candidate)}, {candidate.description!r}"
    if _doubt(scored[0]):
        return f"{reason}, and there is no generator; unproven without --examples"
    return f"{reason}; no examples to score on"


def _sureness(candidate: Candidate) -> float:
    return candidate.similarity or 0.0


def _told(candidate: Candidate) -> str:
    """How sure the retriever is of a candidate, beside what would do."""
    if candidate.confidence is not None:
        enough = "" if candidate.confidence >= KNOWN else f", below {KNOWN}"
        return f"probability {candidate.confidence:.2f} of being for this task{enough}"
    similarity = candidate.similarity or 0.0
    enough = "" if similarity >= TRUSTED_SIMILARITY else f", below {TRUSTED_SIMILARITY}"
    return f"similarity {similarity:.2f}{enough}"
