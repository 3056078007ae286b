"""The tables of README and docs/evaluation.md, from finished evaluations: `python -m pipelines.evaluation.documents`.

With folders of finished evaluations as arguments, what their tables need is first kept in `docs/results/`, which is
committed; the documents' tables are then written again from there. An evaluation of some methods takes the place of
these methods' rows alone, if the others were measured on the same tasks in the same way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from hyperlora.errors import InputError
from hyperlora.files.durable import write_bytes, write_json
from pipelines.evaluation.methods import METHODS
from pipelines.evaluation.paired_comparison import TaskMeans
from pipelines.evaluation.report import counted, markdown_table, results_markdown, shown_groups, shown_methods, spread
from pipelines.evaluation.run import read_results

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/evaluation.md")
# What README shows of a table that has every method.
BRIEF_METHODS = (
    "base",
    "description",
    "icl-5",
    "no-condition",
    "retrieved-1",
    "generated",
    "generated-5",
    "generated+description",
    "multitask+description",
    "finetune-5",
    "generated+refine-5",
    "adapt-5",
    "finetune-16",
    "generated+refine-16",
    "adapt-16",
    "oracle",
)
_FEW = ("icl-5", "multitask+icl-5", "finetune-5", "select-by-5")
# Which methods are shown beside which rivals.
PAIRS = (
    ("generated", ("multitask+description", "retrieved-1", "description", "no-condition")),
    ("generated+description", ("multitask+description", "generated")),
    ("generated+refine-5", _FEW),
    ("generated+description+refine-5", (*_FEW, "generated+refine-5", "no-condition+refine-5")),
    ("generated+refine-16", ("finetune-16", "no-condition+refine-16")),
    ("generated+description+refine-16", ("finetune-16", "no-condition+refine-16")),
    ("adapt-5", (*_FEW, "generated+refine-5")),
    ("adapt-16", ("finetune-16", "generated+refine-16")),
)
_BLOCK = re.compile(r"(<!-- (brief|table|pairs): ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def keep(results: Mapping[str, Any]) -> dict[str, Any]:
    """What tables need of an evaluation's results, without single answers and pairwise differences."""
    groups = {
        name: {key: value for key, value in group.items() if key != "differences"}
        for name, group in results["summary"]["groups"].items()
    }
    return {
        "version": version("hyperlora"),
        **{key: results[key] for key in ("identity", "suite", "methods", "tasks", "generation", "failures")},
        "summary": {"groups": groups, "without": results["summary"]["without"]},
        "means": {
            method: {task: round(value["mean"], 4) for task, value in tasks.items()}
            for method, tasks in results["scores"].items()
        },
    }


# What must be the same of two evaluations whose rows stand in one table. The code that measures may have changed, and
# what only some methods use: a row says nothing of the others.
_SHARED = ("suite", "tasks", "recipe", "base model", "dtype")


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Kept results with the rows of newer ones; the newer alone where both are not of the same tasks and recipe.

    Intervals fit together: their draws depend on tasks and recipe alone, and each is its method's own.
    """
    if any(old["identity"].get(name) != new["identity"].get(name) for name in _SHARED):
        return dict(new)
    fresh = {row["name"] for row in new["methods"]}
    if fresh >= {row["name"] for row in old["methods"]}:
        return dict(new)
    groups = {}
    for name, group in new["summary"]["groups"].items():
        before = old["summary"]["groups"][name]
        groups[name] = {**before, **group, "methods": before["methods"] | group["methods"]}
    rows = {row["name"]: row for row in (*old["methods"], *new["methods"])}
    order = {name: place for place, name in enumerate(METHODS)}
    earlier = [
        {**each, "methods": [name for name in each["methods"] if name not in fresh]} for each in old.get("earlier", [])
    ]
    known = fresh.union(*(each["methods"] for each in earlier))
    earlier.append({"identity": old["identity"], "methods": sorted(rows.keys() - known)})
    made = {
        **new,
        "methods": sorted(rows.values(), key=lambda row: order.get(row["name"], len(order))),
        "generation": old["generation"],
        "failures": [*(each for each in old["failures"] if each["method"] not in fresh), *new["failures"]],
        "summary": {"groups": groups, "without": old["summary"]["without"]},
        "means": {**old["means"], **new["means"]},
        "earlier": [each for each in earlier if each["methods"]],
    }
    for name, group in made["summary"]["groups"].items():
        means = TaskMeans(made, name)
        for method, row in group["methods"].items():
            if "recovery" not in row and (found := means.recovered(method)) is not None:
                group["methods"][method] = {**row, "recovery": found}
    return made


def kept_name(results: Mapping[str, Any]) -> str:
    """What the kept results of an evaluation are called: the suite and the parts that were asked."""
    parts = sorted({task["partition"] for task in results["tasks"].values()})
    return "-".join([results["suite"], *parts])


def brief_table(results: dict[str, Any]) -> str:
    """A few methods in lines, the groups of tasks in columns, and what a call pays in tokens of its prompt."""
    groups = shown_groups(results)
    shown = [each for each in shown_methods(results) if each.name in BRIEF_METHODS]
    head = [
        "method",
        *(f"{name} ({counted(len(group['tasks']), 'task')})" for name, group in groups),
        "prompt tokens per call",
    ]
    whole = results["summary"]["groups"]["all"]["methods"]
    body = [
        [
            f"`{each.name}`: {each.title}",
            *(spread(group["methods"][each.name]) for _, group in groups),
            f"{whole[each.name]['prompt_tokens']:.0f}",
        ]
        for each in sorted(shown, key=lambda each: BRIEF_METHODS.index(each.name))
    ]
    return markdown_table(head, body) + "\n"


def pairs_table(results: Mapping[str, Any]) -> str:
    """How much better a method is than its rivals, by group of tasks, where both are known."""
    groups = {name: TaskMeans(results, name) for name, _ in shown_groups(dict(results))}
    body = []
    for one, others in PAIRS:
        for other in others:
            found = [means.difference(one, other) for means in groups.values()]
            if None not in found:
                body.append([f"`{one}`", f"`{other}`", *(_signed(each) for each in found if each is not None)])
    return markdown_table(["method", "beside", *groups], body) + "\n"


def _signed(stat: Mapping[str, float]) -> str:
    return f"{stat['mean']:+.3f} [{stat['low']:+.2f}, {stat['high']:+.2f}]"


_TABLES = {"brief": brief_table, "table": results_markdown, "pairs": pairs_table}


def with_tables(text: str, kept: Mapping[str, dict[str, Any]]) -> str:
    """A document with its tables written again.

    Raises:
        InputError: a table is of an evaluation that is not there.
    """

    def table(match: re.Match[str]) -> str:
        start, kind, name, end = match.groups()
        if name not in kept:
            raise InputError(f"docs/results has no {name}.json", "Give the folder of that evaluation.")
        return start + _TABLES[kind](kept[name]) + end

    return _BLOCK.sub(table, text)


def update_documents(root: Path, folders: Sequence[Path]) -> list[Path]:
    """Keep the results of these evaluations and write the documents' tables; the files that changed."""
    for folder in folders:
        results = read_results(folder)
        path = root / "docs" / "results" / f"{kept_name(results)}.json"
        found = keep(results)
        write_json(path, merged(json.loads(path.read_text(encoding="utf-8")), found) if path.is_file() else found)
    kept = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (root / "docs/results").glob("*.json")}
    changed = []
    for path in (root / name for name in DOCUMENTS):
        before = path.read_text(encoding="utf-8")
        if (after := with_tables(before, kept)) != before:
            write_bytes(path, after.encode())
            changed.append(path)
    return changed


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folders: tuple[Path, ...]) -> None:
    """Keep what tables need of finished evaluations, and write the documents' tables again."""
    for path in update_documents(ROOT, folders):
        click.echo(f"{path.relative_to(ROOT)}: tables written")


if __name__ == "__main__":
    main()
