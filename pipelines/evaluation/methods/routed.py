"""Every prompt answered with the pool's adapters that are found for it, one method a routing policy.

`-out` leaves the task's own adapters and those of its twins out of the pool, as if the prompt were of a task that
nobody has an adapter for, the out-of-distribution setting of LoraRetriever (Zhao et al. 2024).
"""

from __future__ import annotations

from collections import Counter
from functools import partial

from hyperlora.bank import Choice
from hyperlora.errors import InputError
from hyperlora.tasks.task import Task
from pipelines.adapt.route import query_of, search_each
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import Acting, EvaluationRequest, plain_prompts
from pipelines.evaluation.wordings import Control
from retrieval.retriever import Match
from retrieval.routing import POLICIES, Policy, Routing

# as many as LoraRetriever takes
_K = 3


def _hits(context: EvaluationContext, task: Task, control: Control, leave_out: frozenset[str]) -> list[list[Match]]:
    """What is found for each asked example by its turn's wording and its input, embedded once for all policies."""
    key = ("routed", task.name, control, leave_out)
    if (known := context.kept.get(key)) is None:
        told = context.wordings(task, control)
        texts = [query_of(told[n % len(told)], example.input) for n, example in enumerate(context.asked(task))]
        known = context.kept[key] = search_each(context.runtime.retriever(), texts, _K, leave_out)
    assert isinstance(known, list)
    return known


def _plan(context: EvaluationContext, task: Task, control: Control, policy: Policy, out: bool) -> EvaluationRequest:
    leave_out = context.adapters_for(task) if out else frozenset[str]()
    places = {reference: place for place, reference in enumerate(context.pool)}
    if len(leave_out) == len(places):
        raise InputError(f"the pool has no adapter but those of {task.name}", "Register adapters of other tasks.")
    hits = [own[: policy.depth(_K)] for own in _hits(context, task, control, leave_out)]
    found = [[(places[hit.entry.reference], hit.score) for hit in own] for own in hits]
    routing = policy.combine(list(context.pool.values()), policy.mixes(found))
    acted = Counter(hit.entry.reference for own in hits for hit in own)
    return EvaluationRequest(
        task,
        plain_prompts(task, context.asked(task)),
        tuple(_acting(routing, choice) for choice in routing.choices),
        pool=context.gated_pool if routing.gated else None,
        notes={"adapters": dict(sorted(acted.items())), **({"left out": sorted(leave_out)} if out else {})},
    )


def _acting(routing: Routing, choice: Choice) -> Acting:
    if isinstance(choice, tuple):
        return tuple((routing.adapters[position], weight) for position, weight in choice)
    return None if choice is None else routing.adapters[choice]


for _policy in POLICIES.values():
    for _out in (False, True):
        method(
            f"routed-{_policy.name}{'-out' if _out else ''}",
            f"{_policy.title}{', not its own' if _out else ''}",
            described=True,
            paper=_policy.paper,
            group="routed",
        )(partial(_plan, policy=_policy, out=_out))
