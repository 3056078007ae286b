"""What `hyperlora adapt` makes of a few examples: the best of pool and generator, trained on them if it needs to be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Task
from pipelines.adapt.candidates import Choice, choose, find_candidates, score_candidates
from pipelines.adapt.generate import refining
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.plans import Plan
from pipelines.evaluation.wordings import Control
from pipelines.training.refine import refine


def _choose(bench: Bench, task: Task, count: int) -> Choice:
    shown = bench.shown(task, count)
    found = find_candidates(bench.session, bench.wordings(task)[0], shown)
    return choose(*score_candidates(bench.session, found, shown), count)


def _train(bench: Bench, tasks: Sequence[Task], count: int) -> None:
    chosen = {task.name: _choose(bench, task, count) for task in tasks}
    trained = [task for task in tasks if chosen[task.name].steps]
    begun = [chosen[task.name].adapter for task in trained]
    shown = [bench.shown(task, count) for task in trained]
    adapters = refine(bench.training_base, begun, shown, refining(), label=f"adapt on {count}")
    made = {task.name: adapter for task, adapter in zip(trained, adapters, strict=True)}
    for name, choice in chosen.items():
        bench.kept["adapt", count, name] = choice, made.get(name, choice.adapter)


def _plan(bench: Bench, task: Task, control: Control, count: int) -> Plan:
    choice, adapter = bench.kept["adapt", count, task.name]
    prompts = tuple(render_prompt(adapter.card.prompt_template, example.input) for example in bench.asked(task))
    return Plan(
        task, prompts, (adapter,) * len(prompts), notes={"adapter": choice.candidate.reference, "steps": choice.steps}
    )


for _count in (5, 16):
    method(
        f"adapt-{_count}",
        f"best of pool and generator by {_count} examples, trained on if needed",
        described=True,
        prepare=partial(_train, count=_count),
        group="refined",
    )(partial(_plan, count=_count))
