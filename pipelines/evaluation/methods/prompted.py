"""The base model, with more and less in its prompt."""

from __future__ import annotations

from hyperlora.errors import InputError
from hyperlora.tasks.prompts import chat_prompt, described_prompt, shown_prompt
from hyperlora.tasks.task import Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest, plain_prompts
from pipelines.evaluation.wordings import Control


@method("base", "base model, input alone")
def base(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The task's template and nothing else."""
    prompts = plain_prompts(task, context.asked(task))
    return EvaluationRequest(task, prompts, (None,) * len(prompts))


def _chat(context: EvaluationContext, content: str) -> str:
    prompt = chat_prompt(context.runtime.base.tokenizer, content)
    if prompt is None:
        raise InputError(
            f"{context.runtime.located.identity.id} has no chat template", "Leave the methods with `description` out."
        )
    return prompt


@method("description", "base model, description in the chat template", described=True)
def description(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The description and the input as a user's message."""
    told = context.wordings(task, control)
    prompts = tuple(
        _chat(context, described_prompt(task.prompt_template, told[number % len(told)], example.input))
        for number, example in enumerate(context.asked(task))
    )
    return EvaluationRequest(task, prompts, (None,) * len(prompts), chat=True)


@method("icl-5", "base model, 5 solved examples", paper="Brown et al. 2020, section 2")
def icl(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """Solved examples before the input."""
    shots = context.shown(task, context.recipe.shots)
    prompts = tuple(shown_prompt(task.prompt_template, shots, example.input) for example in context.asked(task))
    return EvaluationRequest(task, prompts, (None,) * len(prompts))


@method("description+icl-5", "base model, description and 5 solved examples", described=True)
def described_icl(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The description, then solved examples."""
    shots, told = context.shown(task, context.recipe.shots), context.wordings(task, control)
    prompts = tuple(
        f"{told[number % len(told)]}\n\n{shown_prompt(task.prompt_template, shots, example.input)}"
        for number, example in enumerate(context.asked(task))
    )
    return EvaluationRequest(task, prompts, (None,) * len(prompts))
