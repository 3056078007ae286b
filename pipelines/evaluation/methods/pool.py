"""Adapters of the pool: their mean, and the one that a description or a few examples point at."""

from __future__ import annotations

import numpy as np

from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest, plain_prompts
from pipelines.evaluation.wordings import Control
from retrieval.examples_index import ExamplesIndex


@method("no-condition", "mean adapter of the pool")
def no_condition(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """What the pool knows of all tasks alike; the floor of recovery."""
    prompts = plain_prompts(task, context.asked(task))
    return EvaluationRequest(task, prompts, (context.mean_adapter,) * len(prompts))


@method("retrieved-1", "adapter closest to the description", described=True, paper="Zhao et al. 2024, LoraRetriever")
def by_description(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The pool adapter that the retriever finds for the given description."""
    pool, retriever = context.pool, context.runtime.retriever()
    found = [retriever.search(text, 1)[0].entry.reference for text in context.wordings(task, control)]
    prompts = plain_prompts(task, context.asked(task))
    adapters = tuple(pool[found[number % len(found)]] for number in range(len(prompts)))
    return EvaluationRequest(task, prompts, adapters, notes={"adapters": found})


@method("retrieved-1-examples", "adapter whose examples are closest to 5", paper="Zhao et al. 2024, LoraRetriever")
def by_examples(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The pool adapter whose examples, read as text, are closest to the given ones."""
    if (index := context.kept.get("examples index")) is None:
        examples = {name: adapter.card.examples for name, adapter in context.pool.items()}
        index = context.kept["examples index"] = ExamplesIndex(context.runtime.encoder, examples)
    assert isinstance(index, ExamplesIndex)
    hits = index.search(context.shown(task, context.recipe.shots), 1)
    if not hits:
        raise InputError("no adapter of the pool has examples in its card", "Leave retrieved-1-examples out.")
    found = hits[0][0]
    prompts = plain_prompts(task, context.asked(task))
    return EvaluationRequest(task, prompts, (context.pool[found],) * len(prompts), notes={"adapter": found})


@method("select-by-5", "adapter with the least loss on 5 examples")
def by_loss(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The pool adapter under which the given examples' answers are likeliest."""
    if (factors := context.kept.get("pool factors")) is None:
        factors = context.kept["pool factors"] = stack_adapters(
            list(context.pool.values()), context.runtime.base.device
        )
    shown = context.shown(task, context.recipe.shots)
    names = list(context.pool)
    scores = teacher_forced_scores(
        context.runtime.base,
        [render_prompt(task.prompt_template, example.input) for example in shown] * len(names),
        [render_completion(task.prompt_template, example.output) for example in shown] * len(names),
        bank=context.runtime.bank,
        factors=factors,
        choices=[position for position in range(len(names)) for _ in shown],
    )
    likelihoods = np.array([score.log_likelihood for score in scores]).reshape(len(names), len(shown)).mean(axis=1)
    best = names[int(likelihoods.argmax())]
    prompts = plain_prompts(task, context.asked(task))
    return EvaluationRequest(task, prompts, (context.pool[best],) * len(prompts), notes={"adapter": best})
