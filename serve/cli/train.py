"""`hyperlora train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from serve.cli.main import base_option, emit, json_option

if TYPE_CHECKING:
    from hyperlora.registry import Entry
    from pipelines.evaluation.champion import ChampionDecision
    from pipelines.runtime import Runtime

suite_option = click.option("--suite", default="starter", show_default=True, help="starter, or SCHEME:PATH.")
task_option = click.option("--task", "names", multiple=True, help="Only these tasks of the suite.")
split_option = click.option(
    "--split",
    "parts",
    multiple=True,
    type=click.Choice(["seen", "dev", "held-out", "all"]),
    help="Which part of the suite; by default seen, or all where no task names its part.",
)
recipe_option = click.option(
    "--recipe", type=click.Path(path_type=Path), help="YAML, or a shipped one's name; by default the shipped one."
)

# Notes on tasks that are shown; a suite may have thousands.
_MOST_NOTES = 8
champion_option = click.option(
    "--make-champion", is_flag=True, help="Use it where none is named, however it compares with the present champion."
)
again_option = click.option(
    "--again", is_flag=True, help="Train although one of this recipe and data is there that another release made."
)


@click.group()
def command() -> None:
    """Train adapters, generators and retrievers on a suite's tasks, and register them.

    A suite is the starter suite, task folders (file:), or data in a usual shape (jsonl:, csv:, dataset:); docs/data.md.

    Long runs go on where they were when the same command is run again.

    \b
    Example:
      hyperlora train adapters --suite jsonl:my-data
      hyperlora train multitask --reads description
    """


@command.command("adapters")
@suite_option
@split_option
@task_option
@recipe_option
@base_option
@json_option
def adapters(
    suite: str, parts: tuple[str, ...], names: tuple[str, ...], recipe: Path | None, base: str | None, as_json: bool
) -> None:
    """Train one adapter per task, many side by side."""
    from hyperlora.registry import Registry
    from pipelines.recipes import AdapterRecipe, chosen_recipe, read_recipe
    from pipelines.training.pool import train_pool

    settings = read_recipe(AdapterRecipe, chosen_recipe(recipe, "adapters"))
    tasks = _chosen(suite, parts, names)
    entries = train_pool(Registry(), base, tasks, settings, lambda line: click.echo(line, err=True))
    lines = [
        f"{entry.reference}  {entry.metrics['exact_match.validation']:.2f} on validation  {entry.description}"
        for entry in entries.values()
    ]
    emit(as_json, [entry.summary() for entry in entries.values()], "\n".join(lines))


@command.command("multitask")
@click.option("--reads", type=click.Choice(["description", "examples"]), default="description", show_default=True)
@suite_option
@split_option
@task_option
@recipe_option
@again_option
@base_option
@json_option
def multitask(
    reads: str,
    suite: str,
    parts: tuple[str, ...],
    names: tuple[str, ...],
    recipe: Path | None,
    again: bool,
    base: str | None,
    as_json: bool,
) -> None:
    """Train one adapter for all tasks, which reads in its prompt what the task is."""
    from hyperlora.registry import Registry
    from pipelines.recipes import MultitaskRecipe, chosen_recipe, read_recipe
    from pipelines.training.multitask import train_multitask

    settings = read_recipe(MultitaskRecipe, chosen_recipe(recipe, f"multitask-{reads}"))
    entry = train_multitask(Registry(), base, _chosen(suite, parts, names), settings, again=again)
    emit(as_json, entry.summary(), f"{entry.reference}  {entry.description}")


@command.command("generator")
@click.option("--kind", type=click.Choice(["hypernet", "cvae"]), default="hypernet", show_default=True)
@click.option("--name", help="Register it under this name; the kind if none.")
@click.option(
    "--pool", is_flag=True, help="A cvae also learns the pool's other adapters, imported ones too, by their cards."
)
@suite_option
@split_option
@task_option
@recipe_option
@champion_option
@again_option
@base_option
@json_option
def generator(
    kind: str,
    name: str | None,
    pool: bool,
    suite: str,
    parts: tuple[str, ...],
    names: tuple[str, ...],
    recipe: Path | None,
    make_champion: bool,
    again: bool,
    base: str | None,
    as_json: bool,
) -> None:
    """Train a network that writes adapters from descriptions.

    A hypernet learns through the base model from the tasks' examples; a cvae learns the weights of the adapters that
    the pool has for the tasks, of all tasks that have one unless some are named, and with --pool of all others, whose
    tasks are not at hand and which their cards describe.

    It becomes the champion, which writes where none is named, only if it is at least as good as the present one on its
    own tasks and the pool's other adapters, or with --make-champion.

    \b
    Example:
      hyperlora train generator
      hyperlora train generator --kind cvae --pool
    """
    if pool and kind != "cvae":
        raise click.UsageError("a hypernet learns from tasks' examples; --pool is for --kind cvae.")
    from pipelines.evaluation.generator_champion import settle_generator
    from pipelines.recipes import CvaeRecipe, HypernetRecipe, chosen_recipe, read_recipe
    from pipelines.runtime import Runtime
    from pipelines.training.generator import train_generator, training_notes
    from pipelines.training.pool_weights import other_adapters, pool_adapters

    path = chosen_recipe(recipe, kind)
    settings = read_recipe(CvaeRecipe, path) if kind == "cvae" else read_recipe(HypernetRecipe, path)
    runtime, tasks = Runtime(base), _chosen(suite, parts, names)
    if kind == "cvae" and not names:
        held = pool_adapters(runtime.registry, runtime.located.identity.fingerprint, tasks)
        if held or pool:
            click.echo(f"the pool has adapters for {len(held)} of {len(tasks)} tasks", err=True)
            tasks = [task for task in tasks if task.name in held]
    if pool:
        known, template = {task.name for task in tasks}, tasks[0].prompt_template if tasks else ""
        others, left = other_adapters(runtime.registry, runtime.located.identity.fingerprint, known, template)
        there = f"; left out, for other prompts: {', '.join(left)}" if left else ""
        click.echo(f"learned by their cards: {len(others)} others{there}", err=True)
    notes = training_notes(tasks, settings)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    made, trained_now = train_generator(runtime, tasks, settings, name=name or kind, pool=pool, again=again)
    decision = settle_generator(runtime, made.entry, tasks, trained_now=trained_now, make_champion=make_champion)
    _emit_trained(runtime, made.entry, decision, trained_now, notes, as_json)


@command.command("retriever")
@click.option("--name", default="retriever", show_default=True, help="Register it under this name.")
@suite_option
@split_option
@task_option
@recipe_option
@champion_option
@again_option
@base_option
@json_option
def retriever(
    name: str,
    suite: str,
    parts: tuple[str, ...],
    names: tuple[str, ...],
    recipe: Path | None,
    make_champion: bool,
    again: bool,
    base: str | None,
    as_json: bool,
) -> None:
    """Fine-tune the text encoder that finds adapters; the suite's dev tasks calibrate it.

    It becomes the champion, which finds adapters from then on, only if it is at least as good as the present one on
    the suite's tasks and the pool's other adapters, or with --make-champion.

    \b
    Example:
      hyperlora train retriever --suite file:my-tasks
    """
    from pipelines.evaluation.retriever_champion import settle_retriever
    from pipelines.recipes import RetrieverRecipe, chosen_recipe, read_recipe
    from pipelines.runtime import Runtime
    from pipelines.training.retriever import train_retriever

    settings = read_recipe(RetrieverRecipe, chosen_recipe(recipe, "retriever"))
    opened, tasks = _opened(suite, parts, names)
    dev = [task for task in opened.part("dev") if task not in tasks]
    runtime = Runtime(base)
    before = {each.reference for each in runtime.registry.entries("retriever")}
    entry = train_retriever(runtime.registry, tasks, dev, settings, base=runtime.base, name=name, again=again)
    trained_now = entry.reference not in before
    decision = settle_retriever(runtime, entry, [*tasks, *dev], trained_now=trained_now, make_champion=make_champion)
    _emit_trained(runtime, entry, decision, trained_now, [], as_json)


def _emit_trained(
    runtime: Runtime,
    entry: Entry,
    decision: ChampionDecision,
    trained_now: bool,
    notes: list[str],
    as_json: bool,
) -> None:
    entry = runtime.registry.get(entry.reference)  # with the alias it may have got
    value = {**entry.summary(), "trained_now": trained_now, "champion": decision.summary(), "notes": notes}
    there = "" if trained_now else "; there already, of the same recipe and data (--again: unless this release made it)"
    emit(as_json, value, f"{entry.reference}  {entry.description}{there}\n{decision.text()}")


def _chosen(suite: str, parts: tuple[str, ...], names: tuple[str, ...]) -> list[Any]:
    _, tasks = _opened(suite, parts, names)
    return tasks


def _opened(suite: str, parts: tuple[str, ...], names: tuple[str, ...]) -> tuple[Any, list[Any]]:
    """The suite and the tasks to learn from; what was left out in reading them is told."""
    from pipelines.evaluation.selection import training_tasks
    from pipelines.starter import open_suite

    opened = open_suite(suite)
    tasks = training_tasks(opened, parts, names)
    # the starter suite says in its documents what is not in it
    notes = {} if suite == "starter" else {name: f"left out: {why}" for name, why in opened.rejected.items()}
    notes |= {task.name: opened.notes[task.name] for task in tasks if task.name in opened.notes}
    for name, note in list(notes.items())[:_MOST_NOTES]:
        click.echo(f"note: {name}: {note}", err=True)
    if len(notes) > _MOST_NOTES:
        click.echo(f"and {len(notes) - _MOST_NOTES} more notes: hyperlora tasks check --suite {suite}", err=True)
    return opened, tasks
