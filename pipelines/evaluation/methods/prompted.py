"""The base model, with more and less in its prompt."""

from __future__ import annotations

from hyperlora.errors import InputError
from hyperlora.tasks.prompts import chat_prompt, described_prompt, shown_prompt
from hyperlora.tasks.task import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Plan, plain_prompts
from pipelines.evaluation.wordings import Control


@method("base", "base model, input alone")
def base(bench: Bench, task: Task, control: Control) -> Plan:
    """The task's template and nothing else."""
    prompts = plain_prompts(task, bench.asked(task))
    return Plan(task, prompts, (None,) * len(prompts))


def _chat(bench: Bench, content: str) -> str:
    prompt = chat_prompt(bench.session.base.tokenizer, content)
    if prompt is None:
        raise InputError(
            f"{bench.session.located.identity.id} has no chat template", "Leave the methods with `description` out."
        )
    return prompt


@method("description", "base model, description in the chat template", described=True)
def description(bench: Bench, task: Task, control: Control) -> Plan:
    """The description and the input as a user's message."""
    told = bench.wordings(task, control)
    prompts = tuple(
        _chat(bench, described_prompt(task.prompt_template, told[number % len(told)], example.input))
        for number, example in enumerate(bench.asked(task))
    )
    return Plan(task, prompts, (None,) * len(prompts), chat=True)


@method("icl-5", "base model, 5 solved examples", paper="Brown et al. 2020, section 2")
def icl(bench: Bench, task: Task, control: Control) -> Plan:
    """Solved examples before the input."""
    shots = bench.shown(task, bench.recipe.shots)
    prompts = tuple(shown_prompt(task.prompt_template, shots, example.input) for example in bench.asked(task))
    return Plan(task, prompts, (None,) * len(prompts))


@method("description+icl-5", "base model, description and 5 solved examples", described=True)
def described_icl(bench: Bench, task: Task, control: Control) -> Plan:
    """The description, then solved examples."""
    shots, told = bench.shown(task, bench.recipe.shots), bench.wordings(task, control)
    prompts = tuple(
        f"{told[number % len(told)]}\n\n{shown_prompt(task.prompt_template, shots, example.input)}"
        for number, example in enumerate(bench.asked(task))
    )
    return Plan(task, prompts, (None,) * len(prompts))
