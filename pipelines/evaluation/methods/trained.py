"""The adapter trained on all of the task's own training examples: what the others try to reach."""

from __future__ import annotations

from collections.abc import Sequence

from hyperlora.identity import content_hash
from hyperlora.tasks.task import Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import Answers, EvaluationRequest, plain_prompts
from pipelines.evaluation.wordings import Control
from pipelines.starter import oracle_scores
from pipelines.training.adapters import train_adapters


def _known(context: EvaluationContext, task: Task) -> Answers | None:
    """The shipped scores of the task's oracle, if they are of this base model, recipe and data."""
    scores = oracle_scores(task, context.runtime.located.identity.fingerprint, context.recipe.oracle.hash)
    asked = len(context.asked(task))
    if scores is None or len(scores) < asked:
        return None
    tokens = context.runtime.base.tokenizer(list(plain_prompts(task, context.asked(task))))["input_ids"]
    return Answers(scores[:asked], sum(map(len, tokens)) / asked, {"oracle": "shipped scores"})


def _train_missing(context: EvaluationContext, tasks: Sequence[Task]) -> None:
    missing = [task for task in tasks if context.trained_for(task) is None and _known(context, task) is None]
    if not missing:
        return
    recipe = context.recipe.oracle
    folder = context.folder / content_hash([recipe.hash, [task.training_hash for task in missing]])[:16]
    adapters = train_adapters(context.training_base, missing, recipe, folder, lambda report: None)
    for task, adapter in zip(missing, adapters, strict=True):
        context.kept["oracle", task.name] = adapter


@method("oracle", "adapter trained on the task (all its examples)", prepare=_train_missing)
def oracle(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest | Answers:
    """The pool's adapter for a seen task; for another the shipped scores of its own, else one trained now."""
    prompts = plain_prompts(task, context.asked(task))
    if (entry := context.trained_for(task)) is not None:
        return EvaluationRequest(
            task, prompts, (context.pool[entry.reference],) * len(prompts), notes={"adapter": entry.reference}
        )
    if (known := _known(context, task)) is not None:
        return known
    return EvaluationRequest(task, prompts, (context.kept["oracle", task.name],) * len(prompts))
