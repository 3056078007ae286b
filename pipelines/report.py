"""A quickstart's results as text for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.adapt import AdaptResult
from pipelines.compare import Comparison
from pipelines.quickstart import QuickstartReport

METHOD_TITLES = {
    "base": "base model",
    "description": "base + description in the chat template",
    "icl": "base + solved examples in the prompt",
    "trained": "adapter trained on the task",
    "retrieved": "adapter retrieved by an unseen description",
    "generated": "adapter generated from an unseen description",
}


def comparison_text(comparison: Comparison) -> str:
    """Exact match by task (rows) and method (columns), then means with 95 % intervals."""
    methods = [row.method for row in comparison.rows]
    title = "exact match on test examples"
    width = max(len(name) for name in (title, *comparison.examples))
    lines = [f"{title:<{width}}  " + "  ".join(f"{name:>11}" for name in methods)]
    for task in comparison.examples:
        lines.append(f"{task:<{width}}  " + "  ".join(f"{row.tasks[task]:11.2f}" for row in comparison.rows))
    lines.append("")
    title_width = max(len(METHOD_TITLES[name]) for name in methods)
    for row in comparison.rows:
        lines.append(
            f"{row.method:<11}  {METHOD_TITLES[row.method]:<{title_width}}  {row.mean:.2f} "
            f"[{row.low:.2f}, {row.high:.2f}]  {row.prompt_tokens:5.1f} prompt tokens"
        )
    total = sum(comparison.examples.values())
    lines.append(
        f"{len(comparison.examples)} tasks, {total} test examples; in brackets 95 % bootstrap intervals over tasks "
        "and examples"
    )
    return "\n".join(lines)


def adapted_text(result: AdaptResult, description: str) -> str:
    """What one `adapt` chose and how answers changed."""
    lines = [f"adapt {description!r}", f"  -> {result.entry.reference} ({result.adapter.card.origin}): {result.reason}"]
    if result.entry.expires is not None:
        day = datetime.fromtimestamp(result.entry.expires / 1000, UTC).date()
        lines.append(f"  registered until {day}; for good: hyperlora registry alias {result.entry.reference} ALIAS")
    if result.base_exact_match is not None:
        lines.append(f"  base model on the examples: {result.base_exact_match:.2f}")
    if result.answers:
        rows = [(a.input, a.base[:32], a.adapted, a.expected) for a in result.answers]
        heads = ("input", "base model", "adapted", "expected")
        widths = [max(len(head), *(len(row[i]) for row in rows)) for i, head in enumerate(heads)]
        for row in (heads, *rows):
            lines.append(
                "     " + "   ".join(f"{cell:<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
            )
    for label, path in (("PEFT folder", result.folder), ("merged checkpoint", result.merged)):
        if path is not None:
            lines.append(f"  {label}: {path}")
    return "\n".join(lines)


def quickstart_text(report: QuickstartReport) -> str:
    """The table, the adapted answers, and where the time went."""
    parts = [comparison_text(report.comparison)]
    parts += [adapted_text(result, result.adapter.card.description) for result in report.adapted]
    times = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in report.seconds.items())
    cached = f"; from an earlier run: {', '.join(report.cached)}" if report.cached else ""
    parts.append(f"time: {times}{cached}")
    return "\n\n".join(parts)
