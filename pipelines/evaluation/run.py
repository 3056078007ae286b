"""The evaluation: every method on every task, a group of tasks at a time, kept as it goes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from hyperlora.errors import HyperLoRAError, InputError
from hyperlora.files.durable import fault_point, write_json
from hyperlora.identity import content_hash
from hyperlora.progress import progress
from hyperlora.registry.tracking import tracked_run
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Suite, Task
from pipelines.adapt.generate import refine_recipe
from pipelines.code_identity import code_identity
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.curves import learning_curves
from pipelines.evaluation.execution import answer, is_open
from pipelines.evaluation.journal import Journal, Measured
from pipelines.evaluation.methods import Method
from pipelines.evaluation.overlap import overlaps
from pipelines.evaluation.report import write_report
from pipelines.evaluation.requests import Answers, EvaluationRequest
from pipelines.evaluation.summary import summarise
from pipelines.recipes import EvaluationRecipe
from pipelines.runtime import Runtime
from pipelines.starter import starter_suite

RESULTS = "results.json"
_GROUP = 8
MEASURING = ("pipelines.evaluation.methods", "pipelines.evaluation.execution", "pipelines.evaluation.context")


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
    runtime: Runtime,
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
    context = EvaluationContext(runtime, tasks, recipe, out / "training", suite)
    identity = evaluation_identity(context, suite, tasks)
    journal = Journal(out, identity)
    failures: list[Failure] = []
    name = content_hash([identity, [each.name for each in methods]])
    params = {"suite": suite.name, "tasks": len(tasks), "methods": len(methods), **recipe.model_dump()}
    with tracked_run(runtime.registry.home, "evaluate", name, params) as tracked:
        groups = [list(tasks[start : start + _GROUP]) for start in range(0, len(tasks), _GROUP)]
        with progress(len(methods) * len(tasks), "evaluate", "task") as bar:
            for each in methods:
                bar.set_postfix_str(each.name)
                for group in groups:
                    _measure(context, each, group, journal, failures)
                    bar.update(len(group))
        results = collect(context, suite, tasks, methods, journal, failures, identity)
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


def evaluation_identity(context: EvaluationContext, suite: Suite, tasks: Sequence[Task]) -> dict[str, Any]:
    """What the results depend on, by name."""
    runtime, settings = context.runtime, get_settings()
    parts = {
        f"what it uses of {name}": content_hash(sorted([entry.name, entry.content] for entry in entries))
        for name, entries in context.trained_parts()
    }
    return {
        "suite": suite.name,
        "tasks": content_hash([task.identity for task in tasks]),
        "recipe": context.recipe.hash,
        "base model": runtime.located.identity.fingerprint,
        "dtype": f"{runtime.dtype}, trained in {settings.base_training_dtype()}",
        "encoder": runtime.encoder.id,
        "retriever": runtime.retriever().id,
        "refinement": refine_recipe().hash,
        "code": code_identity(*MEASURING),
        **parts,
    }


def _measure(
    context: EvaluationContext, method: Method, group: Sequence[Task], journal: Journal, failures: list[Failure]
) -> None:
    """Measure what the journal lacks of a group, the whole group in the same batches whatever it lacks."""
    missing = {task.name for task in group if (method.name, task.name) not in journal.done}
    if not missing:
        return
    started = time.monotonic()
    outcomes: dict[str, EvaluationRequest | Answers] = {}
    try:
        if method.prepare is not None:
            method.prepare(context, group)
    except HyperLoRAError as error:
        failures += [Failure(method.name, name, str(error)) for name in sorted(missing)]
        return
    for task in group:
        try:
            outcomes[task.name] = method.plan(context, task, method.control)
        except HyperLoRAError as error:
            failures.append(Failure(method.name, task.name, str(error)))
    requests = {name: made for name, made in outcomes.items() if isinstance(made, EvaluationRequest)}
    answered = {name: made for name, made in outcomes.items() if isinstance(made, Answers)}
    answered |= dict(zip(requests, answer(context.runtime, list(requests.values())), strict=True))
    checked = _generated_too(context, list(requests.values()))
    seconds = (time.monotonic() - started) / len(group)
    journal.add(
        [
            Measured(method.name, name, got.scores, got.prompt_tokens, seconds, got.notes, checked.get(name, {}))
            for name, got in answered.items()
            if name in missing
        ]
    )
    fault_point(f"evaluated-{method.name}")


def _generated_too(context: EvaluationContext, requests: Sequence[EvaluationRequest]) -> dict[str, dict[str, float]]:
    """By task, the real generation's scores of a few examples that were scored without it, by their number."""
    few: list[EvaluationRequest] = []
    numbers: list[list[int]] = []
    for request in requests:
        if not is_open(request.task):
            count = min(context.recipe.generated_examples, len(request.prompts))
            draw = random.Random(f"{context.recipe.seed}/generated/{request.task.name}")
            numbers.append(sorted(draw.sample(range(len(request.prompts)), count)))
            few.append(_only(request, numbers[-1]))
    if not any(numbers):
        return {}
    return {
        request.task.name: {str(number): score for number, score in zip(chosen, got.scores, strict=True)}
        for request, chosen, got in zip(few, numbers, answer(context.runtime, few, generating=True), strict=True)
    }


def _only(request: EvaluationRequest, numbers: Sequence[int]) -> EvaluationRequest:
    task = replace(request.task, test=tuple(request.task.test[number] for number in numbers))
    prompts = tuple(request.prompts[number] for number in numbers)
    return replace(request, task=task, prompts=prompts, adapters=tuple(request.adapters[number] for number in numbers))


def collect(
    context: EvaluationContext,
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
                "examples": len(context.asked(task)),
                **({"overlap": asdict(found[task.name])} if task.name in found else {}),
            }
            for task in tasks
        },
        "summary": summarise(
            tasks, methods, measured, context.recipe.seed, {name: each.label for name, each in found.items()}
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
        "curves": learning_curves(context.runtime.registry, context.trained_parts()),
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
