"""The whole way on one machine: train adapters, register, index, train a generator, compare, adapt."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import generator.artifact
import generator.hypernet
import hyperlora.bank
import hyperlora.batching
import hyperlora.metrics
import hyperlora.prompts
import hyperlora.scoring
import hyperlora.target_modules
import pipelines.compare
import pipelines.train_adapters
import pipelines.train_hypernet
import pipelines.training
from hyperlora.adapter import Adapter
from hyperlora.base_models import BaseModel, load_base_model
from hyperlora.card import Card
from hyperlora.durable import fault_point, write_json
from hyperlora.errors import InputError
from hyperlora.identity import code_hash, content_hash
from hyperlora.scoring import teacher_forced_scores
from hyperlora.settings import get_settings
from hyperlora.tasks import Suite, Task
from hyperlora.tracking import run_finished, tracked_run
from pipelines.adapt import AdaptResult, adapt
from pipelines.compare import Comparison, compare
from pipelines.recipes import QuickstartRecipe
from pipelines.session import CHAMPION, LoadedGenerator, Session
from pipelines.starter import open_suite

GENERATOR_NAME = "quickstart-hypernet"
SHOWN_TASKS = 3
SHOWN_EXAMPLES = 5
_CODE = (hyperlora.bank, hyperlora.batching, hyperlora.prompts)
_TRAINING_CODE = (*_CODE, hyperlora.target_modules, pipelines.training)
_COMPARISON_CODE = (*_CODE, hyperlora.metrics, hyperlora.scoring, pipelines.compare)


@dataclass
class QuickstartReport:
    """What a quickstart did.

    Attributes:
        comparison: the table.
        adapted: results of `adapt` on descriptions the system never saw.
        cached: stages taken from an earlier run.
        seconds: wall-clock time by stage.
    """

    comparison: Comparison
    adapted: list[AdaptResult]
    cached: list[str]
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "comparison": self.comparison.to_json(),
            "adapted": [result.summary() for result in self.adapted],
            "cached": self.cached,
            "seconds": {stage: round(value, 1) for stage, value in self.seconds.items()},
        }


@dataclass
class _Run:
    """State of one quickstart: what is loaded, what was cached, how long each stage took."""

    recipe: QuickstartRecipe
    suite: Suite
    session: Session
    say: Callable[[str], None]
    cached: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    training_base: BaseModel | None = None

    def base_for_training(self) -> BaseModel:
        if self.training_base is None:
            self.training_base = load_base_model(self.recipe.base, training=True)
        return self.training_base

    def folder(self, identity: str) -> Path:
        return get_settings().home_dir / "runs" / identity[:16]

    def identity(self, stage: str, *parts: str) -> str:
        """Recipe, data, base and code: what a stage's result depends on."""
        base = self.session.located.identity.fingerprint
        dtype = str(get_settings().base_training_dtype())
        return content_hash([stage, base, dtype, self.suite.identity, *parts])


def quickstart(recipe: QuickstartRecipe, say: Callable[[str], None]) -> QuickstartReport:
    """Run every stage that has not been run before with the same recipe, data, base and code.

    A killed run continues where it was: training from its last checkpoint, registration from the first missing
    adapter.

    Args:
        say: called with a line of text as stages begin and end.

    Raises:
        InputError: the recipe names a suite or a task that is not there.
    """
    run = _Run(recipe, open_suite(recipe.suite), Session(recipe.base), say)
    if unknown := sorted(set(recipe.show) - set(run.suite.tasks)):
        raise InputError(f"the recipe shows {', '.join(unknown)}, which the suite does not have", "Correct show.")
    _stage(run, "base model", lambda: run.session.located)
    trained = _stage(run, "adapters", lambda: _trained_adapters(run))
    writer = _stage(run, "generator", lambda: _trained_generator(run))
    run.training_base = None
    comparison = _stage(run, "comparison", lambda: _comparison(run, trained, writer))
    adapted = _stage(run, "adapt", lambda: _adapted(run))
    return QuickstartReport(comparison, adapted, run.cached, run.seconds)


def _stage(run: _Run, name: str, work: Callable[[], Any]) -> Any:
    started = time.monotonic()
    result = work()
    run.seconds[name] = time.monotonic() - started
    note = "from an earlier run" if name in run.cached else f"{run.seconds[name]:.0f} s"
    run.say(f"{name}: done ({note})")
    return result


def _trained_adapters(run: _Run) -> dict[str, Adapter]:
    recipe, registry = run.recipe.adapters, run.session.registry
    identity = run.identity("adapters", recipe.hash, code_hash((*_TRAINING_CODE, pipelines.train_adapters)))
    found = {entry.name: entry for entry in registry.find("adapter", identity)}
    if run_finished(registry.home, identity) and all(task.name in found for task in run.suite):
        run.cached.append("adapters")
        return {task.name: registry.load(found[task.name].reference) for task in run.suite}
    base, tasks, folder = run.base_for_training(), list(run.suite), run.folder(identity)
    datasets = {task.name: task.identity for task in tasks}
    with tracked_run(registry.home, "train adapters", identity, recipe.model_dump(), datasets) as tracked:
        adapters = pipelines.train_adapters.train_adapters(
            base, tasks, recipe, folder, lambda report: tracked.log(report.step, loss=report.loss)
        )
        scores = validation_scores(base, tasks, adapters)
        result: dict[str, Adapter] = {}
        for number, (task, adapter, score) in enumerate(zip(tasks, adapters, scores, strict=True)):
            card = adapter.card.model_copy(update={"metrics": {"exact_match.validation": score}})
            result[task.name] = adapter.with_card(card)
            entry = registry.register(result[task.name], task.name, identity=identity, run_id=tracked.run_id)
            registry.set_alias(entry.reference, CHAMPION)
            tracked.log(recipe.steps, **{f"exact_match.validation.{task.name}": score})
            if number + 1 == len(tasks) // 2:
                fault_point("half-registered")
    shutil.rmtree(folder, ignore_errors=True)
    return result


def validation_scores(base: BaseModel, tasks: Sequence[Task], adapters: Sequence[Adapter]) -> list[float]:
    """Exact match of each task's adapter on its validation examples."""
    bank = hyperlora.bank.AdapterBank(base.model)
    rows = [(position, task, example) for position, task in enumerate(tasks) for example in task.validation]
    try:
        scores = teacher_forced_scores(
            base,
            [hyperlora.prompts.render_prompt(task.prompt_template, example.input) for _, task, example in rows],
            [hyperlora.prompts.render_completion(task.prompt_template, example.output) for _, task, example in rows],
            bank=bank,
            factors=hyperlora.bank.stack_adapters(adapters, base.device),
            choices=[position for position, _, _ in rows],
        )
    finally:
        bank.close()
    matches = [0] * len(tasks)
    for (position, _, _), score in zip(rows, scores, strict=True):
        matches[position] += score.match
    return [count / len(task.validation) for count, task in zip(matches, tasks, strict=True)]


def _trained_generator(run: _Run) -> LoadedGenerator:
    recipe, session = run.recipe.hypernet, run.session
    code = (*_TRAINING_CODE, pipelines.train_hypernet, generator.hypernet)
    identity = run.identity("hypernet", recipe.hash, session.encoder.id, code_hash(code))
    found = session.registry.find("generator", identity)
    if found and run_finished(session.registry.home, identity):
        run.cached.append("generator")
        network = generator.artifact.read_generator(session.registry.verified_folder(found[-1]))
        return LoadedGenerator(found[-1], network)
    base, folder = run.base_for_training(), run.folder(identity)
    datasets = {task.name: task.identity for task in run.suite}
    with tracked_run(session.registry.home, "train hypernet", identity, recipe.model_dump(), datasets) as tracked:
        network = pipelines.train_hypernet.train_hypernet(
            base,
            session.encoder,
            list(run.suite),
            recipe,
            folder,
            lambda report: tracked.log(report.step, loss=report.loss),
        )
        fields = {
            "description": f"Writes adapters from descriptions; trained on {len(run.suite)} tasks",
            "origin": "trained",
            "parents": [],
            "base": base.identity.fingerprint,
            "base_id": base.identity.id,
            "recipe": recipe.hash,
            "dataset": content_hash(datasets),
            "licence": Card.model_fields["licence"].default,
            "encoder": session.encoder.id,
            "metrics": {},
            "identity": identity,
        }
        entry = session.registry.put(
            "generator",
            GENERATOR_NAME,
            lambda target: generator.artifact.write_generator(network, target),
            fields,
            tracked.run_id,
        )
        entry = session.registry.set_alias(entry.reference, CHAMPION)
    shutil.rmtree(folder, ignore_errors=True)
    return LoadedGenerator(entry, network)


def _comparison(run: _Run, trained: dict[str, Adapter], writer: LoadedGenerator) -> Comparison:
    recipe, registry = run.recipe.evaluation, run.session.registry
    weights = sorted(adapter.content_hash for adapter in trained.values())
    dtype = str(get_settings().inference_dtype())
    identity = run.identity(
        "comparison", recipe.hash, *weights, writer.entry.content, dtype, code_hash(_COMPARISON_CODE)
    )
    path = run.folder(identity) / "comparison.json"
    if path.is_file():
        run.cached.append("comparison")
        return Comparison.from_json(json.loads(path.read_text()))
    with tracked_run(registry.home, "compare", identity, recipe.model_dump()) as tracked:
        comparison = compare(run.session, list(run.suite), trained, writer, recipe)
        fault_point("compared")
        for row in comparison.rows:
            tracked.log(0, **{f"exact_match.{row.method}": row.mean})
        write_json(path, comparison.to_json())
        tracked.log_file(path)
    return comparison


def _adapted(run: _Run) -> list[AdaptResult]:
    """`adapt` on a description of each shown task that nothing was trained on; the last time with a few examples."""
    names = run.recipe.show or tuple(run.suite.tasks)[:SHOWN_TASKS]
    shown = [run.suite.tasks[name] for name in names]
    results = []
    for number, task in enumerate(shown, 1):
        wording = (task.unseen_descriptions or task.descriptions)[-1]
        examples = task.validation[:SHOWN_EXAMPLES] if number == len(shown) else ()
        results.append(adapt(wording, examples, session=run.session))
    return results
