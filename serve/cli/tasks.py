"""`hyperlora tasks`."""

from __future__ import annotations

from typing import Any

import click

from hyperlora.errors import InputError
from serve.cli.main import emit, json_option

suite_option = click.option("--suite", default="starter", show_default=True, help="starter, or file:FOLDER.")


@click.group()
def command() -> None:
    """List, show and check tasks.

    \b
    Example:
      hyperlora tasks list
      hyperlora tasks check --suite file:my-tasks
    """


@command.command("list")
@suite_option
@json_option
def list_tasks(suite: str, as_json: bool) -> None:
    """List a suite's tasks with the sizes of their splits."""
    from pipelines.starter import open_suite

    tasks = list(open_suite(suite))
    value = [
        {
            "name": task.name,
            "family": task.family,
            "description": task.description,
            "examples": {split: len(examples) for split, examples in task.splits().items()},
        }
        for task in tasks
    ]
    lines = [
        f"{task.name:<24} {task.family:<12} {len(task.train):>5} train {len(task.validation):>4} validation "
        f"{len(task.test):>4} test  {task.description}"
        for task in tasks
    ]
    emit(as_json, value, "\n".join(lines))


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
        "descriptions": list(task.descriptions),
        "unseen_descriptions": list(task.unseen_descriptions),
        "prompt_template": task.prompt_template,
        "source": task.source,
        "licence": task.licence,
        "examples": [{"input": example.input, "output": example.output} for example in task.train[:5]],
    }
    lines = [f"{task.name} ({task.family}): {task.description}", f"source: {task.source}", f"licence: {task.licence}"]
    lines += [f"  also: {text}" for text in task.descriptions[1:]]
    lines += [f"  never trained on: {text}" for text in task.unseen_descriptions]
    lines += [f"  {example.input} -> {example.output}" for example in task.train[:5]]
    emit(as_json, value, "\n".join(lines))


@command.command("check")
@suite_option
@json_option
def check(suite: str, as_json: bool) -> None:
    """Check a suite: sizes, leaks between splits, duplicate inputs and descriptions, twin tasks."""
    from hyperlora.suite_checks import check_suite
    from pipelines.starter import SMALLER_TASKS, open_suite

    problems = check_suite(open_suite(suite), smaller=SMALLER_TASKS if suite == "starter" else None)
    emit(as_json, {"problems": problems}, "\n".join(problems) or f"suite {suite}: no problems")
    if problems:
        raise click.exceptions.Exit(1)
