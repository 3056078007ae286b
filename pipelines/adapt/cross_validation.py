"""How good what `adapt` makes of a few examples is on examples it was not made of.

Examples that chose an adapter, or that it was trained on, flatter it. So examples are left out in turn, what `adapt`
does is done over on the others, and the outcome asked for those left out (Stone 1974, "Cross-validatory choice and
assessment of statistical predictions"). What is trained so is trained side by side in one batch.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.conditions import AdapterRequest
from hyperlora.bank import stack_adapters
from hyperlora.inference.scoring import Score, teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.metrics import binomial_interval
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example
from pipelines.adapt.candidates import Choice, Found, choose, rank_candidates
from pipelines.adapt.generate import GenerationConfig, find_generator, generate_adapters, reads_examples, refine_recipe
from pipelines.runtime import Runtime
from pipelines.training.refine import refine

# Fewer say too little: of three, one left out leaves two to choose and to train by.
FEWEST_EXAMPLES = 4
# Each costs a training of its own.
MOST_FOLDS = 5


@dataclass(frozen=True)
class CrossValidation:
    """An exact match on examples that were left out.

    Attributes:
        exact_match: share of the examples answered by what was made without them.
        low, high: 95 % confidence interval.
        examples: how many there were.
        folds: how many adapters were made, each without a part of them.
        leave_one_out: each part was a single input.
    """

    exact_match: float
    low: float
    high: float
    examples: int
    folds: int
    leave_one_out: bool

    @property
    def method(self) -> str:
        """`leave-one-out`, or how many folds."""
        return "leave-one-out" if self.leave_one_out else f"{self.folds}-fold"

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "exact_match": self.exact_match,
            "confidence_interval": [self.low, self.high],
            "examples": self.examples,
            "folds": self.folds,
            "method": self.method,
        }


@dataclass(frozen=True)
class ExampleScores:
    """What the examples say of the adapter that was made of them.

    Attributes:
        given_examples: share of the examples that it answers exactly; flattered, as they chose it, or it was trained on
            them.
        before_training: the same of what it was trained from; None where it was not trained.
        cross_validation: None for too few examples, or where nobody wanted it.
    """

    given_examples: float
    before_training: float | None
    cross_validation: CrossValidation | None

    def metrics(self) -> dict[str, float]:
        """For the card; nothing where all that is known is how well it has learned by heart."""
        if self.cross_validation is not None:
            validated = {"exact_match.cross_validated": self.cross_validation.exact_match}
            return {"exact_match.given_examples": self.given_examples} | validated
        return {} if self.before_training is not None else {"exact_match.given_examples": self.given_examples}

    def summary(self) -> dict[str, Any]:
        """What `--json`, the card's decision and the HTTP API show of it."""
        validated = self.cross_validation
        return {
            "given_examples": self.given_examples,
            "before_training": self.before_training,
            "cross_validated": None if validated is None else validated.summary(),
        }

    def notes(self) -> list[str]:
        """What to do about them."""
        validated, before = self.cross_validation, self.before_training
        if validated is None or before is None or validated.high >= before:
            return []
        return [
            f"training on the examples seems to cost exact match: {before:.2f} before, {validated.exact_match:.2f} "
            "cross-validated; without training: --refine 0"
        ]


def score_outcome(
    runtime: Runtime,
    description: str,
    examples: Sequence[Example],
    found: Sequence[Found],
    scores: Sequence[Sequence[Score]],
    chosen: Choice,
    adapter: Adapter,
    *,
    steps: int | None,
    validate: bool,
) -> ExampleScores:
    """What the examples say of what was made of them.

    Args:
        found, scores, steps: as `cross_validate` takes them.
        chosen: of all examples.
        adapter: what it became.
        validate: cross-validate, if there are enough examples.
    """
    before = chosen.candidate.exact_match or 0.0
    validated = cross_validate(runtime, description, examples, found, scores, steps) if validate else None
    if not chosen.steps:
        return ExampleScores(before, None, validated)
    own = score_pairs(runtime, [(adapter, example) for example in examples])
    return ExampleScores(sum(score.match for score in own) / len(own), before, validated)


def split_folds(examples: Sequence[Example], most: int = MOST_FOLDS) -> list[list[int]]:
    """Positions of the examples that each fold leaves out: single inputs, or, of many, a part of all.

    Examples of one input are left out together. Many are shuffled, always alike, as files are often sorted.
    """
    by_input: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        by_input.setdefault(example.input.strip(), []).append(place)
    groups = list(by_input.values())
    if len(groups) > most:
        random.Random(0).shuffle(groups)
    folds = [groups[first::most] for first in range(min(most, len(groups)))]
    return [sorted(place for group in fold for place in group) for fold in folds]


def cross_validate(
    runtime: Runtime,
    description: str,
    examples: Sequence[Example],
    found: Sequence[Found],
    scores: Sequence[Sequence[Score]],
    steps: int | None = None,
) -> CrossValidation | None:
    """Choose, write and train without each fold's examples, and ask the outcome for these.

    Which adapters are candidates is not searched for anew. The generator's is chosen by what it wrote of all examples,
    and written anew where it is taken.

    Args:
        found: the candidates.
        scores: of each candidate, then of the base model: one for each example, from `score_on_examples`.
        steps: as `choose` takes it.

    Returns:
        None for fewer than four different inputs.
    """
    inputs = {example.input.strip() for example in examples}
    if len(inputs) < FEWEST_EXAMPLES:
        return None
    folds = split_folds(examples)
    kept = [[place for place in range(len(examples)) if place not in set(fold)] for fold in folds]
    choices = [
        choose(*rank_candidates(found, [[row[place] for place in own] for row in scores]), len(own), steps)
        for own in kept
    ]
    shown = [[examples[place] for place in own] for own in kept]
    made = _made(runtime, description, choices, shown)
    asked = [(number, place) for number, fold in enumerate(folds) for place in fold]
    known = {id(adapter): row for (_, adapter), row in zip(found, scores, strict=False)}
    matches = [known[id(made[number])][place].match for number, place in asked if id(made[number]) in known]
    fresh = [(number, place) for number, place in asked if id(made[number]) not in known]
    if fresh:
        pairs = [(made[number], examples[place]) for number, place in fresh]
        matches += [score.match for score in score_pairs(runtime, pairs)]
    low, high = binomial_interval(sum(matches), len(matches))
    share = sum(matches) / len(matches)
    return CrossValidation(share, low, high, len(examples), len(folds), len(folds) == len(inputs))


def score_pairs(runtime: Runtime, pairs: Sequence[tuple[Adapter, Example]]) -> list[Score]:
    """Each adapter on its example, in its own template, all in one batch."""
    adapters = list({id(adapter): adapter for adapter, _ in pairs}.values())
    places = {id(adapter): place for place, adapter in enumerate(adapters)}
    return teacher_forced_scores(
        runtime.base,
        [render_prompt(adapter.card.prompt_template, example.input) for adapter, example in pairs],
        [render_completion(adapter.card.prompt_template, example.output) for adapter, example in pairs],
        bank=runtime.bank,
        factors=stack_adapters(adapters, runtime.base.device),
        choices=[places[id(adapter)] for adapter, _ in pairs],
    )


def _made(
    runtime: Runtime, description: str, choices: Sequence[Choice], shown: Sequence[Sequence[Example]]
) -> list[Adapter]:
    """What each choice becomes: written anew without what is left out, and trained on the rest, where it is to be."""
    made = [choice.adapter for choice in choices]
    written = [number for number, choice in enumerate(choices) if choice.candidate.origin == "generated"]
    if written and reads_examples(find_generator(runtime, generator := choices[written[0]].candidate.reference)):
        requests = [AdapterRequest(description, tuple(shown[number])) for number in written]
        again = generate_adapters(runtime, requests, GenerationConfig(generator=generator))
        for number, [adapter] in zip(written, again, strict=True):
            made[number] = adapter
    trained = [number for number, choice in enumerate(choices) if choice.steps]
    if trained:
        begun, own = [made[number] for number in trained], [shown[number] for number in trained]
        recipe = refine_recipe(choices[trained[0]].steps)
        adapters = refine(runtime.training_base, begun, own, recipe, label="cross-validate")
        for number, adapter in zip(trained, adapters, strict=True):
            made[number] = adapter
    return made
