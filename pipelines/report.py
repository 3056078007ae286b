"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any

from pipelines.adapt.adapt import AdaptResult
from pipelines.adapt.compose import Composition
from pipelines.adapt.cross_validation import ExampleScores
from pipelines.adapt.route import RoutedAnswer
from pipelines.evaluation.evaluate_adapter import AdapterEvaluation
from pipelines.evaluation.report import results_text
from pipelines.quickstart import QuickstartReport
from pipelines.recipes.composition import CompositionRecipe
from pipelines.text_layout import cut, table, terminal_width, wrapped


def comparison_text(results: dict[str, Any]) -> str:
    """Mean score by task (rows) and method (columns), then means with 95 % intervals."""
    methods = [each["name"] for each in results["methods"]]
    title = "score on test examples"
    width = max(len(name) for name in (title, *results["tasks"]))
    lines = [f"{title:<{width}}  " + "  ".join(f"{name:>11}" for name in methods)]
    for task in results["tasks"]:
        cells = [results["scores"][name].get(task) for name in methods]
        lines.append(
            f"{task:<{width}}  " + "  ".join("          -" if c is None else f"{c['mean']:11.2f}" for c in cells)
        )
    return "\n".join([*lines, "", results_text(results)])


def adapted_text(result: AdaptResult, description: str) -> str:
    """What one `adapt` chose and how answers changed."""
    width = terminal_width()
    lines = [
        f"adapt {cut(description, width - len('adapt ') - 2)!r}",
        f"  -> {result.entry.reference} ({result.adapter.card.origin}): {result.reason}",
    ]
    lines.append(f"  parent: {', '.join(result.adapter.card.parents)}")
    if (other := result.alternative) is not None:
        lines.append(f"  may be as good: {other.reference} ({other.origin}); three examples with --examples would tell")
    if result.entry.expires is not None:
        day = datetime.fromtimestamp(result.entry.expires / 1000, UTC).date()
        lines.append(f"  registered until {day}; for good: hyperlora registry alias {result.entry.reference} ALIAS")
    if result.base_exact_match is not None:
        lines.append(f"  base model on the examples: {result.base_exact_match:.2f}")
    if result.scores is not None:
        lines += _score_lines(result.scores)
    if result.answers:
        lines.append(f"  {result.samples.heading(result.adapter.card.origin)}")
        known = any(a.expected for a in result.answers)
        rows = [(a.input, cut(a.base, 32), a.adapted, *([a.expected] if known else [])) for a in result.answers]
        samples = table(("input", "base model", "adapted", *(["expected"] if known else [])), rows, width)
    else:
        samples = []
    after: list[str] = []
    for label, path in (("PEFT folder", result.folder), ("merged checkpoint", result.merged)):
        if path is not None:
            after.append(f"  {label}: {path}")
    after += [f"  note: {note}" for note in result.notes]
    return "\n".join([*_fitting(lines, width), *samples, *_fitting(after, width)])


def _fitting(lines: Sequence[str], width: int) -> list[str]:
    return [part for line in lines for part in wrapped(line, width)]


def _score_lines(scores: ExampleScores) -> list[str]:
    """What an adapter scores on the examples it was made of, and, beside it, on those it was made without."""
    validated, before = scores.cross_validation, scores.before_training
    if before is None:
        lines = [f"  on the examples that chose it: {scores.given_examples:.2f}"]
    else:
        lines = [
            f"  before training: {before:.2f}",
            f"  on the examples it was trained on: {scores.given_examples:.2f}",
        ]
    if validated is not None:
        lines.append(
            f"  cross-validated, as on new inputs: {validated.exact_match:.2f} "
            f"[{validated.low:.2f}, {validated.high:.2f}] ({validated.method} on {validated.examples} examples)"
        )
    return lines


def evaluated_text(result: AdapterEvaluation, shown: int = 5) -> str:
    """An adapter's score beside the base model's, and some of the answers that are not right."""
    width = terminal_width()
    lines = [f"{result.reference} on {len(result.answers)} examples: {result.metric} with 95 % interval"]
    for label, score in (("adapter", result.adapter), ("base model", result.base)):
        lines.append(f"  {label:<10}  {score.mean:.2f} [{score.low:.2f}, {score.high:.2f}]")
    if wrong := result.wrong:
        some = f", {shown} of them" if len(wrong) > shown else ""
        lines.append(f"  not right: {len(wrong)} of {len(result.answers)}{some}")
        rows = [(a.input, a.answer, a.expected) for a in wrong[:shown]]
        lines += table(("input", "adapter", "expected"), rows, width)
    return "\n".join([*lines, *_fitting([f"  note: {note}" for note in result.notes], width)])


def composition_text(result: Composition, recipe: CompositionRecipe, *, explained: bool = False) -> str:
    """What was composed of what, and with `explained` what that did to the adapters."""
    adapter = result.adapter
    ranks = ", ".join(map(str, adapter.ranks))
    where = [str(place) for place in (result.folder, result.entry and result.entry.reference) if place]
    lines = [f"{' and '.join(where)}: {recipe.method} of {len(recipe.adapters)} adapters, rank {ranks}"]
    width = max(map(len, recipe.adapters))
    told = result.explanation
    for place, reference in enumerate(recipe.adapters):
        line = f"  {result.weights[place]:6.3f}  {reference:<{width}}"
        if explained:
            cosines = " ".join(f"{value:5.2f}" for value in told.cosines[place])
            line += f"   norm {told.norms[place]:7.3f}   cosines {cosines}"
        lines.append(line.rstrip())
    if explained:
        lines.append(f"  kept of the weighted sum's energy: {told.energy_kept:.4f}")
        lines.append("  module, kept, interference (1: they cancel; 0: they do not meet; below 0: they pull together)")
        for name, met in sorted(told.interference.items(), key=lambda pair: -pair[1]):
            lines.append(f"    {name}   {told.energy_kept_by_module[name]:.4f}   {met:6.3f}")
    return "\n".join(lines)


def routed_text(answers: Sequence[RoutedAnswer]) -> str:
    """Each prompt on a line with its answer, and below it the adapters that acted."""
    lines = []
    for answer in answers:
        lines.append(f"{shorten(answer.input, 72, placeholder=' ...')} -> {answer.answer}")
        for acting in answer.adapters:
            weight = "by token" if acting.weight is None else f"{acting.weight:.3f}"
            lines.append(f"  {weight:>8}  {acting.reference:<32}  score {acting.score:.3f}")
    return "\n".join(lines)


def quickstart_text(report: QuickstartReport) -> str:
    """The table, the adapted answers, and where the time went."""
    parts = [comparison_text(report.results)]
    parts += [adapted_text(result, result.adapter.card.description) for result in report.adapted]
    times = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in report.seconds.items())
    cached = f"; from an earlier run: {', '.join(report.cached)}" if report.cached else ""
    parts.append(f"time: {times}{cached}")
    return "\n\n".join(parts)
