"""The main job: a description (and examples) to the best adapter, registered with the reason for the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.files.durable import require_free
from hyperlora.identity import content_hash
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import CardExample
from hyperlora.lora.merged_checkpoint import export_merged
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Entry, Registry
from hyperlora.registry.entry import now
from hyperlora.registry.housekeeping import expire
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Example
from pipelines.adapt.candidates import (
    Candidate,
    Choice,
    Found,
    choose,
    find_candidates,
    rank_candidates,
    score_on_examples,
)
from pipelines.adapt.choice_by_description import check_confidence, choose_by_description
from pipelines.adapt.contradictions import description_note, distinct_examples, example_notes
from pipelines.adapt.cross_validation import ExampleScores, score_outcome
from pipelines.adapt.generate import refine_recipe
from pipelines.adapt.measured_generators import share_of_better
from pipelines.adapt.naming import short_name
from pipelines.adapt.outcome_note import outcome_note
from pipelines.adapt.samples import SHOWN_ANSWERS, Answer, Samples, take_samples
from pipelines.adapt.staleness import generator_notes
from pipelines.runtime import Runtime, check_description
from pipelines.training.refine import refine as train_on


@dataclass(frozen=True)
class AdaptResult:
    """What `adapt` decided and made.

    Attributes:
        adapter: the chosen adapter.
        entry: where it is registered.
        candidates: all that were considered, the best as they are first; the one taken is the adapter's parent.
        base_exact_match: the bare base model on the examples, None without examples.
        reason: why this one was taken, and what was done to it, in a sentence.
        samples: base against adapted on a few inputs, and whose they are.
        alternative: the adapter of the other kind, where it cannot be told which is better; registered, too.
        folder: the PEFT folder written for `out`, if any.
        merged: the checkpoint written for `merge`, if any.
        notes: what there is to say of the generator that was asked, of what could not be, and of what does not agree in
            what was given.
        scores: what the examples say of the adapter, None without examples.
    """

    adapter: Adapter
    entry: Entry
    candidates: tuple[Candidate, ...]
    base_exact_match: float | None
    reason: str
    samples: Samples
    folder: Path | None
    merged: Path | None
    notes: tuple[str, ...] = ()
    scores: ExampleScores | None = None
    alternative: Entry | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The samples' answers."""
        return self.samples.answers

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "adapter": self.entry.summary(),
            "origin": self.adapter.card.origin,
            "parents": list(self.adapter.card.parents),
            "reason": self.reason,
            "candidates": [asdict(candidate) for candidate in self.candidates],
            "base_exact_match": self.base_exact_match,
            "exact_match": None if self.scores is None else self.scores.summary(),
            "prompt_template": self.adapter.card.prompt_template,
            **self.samples.summary(),
            "alternative": None if self.alternative is None else self.alternative.summary(),
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
    cross_validate: bool = True,
    min_confidence: float | None = None,
    force: bool = False,
    runtime: Runtime | None = None,
) -> AdaptResult:
    """Find or make the best adapter for a task, register it and, if asked, write it out.

    Candidates are the adapters of the pool that fit the description best, and the examples if there are any, and one
    that the generator writes. With examples all are scored on them in one batch, and unless the best answers nearly all
    of them, it, or the generated one, is trained on them for a few steps. An example that is given twice counts once.
    Without examples the one is taken that is expected to score best, and the other kept beside it where that is close;
    where the pool has probably nothing for the task, nothing is made of it. What is registered expires after the
    `HYPERLORA_ADAPT_TTL_DAYS` setting unless it is given an alias.

    Args:
        description: what the task is, in words.
        examples: inputs with the answers wanted; even three or five decide better than the description alone.
        out: write the adapter as a PEFT folder.
        merge: write the base model with the adapter merged in, as a transformers checkpoint.
        store_examples: keep the first examples in the adapter's card; without, none of their text is stored.
        refine: gradient steps on the examples, 0 for none; those of `recipes/refine.yaml`, if any are needed, when
            None.
        cross_validate: from four examples on, do the same without some of them, in turn, and score it on these.
        min_confidence: without examples, the least probability that the closest adapter is for the task;
            `pipelines.adapt.choice_by_description.MIN_CONFIDENCE` when None.
        force: without examples, take what comes closest, however improbable.
        runtime: reuse loaded parts between calls.

    Raises:
        NothingFitsError: there are no examples, and nothing in the pool fits the description.
        InputError: empty or overlong description, a target folder that is not empty, nothing to choose from, or steps
            without examples.
    """
    asked, description = description, check_description(description)
    _check_steps(refine, len(examples))
    check_confidence(min_confidence)
    require_apart(out, merge)
    runtime = runtime or Runtime()
    notes = example_notes(examples)
    examples = distinct_examples(examples)
    found = find_candidates(runtime, asked, examples)
    made = (
        _made_by_examples(runtime, description, examples, found, refine, cross_validate)
        if examples
        else _made_by_description(runtime, found, min_confidence, force=force)
    )
    notes += [*made.notes, *length_notes(runtime, asked)]
    adapter = _finish(made, made.choice, made.adapter, description, examples)
    samples = take_samples(runtime, adapter, made.ranked, made.choice.candidate, examples)
    notes += generator_notes(runtime, runtime.generator())
    if not store_examples:
        adapter = adapter.with_card(adapter.card.model_copy(update={"examples": ()}))
    # last of what can fail: nothing is registered of a call that does
    entry = register_in_passing(runtime.registry, adapter, registered_name(description, adapter))
    folder = None if out is None else write_adapter(adapter, out)
    merged = None if merge is None else export_merged(runtime.located, adapter, merge)
    return AdaptResult(
        adapter,
        entry,
        tuple(candidate for candidate, _ in made.ranked),
        made.base_match,
        made.choice.reason,
        samples,
        folder,
        merged,
        tuple(notes),
        made.scores,
        None if made.alternative is None else _kept_beside(runtime, made, made.alternative, description),
    )


@dataclass(frozen=True)
class _Made:
    """What was chosen, and what was made of it.

    Attributes:
        ranked: all candidates, best first.
        adapter: of the choice, trained where it was to be.
        base_match, scores: with examples, see `AdaptResult`.
        alternative: without examples, what may be as good.
    """

    ranked: tuple[Found, ...]
    choice: Choice
    adapter: Adapter
    base_match: float | None = None
    scores: ExampleScores | None = None
    alternative: Found | None = None
    notes: tuple[str, ...] = ()


def _made_by_examples(
    runtime: Runtime,
    description: str,
    examples: Sequence[Example],
    found: Sequence[Found],
    steps: int | None,
    cross_validate: bool,
) -> _Made:
    rows = score_on_examples(runtime, found, examples)
    ranked, base_match = rank_candidates(found, rows)
    chosen = choose(ranked, base_match, len(examples), steps)
    adapter = chosen.adapter
    if chosen.steps:
        [adapter] = train_on(runtime.training_base, [adapter], [examples], refine_recipe(chosen.steps))
    scores = score_outcome(
        runtime, description, examples, found, rows, chosen, adapter, steps=steps, validate=cross_validate
    )
    against = description_note([each for each, _ in ranked], len(examples))
    poor = outcome_note(scores, base_match, len(examples), trained=chosen.steps > 0)
    notes = (*filter(None, [poor, against]), *scores.notes())
    return _Made(tuple(ranked), chosen, adapter, base_match, scores, notes=notes)


def _made_by_description(
    runtime: Runtime, found: Sequence[Found], min_confidence: float | None, *, force: bool
) -> _Made:
    generator = runtime.generator()
    known = () if generator is None else generator.network.config.tasks
    share = 1.0 if generator is None else share_of_better(generator.entry)
    made = choose_by_description(found, known, min_confidence=min_confidence, force=force, share=share)
    return _Made(made.ranked, made.choice, made.choice.adapter, alternative=made.alternative)


def _kept_beside(runtime: Runtime, made: _Made, alternative: Found, description: str) -> Entry:
    """Where the alternative is registered: what was retrieved already is, what was generated becomes so now."""
    candidate, adapter = alternative
    if candidate.origin == "retrieved":
        return runtime.registry.get(candidate.reference)
    told = Choice(candidate, adapter, 0, f"kept beside another that may be as good: {made.choice.reason}")
    kept = _finish(made, told, adapter, description, ())
    return register_in_passing(runtime.registry, kept, registered_name(description, kept))


def length_notes(runtime: Runtime, description: str) -> list[str]:
    """What to say of a description that is longer than the text encoder reads."""
    tokens, most = runtime.encoder.tokens(description), runtime.encoder.most_tokens
    if tokens <= most:
        return []
    return [
        f"the description has {tokens} tokens, and the text encoder reads {most}: adapters were searched by its "
        "sentences, too; a generator knows its beginning only"
    ]


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


def _finish(made: _Made, chosen: Choice, adapter: Adapter, description: str, examples: Sequence[Example]) -> Adapter:
    """The weights made of what was chosen, under the user's description, with parents and decision in the card."""
    candidate = chosen.candidate
    kept = tuple(CardExample(input=example.input, output=example.output) for example in examples[:SHOWN_ANSWERS])
    if not kept and candidate.origin == "retrieved":
        kept = adapter.card.examples
    decision = {
        "reason": chosen.reason,
        "base_exact_match": made.base_match,
        "candidates": [asdict(other) for other, _ in made.ranked],
        **({} if made.scores is None else {"exact_match": made.scores.summary()}),
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
            "metrics": {} if made.scores is None else made.scores.metrics(),
            "decision": decision,
            "recipe_hash": "",
        }
    )
    return adapter.with_card(card)
