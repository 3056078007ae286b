"""Train a generator on tasks and their descriptions, and register it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pipelines.training.cvae
from generator.artifact import Network, read_generator, write_generator
from generator.cvae import Cvae
from generator.hypernet import Hypernet
from generator.input_metric import InputMetric
from hyperlora.embeddings.input_moments import input_moments
from hyperlora.errors import AdapterFormatError, InputError, RegistryError
from hyperlora.identity import content_hash
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.licences import combined_licence
from hyperlora.lora.target_modules import TargetModule, find_target_modules
from hyperlora.registry import Entry
from hyperlora.registry.tracking import run_finished, tracked_run
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Task
from pipelines.code_identity import code_identity
from pipelines.recipes import CvaeRecipe, HypernetRecipe
from pipelines.runtime import LoadedGenerator, Runtime
from pipelines.training.cvae import train_cvae
from pipelines.training.data_licence import licence_of_tasks
from pipelines.training.hypernet import train_hypernet
from pipelines.training.pool import run_folder
from pipelines.training.pool_weights import (
    card_weights,
    other_adapters,
    pool_adapters,
    read_texts,
    require_adapters,
    task_weights,
)

GeneratorRecipe = HypernetRecipe | CvaeRecipe
Log = Callable[..., None]
HYPERNET_CODE = ("pipelines.training.hypernet",)
CVAE_CODE = ("pipelines.training.cvae", "pipelines.training.pool_weights", "hyperlora.embeddings.input_moments")


@dataclass(frozen=True)
class _Training:
    """How one generator comes to be.

    Attributes:
        kind: of network.
        dtype: of the base model that it is trained through; empty where it is trained through none.
        datasets: hashes of what it learns of each task, by name.
        code: what its result depends on, beside recipe and data.
        parents: the adapters it learns from.
        run: trains it, given a folder for checkpoints and where to log each step.
    """

    kind: str
    dtype: str
    datasets: Mapping[str, str]
    code: Sequence[str]
    parents: Sequence[Entry]
    run: Callable[[Path, Log], Network]


def train_generator(
    runtime: Runtime,
    tasks: Sequence[Task],
    recipe: GeneratorRecipe,
    *,
    name: str,
    pool: bool = False,
    again: bool = False,
) -> tuple[LoadedGenerator, bool]:
    """The registered generator, and whether it was trained now; a killed run goes on from its last checkpoint.

    It is registered without an alias: `pipelines.evaluation.generator_champion` decides whether it becomes the
    champion.

    A hypernet learns from the tasks' examples, through the base model; a CVAE from the adapters that the pool has for
    the tasks.

    Args:
        runtime: names base model, encoder and registry.
        recipe: its kind is that of the generator.
        name: to register it under.
        pool: a CVAE also learns the pool's other adapters, imported and composed ones among them, by what their cards
            say; see `other_adapters`.
        again: train although one of this recipe and data is there, unless this very code has made it.

    Raises:
        InputError: the tasks have different prompt templates, or, for a CVAE, one has no adapter, or there is none.
        TrainingError: its loss, or a weight, is not finite; nothing is registered.
    """
    registry, located = runtime.registry, runtime.located
    training = (
        _hypernet(runtime, tasks, recipe)
        if isinstance(recipe, HypernetRecipe)
        else _cvae(runtime, tasks, recipe, pool=pool)
    )
    identity = content_hash(
        [
            training.kind,
            located.identity.fingerprint,
            training.dtype,
            recipe.hash,
            training.datasets,
            runtime.encoder.id,
            code_identity(*training.code),
        ]
    )
    dataset = content_hash(training.datasets)
    found = registry.find("generator", identity) if run_finished(registry.home, identity) else []
    if not found and not again:
        # another release, or another dtype, made the same of it; the shipped one took hours
        found = [entry for entry in runtime.generators() if (entry.recipe, entry.dataset) == (recipe.hash, dataset)][
            ::-1
        ]
    for entry in reversed(found):
        with suppress(AdapterFormatError, RegistryError):  # a damaged one is trained anew
            return LoadedGenerator(entry, read_generator(registry.verified_folder(entry))), False
    folder = run_folder(identity)
    with tracked_run(
        registry.home, f"train {training.kind}", identity, recipe.model_dump(), training.datasets
    ) as tracked:
        network = training.run(folder, tracked.log)
        fields: dict[str, Any] = {
            "description": f"Writes adapters from descriptions; trained on {len(training.datasets)} tasks",
            "origin": "trained",
            "parents": [parent.reference for parent in training.parents],
            "base": located.identity.fingerprint,
            "base_id": located.identity.id,
            "recipe": recipe.hash,
            "dataset": dataset,
            "licence": (
                combined_licence(parent.licence for parent in training.parents)
                if training.parents
                else licence_of_tasks(tasks)
            ),
            "encoder": runtime.encoder.id,
            "metrics": {},
            "identity": identity,
        }
        entry = registry.put("generator", name, partial(write_generator, network), fields, tracked.run_id)
    shutil.rmtree(folder, ignore_errors=True)
    return LoadedGenerator(entry, network), True


def _hypernet(runtime: Runtime, tasks: Sequence[Task], recipe: HypernetRecipe) -> _Training:
    begins = recipe.form == "dictionary"
    entries = pool_adapters(runtime.registry, runtime.located.identity.fingerprint, tasks) if begins else {}

    def run(folder: Path, log: Log) -> Hypernet:
        return train_hypernet(
            runtime.training_base,
            runtime,
            tasks,
            recipe,
            folder,
            lambda report: log(report.step, loss=report.loss),
            pool={name: runtime.registry.load(entry.reference).modules for name, entry in entries.items()},
        )

    contents = {name: entry.content for name, entry in entries.items()}
    datasets = {
        task.name: content_hash([task.training_hash, task.descriptions, contents.get(task.name, "")]) for task in tasks
    }
    dtype = str(get_settings().base_training_dtype())
    return _Training("hypernet", dtype, datasets, HYPERNET_CODE, tuple(entries.values()), run)


def _cvae(runtime: Runtime, tasks: Sequence[Task], recipe: CvaeRecipe, *, pool: bool) -> _Training:
    registry, identity = runtime.registry, runtime.located.identity
    entries = pool_adapters(registry, identity.fingerprint, tasks)
    require_adapters(entries, tasks)
    template = _one_template(tasks) if tasks else ""
    others = other_adapters(registry, identity.fingerprint, entries, template)[0] if pool else {}
    if not entries and not others:
        raise InputError("there are no adapters to learn from", "Train some: hyperlora train adapters, or import some.")

    def run(folder: Path, log: Log) -> Cvae:
        adapters = {task: registry.load(entry.reference) for task, entry in entries.items()}
        read = {name: registry.load(entry.reference) for name, entry in others.items()}
        material = task_weights(tasks, adapters, entries, runtime.encoder) + card_weights(read, runtime.encoder)
        modules = _common_modules(runtime, [*adapters.values(), *read.values()])
        metric = None
        if recipe.metric == "inputs":
            metric = InputMetric(input_moments(runtime.base, modules, read_texts(tasks, read)))

        def told(report: pipelines.training.cvae.CvaeReport) -> None:
            log(report.step, **{key: value for key, value in asdict(report).items() if key != "step"})

        return train_cvae(
            identity,
            modules,
            material,
            recipe,
            folder,
            told,
            encoder=runtime.encoder.id,
            prompt_template=template or next(iter(read.values())).card.prompt_template,
            metric=metric,
        )

    datasets = {task.name: content_hash([entries[task.name].content, task.descriptions]) for task in tasks}
    datasets |= {name: content_hash([entry.content, "card"]) for name, entry in others.items()}
    return _Training("cvae", "", datasets, CVAE_CODE, (*entries.values(), *others.values()), run)


def _common_modules(runtime: Runtime, adapters: Sequence[Adapter]) -> list[TargetModule]:
    """The modules that at least half of the adapters change; what a few change elsewhere is not learned."""
    counts = Counter(name for adapter in adapters for name in adapter.modules)
    names = {name for name, count in counts.items() if 2 * count >= len(adapters)}
    kinds = sorted({name.rpartition(".")[2] for name in names})
    return [module for module in find_target_modules(runtime.base.model, kinds) if module.name in names]


def _one_template(tasks: Sequence[Task]) -> str:
    templates = {task.prompt_template for task in tasks}
    if len(templates) != 1:
        raise InputError("the training tasks have different prompt templates", "Train one generator per template.")
    return templates.pop()


def training_notes(tasks: Sequence[Task], recipe: GeneratorRecipe) -> list[str]:
    """What somebody should know who trains a generator on these tasks."""
    one = [task.name for task in tasks if len(task.descriptions) == 1]
    if not tasks or len(one) < len(tasks) or not isinstance(recipe, HypernetRecipe) or not recipe.reads_states:
        return []
    return [
        f"each of the {len(tasks)} tasks has one wording, so that how wordings of a task differ cannot be learned and "
        "all that the base model reads counts alike; give each several `descriptions` for a generator that is asked in "
        "other words"
    ]
