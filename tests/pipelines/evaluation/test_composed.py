"""Composed methods: the three adapters closest to a wording by its similarities, and LoraHub's fitted weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.task import Suite, Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.execution import answer
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.requests import EvaluationRequest
from retrieval.compose import METHODS, compose

COMPOSING = [name for name in METHODS if name not in ("select", "lorahub")]


def plan_of(context: EvaluationContext, name: str, task: Task) -> EvaluationRequest:
    [each] = find_methods([name])
    made = each.plan(context, task, each.control)
    assert isinstance(made, EvaluationRequest)
    return made


@pytest.mark.parametrize("name", COMPOSING)
def test_each_wording_composes_what_is_closest_to_it(
    name: str, open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    barks, homes = parts.tasks["barks"], parts.tasks["homes"]
    misled = replace(homes, unseen_descriptions=(homes.description, barks.description))
    context = open_context([misled, barks])
    plan = plan_of(context, f"composed-{name}", misled)
    assert len({id(acting) for acting in plan.adapters}) == 2
    for number, text in enumerate(misled.unseen_descriptions):
        hits = context.runtime.retriever().search(text, 3)
        shares = [math.exp(hit.similarity / 0.1) for hit in hits]
        weights = [share / sum(shares) for share in shares]
        assert plan.notes["weights"][number] == pytest.approx(
            {hit.entry.reference: weight for hit, weight in zip(hits, weights, strict=True)}
        )
        members = [context.runtime.registry.load(hit.entry.reference) for hit in hits]
        noted = list(plan.notes["weights"][number].values())
        for place in range(number, 5, 2):
            acting = plan.adapters[place]
            assert isinstance(acting, Adapter)
            assert acting.content_hash == compose(members, noted, method=name).content_hash
    assert list(plan.prompts) == [f"Input: {example.input}\nOutput:" for example in misled.test[:5]]
    if name in ("svd", "mixture"):
        # nearly all of the weight is the right adapter's, or the wrong one's
        assert answer(context.runtime, [plan])[0].scores == (1.0, 0.0, 1.0, 0.0, 1.0)


def test_lorahub_weighs_the_closest_adapters_by_the_loss_on_the_shown_examples(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, task = open_context(), parts.tasks["homes"]
    plan = plan_of(context, "lorahub", task)
    weights = plan.notes["weights"]
    assert set(weights) == {"registry:barks@1", "registry:counts@1", "registry:homes@1"}
    [acting] = {id(each): each for each in plan.adapters}.values()
    assert isinstance(acting, Adapter)
    members = [context.pool[reference] for reference in weights]
    assert acting.content_hash == compose(members, list(weights.values()), method="fuse").content_hash
    assert plan_of(context, "lorahub", task).notes == plan.notes

    def loss(adapter: Adapter | None) -> float:
        shown = context.shown(task, 2)
        options: dict[str, Any] = (
            {}
            if adapter is None
            else {"bank": context.runtime.bank, "factors": stack_adapters([adapter]), "choices": [0] * len(shown)}
        )
        scores = teacher_forced_scores(
            context.runtime.base,
            [f"Input: {example.input}\nOutput:" for example in shown],
            [f" {example.output}" for example in shown],
            **options,
        )
        return -sum(score.log_likelihood for score in scores) / len(scores)

    assert loss(acting) < loss(None) - 1


def test_lorahub_that_finds_nothing_better_leaves_the_base_model(
    open_context: Callable[..., EvaluationContext], parts: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipelines.evaluation.methods.composed.fit_weights", lambda loss, count, **options: (0.0,) * count
    )
    context, task = open_context(), parts.tasks["homes"]
    assert set(plan_of(context, "lorahub", task).adapters) == {None}


@pytest.mark.parametrize("name", ["composed-svd", "lorahub"])
def test_an_empty_pool_is_refused(name: str, open_context: Callable[..., EvaluationContext], parts: Suite) -> None:
    context = open_context()
    context.__dict__["pool_entries"] = []
    with pytest.raises(InputError, match="has no adapters"):
        plan_of(context, name, parts.tasks["homes"])
