"""`hyperlora tasks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hyperlora.errors import InputError
from hyperlora.tasks.task import PARTITIONS, SPLITS
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
    from pipelines.evaluation.selection import in_parts
    from pipelines.starter import open_suite

    opened = open_suite(suite)
    if rejected:
        emit(as_json, dict(opened.rejected), "\n".join(f"{name}: {why}" for name, why in opened.rejected.items()))
        return
    tasks = [
        task
        for task in opened
        if (partition is None or in_parts(opened, task, {partition})) and family in (None, task.family)
    ]
    value = [
        {
            "name": task.name,
            "family": task.family,
            "partition": None if opened.undivided else task.partition,
            "relation": task.relation,
            "twin_of": task.twin_of,
            "description": task.description,
            "examples": {split: len(examples) for split, examples in task.splits().items()},
        }
        for task in tasks
    ]
    lines = [
        f"{task.name:<32} {task.family:<15} {'-' if opened.undivided else task.relation or task.partition:<5} "
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
        "partition": None if opened.undivided else task.partition,
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
    part = "no part" if opened.undivided else f"{task.partition}, {task.relation}".removesuffix(", ")
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
    """Check a suite: files that cannot be read, inputs in two splits or twice, duplicate descriptions, copied tasks.

    Of the starter suite also: how many tasks and families it promises, how split, how large, that its parts share no
    inputs, and how long these are.

    \b
    Example:
      hyperlora tasks check --suite jsonl:my-data
    """
    from hyperlora.tasks.suite_checks import check_own_suite, check_suite, own_suite_notes
    from pipelines.starter import open_suite, smaller_tasks

    problems: list[str] = []
    opened = open_suite(suite, on_error=lambda name, error: problems.append(f"{name}: {error}"))
    counts: dict[str, int] = {}
    notes: list[str] = []
    if suite == "starter":
        from pipelines.starter.promises import broken_promises, partition_counts

        problems += check_suite(opened, smaller=smaller_tasks())
        problems += broken_promises(opened, _token_counter())
        counts = partition_counts(opened)
    else:
        problems += check_own_suite(opened)
        notes = own_suite_notes(opened)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    lines = problems or [f"suite {suite}: {len(opened)} tasks{told and f' ({told})'}, no problems"]
    text = "\n".join([*lines, *(f"note: {note}" for note in notes)])
    emit(as_json, {"tasks": len(opened), "counts": counts, "problems": problems, "notes": notes}, text)
    if problems:
        raise click.exceptions.Exit(1)


def _token_counter() -> Any:
    from transformers import AutoTokenizer

    from hyperlora.models import locate_base

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
    from dataclasses import replace

    from hyperlora.files.durable import staged_folder
    from hyperlora.tasks.task import write_task
    from pipelines.starter import open_suite

    opened = open_suite(suite)
    if unknown := [name for name in names if name not in opened.tasks]:
        raise InputError(f"suite {suite} has no task {unknown[0]!r}", f"See: hyperlora tasks list --suite {suite}")
    if out.exists():
        raise InputError(f"{out} exists", "Name a new folder.")
    chosen = [task for task in opened if not names or task.name in names]
    with staged_folder(out.absolute()) as staging:
        for task in chosen:
            # tasks that no part was named for are one's own to train on
            write_task(replace(task, partition="seen") if opened.undivided else task, staging / task.name)
    emit(as_json, {"out": str(out), "tasks": [task.name for task in chosen]}, f"{out}: {len(chosen)} tasks")
