"""One adapter for all seen tasks, which reads in its prompt what the task is."""

from __future__ import annotations

from hyperlora.tasks.prompts import described_prompt, shown_prompt
from hyperlora.tasks.task import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Plan
from pipelines.evaluation.wordings import Control


@method("multitask+description", "multi-task adapter, description in the prompt", described=True)
def described(bench: Bench, task: Task, control: Control) -> Plan:
    """The adapter that was trained on descriptions."""
    told = bench.wordings(task, control)
    prompts = tuple(
        described_prompt(task.prompt_template, told[number % len(told)], example.input)
        for number, example in enumerate(bench.asked(task))
    )
    return Plan(task, prompts, (bench.multitask("description"),) * len(prompts))


@method("multitask+icl-5", "multi-task adapter, 5 solved examples in the prompt", paper="Min et al. 2022, MetaICL")
def shown(bench: Bench, task: Task, control: Control) -> Plan:
    """The adapter that was trained on solved examples."""
    shots = bench.shown(task, bench.recipe.shots)
    prompts = tuple(shown_prompt(task.prompt_template, shots, example.input) for example in bench.asked(task))
    return Plan(task, prompts, (bench.multitask("examples"),) * len(prompts))
