"""Build the zoo: `python -m pipelines.zoo.build PART`, each part resumable; `--help` lists them.

Hours on two CPU cores. Everything is trained into the registry of the HYPERLORA_HOME setting; `pack` takes from there
what ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import yaml

from generator.artifact import read_generator
from hyperlora.embeddings.encoder import PACKAGED_ENCODER, TextEncoder
from hyperlora.registry import Entry, Registry
from hyperlora.registry.champions import CHAMPION
from hyperlora.registry.run_archive import read_run
from hyperlora.registry.tracking import connect
from hyperlora.tasks.task import Task
from pipelines.recipes import (
    AdapterRecipe,
    HypernetRecipe,
    MultitaskRecipe,
    RetrieverRecipe,
    read_recipe,
    shipped_recipe,
)
from pipelines.runtime import Runtime
from pipelines.starter import ORACLES_FILE, starter_suite
from pipelines.training.generator import train_generator
from pipelines.training.multitask import train_multitask
from pipelines.training.pool import registered_adapters, train_pool
from pipelines.training.retriever import train_retriever
from pipelines.zoo.calibrating import calibrate_descriptions, recalibrated
from pipelines.zoo.oracles import train_oracles
from pipelines.zoo.packing import ZOO_FOLDER, Zoo, ZooAdapter, ZooGenerator, ZooRetriever, read_zoo, write_zoo
from pipelines.zoo.relations import nearest_adapters
from pipelines.zoo.wordings import read_wordings
from retrieval.artifact import read_retriever
from retrieval.ranking import LEXICAL_WEIGHT

TASKS_FILE = Path(__file__).parent / "tasks.yaml"
GENERATOR_NAME = "starter-hypernet"
RETRIEVER_NAME = "starter-retriever"


def zoo_tasks() -> list[Task]:
    """The seen tasks whose adapters ship."""
    names = yaml.safe_load(TASKS_FILE.read_text(encoding="utf-8"))
    return [starter_suite().tasks[name] for name in names]


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.group()
def main() -> None:
    """Build the zoo, a part at a time."""


@main.command()
def adapters() -> None:
    """Train the adapters of the tasks in tasks.yaml."""
    recipe = read_recipe(AdapterRecipe, shipped_recipe("adapters"))
    entries = train_pool(Registry(), None, zoo_tasks(), recipe, _say)
    for name, entry in entries.items():
        click.echo(f"{name} {entry.metrics['exact_match.validation']:.2f}")


@main.command()
@click.argument("reads", type=click.Choice(["description", "examples"]))
def multitask(reads: str) -> None:
    """Train the adapter for all seen tasks that reads a description, or examples."""
    recipe = read_recipe(MultitaskRecipe, shipped_recipe(f"multitask-{reads}"))
    click.echo(train_multitask(Registry(), None, starter_suite().part("seen"), recipe, again=True).reference)


@main.command()
def generator() -> None:
    """Train the generator on all seen tasks."""
    recipe = read_recipe(HypernetRecipe, shipped_recipe("hypernet"))
    runtime = Runtime()
    made, _ = train_generator(runtime, starter_suite().part("seen"), recipe, name=GENERATOR_NAME, again=True)
    runtime.registry.set_alias(made.entry.reference, CHAMPION)
    click.echo(made.entry.reference)


@main.command()
def retriever() -> None:
    """Train the retriever on all seen tasks, and calibrate it on dev tasks."""
    recipe = read_recipe(RetrieverRecipe, shipped_recipe("retriever"))
    suite = starter_suite()
    runtime = Runtime()
    entry = train_retriever(
        runtime.registry,
        suite.part("seen"),
        suite.part("dev"),
        recipe,
        base=runtime.base,
        name=RETRIEVER_NAME,
        again=True,
    )
    runtime.registry.set_alias(entry.reference, CHAMPION)
    click.echo(entry.reference)


@main.command()
def calibrate() -> None:
    """Calibrate the packed retriever on wordings.json; nothing else of the zoo changes.

    Also printed is what `retrieval.calibration.PLAIN_MINILM` holds.
    """
    zoo, suite = read_zoo(), starter_suite()
    pool = [each.name for each in zoo.adapters if each.name in suite.tasks]
    wordings = read_wordings()
    retrievers = [recalibrated(each, suite, pool, wordings) for each in zoo.retrievers]
    write_zoo(replace(zoo, retrievers=retrievers), ZOO_FOLDER)
    for each in retrievers:
        click.echo(f"{each.name} {each.trained.config.calibrations['description']}")
    plain = calibrate_descriptions(TextEncoder(PACKAGED_ENCODER), LEXICAL_WEIGHT["description"], suite, pool, wordings)
    click.echo(f"{PACKAGED_ENCODER} {plain}")


@main.command()
@click.option("--split", "partitions", multiple=True, type=click.Choice(["dev", "held-out"]), required=True)
def oracles(partitions: tuple[Any, ...]) -> None:
    """Train dev and held-out tasks' own adapters and keep their scores."""
    recipe = read_recipe(AdapterRecipe, shipped_recipe("adapters"))
    train_oracles(None, starter_suite().part(*partitions), recipe, ORACLES_FILE, _say)


@main.command()
def relations() -> None:
    """Find what the adapters do on held-out tasks of their families, which tells twins from the others."""
    recipe = read_recipe(AdapterRecipe, shipped_recipe("adapters"))
    others = starter_suite().part("held-out")
    nearest_adapters(Registry(), None, others, zoo_tasks(), recipe, ORACLES_FILE, _say)


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=ZOO_FOLDER)
def pack(out: Path) -> None:
    """Write what was trained into one file with its manifest."""
    registry = Registry()
    recipe = read_recipe(AdapterRecipe, shipped_recipe("adapters"))
    own = registered_adapters(registry, zoo_tasks(), recipe)
    told = [entry for entry in registry.entries("adapter") if entry.name.startswith("multitask-")]
    written = [entry for entry in registry.entries("generator") if entry.name == GENERATOR_NAME]
    finding = [entry for entry in registry.entries("retriever") if entry.name == RETRIEVER_NAME]
    size = write_zoo(_zoo(registry, [*own.values(), *_newest(told)], _newest(written), _newest(finding)), out)
    click.echo(f"{out}: {len(own)} adapters, {len(_newest(told))} multi-task, {size / 1e6:.1f} MB")


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    return list({entry.name: entry for entry in sorted(entries, key=lambda entry: entry.created)}.values())


def _zoo(
    registry: Registry, adapters: Sequence[Entry], generators: Sequence[Entry], retrievers: Sequence[Entry]
) -> Zoo:
    client = connect(registry.home)
    run_ids = {entry.run_id for entry in (*adapters, *generators, *retrievers) if entry.run_id}
    numbers = {run: place for place, run in enumerate(sorted(run_ids))}
    runs = [run for run_id in numbers if (run := read_run(client, run_id)) is not None]
    members = [
        ZooAdapter(
            entry.name, registry.load(entry.reference), entry.identity, numbers.get(entry.run_id), dict(entry.tags)
        )
        for entry in sorted(adapters, key=lambda entry: entry.name)
    ]
    kept = ("description", "origin", "parents", "base", "base_id", "recipe", "dataset", "licence", "encoder", "metrics")
    writers = [
        ZooGenerator(
            entry.name,
            read_generator(registry.verified_folder(entry)),
            {name: _plain(getattr(entry, name)) for name in kept},
            entry.identity,
            numbers.get(entry.run_id),
        )
        for entry in generators
    ]
    finders = [
        ZooRetriever(
            entry.name,
            read_retriever(registry.verified_folder(entry)),
            {name: _plain(getattr(entry, name)) for name in kept},
            entry.identity,
            numbers.get(entry.run_id),
        )
        for entry in retrievers
    ]
    return Zoo(members, writers, finders, runs)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else dict(value) if hasattr(value, "items") else value


if __name__ == "__main__":
    main()
