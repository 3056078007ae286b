"""Adapters that the generator writes for a description."""

from __future__ import annotations

from generator.conditions import Wanted
from hyperlora.adapter import Adapter
from hyperlora.prompts import described_prompt
from hyperlora.tasks import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Plan, plain_prompts
from pipelines.evaluation.wordings import Control
from pipelines.generate import generate_adapters


def _written(bench: Bench, task: Task, control: Control) -> tuple[Adapter, ...]:
    """The adapter for each asked example: that of its turn's wording."""
    written = generate_adapters(bench.session, [Wanted(text) for text in bench.wordings(task, control)])
    adapters = [adapter for [adapter] in written]
    return tuple(adapters[number % len(adapters)] for number in range(len(bench.asked(task))))


@method("generated", "generated adapter, input alone", described=True, paper="Charakorn et al. 2025, Text-to-LoRA")
def generated(bench: Bench, task: Task, control: Control) -> Plan:
    """The description goes into the generator and not into the prompt."""
    return Plan(task, plain_prompts(task, bench.asked(task)), _written(bench, task, control))


@method("generated+description", "generated adapter, description in the prompt too", described=True)
def generated_and_told(bench: Bench, task: Task, control: Control) -> Plan:
    """The description goes into both."""
    told = bench.wordings(task, control)
    prompts = tuple(
        described_prompt(task.prompt_template, told[number % len(told)], example.input)
        for number, example in enumerate(bench.asked(task))
    )
    return Plan(task, prompts, _written(bench, task, control))
