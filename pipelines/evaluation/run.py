"""The evaluation: every method on every task, a group of tasks at a time, kept as it goes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import generator.conditions
import generator.cvae
import generator.dictionary
import generator.hypernet
import generator.views
import hyperlora.bank
import hyperlora.embeddings.hidden_states
import hyperlora.embeddings.whitening
import hyperlora.inference.batching
import hyperlora.inference.bundling
import hyperlora.inference.decoding
import hyperlora.inference.scoring
import hyperlora.tasks.metrics
import hyperlora.tasks.prompts
import pipelines.adapt.generate
import pipelines.evaluation.answering
import pipelines.evaluation.bench
import pipelines.evaluation.methods
import pipelines.evaluation.plans
import pipelines.evaluation.wordings
import pipelines.training.adapters
import pipelines.training.lessons
import pipelines.training.loop
import pipelines.training.refine
import retrieval.calibration
import retrieval.compose
import retrieval.documents
import retrieval.embedding
import retrieval.examples_index
import retrieval.index
import retrieval.lexical
import retrieval.ranking
import retrieval.retriever
import retrieval.routing
from hyperlora.errors import HyperLoRAError, InputError
from hyperlora.files.durable import fault_point, write_json
from hyperlora.identity import code_hash, content_hash
from hyperlora.progress import progress
from hyperlora.registry.tracking import tracked_run
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Suite, Task
from pipelines.adapt.generate import refining
from pipelines.evaluation.answering import answer, is_open
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.curves import learning_curves
from pipelines.evaluation.journal import Journal, Measured
from pipelines.evaluation.methods import Method
from pipelines.evaluation.overlap import overlaps
from pipelines.evaluation.plans import Answers, Plan
from pipelines.evaluation.report import write_report
from pipelines.evaluation.summary import summarise
from pipelines.recipes import EvaluationRecipe
from pipelines.session import Session
from pipelines.starter import starter_suite

RESULTS = "results.json"
_GROUP = 8
_CODE = (
    hyperlora.bank,
    hyperlora.inference.batching,
    hyperlora.inference.bundling,
    hyperlora.inference.decoding,
    hyperlora.embeddings.hidden_states,
    hyperlora.tasks.metrics,
    hyperlora.tasks.prompts,
    hyperlora.inference.scoring,
    hyperlora.embeddings.whitening,
    generator.conditions,
    generator.cvae,
    generator.dictionary,
    generator.hypernet,
    generator.views,
    retrieval.compose,
    retrieval.calibration,
    retrieval.documents,
    retrieval.embedding,
    retrieval.index,
    retrieval.lexical,
    retrieval.ranking,
    retrieval.retriever,
    retrieval.examples_index,
    retrieval.routing,
    pipelines.adapt.generate,
    pipelines.training.lessons,
    pipelines.training.refine,
    pipelines.training.adapters,
    pipelines.training.loop,
    pipelines.evaluation.answering,
    pipelines.evaluation.bench,
    pipelines.evaluation.methods,
    pipelines.evaluation.plans,
    pipelines.evaluation.wordings,
)


@dataclass(frozen=True)
class Failure:
    """A method that could not answer a task, and why."""

    method: str
    task: str
    problem: str


@dataclass
class Evaluation:
    """What an evaluation found.

    Attributes:
        results: what `results.json` holds.
        failures: which methods could not answer which tasks.
        report: the page with its plots.
    """

    results: dict[str, Any]
    report: Path
    failures: list[Failure] = field(default_factory=list)


def evaluate(
    session: Session,
    suite: Suite,
    tasks: Sequence[Task],
    methods: Sequence[Method],
    recipe: EvaluationRecipe,
    out: Path,
    say: Callable[[str], None],
) -> Evaluation:
    """Measure methods on tasks; what `out` holds of the same evaluation is not measured again.

    Args:
        suite: where the tasks are from.
        tasks: which of them are asked.
        out: gets `results.json` and the journal of single answers.
        say: called with a line of text where something could not be measured.

    Raises:
        InputError: there is no task or method, or `out` holds another evaluation.
    """
    if not tasks or not methods:
        raise InputError("there is nothing to evaluate", "Name at least one task and one method.")
    bench = Bench(session, tasks, recipe, out / "training", suite)
    identity = evaluation_identity(bench, suite, tasks)
    journal = Journal(out, identity)
    failures: list[Failure] = []
    name = content_hash([identity, [each.name for each in methods]])
    params = {"suite": suite.name, "tasks": len(tasks), "methods": len(methods), **recipe.model_dump()}
    with tracked_run(session.registry.home, "evaluate", name, params) as tracked:
        groups = [list(tasks[start : start + _GROUP]) for start in range(0, len(tasks), _GROUP)]
        with progress(len(methods) * len(tasks), "evaluate", "task") as bar:
            for each in methods:
                bar.set_postfix_str(each.name)
                for group in groups:
                    _measure(bench, each, group, journal, failures)
                    bar.update(len(group))
        results = collect(bench, suite, tasks, methods, journal, failures, identity)
        write_json(out / RESULTS, results)
        report = write_report(results, out)
        for path in (out / RESULTS, report):
            tracked.log_file(path)
        for group_name, group in results["summary"]["groups"].items():
            means = {name.replace("+", " and "): row["mean"] for name, row in group["methods"].items()}
            tracked.log(0, **{f"{group_name}/{name}": mean for name, mean in means.items()})
    for failure in failures:
        say(f"{failure.method} on {failure.task}: {failure.problem}")
    return Evaluation(results, report, failures)


def evaluation_identity(bench: Bench, suite: Suite, tasks: Sequence[Task]) -> dict[str, Any]:
    """What the results depend on, by name."""
    session, settings = bench.session, get_settings()
    parts = {
        f"what it uses of {name}": content_hash(sorted([entry.name, entry.content] for entry in entries))
        for name, entries in bench.trained_parts()
    }
    return {
        "suite": suite.name,
        "tasks": content_hash([task.identity for task in tasks]),
        "recipe": bench.recipe.hash,
        "base model": session.located.identity.fingerprint,
        "dtype": f"{session.dtype}, trained in {settings.base_training_dtype()}",
        "encoder": session.encoder.id,
        "retriever": session.retriever().id,
        "refinement": refining().hash,
        "code": code_hash(_CODE),
        **parts,
    }


def _measure(bench: Bench, method: Method, group: Sequence[Task], journal: Journal, failures: list[Failure]) -> None:
    """Measure what the journal lacks of a group, the whole group in the same batches whatever it lacks."""
    missing = {task.name for task in group if (method.name, task.name) not in journal.done}
    if not missing:
        return
    started = time.monotonic()
    outcomes: dict[str, Plan | Answers] = {}
    try:
        if method.prepare is not None:
            method.prepare(bench, group)
    except HyperLoRAError as error:
        failures += [Failure(method.name, name, str(error)) for name in sorted(missing)]
        return
    for task in group:
        try:
            outcomes[task.name] = method.plan(bench, task, method.control)
        except HyperLoRAError as error:
            failures.append(Failure(method.name, task.name, str(error)))
    plans = {name: made for name, made in outcomes.items() if isinstance(made, Plan)}
    answered = {name: made for name, made in outcomes.items() if isinstance(made, Answers)}
    answered |= dict(zip(plans, answer(bench.session, list(plans.values())), strict=True))
    checked = _generated_too(bench, list(plans.values()))
    seconds = (time.monotonic() - started) / len(group)
    journal.add(
        [
            Measured(method.name, name, got.scores, got.prompt_tokens, seconds, got.notes, checked.get(name, {}))
            for name, got in answered.items()
            if name in missing
        ]
    )
    fault_point(f"evaluated-{method.name}")


def _generated_too(bench: Bench, plans: Sequence[Plan]) -> dict[str, dict[str, float]]:
    """By task, the real generation's scores of a few examples that were scored without it, by their number."""
    few: list[Plan] = []
    numbers: list[list[int]] = []
    for plan in plans:
        if not is_open(plan.task):
            count = min(bench.recipe.generated_examples, len(plan.prompts))
            draw = random.Random(f"{bench.recipe.seed}/generated/{plan.task.name}")
            numbers.append(sorted(draw.sample(range(len(plan.prompts)), count)))
            few.append(_only(plan, numbers[-1]))
    if not any(numbers):
        return {}
    return {
        plan.task.name: {str(number): score for number, score in zip(chosen, got.scores, strict=True)}
        for plan, chosen, got in zip(few, numbers, answer(bench.session, few, generating=True), strict=True)
    }


def _only(plan: Plan, numbers: Sequence[int]) -> Plan:
    task = replace(plan.task, test=tuple(plan.task.test[number] for number in numbers))
    prompts = tuple(plan.prompts[number] for number in numbers)
    return replace(plan, task=task, prompts=prompts, adapters=tuple(plan.adapters[number] for number in numbers))


def collect(
    bench: Bench,
    suite: Suite,
    tasks: Sequence[Task],
    methods: Sequence[Method],
    journal: Journal,
    failures: Sequence[Failure],
    identity: dict[str, Any],
) -> dict[str, Any]:
    """What `results.json` holds: the same bytes for the same evaluation, so no times."""
    measured = {
        (each.name, task.name): journal.done[each.name, task.name]
        for each in methods
        for task in tasks
        if (each.name, task.name) in journal.done
    }
    # a suite with seen tasks says itself what the others have to do with them
    found = {} if suite.part("seen") else overlaps(tasks, starter_suite().part("seen"))
    return {
        "identity": identity,
        "suite": suite.name,
        "methods": [{"name": each.name, "title": each.title, "control": each.control} for each in methods],
        "tasks": {
            task.name: {
                "family": task.family,
                "partition": task.partition,
                "relation": task.relation,
                "description": task.description,
                "examples": len(bench.asked(task)),
                **({"overlap": asdict(found[task.name])} if task.name in found else {}),
            }
            for task in tasks
        },
        "summary": summarise(
            tasks, methods, measured, bench.recipe.seed, {name: each.label for name, each in found.items()}
        ),
        "generation": _agreement(list(measured.values())),
        "scores": {
            each.name: {
                task.name: {"mean": got.mean, "scores": list(got.scores), "notes": dict(got.notes)}
                for task in tasks
                if (got := measured.get((each.name, task.name))) is not None
            }
            for each in methods
        },
        "curves": learning_curves(bench.session.registry, bench.trained_parts()),
        "failures": [asdict(failure) for failure in failures],
        "rejected": dict(suite.rejected),
    }


def _agreement(measured: Sequence[Measured]) -> dict[str, Any]:
    """How scoring by one forward compares with real generation, on the examples where both were done."""
    pairs = [(got.scores[int(number)], score) for got in measured for number, score in got.generated.items()]
    if not pairs:
        return {"answers": 0}
    return {
        "answers": len(pairs),
        "equal": sum(forced == score for forced, score in pairs) / len(pairs),
        "forced_mean": sum(forced for forced, _ in pairs) / len(pairs),
        "generated_mean": sum(score for _, score in pairs) / len(pairs),
    }


def read_results(folder: Path) -> dict[str, Any]:
    """The results of a finished evaluation.

    Raises:
        InputError: there are none.
    """
    try:
        value: dict[str, Any] = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} holds no finished evaluation", "Run: hyperlora evaluate --out FOLDER") from error
    return value
