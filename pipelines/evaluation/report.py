"""Results as text for a terminal, as tables for a document, and as a page with plots."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from hyperlora.files.durable import write_bytes
from pipelines.evaluation.summary import FLOOR, LEAST_ROOM, ORACLE

if TYPE_CHECKING:
    from pipelines.evaluation.plots import Bar

REPORT = "report.html"
_GROUPS = ("all", "seen", "dev", "held-out", "twin", "near", "far", "seen-task", "seen-inputs", "new")
_COLUMNS = 120


@dataclass(frozen=True)
class Shown:
    """A method as tables show it.

    Attributes:
        parent: the method it is a control of, where that is in the results too.
    """

    name: str
    title: str
    control: str
    parent: str


@dataclass(frozen=True)
class Panel:
    """One method's tasks against the oracle's."""

    method: Shown
    svg: str
    mean: float
    oracle: float
    as_good: int
    tasks: int


def number(value: float) -> str:
    """A score, without the sign of a zero."""
    return f"{value:z.2f}"


def spread(stat: Mapping[str, float], key: str = "mean") -> str:
    """A number with its interval."""
    return f"{number(stat[key])} [{number(stat['low'])}, {number(stat['high'])}]"


def counted(size: int, one: str, many: str = "") -> str:
    """How many there are, in words that fit."""
    return f"{size:,} {one if size == 1 else many or one + 's'}"


def shown_methods(results: Mapping[str, Any]) -> list[Shown]:
    """The methods in the order of the table, each followed by its controls."""
    names = {each["name"] for each in results["methods"]}
    every = [
        Shown(each["name"], each["title"], each["control"], parent if each["control"] and parent in names else "")
        for each in results["methods"]
        for parent in [each["name"].rpartition(":")[0]]
    ]
    shown: list[Shown] = []
    for top in every:
        if not top.parent:
            shown += [top, *(each for each in every if each.parent == top.name)]
    return shown


def shown_groups(results: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The groups of tasks, from all of them to the farthest."""
    return sorted(results["summary"]["groups"].items(), key=lambda item: _order(item[0]))


def shown_tasks(results: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The tasks, those of a part and a family together."""
    tasks = results["tasks"]

    def place(name: str) -> tuple[Any, ...]:
        return _order(tasks[name]["partition"]), _order(tasks[name]["relation"]), tasks[name]["family"], name

    return [(name, tasks[name]) for name in sorted(tasks, key=place)]


def headline(group: Mapping[str, Any]) -> str:
    """What a group holds."""
    counts = (
        counted(len(group["tasks"]), "task") + " of " + counted(group["families"], "family", "families"),
        counted(group["examples"], "example"),
    )
    recovered = f"; recovery over {counted(group['recovery_tasks'], 'task')}" if "recovery_tasks" in group else ""
    return ", ".join(counts) + recovered


def results_text(results: dict[str, Any]) -> str:
    """Each group of tasks: methods with mean, interval, recovery and tokens of the prompt, 120 columns wide at most."""
    lines: list[str] = []
    for name, group in shown_groups(results):
        lines += [f"{name}: {headline(group)}", *_text_table(shown_methods(results), group["methods"]), ""]
    if without := results["summary"]["without"]:
        lines.append(_fit(f"without {counted(len(without), 'task')} that some method did not answer: {_list(without)}"))
    checked = results["generation"]
    if checked["answers"]:
        lines.append(f"{counted(checked['answers'], 'answer')} also generated: {generation_text(checked)}")
    return "\n".join(lines).rstrip("\n")


def _text_table(methods: Sequence[Shown], rows: Mapping[str, Any]) -> list[str]:
    recovers = any("recovery" in row for row in rows.values())
    table = [("method", "score", "recovery", "tokens", "")]
    for each in methods:
        row = rows[each.name]
        recovered = spread(row["recovery"], "value") if "recovery" in row else ""
        label = f"  :{each.control}" if each.parent else each.name
        title = "" if each.parent else each.title
        table.append((label, spread(row), recovered, f"{row['prompt_tokens']:.1f}", title))
    widths = [max(len(line[column]) for line in table) for column in range(4)]
    lines = []
    for label, *numbers, title in table:
        cells = [f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:], strict=True)]
        kept = cells if recovers else [cells[0], cells[2]]
        lines.append(_fit("  ".join(["", f"{label:<{widths[0]}}", *kept, title])))
    return lines


def _fit(line: str) -> str:
    return line.rstrip() if len(line.rstrip()) <= _COLUMNS else line[: _COLUMNS - 4].rstrip(" ,") + " ..."


def _list(names: Sequence[str]) -> str:
    return textwrap.shorten(", ".join(names), width=70, placeholder=" ...")


def generation_text(checked: Mapping[str, Any]) -> str:
    """How far answers that were really generated score as the forward says."""
    return (
        f"{checked['equal']:.3f} score alike "
        f"(mean {checked['forced_mean']:.3f} by one forward, {checked['generated_mean']:.3f} generated)"
    )


def results_markdown(results: dict[str, Any]) -> str:
    """The tables of a document: one a group, and below it what wrong descriptions do to the methods that read them."""
    methods = shown_methods(results)
    parts: list[str] = []
    for name, group in shown_groups(results):
        rows = group["methods"]
        recovers = any("recovery" in row for row in rows.values())
        head = ["method", "score", *(["recovery"] if recovers else []), "prompt tokens"]
        body = []
        for each in methods:
            if not each.control:
                row = rows[each.name]
                recovered = spread(row["recovery"], "value") if "recovery" in row else ""
                cells = [f"`{each.name}`", spread(row), recovered, f"{row['prompt_tokens']:.1f}"]
                body.append(cells if recovers else [*cells[:2], cells[3]])
        parts += [f"### {name}", f"{headline(group)}."]
        if body:
            parts.append(markdown_table(head, body))
        if controls := list(dict.fromkeys(each.control for each in methods if each.control)):
            parts.append(markdown_table(["description", "right", *controls], _controls(methods, rows, controls)))
    return "\n\n".join(parts) + "\n"


def _controls(methods: Sequence[Shown], rows: Mapping[str, Any], controls: Sequence[str]) -> list[list[str]]:
    parents = dict.fromkeys(each.name.rpartition(":")[0] for each in methods if each.control)
    return [
        [f"`{parent}`"]
        + [spread(rows[name]) if name in rows else "" for name in (parent, *(f"{parent}:{each}" for each in controls))]
        for parent in parents
    ]


def markdown_table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; numbers, all but the first column, to the right."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *body))


def write_report(results: dict[str, Any], folder: Path) -> Path:
    """Write `report.html`, one page that needs nothing else; the same bytes for the same results."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # whatever the file is called: descriptions and problems are anyone's text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"number": number, "spread": spread, "counted": counted, "generation": generation_text}
    pages.filters["headline"] = headline
    pages.tests["clear"] = lambda stat: stat["low"] > 0 or stat["high"] < 0
    page = pages.get_template("report.html.j2").render(_view(results))
    path = folder / REPORT
    write_bytes(path, page.encode("utf-8", "backslashreplace"))  # half a character, which JSON can hold, too
    return path


def _view(results: dict[str, Any]) -> dict[str, Any]:
    from pipelines.evaluation import plots  # Matplotlib takes a second to load

    methods, groups = shown_methods(results), shown_groups(results)
    kinds = sorted({_kind(task) for task in results["tasks"].values()}, key=_order)
    curves = sorted((name, points) for name, points in results.get("curves", {}).items() if points)
    return {
        "results": results,
        "methods": methods,
        "plain": [each for each in methods if not each.control],
        "tasks": shown_tasks(results),
        "groups": [
            (name, group, plots.bars(f"bars{place}", f"Mean score of each method, {name}", _bars(methods, group)))
            for place, (name, group) in enumerate(groups)
        ],
        "panels": _panels(results, methods, kinds),
        "kinds": [(place, plots.MARKS[place % len(plots.MARKS)][1], kind) for place, kind in enumerate(kinds)],
        "curves": [
            (name, points, plots.curve(f"curve{place}", f"Loss by step, {name}", points))
            for place, (name, points) in enumerate(curves)
        ],
        "floor": FLOOR,
        "oracle": ORACLE,
        "least_room": LEAST_ROOM,
    }


def _bars(methods: Sequence[Shown], group: Mapping[str, Any]) -> list[Bar]:
    from pipelines.evaluation.plots import Bar

    rows = group["methods"]
    return [
        Bar(each.name, rows[each.name]["mean"], rows[each.name]["low"], rows[each.name]["high"], bool(each.control))
        for each in methods
    ]


def _panels(results: Mapping[str, Any], methods: Sequence[Shown], kinds: Sequence[str]) -> list[Panel]:
    from pipelines.evaluation.plots import scatter

    best = {task: got["mean"] for task, got in results["scores"].get(ORACLE, {}).items()}
    panels = []
    for place, each in enumerate(methods):
        means = {task: got["mean"] for task, got in results["scores"][each.name].items() if task in best}
        if each.name == ORACLE or not means:
            continue
        points = [(best[task], mean, kinds.index(_kind(results["tasks"][task]))) for task, mean in means.items()]
        label = f"Score of {each.name}, upwards, by that of {ORACLE}, across, on each task"
        panels.append(
            Panel(
                each,
                scatter(f"scatter{place}", label, points, quiet=bool(each.control)),
                fmean(mean for _, mean, _ in points),
                fmean(top for top, _, _ in points),
                sum(mean >= top for top, mean, _ in points),
                len(points),
            )
        )
    return panels


def _kind(task: Mapping[str, Any]) -> str:
    """What a task has to do with those that were trained on."""
    return task["relation"] or task.get("overlap", {}).get("label") or task["partition"]


def _order(group: str) -> tuple[int, str]:
    return (_GROUPS.index(group) if group in _GROUPS else len(_GROUPS)), group
