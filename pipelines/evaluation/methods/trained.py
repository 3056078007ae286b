"""The adapter trained on all of the task's own training examples: what the others try to reach."""

from __future__ import annotations

from collections.abc import Sequence

from hyperlora.identity import content_hash
from hyperlora.tasks.task import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Answers, Plan, plain_prompts
from pipelines.evaluation.wordings import Control
from pipelines.starter import oracle_scores
from pipelines.training.adapters import train_adapters


def _known(bench: Bench, task: Task) -> Answers | None:
    """The shipped scores of the task's oracle, if they are of this base model, recipe and data."""
    scores = oracle_scores(task, bench.session.located.identity.fingerprint, bench.recipe.oracle.hash)
    asked = len(bench.asked(task))
    if scores is None or len(scores) < asked:
        return None
    tokens = bench.session.base.tokenizer(list(plain_prompts(task, bench.asked(task))))["input_ids"]
    return Answers(scores[:asked], sum(map(len, tokens)) / asked, {"oracle": "shipped scores"})


def _train_missing(bench: Bench, tasks: Sequence[Task]) -> None:
    missing = [task for task in tasks if bench.trained_for(task) is None and _known(bench, task) is None]
    if not missing:
        return
    recipe = bench.recipe.oracle
    folder = bench.folder / content_hash([recipe.hash, [task.training_hash for task in missing]])[:16]
    adapters = train_adapters(bench.training_base, missing, recipe, folder, lambda report: None)
    for task, adapter in zip(missing, adapters, strict=True):
        bench.kept["oracle", task.name] = adapter


@method("oracle", "adapter trained on the task (all its examples)", prepare=_train_missing)
def oracle(bench: Bench, task: Task, control: Control) -> Plan | Answers:
    """The pool's adapter for a seen task; for another the shipped scores of its own, else one trained now."""
    prompts = plain_prompts(task, bench.asked(task))
    if (entry := bench.trained_for(task)) is not None:
        return Plan(task, prompts, (bench.pool[entry.reference],) * len(prompts), notes={"adapter": entry.reference})
    if (known := _known(bench, task)) is not None:
        return known
    return Plan(task, prompts, (bench.kept["oracle", task.name],) * len(prompts))
