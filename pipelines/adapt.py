"""The main job: a description (and examples) to the best adapter, registered with the reason for the choice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hyperlora.adapter import Adapter
from hyperlora.bank import stack_adapters
from hyperlora.card import CardExample
from hyperlora.decoding import generate
from hyperlora.errors import InputError
from hyperlora.identity import content_hash
from hyperlora.merged_checkpoint import export_merged
from hyperlora.peft_folder import require_free, write_adapter
from hyperlora.prompts import render_completion, render_prompt
from hyperlora.registry import Entry
from hyperlora.scoring import teacher_forced_scores
from hyperlora.tasks import Example
from pipelines.session import Session, check_description

# Without examples a retrieved adapter is trusted from this similarity on. MiniLM puts a paraphrase of a known task
# above it far more often than a description of another task; see docs/research/2026-11-21-first-quickstart.md.
TRUSTED_SIMILARITY = 0.5
# Adapters considered by similarity alone, and how many are tried where examples can tell them apart.
RETRIEVED = 3
SCORED = 16
SHOWN_ANSWERS = 5


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


@dataclass(frozen=True)
class Answer:
    """What the base model and the adapted model say to one input."""

    input: str
    base: str
    adapted: str
    expected: str


@dataclass(frozen=True)
class AdaptResult:
    """What `adapt` decided and made.

    Attributes:
        adapter: the chosen adapter.
        entry: where it is registered.
        candidates: all that were considered, best first.
        base_exact_match: the bare base model on the examples, None without examples.
        reason: why the first candidate was chosen, in a sentence.
        answers: base against adapted on a few inputs.
        folder: the PEFT folder written for `out`, if any.
        merged: the checkpoint written for `merge`, if any.
    """

    adapter: Adapter
    entry: Entry
    candidates: tuple[Candidate, ...]
    base_exact_match: float | None
    reason: str
    answers: tuple[Answer, ...]
    folder: Path | None
    merged: Path | None

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "adapter": self.entry.summary(),
            "origin": self.adapter.card.origin,
            "parents": list(self.adapter.card.parents),
            "reason": self.reason,
            "candidates": [asdict(candidate) for candidate in self.candidates],
            "base_exact_match": self.base_exact_match,
            "prompt_template": self.adapter.card.prompt_template,
            "answers": [asdict(answer) for answer in self.answers],
            "out": None if self.folder is None else str(self.folder),
            "merged": None if self.merged is None else str(self.merged),
        }


def adapt(
    description: str,
    examples: Sequence[Example] = (),
    *,
    out: Path | None = None,
    merge: Path | None = None,
    session: Session | None = None,
) -> AdaptResult:
    """Find or make the best adapter for a task, register it and, if asked, write it out.

    Candidates are the closest adapters of the pool and one the generator writes. With examples they are scored on
    them, all in one batch; without, the closest is taken if it is close enough, else the generated one.

    Args:
        description: what the task is, in words.
        examples: inputs with the answers wanted; even three or five decide better than the description alone.
        out: write the adapter as a PEFT folder.
        merge: write the base model with the adapter merged in, as a transformers checkpoint.
        session: reuse loaded parts between calls.

    Raises:
        InputError: empty or overlong description, a target folder that is not empty, or nothing to choose from.
    """
    description = check_description(description)
    require_apart(out, merge)
    session = session or Session()
    found = _candidates(session, description, SCORED if examples else RETRIEVED)
    scored, base_match = _score(session, found, examples)
    best, reason = _choose(scored, base_match, len(examples))
    adapter = _finish(best[1], best[0], scored, base_match, reason, description, examples)
    answers = _show_answers(session, adapter, scored)
    entry = session.registry.register(adapter, registered_name(description, adapter))
    folder = None if out is None else write_adapter(adapter, out)
    merged = None if merge is None else export_merged(session.located, adapter, merge)
    return AdaptResult(
        adapter, entry, tuple(candidate for candidate, _ in scored), base_match, reason, answers, folder, merged
    )


def require_apart(*targets: Path | None) -> None:
    """Raise `InputError` unless all of these folders can be written, one beside the other."""
    wanted = [target.absolute() for target in targets if target is not None]
    for number, target in enumerate(wanted):
        require_free(target)
        if file := next((folder for folder in target.parents if folder.is_file()), None):
            raise InputError(f"{target} lies below {file}, which is a file", "Choose another folder.")
        for other in wanted[:number]:
            if target == other or target in other.parents or other in target.parents:
                raise InputError(f"{target} and {other} lie inside each other", "Choose two folders side by side.")


def registered_name(description: str, adapter: Adapter) -> str:
    """`adapt-` with the first words of the description and a hash of description and weights."""
    words = "-".join(re.findall(r"[a-z0-9]+", description.lower())[:6])[:48].strip("-")
    digest = content_hash([description, adapter.content_hash])[:8]
    return "-".join(part for part in ("adapt", words, digest) if part)


_Found = tuple[Candidate, Adapter]


def _candidates(session: Session, description: str, count: int) -> list[_Found]:
    found: list[_Found] = []
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
            "Run: hyperlora quickstart",
        )
    return found


def _score(session: Session, found: Sequence[_Found], examples: Sequence[Example]) -> tuple[list[_Found], float | None]:
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
        (
            Candidate(
                candidate.reference,
                candidate.origin,
                candidate.description,
                candidate.similarity,
                matches[position],
                likelihoods[position],
            ),
            adapter,
        )
        for position, (candidate, adapter) in enumerate(found)
    ]
    return sorted(scored, key=lambda pair: (pair[0].exact_match, pair[0].log_likelihood), reverse=True), matches[-1]


def _trust(pair: _Found) -> float:
    """Without examples: a close retrieved adapter, then the generated one, then retrieved ones that are far."""
    similarity = pair[0].similarity
    return TRUSTED_SIMILARITY if similarity is None else similarity


def _choose(scored: Sequence[_Found], base_match: float | None, count: int) -> tuple[_Found, str]:
    best = scored[0]
    candidate = best[0]
    if base_match is None:
        closest = max((pair[0].similarity for pair in scored if pair[0].similarity is not None), default=None)
        if candidate.origin == "retrieved":
            return best, (
                f"closest adapter of the pool: similarity {candidate.similarity:.2f} "
                f"to {candidate.description!r}; no examples to score on"
            )
        near = "the pool is empty" if closest is None else f"the closest adapter has similarity {closest:.2f}"
        return best, (
            f"generated from the description: {near}, below {TRUSTED_SIMILARITY}; unproven without --examples"
        )
    reason = (
        f"best of {len(scored)} candidates on {count} examples: exact match {candidate.exact_match:.2f} "
        f"(base model {base_match:.2f}), mean log-likelihood {candidate.log_likelihood:.2f}"
    )
    if candidate.exact_match is not None and candidate.exact_match <= base_match:
        reason += "; no better than the base model, so treat it with care"
    return best, reason


def _finish(
    adapter: Adapter,
    candidate: Candidate,
    scored: Sequence[_Found],
    base_match: float | None,
    reason: str,
    description: str,
    examples: Sequence[Example],
) -> Adapter:
    """The chosen weights under the user's description, with parents and decision in the card."""
    kept = tuple(CardExample(input=example.input, output=example.output) for example in examples[:SHOWN_ANSWERS])
    if not kept and candidate.origin == "retrieved":
        kept = adapter.card.examples
    metrics = {} if candidate.exact_match is None else {"exact_match.given_examples": candidate.exact_match}
    decision = {
        "reason": reason,
        "base_exact_match": base_match,
        "candidates": [asdict(other) for other, _ in scored],
    }
    card = adapter.card.model_copy(
        update={
            "description": description,
            "paraphrases": (),
            "examples": kept,
            "origin": candidate.origin,
            "parents": (candidate.reference,),
            "metrics": metrics,
            "decision": decision,
            "recipe_hash": "",
        }
    )
    return adapter.with_card(card)


def _show_answers(session: Session, adapter: Adapter, scored: Sequence[_Found]) -> tuple[Answer, ...]:
    """Base against adapted on the card's examples; without any, on the closest adapter's inputs, answers unknown."""
    shown = [(example.input, example.output) for example in adapter.card.examples[:SHOWN_ANSWERS]]
    if not shown:
        shown = [(example.input, "") for example in _closest_examples(scored)[:SHOWN_ANSWERS]]
    if not shown:
        return ()
    prompts = [render_prompt(adapter.card.prompt_template, text) for text, _ in shown]
    outputs = generate(
        session.base,
        [*prompts, *prompts],
        bank=session.bank,
        factors=stack_adapters([adapter], session.base.device),
        choices=[None] * len(shown) + [0] * len(shown),
    )
    base, adapted = outputs[: len(shown)], outputs[len(shown) :]
    return tuple(
        Answer(text, plain.answer, changed.answer, expected)
        for (text, expected), plain, changed in zip(shown, base, adapted, strict=True)
    )


def _closest_examples(scored: Sequence[_Found]) -> tuple[CardExample, ...]:
    retrieved = [pair for pair in scored if pair[0].similarity is not None]
    return max(retrieved, key=lambda pair: pair[0].similarity or 0.0)[1].card.examples if retrieved else ()
