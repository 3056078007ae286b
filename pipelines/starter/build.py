"""Build the starter suite's task folders: `python -m pipelines.starter.build [--out DIR]`.

The result depends on nothing but this code and the package versions named in `sources`.
"""

from __future__ import annotations

import shutil
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from importlib import import_module
from operator import gt
from pathlib import Path
from pkgutil import iter_modules

import click

from hyperlora.errors import HyperLoRAError, TaskFormatError
from hyperlora.files.durable import write_json
from hyperlora.tasks.suite_checks import check_suite, word_prefixes
from hyperlora.tasks.task import Relation, Suite, Task, write_task
from pipelines.starter import SMALLER_FILE, TASKS_FOLDER, families
from pipelines.starter.draft import Draft
from pipelines.starter.rejected import REJECTED
from pipelines.starter.sources import licence_line, source_line
from pipelines.starter.splits import LEAST_SIZES, split_examples


def family_drafts(names: Iterable[str] | None = None) -> dict[str, tuple[Draft, ...]]:
    """The drafts of these modules of `families`, by family; of every module with a `FAMILY` when None."""
    found: dict[str, tuple[Draft, ...]] = {}
    for name in sorted(info.name for info in iter_modules(families.__path__)) if names is None else names:
        module = import_module(f"{families.__name__}.{name}")
        if hasattr(module, "FAMILY"):
            found[module.FAMILY] = tuple(draft for draft in module.drafts() if draft.name not in REJECTED)
    return found


class _SeenInputs:
    """The inputs and pairs of all seen tasks, to keep other tasks' examples apart from."""

    def __init__(self, tasks: Iterable[Mapping[str, str]]) -> None:
        pairs = {(text.casefold(), output.casefold()) for outputs in tasks for text, output in outputs.items()}
        self._pairs = pairs
        self._inputs = {text for text, _ in pairs}
        self._ordered = sorted(self._inputs)

    def without_shared(self, outputs: Mapping[str, str]) -> dict[str, str]:
        """The pairs whose input neither is nor begins nor continues a seen one, and that reverse no seen pair."""
        return {
            text: output for text, output in outputs.items() if not self._shares(text.casefold(), output.casefold())
        }

    def _shares(self, text: str, output: str) -> bool:
        known = text in self._inputs or (output, text) in self._pairs
        return known or not word_prefixes(text).isdisjoint(self._inputs) or self._begins_one(text)

    def _begins_one(self, text: str) -> bool:
        place = bisect_left(self._ordered, text)
        while place < len(self._ordered) and self._ordered[place].startswith(text):
            if text in word_prefixes(self._ordered[place]):
                return True
            place += 1
        return False


def make_task(draft: Draft, family: str, relation: Relation, outputs: Mapping[str, str]) -> Task:
    """The finished task of a draft.

    Raises:
        ValueError: there are fewer examples than the draft's sizes.
    """
    return Task(
        name=draft.name,
        family=family,
        descriptions=draft.descriptions,
        unseen_descriptions=draft.unseen_descriptions,
        **split_examples(draft.name, outputs, draft.sizes),
        case_sensitive=draft.case_sensitive,
        source=source_line(*draft.packages),
        licence=licence_line(*draft.packages),
        partition=draft.partition,
        relation=relation,
        twin_of=draft.twin_of,
    )


def build_tasks(drafts: Mapping[str, Iterable[Draft]]) -> list[Task]:
    """The tasks of families, by name; dev and held-out tasks share no input with the seen tasks among them.

    Raises:
        ValueError: a draft has too few examples, or an input with two outputs.
    """
    flat = [(draft, family) for family, members in drafts.items() for draft in members]
    seen = {draft.name: draft.candidates() for draft, _ in flat if draft.partition == "seen"}
    with_seen = {family for draft, family in flat if draft.partition == "seen"}
    tasks = [make_task(draft, family, "", seen[draft.name]) for draft, family in flat if draft.name in seen]
    used = _SeenInputs(
        {example.input: example.output for part in task.splits().values() for example in part} for task in tasks
    )
    for draft, family in flat:
        if draft.name not in seen:
            relation: Relation = "twin" if draft.twin_of else "near" if family in with_seen else "far"
            tasks.append(make_task(draft, family, relation, used.without_shared(draft.candidates())))
    return sorted(tasks, key=lambda task: task.name)


def build_suite() -> Suite:
    """The starter suite, made from the data packages and checked.

    Raises:
        InputError: a data package is missing or of another version.
        TaskFormatError: the suite has problems; the first is named.
    """
    drafts = family_drafts()
    suite = Suite.of("starter", build_tasks(drafts))
    smaller = {draft.name: draft.sizes for members in drafts.values() for draft in members}
    if problems := check_suite(suite, smaller=smaller):
        raise TaskFormatError(
            f"the starter suite has {len(problems)} problems, first: {problems[0]}", "Correct its module."
        )
    return suite


@click.command(help="Build the starter suite's task folders from the data packages.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the task folders; by default the shipped ones are rewritten.",
)
@click.option("--family", help="Only this module of families: show examples; written only with --out.")
def main(out: Path | None, family: str | None) -> None:
    """Build, check and write."""
    try:
        if family is not None:
            _try_family(family, out)
            return
        suite = build_suite()
    except (HyperLoRAError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    out = out or TASKS_FOLDER
    for folder in out.glob("*/"):
        if folder.name not in suite.tasks:
            shutil.rmtree(folder)
    for task in suite:
        write_task(task, out / task.name)
    if out == TASKS_FOLDER:
        sizes = {task.name: [len(part) for part in task.splits().values()] for task in suite}
        smaller = {name: own for name, own in sizes.items() if any(map(gt, LEAST_SIZES, own))}
        write_json(SMALLER_FILE, smaller)
    parts = {partition: len(suite.part(partition)) for partition in ("seen", "dev", "held-out")}
    click.echo(f"{len(suite)} tasks: " + ", ".join(f"{count} {name}" for name, count in parts.items()))


def _try_family(name: str, out: Path | None) -> None:
    drafts = family_drafts([name])
    tasks = build_tasks(drafts)
    for task in tasks:
        sizes = ", ".join(f"{split} {len(examples)}" for split, examples in task.splits().items())
        click.echo(f"{task.name} [{task.partition} {task.relation}] {sizes}: {task.description}")
        for example in task.train[:4]:
            click.echo(f"    {example.input} -> {example.output}")
        if out is not None:
            write_task(task, out / task.name)
    for problem in check_suite(Suite.of(name, tasks), train=20, validation=5, test=10):
        click.echo(f"problem: {problem}")


if __name__ == "__main__":
    main()
