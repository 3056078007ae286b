"""Candidates for a task: what the pool and the generator offer, scored, and the choice among them.

With examples, one that answers nearly all of them is for this task and stays as it is: training on a few examples costs
it. Others gain much by training, and begin it best at what the generator writes unless they answer most
(docs/research/2026-11-30-adapting-with-examples.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.conditions import AdapterRequest, missing_part
from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.scoring import Score, teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example
from pipelines.adapt.generate import generate_adapters, refine_recipe
from pipelines.runtime import Runtime
from retrieval.index import undescribed_entries

# Where the retriever is not calibrated, an adapter is trusted from this similarity on. MiniLM puts a paraphrase of a
# known task above it far more often than a description of another task; see
# docs/research/2026-11-21-first-quickstart.md.
TRUSTED_SIMILARITY = 0.5
# Adapters considered by the description alone, and how many of each kind are tried where examples tell them apart.
RETRIEVED = 3
SCORED = 12
# How many of the pool's adapters that nobody described are tried on examples, the latest first.
UNDESCRIBED = 24
# The share of the examples from which on an adapter is left as it is, and above which it is one to train on.
NEARLY_ALL = 0.9
MOST = 0.5
_LOOKED_AT = 32  # examples that lead to adapters, at most


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
        expected_score: the exact match it is expected to have, None with examples.
    """

    reference: str
    origin: str
    description: str
    similarity: float | None = None
    confidence: float | None = None
    exact_match: float | None = None
    log_likelihood: float | None = None
    expected_score: float | None = None


Found = tuple[Candidate, Adapter]


@dataclass(frozen=True)
class Choice:
    """What was chosen of the candidates.

    Attributes:
        candidate, adapter: the one.
        steps: how long it is to be trained on the examples.
        reason: why this one, and what is done to it, in a sentence.
    """

    candidate: Candidate
    adapter: Adapter
    steps: int
    reason: str


def find_candidates(runtime: Runtime, description: str, examples: Sequence[Example]) -> list[Found]:
    """The adapters of the pool that fit description or examples best, and the one the generator writes.

    Args:
        examples: few lead to adapters whose own the base model takes alike; many would only say the same again.

    Raises:
        InputError: the registry has neither for this base model.
    """
    count = SCORED if examples else RETRIEVED
    retriever = runtime.retriever()
    matches = {match.entry.reference: match for match in retriever.search(description, count)}
    shown = retriever.search_examples(runtime.base, examples[:_LOOKED_AT], count) if examples else []
    others = {match.entry.reference: match.entry for match in shown if match.entry.reference not in matches}
    if examples:
        # only its answers say what an adapter does that nobody described
        undescribed = undescribed_entries(runtime.registry, runtime.located.identity.fingerprint, UNDESCRIBED)
        others |= {entry.reference: entry for entry in undescribed if entry.reference not in matches}
    found: list[Found] = []
    for reference, match in matches.items():
        adapter = runtime.registry.load(reference)
        candidate = Candidate(reference, "retrieved", match.entry.description, match.similarity, match.confidence)
        found.append((candidate, adapter))
    for reference, entry in others.items():
        found.append((Candidate(reference, "retrieved", entry.description), runtime.registry.load(reference)))
    generator, request = runtime.generator(), AdapterRequest(description, tuple(examples))
    if generator is not None and missing_part(generator.network.config, request) is None:
        [[adapter]] = generate_adapters(runtime, [request])
        found.append((Candidate(generator.entry.reference, "generated", " ".join(description.split())), adapter))
    if not found:
        raise InputError(
            f"the registry has neither adapters nor a generator for {runtime.located.identity.id}",
            "Run: hyperlora registry seed, or hyperlora import file:YOUR_ADAPTERS",
        )
    return found


def score_candidates(
    runtime: Runtime, found: Sequence[Found], examples: Sequence[Example]
) -> tuple[list[Found], float]:
    """Order candidates best first, scored on the examples; also the bare base model's score."""
    return rank_candidates(found, score_on_examples(runtime, found, examples))


def score_on_examples(runtime: Runtime, found: Sequence[Found], examples: Sequence[Example]) -> list[list[Score]]:
    """Of each candidate, and last of the bare base model, a score for each example; all in one batch."""
    rows = [(position, example) for position in (*range(len(found)), None) for example in examples]
    template_of: dict[int | None, str] = {None: found[0][1].card.prompt_template}
    template_of |= {position: adapter.card.prompt_template for position, (_, adapter) in enumerate(found)}
    scores = teacher_forced_scores(
        runtime.base,
        [render_prompt(template_of[position], example.input) for position, example in rows],
        [render_completion(template_of[position], example.output) for position, example in rows],
        bank=runtime.bank,
        factors=stack_adapters([adapter for _, adapter in found], runtime.base.device),
        choices=[position for position, _ in rows],
    )
    count = len(examples)
    return [scores[start : start + count] for start in range(0, len(scores), count)]


def rank_candidates(found: Sequence[Found], scores: Sequence[Sequence[Score]]) -> tuple[list[Found], float]:
    """Candidates best first, with their means over examples, and the base model's share of exact matches.

    Args:
        scores: from `score_on_examples`, of all examples or of some.
    """
    matches = [sum(score.match for score in row) / len(row) for row in scores]
    likelihoods = [sum(score.log_likelihood for score in row) / len(row) for row in scores]
    scored = [
        (replace(candidate, exact_match=matches[position], log_likelihood=likelihoods[position]), adapter)
        for position, (candidate, adapter) in enumerate(found)
    ]
    return sorted(scored, key=lambda pair: (pair[0].exact_match, pair[0].log_likelihood), reverse=True), matches[-1]


def choose(scored: Sequence[Found], base_match: float, count: int, steps: int | None = None) -> Choice:
    """The candidate to take, or to train on, by examples.

    Args:
        scored: from `score_candidates`.
        base_match: the bare base model's score on the examples.
        count: how many examples there were.
        steps: of training on them; when None those of `recipes/refine.yaml`, and none for a candidate that answers
            nearly all.
    """
    candidate, adapter = scored[0]
    match = candidate.exact_match or 0.0
    if steps is None:
        steps = 0 if match >= NEARLY_ALL else refine_recipe().steps
    proof = f"exact match {match:.2f} (base model {base_match:.2f}), mean log-likelihood {candidate.log_likelihood:.2f}"
    reason = f"best of {len(scored)} candidates on {count} examples: {proof}"
    written = next((pair for pair in scored if pair[0].origin == "generated"), None)
    if steps and match <= MOST and written is not None and written is not scored[0]:
        reason = (
            f"generated, as none of {len(scored)} candidates answers most of {count} examples, {candidate.reference} "
            f"the most: {proof}"
        )
        candidate, adapter = written
    if steps:
        reason += f"; trained on them for {steps} steps"
    elif match <= base_match:
        reason += "; no better than the base model, so treat it with care"
    return Choice(candidate, adapter, steps, reason)
