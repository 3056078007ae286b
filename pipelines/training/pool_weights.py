"""A pool's trained adapters as a generator of weights learns from them: how they came to be, under which wordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import torch

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import CardExample
from hyperlora.peft_io.folder import read_card
from hyperlora.registry import Entry, Query, Registry
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Example, Task
from pipelines.training.cvae import TaskWeights, mean_of_some
from pipelines.training.pool import snapshot_folder
from pipelines.training.snapshots import read_paths
from retrieval.index import pool_entries

Path = list[dict[str, LoraFactors]]
"""An adapter's weights at some steps of its training, the finished one last."""

# So many examples of a task are read.
_READ = 2
# A condition is the mean of so many of a task's wordings at most.
_WORDINGS = 3


def pool_adapters(registry: Registry, fingerprint: str, tasks: Sequence[Task]) -> dict[str, Entry]:
    """For each task that has one the last version of its adapter that was trained on just its training examples.

    Args:
        fingerprint: of the base model.
    """
    wanted = {(task.name, task.training_hash) for task in tasks}
    newest: dict[str, Entry] = {}
    # what is composed or generated for a task may carry its name and data, and is no training's end
    for entry in registry.catalogue.entries(Query(base=fingerprint, origins=("trained",))):
        if (entry.name, entry.dataset) in wanted:
            held = newest.get(entry.name)
            newest[entry.name] = entry if held is None or entry.version > held.version else held
    return {task.name: newest[task.name] for task in tasks if task.name in newest}


def require_adapters(entries: Mapping[str, Entry], tasks: Sequence[Task]) -> None:
    """Raise `InputError` unless each task has an adapter."""
    if missing := [task.name for task in tasks if task.name not in entries]:
        some = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
        raise InputError(
            f"the pool has no adapter for {len(missing)} of {len(tasks)} tasks ({some})",
            "Train them: hyperlora train adapters",
        )


def other_adapters(
    registry: Registry, fingerprint: str, names: Collection[str], template: str = ""
) -> tuple[dict[str, Entry], list[str]]:
    """The pool's adapters that are of none of these tasks, which their cards describe.

    Args:
        names: of the tasks.
        template: the prompts they have to be made for; those of most of them when empty.

    Returns:
        The newest version of each by its name, and references of those that are for other prompts.
    """
    pool = [entry for entry in pool_entries(registry, fingerprint) if entry.name not in names]
    pool.sort(key=lambda entry: entry.name)
    templates = {entry.name: read_card(registry.verified_folder(entry)).prompt_template for entry in pool}
    counts = Counter(templates.values())
    wanted = template or max(counts, key=counts.__getitem__, default="")
    fitting = {entry.name: entry for entry in pool if templates[entry.name] == wanted}
    return fitting, [entry.reference for entry in pool if entry.name not in fitting]


def card_weights(adapters: Mapping[str, Adapter], encoder: TextEncoder) -> list[TaskWeights]:
    """What a CVAE learns of adapters whose tasks are not at hand: as they are, under their cards' wordings."""
    return [
        TaskWeights(
            name,
            [adapter.modules],
            mean_of_some(
                torch.from_numpy(encoder.encode([adapter.card.description, *adapter.card.paraphrases])), 1, _WORDINGS
            ),
        )
        for name, adapter in adapters.items()
    ]


def read_texts(tasks: Sequence[Task], adapters: Mapping[str, Adapter]) -> list[str]:
    """Prompts with answers of these tasks, and of adapters' cards, on which the base model is looked at."""
    texts = []
    for task in tasks:
        texts += [_text(task.prompt_template, example) for example in task.train[:_READ]]
    for adapter in adapters.values():
        texts += [_text(adapter.card.prompt_template, example) for example in adapter.card.examples[:_READ]]
    return texts or [adapter.card.description for adapter in adapters.values()]


def _text(template: str, example: Example | CardExample) -> str:
    return render_prompt(template, example.input) + render_completion(template, example.output)


def task_weights(
    tasks: Sequence[Task],
    adapters: Mapping[str, Adapter],
    entries: Mapping[str, Entry],
    encoder: TextEncoder,
) -> list[TaskWeights]:
    """What a CVAE learns of each task: its adapter along its training, under the task's wordings.

    Where a run's snapshots are gone, or end elsewhere, the finished adapter is all there is.

    Args:
        adapters: each task's, by its name.
        entries: theirs in the registry.
    """
    paths: dict[str, Path] = {}
    runs: dict[str, list[str]] = {}
    for name, entry in entries.items():
        runs.setdefault(entry.identity, []).append(name)
    for identity, names in runs.items():
        for name, path in zip(names, _paths([adapters[name] for name in names], identity), strict=True):
            paths[name] = path
    return [
        TaskWeights(
            task.name,
            paths[task.name],
            mean_of_some(torch.from_numpy(encoder.encode(list(task.descriptions))), 1, _WORDINGS),
        )
        for task in tasks
    ]


def _paths(adapters: Sequence[Adapter], identity: str) -> list[Path]:
    folder = snapshot_folder(identity)
    kept = read_paths(adapters, folder) if identity else [None] * len(adapters)
    return [path or [dict(adapter.modules)] for adapter, path in zip(adapters, kept, strict=True)]
