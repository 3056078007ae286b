"""What adapters that others trained do to a pool: to finding adapters, and to a generator of weights; prints JSON.

Tasks of the starter suite that the pool has no adapter for are trained with plain PEFT (`foreign_pool.py`; a quarter of
an hour, kept under HYPERLORA_HOME) and imported as folders with a description, into a copy of the registry under
HYPERLORA_HOME, which itself stays as it is.

- `index`: which adapter is found first for wordings that nobody trained on, before and after, of the pool's own tasks
  and of the new ones.
- `shared`: exact match of adapters that are brought onto an A which all share, chosen and projected by the weights
  or by what they do to the base model's inputs.
- `cvae`: exact match of what a CVAE writes that learned the pool, and one that learned it with the foreign ones.

    HYPERLORA_HOME=home hyperlora registry seed
    HYPERLORA_HOME=home python benchmarks/foreign.py --tasks 12 --out foreign.json
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from foreign_pool import train_with_peft
from generator.canonical import Weights, leading_directions, projected
from generator.conditions import AdapterRequest, condition_kind
from generator.input_metric import InputMetric
from generators import mean_of_tasks, spread
from hyperlora.bank import StackedFactors, stack_at_one_rank
from hyperlora.embeddings.input_moments import input_moments
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.registry import Registry
from hyperlora.registry.pool_import import import_pool
from hyperlora.settings import get_settings
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Task
from pipelines.recipes import CvaeRecipe, read_recipe, shipped_recipe
from pipelines.runtime import Runtime
from pipelines.starter import starter_suite
from pipelines.training.generator import train_generator
from pipelines.training.pool_weights import pool_adapters, read_texts

PARTS = ("index", "shared", "cvae")
_EXAMPLES = 12
_RANKS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Bed:
    """What all parts share.

    Attributes:
        before, after: runtimes on the pool, and on the pool with the foreign adapters.
        own, new: the tasks the pool has adapters for, and those of the foreign ones.
    """

    before: Runtime
    after: Runtime
    own: Sequence[Task]
    new: Sequence[Task]

    @property
    def asked(self) -> list[Task]:
        """As many of the pool's own tasks as there are new ones, or all."""
        return spread(self.own, len(self.new))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS, help="repeatable; all when not given")
    parser.add_argument("--base", help="base model; the setting's when not given")
    parser.add_argument("--tasks", type=int, default=12, help="foreign adapters")
    parser.add_argument("--steps", type=int, help="of a CVAE's training; the shipped recipe's when not given")
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    home = get_settings().home_dir
    with tempfile.TemporaryDirectory(prefix="hyperlora-foreign-") as scratch:
        recipe = read_recipe(CvaeRecipe, shipped_recipe("cvae"))
        if chosen.steps is not None:
            recipe = recipe.model_copy(update={"steps": chosen.steps, "warmup_steps": 0})
        bed, imported = make_bed(home, Path(scratch), chosen.base, chosen.tasks)
        report: dict[str, Any] = {"imported": imported, "own": len(bed.own), "new": [task.name for task in bed.new]}
        parts: Mapping[str, Callable[[Bed], Any]] = {
            "index": found_first,
            "shared": on_shared_directions,
            "cvae": partial(cvaes, recipe),
        }
        for part in chosen.part or PARTS:
            report[part] = parts[part](bed)
            text = json.dumps(report, indent=2)
            if chosen.out:
                chosen.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def make_bed(home: Path, copies: Path, base: str | None, count: int) -> tuple[Bed, Mapping[str, int]]:
    """Two copies of the pool, one with foreign adapters imported; how many had which outcome."""
    suite = starter_suite()
    for name in ("before", "after"):
        shutil.copytree(home / "registry", copies / name / "registry")
    before = Runtime(base, Registry(copies / "before"), dtype=get_settings().scoring_dtype())
    seen = suite.part("seen")
    held = pool_adapters(before.registry, before.located.identity.fingerprint, seen)
    own, others = [task for task in seen if task.name in held], [task for task in seen if task.name not in held]
    new = others[:: max(1, len(others) // count)][:count]
    folders = home / "foreign"
    train_with_peft(before.located.folder, new, folders, get_settings().base_training_dtype())
    registry = Registry(copies / "after")
    outcome = import_pool(f"file:{folders}", registry=registry)
    after = Runtime(base, registry, dtype=before.dtype)
    return Bed(before, after, own, new), dict(outcome.counts)


# --- the index ------------------------------------------------------------------------------------------


def found_first(bed: Bed) -> dict[str, float]:
    """Share of unseen wordings whose own adapter is found first."""
    return {
        "own, before": _first(bed.before, bed.own),
        "own, after": _first(bed.after, bed.own),
        "new, after": _first(bed.after, bed.new),
    }


def _first(runtime: Runtime, tasks: Sequence[Task]) -> float:
    retriever = runtime.retriever()
    right = [
        retriever.search(text, 1)[0].entry.name == task.name for task in tasks for text in task.unseen_descriptions
    ]
    return sum(right) / len(right)


# --- on shared directions -------------------------------------------------------------------------------


def on_shared_directions(bed: Bed) -> dict[str, Any]:
    """By rank and metric of the shared A: what the pool's adapters, and the foreign ones, are worth on it."""
    runtime = bed.after
    names = [task.name for task in (*bed.own, *bed.new)]
    adapters = {name: runtime.registry.load(f"registry:{name}") for name in names}
    modules = find_target_modules(runtime.base.model, ["q_proj", "v_proj"])
    metric = InputMetric(input_moments(runtime.base, modules, read_texts(bed.own, {})))
    pool: dict[str, Weights] = {name: adapter.modules for name, adapter in adapters.items()}
    groups = {"own": bed.asked, "new": list(bed.new)}

    def score(tasks: Sequence[Task], way: str, rank: int) -> dict[str, float]:
        every = list(pool.values()) if way == "weights" else metric.measured(list(pool.values()))
        some = [every[names.index(task.name)] for task in tasks]
        common = leading_directions(every, modules, rank)
        made = projected(some, modules, common).factors
        if way == "inputs":
            read = metric.as_read(common)
            made = {
                name: StackedFactors(read[name].expand(len(some), -1, -1), stack.B, stack.scaling)
                for name, stack in made.items()
            }
        return _scores(runtime, tasks, made)

    whole = {
        group: _scores(runtime, tasks, stack_at_one_rank([adapters[task.name] for task in tasks]))
        for group, tasks in groups.items()
    }
    return {
        "as trained": whole,
        **{
            f"rank {rank}, by {way}": {group: score(tasks, way, rank) for group, tasks in groups.items()}
            for rank in _RANKS
            for way in ("weights", "inputs")
        },
    }


# --- a generator of weights -----------------------------------------------------------------------------


def cvaes(recipe: CvaeRecipe, bed: Bed) -> dict[str, Any]:
    """Without and with the foreign adapters."""
    report: dict[str, Any] = {}
    for metric in ("weights", "inputs"):
        for label, runtime, pool in (("pool", bed.before, False), ("pool and foreign", bed.after, True)):
            own = recipe.model_copy(update={"metric": metric})
            made, _ = train_generator(runtime, bed.own, own, name=f"bench-{metric}", pool=pool)
            report[f"{label}, by {metric}"] = {
                f"{group}, {words}": _written(runtime, made.network, tasks, words)
                for group, tasks in (("own", bed.asked), ("new", bed.new))
                for words in ("trained words", "unseen words")
            }
    return report


def _written(runtime: Runtime, network: Any, tasks: Sequence[Task], words: str) -> dict[str, float]:
    texts = [task.descriptions[0] if words == "trained words" else task.unseen_descriptions[0] for task in tasks]
    conditions = condition_kind(network.config).read(network.config, [AdapterRequest(text) for text in texts], runtime)
    with torch.no_grad():
        factors = network.forward(conditions)
    return _scores(runtime, tasks, factors)


def _scores(runtime: Runtime, tasks: Sequence[Task], factors: Any) -> dict[str, float]:
    """Exact match on validation examples, each task's with the factors of its place: mean and interval."""
    asked = [(place, example) for place, task in enumerate(tasks) for example in task.validation[:_EXAMPLES]]
    template = tasks[0].prompt_template
    scores = teacher_forced_scores(
        runtime.base,
        [render_prompt(template, example.input) for _, example in asked],
        [render_completion(template, example.output) for _, example in asked],
        bank=runtime.bank,
        factors=factors,
        choices=[place for place, _ in asked],
    )
    return mean_of_tasks(tasks, [place for place, _ in asked], scores)


if __name__ == "__main__":
    main()
