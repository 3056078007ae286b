"""What a generator makes of what it is told, by what it knows of the tasks; prints JSON.

Takes a registered generator, or trains hypernets by the shipped recipe and changes to it: on nested subsets of the seen
tasks of the starter suite (`--tasks`), with other seeds and with other settings. Runs are kept under HYPERLORA_HOME and
go on after an interruption; adapters to begin at are those of its registry.

Asked are dev tasks, which no generator saw, its own tasks that have an adapter in the pool, and its own that have none.
They are told in wordings that were never trained on, in trained ones, in words without meaning, by five training
examples, by both, and in a wording that is in the prompt, too. Exact match by one forward; intervals draw families,
tasks and examples again.

    python benchmarks/generators.py --registered registry:starter-hypernet --out shipped.json
    python benchmarks/generators.py --tasks 25 50 100 200 --set steps=120 --out curve.json
    python benchmarks/generators.py --seeds 1 2 --register seed --out seeds.json
    hyperlora evaluate --split held-out --methods generated --generator registry:seed-285-tasks-seed-1 --out held-out
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from generator.artifact import read_generator, write_generator
from generator.conditions import AdapterRequest, condition_kind
from generator.writing import Generator
from hyperlora.identity import content_hash
from hyperlora.inference.scoring import Score, teacher_forced_scores
from hyperlora.settings import get_settings
from hyperlora.tasks.prompts import described_prompt, render_completion, render_prompt
from hyperlora.tasks.task import Suite, Task
from pipelines.code_identity import code_identity
from pipelines.evaluation.intervals import Resamples, interval
from pipelines.evaluation.wordings import wordings
from pipelines.recipes import HypernetRecipe, read_recipe, shipped_recipe
from pipelines.runtime import Runtime
from pipelines.starter import starter_suite
from pipelines.training.generator import HYPERNET_CODE
from pipelines.training.hypernet import train_hypernet
from pipelines.training.pool import run_folder
from pipelines.training.pool_weights import pool_adapters

_SHOWN = 5
Told = Callable[[Task, int], AdapterRequest]


@dataclass(frozen=True)
class Asking:
    """How much is asked.

    Attributes:
        part: of the tasks' examples.
        examples: of each task, at most.
        tasks: of each group, at most.
        wordings: of each task, at most; they take turns.
    """

    part: str
    examples: int
    tasks: int
    wordings: int


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", help="base model; the setting's when not given")
    parser.add_argument("--registered", help="measure this generator; otherwise some are trained")
    parser.add_argument("--recipe", type=Path, default=shipped_recipe("hypernet"))
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    parser.add_argument("--tasks", type=int, nargs="*", help="how many seen tasks to train on; all when not given")
    parser.add_argument("--seeds", type=int, nargs="*", help="the recipe's when not given")
    parser.add_argument("--part", choices=["validation", "test"], default="validation")
    parser.add_argument("--examples", type=int, default=12, help="asked of each task")
    parser.add_argument("--group", type=int, default=36, help="tasks in a group, at most")
    parser.add_argument("--wordings", type=int, default=4, help="of each task, at most")
    parser.add_argument("--register", metavar="PREFIX", help="what is trained, too, under this and what sets it apart")
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    suite = starter_suite()
    runtime = Runtime(chosen.base, dtype=get_settings().scoring_dtype())
    asking = Asking(chosen.part, chosen.examples, chosen.group, chosen.wordings)
    reports = []
    for about, network in _networks(runtime, suite, chosen):
        if chosen.register and not chosen.registered:
            about["registered"] = _registered(runtime, network, chosen.register, about)
        parameters = sum(tensor.numel() for tensor in network.state_dict().values())
        reports.append({**about, "parameters": parameters, "scores": measure(runtime, network, suite, asking)})
        text = json.dumps({"asked": vars(asking), "generators": reports}, indent=2)
        if chosen.out:
            chosen.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def _networks(runtime: Runtime, suite: Suite, chosen: argparse.Namespace) -> Iterator[tuple[dict[str, Any], Any]]:
    if chosen.registered:
        entry = runtime.registry.get(chosen.registered)
        yield {"registered": entry.reference}, read_generator(runtime.registry.verified_folder(entry))
        return
    changes = {key: yaml.safe_load(value) for key, _, value in (each.partition("=") for each in chosen.set)}
    fields = read_recipe(HypernetRecipe, chosen.recipe).model_dump() | changes
    seen = list(suite.part("seen"))
    random.Random("subsets").shuffle(seen)
    for seed in chosen.seeds or [fields["seed"]]:
        recipe = HypernetRecipe.model_validate(fields | {"seed": seed})
        for count in chosen.tasks or [len(seen)]:
            about = {"tasks": min(count, len(seen)), "seed": seed, "changes": changes}
            print(about, file=sys.stderr)
            yield about, _trained(runtime, seen[:count], recipe)


def _trained(runtime: Runtime, tasks: Sequence[Task], recipe: HypernetRecipe) -> Generator:
    entries = pool_adapters(runtime.registry, runtime.located.identity.fingerprint, tasks)
    contents = {name: entry.content for name, entry in entries.items()}
    data = [[task.training_hash, task.descriptions] for task in tasks]
    identity = content_hash(
        ["benchmark", runtime.located.identity.fingerprint, recipe.hash, data, contents, code_identity(*HYPERNET_CODE)]
    )
    return train_hypernet(
        runtime.training_base,
        runtime,
        tasks,
        recipe,
        run_folder(identity),
        lambda report: None,
        pool={name: runtime.registry.load(entry.reference).modules for name, entry in entries.items()},
    )


def _registered(runtime: Runtime, network: Generator, prefix: str, about: Mapping[str, Any]) -> str:
    """The reference under which it is registered, once; never as the champion."""
    base = runtime.located.identity
    fields = {
        "description": f"Benchmark: {json.dumps(about)}",
        "origin": "trained",
        "base": base.fingerprint,
        "base_id": base.id,
        "encoder": runtime.encoder.id,
    }
    name = f"{prefix}-{about['tasks']}-tasks-seed-{about['seed']}"
    return runtime.registry.put("generator", name, partial(write_generator, network), fields).reference


def measure(runtime: Runtime, network: Generator, suite: Suite, asking: Asking) -> dict[str, Any]:
    """Scores by group of tasks and by what the generator is told."""
    known = set(network.config.tasks)
    own = [task for task in suite.part("seen") if task.name in known]
    held = set(pool_adapters(runtime.registry, runtime.located.identity.fingerprint, own))
    groups = {
        "dev": list(suite.part("dev")),
        "own, adapter in the pool": [task for task in own if task.name in held],
        "own, none": [task for task in own if task.name not in held],
    }
    return {
        name: _group(runtime, network, spread(tasks, asking.tasks), asking, known)
        for name, tasks in groups.items()
        if tasks
    }


def spread(tasks: Sequence[Task], most: int) -> list[Task]:
    """At most so many, evenly from all."""
    count = min(most, len(tasks))
    return [tasks[number * len(tasks) // count] for number in range(count)]


def _group(
    runtime: Runtime, network: Generator, tasks: Sequence[Task], asking: Asking, known: set[str]
) -> dict[str, Any]:
    nonsense = wordings(tasks, "random", 0)
    told: dict[str, Told] = {
        "unseen words": lambda task, turn: AdapterRequest(task.unseen_descriptions[turn]),
        "unseen words, and in the prompt": lambda task, turn: AdapterRequest(task.unseen_descriptions[turn]),
        "words without meaning": lambda task, turn: AdapterRequest(nonsense[task.name][turn]),
    }
    if tasks[0].name in known:
        told["trained words"] = lambda task, turn: AdapterRequest(task.descriptions[turn])
    if "examples" in condition_kind(network.config).takes:
        told["five examples"] = lambda task, turn: AdapterRequest("", _shown(task, turn))
        told["unseen words and five examples"] = lambda task, turn: AdapterRequest(
            task.unseen_descriptions[turn], _shown(task, turn)
        )
    return {
        "tasks": [task.name for task in tasks],
        **{
            name: _scores(runtime, network, tasks, asking, tell, prompted=name.endswith("prompt"))
            for name, tell in told.items()
        },
    }


def _shown(task: Task, turn: int) -> tuple[Any, ...]:
    start = _SHOWN * turn
    return tuple(task.train[start : start + _SHOWN] or task.train[:_SHOWN])


def _scores(
    runtime: Runtime, network: Generator, tasks: Sequence[Task], asking: Asking, tell: Told, *, prompted: bool
) -> Mapping[str, float]:
    """The mean of the tasks' exact matches with its interval, and the mean log-likelihood of an answer."""
    turns = [min(asking.wordings, len(task.unseen_descriptions), len(task.descriptions)) for task in tasks]
    wanted = [tell(task, turn) for task, count in zip(tasks, turns, strict=True) for turn in range(count)]
    with torch.no_grad():
        factors = network.forward(condition_kind(network.config).read(network.config, wanted, runtime))
    prompts, answers, choices, owners = [], [], [], []
    for place, (task, count) in enumerate(zip(tasks, turns, strict=True)):
        for number, example in enumerate(task.splits()[asking.part][: asking.examples]):
            turn = number % count
            said = task.unseen_descriptions[turn]
            template = task.prompt_template
            asked = (
                described_prompt(template, said, example.input) if prompted else render_prompt(template, example.input)
            )
            prompts.append(asked)
            answers.append(render_completion(template, example.output))
            choices.append(sum(turns[:place]) + turn)
            owners.append(place)
    scores = teacher_forced_scores(runtime.base, prompts, answers, bank=runtime.bank, factors=factors, choices=choices)
    return {
        **mean_of_tasks(tasks, owners, scores),
        "log_likelihood": float(np.mean([score.log_likelihood for score in scores])),
    }


def mean_of_tasks(tasks: Sequence[Task], owners: Sequence[int], scores: Sequence[Score]) -> dict[str, float]:
    """The mean of the tasks' exact matches with its interval; each score's task is at the place its owner says."""
    matches, places = np.array([float(score.match) for score in scores]), np.array(owners)
    by_task = [matches[places == place][None] for place in range(len(tasks))]
    low, high = interval(Resamples(by_task, [task.family for task in tasks]).means()[:, 0])
    return {"mean": float(np.mean([each.mean() for each in by_task])), "low": low, "high": high}


if __name__ == "__main__":
    main()
