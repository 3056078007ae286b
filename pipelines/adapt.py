"""The main job: a description (and examples) to the best adapter, registered with the reason for the choice."""

from __future__ import annotations

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
from hyperlora.prompts import render_prompt
from hyperlora.registry import Entry, Registry
from hyperlora.registry.entry import now
from hyperlora.registry.housekeeping import expire
from hyperlora.settings import get_settings
from hyperlora.tasks import Example
from pipelines.candidates import Candidate, Choice, Found, choose, find_candidates, score_candidates
from pipelines.generate import refining
from pipelines.naming import short_name
from pipelines.refine import refine as train_on
from pipelines.session import Session, check_description
from pipelines.staleness import generator_notes

SHOWN_ANSWERS = 5


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
        candidates: all that were considered, the best as they are first; the one taken is the adapter's parent.
        base_exact_match: the bare base model on the examples, None without examples.
        reason: why this one was taken, and what was done to it, in a sentence.
        answers: base against adapted on a few inputs.
        folder: the PEFT folder written for `out`, if any.
        merged: the checkpoint written for `merge`, if any.
        notes: what there is to say of the generator that was asked, and of what could not be.
    """

    adapter: Adapter
    entry: Entry
    candidates: tuple[Candidate, ...]
    base_exact_match: float | None
    reason: str
    answers: tuple[Answer, ...]
    folder: Path | None
    merged: Path | None
    notes: tuple[str, ...] = ()

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
            "notes": list(self.notes),
        }


def adapt(
    description: str,
    examples: Sequence[Example] = (),
    *,
    out: Path | None = None,
    merge: Path | None = None,
    store_examples: bool = True,
    refine: int | None = None,
    session: Session | None = None,
) -> AdaptResult:
    """Find or make the best adapter for a task, register it and, if asked, write it out.

    Candidates are the adapters of the pool that fit the description best, and the examples if there are any, and one
    that the generator writes. With examples all are scored on them in one batch; without, the closest is taken if it
    is likely to be for this task, else the generated one. Unless the best answers nearly all examples, it, or the
    generated one, is trained on them for a few steps. What it registers expires after the `HYPERLORA_ADAPT_TTL_DAYS`
    setting unless it is given an alias.

    Args:
        description: what the task is, in words.
        examples: inputs with the answers wanted; even three or five decide better than the description alone.
        out: write the adapter as a PEFT folder.
        merge: write the base model with the adapter merged in, as a transformers checkpoint.
        store_examples: keep the first examples in the adapter's card; without, none of their text is stored.
        refine: gradient steps on the examples, 0 for none; those of `recipes/refine.yaml`, if any are needed, when
            None.
        session: reuse loaded parts between calls.

    Raises:
        InputError: empty or overlong description, a target folder that is not empty, nothing to choose from, or steps
            without examples.
    """
    description = check_description(description)
    _check_steps(refine, len(examples))
    require_apart(out, merge)
    session = session or Session()
    found = find_candidates(session, description, examples)
    scored, base_match = score_candidates(session, found, examples)
    chosen = choose(scored, base_match, len(examples), refine)
    adapter = chosen.adapter
    if chosen.steps:
        [adapter] = train_on(session.training_base, [adapter], [examples], refining(chosen.steps))
    adapter = _finish(adapter, chosen, scored, base_match, description, examples)
    answers = _show_answers(session, adapter, scored)
    if not store_examples:
        adapter = adapter.with_card(adapter.card.model_copy(update={"examples": ()}))
    entry = register_in_passing(session.registry, adapter, registered_name(description, adapter))
    folder = None if out is None else write_adapter(adapter, out)
    merged = None if merge is None else export_merged(session.located, adapter, merge)
    return AdaptResult(
        adapter,
        entry,
        tuple(candidate for candidate, _ in scored),
        base_match,
        chosen.reason,
        answers,
        folder,
        merged,
        tuple(generator_notes(session, session.generator())),
    )


def _check_steps(asked: int | None, examples: int) -> None:
    if asked is not None and asked < 0:
        raise InputError(f"refining takes {asked} steps", "Ask for at least 1 with --refine, or 0 for none.")
    if asked and not examples:
        raise InputError("there are no examples to refine on", "Give some with --examples FILE.")


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
    return short_name(description, content_hash([description, adapter.content_hash]), "adapt")


def register_in_passing(registry: Registry, adapter: Adapter, name: str) -> Entry:
    """Register what was made in passing, for a limited time, and delete what has reached its end."""
    lifetime = get_settings().adapt_ttl_days * 24 * 3600 * 1000
    entry = registry.register(adapter, name, expires=now() + int(lifetime))
    expire(registry)
    return entry


def _finish(
    adapter: Adapter,
    chosen: Choice,
    scored: Sequence[Found],
    base_match: float | None,
    description: str,
    examples: Sequence[Example],
) -> Adapter:
    """The weights made of what was chosen, under the user's description, with parents and decision in the card."""
    candidate = chosen.candidate
    kept = tuple(CardExample(input=example.input, output=example.output) for example in examples[:SHOWN_ANSWERS])
    if not kept and candidate.origin == "retrieved":
        kept = adapter.card.examples
    # what was trained on the examples says nothing on them
    match = None if chosen.steps else candidate.exact_match
    metrics = {} if match is None else {"exact_match.given_examples": match}
    decision = {
        "reason": chosen.reason,
        "base_exact_match": base_match,
        "candidates": [asdict(other) for other, _ in scored],
        **({"refine_steps": chosen.steps, "examples": len(examples)} if chosen.steps else {}),
    }
    card = adapter.card.model_copy(
        update={
            "description": description,
            "description_source": "given",
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


def _show_answers(session: Session, adapter: Adapter, scored: Sequence[Found]) -> tuple[Answer, ...]:
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


def _closest_examples(scored: Sequence[Found]) -> tuple[CardExample, ...]:
    retrieved = [pair for pair in scored if pair[0].similarity is not None]
    return max(retrieved, key=lambda pair: pair[0].similarity or 0.0)[1].card.examples if retrieved else ()
