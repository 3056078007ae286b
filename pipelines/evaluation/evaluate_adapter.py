"""How good one adapter is on somebody's own examples, beside the base model: by what it writes, as its users get it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any, get_args

from hyperlora.bank import stack_adapters
from hyperlora.errors import BaseModelError, InputError
from hyperlora.inference.decoding import generate
from hyperlora.inference.running import template_of
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.progress import progress
from hyperlora.tasks.metrics import answer_score, binomial_interval, bootstrap_mean
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example, Metric
from pipelines.adapt.contradictions import conflicting_outputs
from pipelines.runtime import Runtime

BATCH = 32
# Tokens more than the right answer has, so that a wrong one has room to show itself.
_ROOM = 4
_BAR_AFTER = 2.0


@dataclass(frozen=True)
class ScoredAnswer:
    """One example answered.

    Attributes:
        input, expected: the example.
        answer, base_answer: what the adapter and what the bare base model wrote.
        score, base_score: how good that is, from 0 to 1.
    """

    input: str
    expected: str
    answer: str
    score: float
    base_answer: str
    base_score: float

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "input": self.input,
            "expected": self.expected,
            "answer": self.answer,
            "score": self.score,
            "base_answer": self.base_answer,
            "base_score": self.base_score,
        }


@dataclass(frozen=True)
class Estimate:
    """A mean score with its 95 % confidence interval."""

    mean: float
    low: float
    high: float

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {"mean": self.mean, "confidence_interval": [self.low, self.high]}


@dataclass(frozen=True)
class AdapterEvaluation:
    """How one adapter answers some examples.

    Attributes:
        reference: of the adapter, as asked for.
        metric: by which answers are scored.
        adapter, base: the mean scores of the adapter and of the bare base model.
        answers: one for each example, in their order.
        prompt_template: in which both were asked.
        notes: what should be known of the examples.
    """

    reference: str
    metric: Metric
    adapter: Estimate
    base: Estimate
    answers: tuple[ScoredAnswer, ...]
    prompt_template: str
    notes: tuple[str, ...] = ()

    @property
    def wrong(self) -> list[ScoredAnswer]:
        """Answers of the adapter that are not fully right, the worst first."""
        return sorted((each for each in self.answers if each.score < 1), key=lambda each: each.score)

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "adapter": self.reference,
            "metric": self.metric,
            "examples": len(self.answers),
            "score": self.adapter.summary(),
            "base_score": self.base.summary(),
            "prompt_template": self.prompt_template,
            "answers": [each.summary() for each in self.answers],
            "notes": list(self.notes),
        }


def evaluate_adapter(
    runtime: Runtime,
    reference: str,
    adapter: Adapter,
    examples: Sequence[Example],
    *,
    metric: Metric | None = None,
    case_sensitive: bool = True,
    template: str = "",
) -> AdapterEvaluation:
    """Answer the examples with the adapter and with the bare base model, greedily, and score what is written.

    Args:
        runtime: its base model is the adapter's.
        reference: what the adapter is called in the result.
        examples: with all accepted answers, if there are several.
        metric: that of the card's own measurements when None, and `exact_match` where it has none.
        case_sensitive: whether case counts in an exact match.
        template: holds `{input}` once; when empty, the adapter's own, and the bare input for a PEFT folder without one,
            as `hyperlora run` takes it.

    Raises:
        InputError: there are no examples, an unknown metric, what is given is no template, or the adapter was made for
            another base model.
    """
    if not examples:
        raise InputError("there are no examples to evaluate on", "Give some with --examples FILE.")
    if metric is None:
        metric = _own_metric(adapter)
    if metric not in get_args(Metric):
        raise InputError(f"there is no metric {metric!r}", f"Choose of {', '.join(get_args(Metric))}.")
    try:
        adapter.require_base(runtime.located.identity)
    except BaseModelError as error:  # of the adapter that was asked for
        raise InputError(error.problem, error.remedy) from error
    used, note = template_of(adapter, reference, template)
    written, plain = _written(runtime, adapter, examples, metric, used)
    answers = tuple(
        ScoredAnswer(
            example.input,
            example.output,
            own,
            answer_score(metric, own, example, case_sensitive=case_sensitive),
            base,
            answer_score(metric, base, example, case_sensitive=case_sensitive),
        )
        for example, own, base in zip(examples, written, plain, strict=True)
    )
    return AdapterEvaluation(
        reference,
        metric,
        _estimate([each.score for each in answers]),
        _estimate([each.base_score for each in answers]),
        answers,
        used,
        (*filter(None, [note]), *_notes(adapter, examples)),
    )


def _written(
    runtime: Runtime, adapter: Adapter, examples: Sequence[Example], metric: Metric, template: str
) -> tuple[list[str], list[str]]:
    """What the adapter and the bare base model write, example by example."""
    prompts = [render_prompt(template, example.input) for example in examples]
    lengths = [_longest(runtime, template, example) + _ROOM for example in examples]
    shown = [Sampling(max_new_tokens=max(length, Sampling().max_new_tokens)) for length in lengths]
    # the base model rarely stops by itself, and what follows a wrong answer does not make it an exact match
    short = [Sampling(max_new_tokens=length) for length in lengths] if metric == "exact_match" else shown
    factors = stack_adapters([adapter], runtime.base.device)
    found: tuple[list[str], list[str]] = ([], [])
    with progress(2 * len(prompts), "evaluate", "answer", delay=_BAR_AFTER) as bar:
        for choice, samplings, answers in ((0, shown, found[0]), (None, short, found[1])):
            for start in range(0, len(prompts), BATCH):
                asked = prompts[start : start + BATCH]
                outputs = generate(
                    runtime.base,
                    asked,
                    bank=runtime.bank,
                    factors=factors,
                    choices=[choice] * len(asked),
                    sampling=samplings[start : start + BATCH],
                )
                answers += [output.answer for output in outputs]
                bar.update(len(asked))
    return found


def _longest(runtime: Runtime, template: str, example: Example) -> int:
    completions = [render_completion(template, answer) for answer in example.answers]
    return max(len(ids) for ids in runtime.base.tokenizer(completions, add_special_tokens=False)["input_ids"])


def _own_metric(adapter: Adapter) -> Metric:
    """By what the adapter's task is scored, as far as the names of its card's measurements tell."""
    names = {name.partition(".")[0] for name in adapter.card.metrics}
    return "rouge_l" if "rouge_l" in names else "exact_match"


def _estimate(scores: Sequence[float]) -> Estimate:
    if set(scores) <= {0.0, 1.0}:
        return Estimate(mean(scores), *binomial_interval(round(sum(scores)), len(scores)))
    return Estimate(*bootstrap_mean([scores]))


def _notes(adapter: Adapter, examples: Sequence[Example]) -> list[str]:
    notes = []
    own = {each.input.strip() for each in adapter.card.examples}
    if known := sum(example.input.strip() in own for example in examples):
        notes.append(
            f"{known} of {len(examples)} examples are in the adapter's card: it was perhaps trained or chosen on them"
        )
    if repeated := len(examples) - len({example.input.strip() for example in examples}):
        notes.append(f"{repeated} of {len(examples)} examples have an input that came before")
    if conflicts := conflicting_outputs(examples):
        text, outputs = next(iter(conflicts.items()))
        told = " and ".join(repr(output[:60]) for output in outputs)
        notes.append(
            f"the examples contradict each other: input {text[:60]!r} has the outputs {told}; one answer cannot be all "
            f"of them ({len(conflicts)} such input{'s' if len(conflicts) > 1 else ''})"
        )
    return notes
