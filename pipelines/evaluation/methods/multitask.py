"""One adapter for all seen tasks, which reads in its prompt what the task is."""

from __future__ import annotations

from hyperlora.tasks.prompts import described_prompt, shown_prompt
from hyperlora.tasks.task import Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest
from pipelines.evaluation.wordings import Control


@method("multitask+description", "multi-task adapter, description in the prompt", described=True)
def described(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The adapter that was trained on descriptions."""
    told = context.wordings(task, control)
    prompts = tuple(
        described_prompt(task.prompt_template, told[number % len(told)], example.input)
        for number, example in enumerate(context.asked(task))
    )
    return EvaluationRequest(task, prompts, (context.multitask("description"),) * len(prompts))


@method("multitask+icl-5", "multi-task adapter, 5 solved examples in the prompt", paper="Min et al. 2022, MetaICL")
def shown(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The adapter that was trained on solved examples."""
    shots = context.shown(task, context.recipe.shots)
    prompts = tuple(shown_prompt(task.prompt_template, shots, example.input) for example in context.asked(task))
    return EvaluationRequest(task, prompts, (context.multitask("examples"),) * len(prompts))
