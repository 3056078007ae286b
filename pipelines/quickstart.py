"""The whole way on one machine: a pool and a generator, shipped or trained here, then compared and adapted from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.files.durable import fault_point
from hyperlora.identity import content_hash
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Task
from pipelines.adapt.adapt import AdaptResult, adapt
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.generator_champion import settle_generator
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.run import RESULTS, evaluate, evaluation_identity, read_results
from pipelines.recipes import QuickstartRecipe
from pipelines.runtime import Runtime
from pipelines.starter import open_suite
from pipelines.training.generator import train_generator
from pipelines.training.pool import registered_adapters, train_pool
from pipelines.zoo import seed_zoo

METHODS = ("base", "description", "icl-5", "oracle", "retrieved-1", "generated")
SHOWN_TASKS = 3
SHOWN_EXAMPLES = 5


@dataclass
class QuickstartReport:
    """What a quickstart did.

    Attributes:
        results: of the comparison; see `pipelines.evaluation.run.collect`.
        adapted: results of `adapt` on descriptions the system never saw.
        cached: stages taken from an earlier run.
        seconds: wall-clock time by stage.
    """

    results: dict[str, Any]
    adapted: list[AdaptResult]
    cached: list[str]
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "comparison": self.results,
            "adapted": [result.summary() for result in self.adapted],
            "cached": self.cached,
            "seconds": {stage: round(value, 1) for stage, value in self.seconds.items()},
        }


@dataclass
class _Run:
    """State of one quickstart: what was cached, how long each stage took."""

    recipe: QuickstartRecipe
    tasks: list[Task]
    runtime: Runtime
    say: Callable[[str], None]
    cached: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str, work: Callable[[], Any]) -> Any:
        """Run a stage and say how long it took."""
        started = time.monotonic()
        result = work()
        self.seconds[name] = time.monotonic() - started
        note = "from an earlier run" if name in self.cached else f"{self.seconds[name]:.0f} s"
        self.say(f"{name}: done ({note})")
        return result


def quickstart(recipe: QuickstartRecipe, say: Callable[[str], None], *, train: bool = False) -> QuickstartReport:
    """Run every stage that has not been run before with the same recipe, data, base and code.

    A killed run continues where it was: training from its last checkpoint, registration from the first missing
    adapter, comparison from the first missing task.

    Args:
        say: called with a line of text as stages begin and end.
        train: train adapters and generator here instead of taking the shipped ones.

    Raises:
        InputError: the recipe names a suite or a task that is not there.
    """
    suite = open_suite(recipe.suite)
    for name in (*recipe.tasks, *recipe.show, *recipe.asked):
        if name not in suite.tasks:
            raise InputError(
                f"the recipe names {name}, which the suite does not have", "Correct tasks, show and asked."
            )
    tasks = [task for task in suite if not recipe.tasks or task.name in recipe.tasks]
    run = _Run(recipe, tasks, Runtime(recipe.base), say)
    run.stage("base model", lambda: run.runtime.located)
    if train:
        run.stage("adapters", lambda: _trained_adapters(run))
        run.stage("generator", lambda: _trained_generator(run))
    else:
        run.stage("zoo", lambda: _seeded(run))
    results = run.stage("comparison", lambda: _comparison(run))
    adapted = run.stage("adapt", lambda: _adapted(run))
    return QuickstartReport(results, adapted, run.cached, run.seconds)


def _seeded(run: _Run) -> None:
    report = seed_zoo(run.runtime.registry)
    if report.note:
        run.say(f"note: {report.note}")
    if not report.registered:
        run.cached.append("zoo")


def _trained_adapters(run: _Run) -> None:
    registry, recipe = run.runtime.registry, run.recipe.adapters
    if len(registered_adapters(registry, run.tasks, recipe)) == len(run.tasks):
        run.cached.append("adapters")
    train_pool(registry, run.recipe.base, run.tasks, recipe, run.say)


def _trained_generator(run: _Run) -> None:
    made, trained_now = train_generator(run.runtime, run.tasks, run.recipe.hypernet, name="quickstart-hypernet")
    decision = settle_generator(run.runtime, made.entry, run.tasks, trained_now=trained_now)
    if decision.present not in (None, made.entry.reference):
        run.say(decision.text())
    if not trained_now:
        run.cached.append("generator")


def _comparison(run: _Run) -> dict[str, Any]:
    runtime, recipe, suite = run.runtime, run.recipe.evaluation, open_suite(run.recipe.suite)
    identity = evaluation_identity(EvaluationContext(runtime, run.tasks, recipe, Path()), suite, run.tasks)
    folder = get_settings().home_dir / "runs" / f"comparison-{content_hash(identity)[:16]}"
    if (folder / RESULTS).is_file():
        run.cached.append("comparison")
        return read_results(folder)
    outcome = evaluate(runtime, suite, run.tasks, find_methods(METHODS), recipe, folder, run.say)
    fault_point("compared")
    return outcome.results


def _adapted(run: _Run) -> list[AdaptResult]:
    """`adapt` on a description of each shown task that nothing was trained on; the last time with a few examples."""
    names = run.recipe.show or tuple(task.name for task in run.tasks)[:SHOWN_TASKS]
    suite = open_suite(run.recipe.suite)
    shown = [suite.tasks[name] for name in names]
    results = []
    for number, task in enumerate(shown, 1):
        wording = run.recipe.asked.get(task.name) or (task.unseen_descriptions or task.descriptions)[-1]
        examples = task.validation[:SHOWN_EXAMPLES] if number == len(shown) else ()
        # a demonstration of what it gives: one that nothing fits is shown for what it is, too
        results.append(adapt(wording, examples, force=True, runtime=run.runtime))
    return results
