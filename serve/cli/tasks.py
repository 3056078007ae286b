"""`hyperlora tasks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hyperlora.errors import InputError
from hyperlora.tasks import PARTITIONS, SPLITS
from serve.cli.main import emit, json_option

suite_option = click.option(
    "--suite",
    default="starter",
    show_default=True,
    help="starter, file:FOLDER, or others' data: function-vectors:, instruction-induction:, natural-instructions:, "
    "bbh:, jsonl:, csv:, dataset:.",
)


@click.group()
def command() -> None:
    """List, show, check and export tasks.

    \b
    Example:
      hyperlora tasks list --split held-out
      hyperlora tasks check --suite file:my-tasks
    """


@command.command("list")
@suite_option
@click.option("--split", "partition", type=click.Choice(PARTITIONS), help="Only this part of the suite.")
@click.option("--family", help="Only this family.")
@click.option("--rejected", is_flag=True, help="Instead, the tasks that were left out, and why.")
@json_option
def list_tasks(suite: str, partition: str | None, family: str | None, rejected: bool, as_json: bool) -> None:
    """List a suite's tasks with their part, and the sizes of their splits."""
    from pipelines.starter import open_suite

    opened = open_suite(suite)
    if rejected:
        emit(as_json, dict(opened.rejected), "\n".join(f"{name}: {why}" for name, why in opened.rejected.items()))
        return
    tasks = [task for task in opened if partition in (None, task.partition) and family in (None, task.family)]
    value = [
        {
            "name": task.name,
            "family": task.family,
            "partition": task.partition,
            "relation": task.relation,
            "twin_of": task.twin_of,
            "description": task.description,
            "examples": {split: len(examples) for split, examples in task.splits().items()},
        }
        for task in tasks
    ]
    lines = [
        f"{task.name:<32} {task.family:<15} {task.relation or task.partition:<5} "
        f"{len(task.train):>4}/{len(task.validation)}/{len(task.test):<4} {task.description}"
        for task in tasks
    ]
    emit(as_json, value, "\n".join([*lines, f"{len(tasks)} tasks (examples: {'/'.join(SPLITS)})"]))


@command.command("show")
@click.argument("name")
@suite_option
@json_option
def show(name: str, suite: str, as_json: bool) -> None:
    """Show a task: descriptions, template, source and a few examples."""
    from pipelines.starter import open_suite

    opened = open_suite(suite)
    if name not in opened.tasks:
        raise InputError(f"suite {suite} has no task {name!r}", f"See: hyperlora tasks list --suite {suite}")
    task = opened.tasks[name]
    value: dict[str, Any] = {
        "name": task.name,
        "family": task.family,
        "partition": task.partition,
        "relation": task.relation,
        "twin_of": task.twin_of,
        "descriptions": list(task.descriptions),
        "unseen_descriptions": list(task.unseen_descriptions),
        "prompt_template": task.prompt_template,
        "metric": task.metric,
        "case_sensitive": task.case_sensitive,
        "source": task.source,
        "licence": task.licence,
        "examples": [example.record() for example in task.train[:5]],
    }
    part = f"{task.partition}, {task.relation}" if task.relation else task.partition
    twin = f", twin of {task.twin_of}" if task.twin_of else ""
    lines = [f"{task.name} ({task.family}; {part}{twin}): {task.description}"]
    lines += [f"source: {task.source}", f"licence: {task.licence}"]
    lines += [f"  also: {text}" for text in task.descriptions[1:]]
    lines += [f"  never trained on: {text}" for text in task.unseen_descriptions]
    lines += [f"  {example.input} -> {example.output}" for example in task.train[:5]]
    emit(as_json, value, "\n".join(lines))


@command.command("check")
@suite_option
@json_option
def check(suite: str, as_json: bool) -> None:
    """Check a suite: sizes, leaks between splits and parts, duplicate inputs and descriptions, copied tasks.

    Of the starter suite also: how many tasks and families it promises, how split, and how long their inputs are.
    """
    from hyperlora.suite_checks import check_suite
    from pipelines.starter import open_suite, smaller_tasks

    opened = open_suite(suite)
    problems = check_suite(opened, smaller=smaller_tasks() if suite == "starter" else None)
    counts: dict[str, int] = {}
    if suite == "starter":
        from pipelines.starter.promises import broken_promises, partition_counts

        problems += broken_promises(opened, _token_counter())
        counts = partition_counts(opened)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    text = "\n".join(problems) or f"suite {suite}: {len(opened)} tasks{told and f' ({told})'}, no problems"
    emit(as_json, {"tasks": len(opened), "counts": counts, "problems": problems}, text)
    if problems:
        raise click.exceptions.Exit(1)


def _token_counter() -> Any:
    from transformers import AutoTokenizer

    from hyperlora.base_models import locate_base

    tokenizer = AutoTokenizer.from_pretrained(locate_base(None).folder, trust_remote_code=False)
    return lambda texts: [len(ids) for ids in tokenizer(texts)["input_ids"]]


@command.command("export")
@click.argument("names", nargs=-1)
@suite_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new folder.")
@json_option
def export(names: tuple[str, ...], suite: str, out: Path, as_json: bool) -> None:
    """Write a suite, or some of its tasks, as task folders to read, change and use with file:FOLDER.

    \b
    Example:
      hyperlora tasks export noun-plural --out my-tasks
      hyperlora tasks export --suite bbh:DOWNLOADED --out bbh-tasks
    """
    from hyperlora.durable import staged_folder
    from hyperlora.tasks import write_task
    from pipelines.starter import open_suite

    opened = open_suite(suite)
    if unknown := [name for name in names if name not in opened.tasks]:
        raise InputError(f"suite {suite} has no task {unknown[0]!r}", f"See: hyperlora tasks list --suite {suite}")
    if out.exists():
        raise InputError(f"{out} exists", "Name a new folder.")
    chosen = [task for task in opened if not names or task.name in names]
    with staged_folder(out.absolute()) as staging:
        for task in chosen:
            write_task(task, staging / task.name)
    emit(as_json, {"out": str(out), "tasks": [task.name for task in chosen]}, f"{out}: {len(chosen)} tasks")
