"""Candidates for a task: what the pool and the generator offer, scored, and the choice among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hyperlora.adapter import Adapter
from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.prompts import render_completion, render_prompt
from hyperlora.scoring import teacher_forced_scores
from hyperlora.tasks import Example
from pipelines.session import Session

# Without examples a retrieved adapter is trusted from this similarity on. MiniLM puts a paraphrase of a known task
# above it far more often than a description of another task; see docs/research/2026-11-21-first-quickstart.md.
TRUSTED_SIMILARITY = 0.5
# Adapters considered by similarity alone, and how many are tried where examples can tell them apart.
RETRIEVED = 3
SCORED = 16


@dataclass(frozen=True)
class Candidate:
    """One adapter that was considered.

    Attributes:
        reference: what it is: a registered adapter, or the generator that wrote it.
        origin: `retrieved` or `generated`.
        description: of the retrieved adapter; the query itself for a generated one.
        similarity: cosine between query and description, None for a generated one.
        exact_match: share of the given examples answered exactly, None without examples.
        log_likelihood: mean log-probability of the given answers' tokens, None without examples.
    """

    reference: str
    origin: str
    description: str
    similarity: float | None = None
    exact_match: float | None = None
    log_likelihood: float | None = None


Found = tuple[Candidate, Adapter]


def find_candidates(session: Session, description: str, count: int) -> list[Found]:
    """The `count` closest adapters of the pool, and the one the generator writes.

    Raises:
        InputError: the registry has neither for this base model.
    """
    found: list[Found] = []
    for hit in session.index().search(description, count) if len(session.index()) else []:
        adapter = session.registry.load(hit.entry.reference)
        found.append((Candidate(hit.entry.reference, "retrieved", hit.entry.description, hit.similarity), adapter))
    generator = session.generator()
    if generator is not None:
        adapter = generator.generate(session.encoder, description)
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
        return sorted(found, key=_trust, reverse=True), None
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


def _trust(pair: Found) -> float:
    """Without examples: a close retrieved adapter, then the generated one, then retrieved ones that are far."""
    similarity = pair[0].similarity
    return TRUSTED_SIMILARITY if similarity is None else similarity


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
    closest = max((other.similarity for other, _ in scored if other.similarity is not None), default=None)
    if candidate.similarity is None:
        near = "the pool is empty" if closest is None else f"the closest adapter has similarity {closest:.2f}"
        return f"generated from the description: {near}, below {TRUSTED_SIMILARITY}; unproven without --examples"
    reason = f"closest adapter of the pool: similarity {candidate.similarity:.2f} to {candidate.description!r}"
    if candidate.similarity < TRUSTED_SIMILARITY:
        return f"{reason}, below {TRUSTED_SIMILARITY}, and there is no generator; unproven without --examples"
    return f"{reason}; no examples to score on"
