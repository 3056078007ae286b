"""Routed methods: every prompt has the adapters its own words find, and `-out` really leaves its own task's away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.task import Suite, Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.execution import answer
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.requests import EvaluationRequest
from pipelines.evaluation.run import evaluate
from pipelines.recipes import EvaluationRecipe
from pipelines.runtime import Runtime
from retrieval.compose import compose

BARKS, COUNTS, HOMES = "registry:barks@1", "registry:counts@1", "registry:homes@1"


def plan_of(context: EvaluationContext, name: str, task: Task) -> EvaluationRequest:
    [each] = find_methods([name])
    made = each.plan(context, task, each.control)
    assert isinstance(made, EvaluationRequest)
    return made


def references(context: EvaluationContext, acting: Any) -> dict[str, float]:
    """What acts on a prompt, by reference."""
    names = {adapter.content_hash: reference for reference, adapter in context.pool.items()}
    pairs = ((acting, 1.0),) if isinstance(acting, Adapter) else acting or ()
    return {names[adapter.content_hash]: weight for adapter, weight in pairs}


def test_a_prompt_is_found_by_its_turn_s_wording_and_its_own_input(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    barks, homes = parts.tasks["barks"], parts.tasks["homes"]
    misled = replace(homes, unseen_descriptions=(homes.description, barks.description))
    context = open_context([misled, barks])
    plan = plan_of(context, "routed-selection", misled)
    told = [(homes, barks)[number % 2].description for number in range(5)]
    expected = [
        context.runtime.retriever().search(f"{text}\nInput: {example.input}", 1, kind="prompt")[0].entry.reference
        for text, example in zip(told, misled.test[:5], strict=True)
    ]
    assert [references(context, acting) for acting in plan.adapters] == [{reference: 1.0} for reference in expected]
    assert expected[:2] == [HOMES, BARKS]
    assert plan.notes == {"adapters": {BARKS: 2, HOMES: 3}}
    assert list(plan.prompts) == [f"Input: {example.input}\nOutput:" for example in misled.test[:5]]
    [got] = answer(context.runtime, [plan])
    assert got.scores == (1.0, 0.0, 1.0, 0.0, 1.0)


def test_each_policy_puts_its_own_on_a_prompt(open_context: Callable[..., EvaluationContext], parts: Suite) -> None:
    context, task = open_context(), parts.tasks["homes"]
    mixture = plan_of(context, "routed-mixture", task)
    third = pytest.approx(1 / 3)
    assert [references(context, acting) for acting in mixture.adapters] == [
        {BARKS: third, COUNTS: third, HOMES: third}
    ] * 5
    fusion = plan_of(context, "routed-fusion", task)
    fused = compose([context.pool[reference] for reference in sorted(context.pool)], method="fuse")
    assert {id(acting) for acting in fusion.adapters} == {id(fusion.adapters[0])}, "composed once"
    assert isinstance(fusion.adapters[0], Adapter)
    assert fusion.adapters[0].content_hash == fused.content_hash
    arrow = plan_of(context, "routed-arrow", task)
    assert [references(context, acting) for acting in arrow.adapters] == [{BARKS: 1.0, COUNTS: 1.0, HOMES: 1.0}] * 5
    assert arrow.pool is context.gated_pool is plan_of(context, "routed-arrow-out", task).pool
    assert (mixture.pool, fusion.pool) == (None, None)


@pytest.mark.parametrize("policy", ["selection", "mixture", "fusion", "arrow"])
def test_out_of_pool_the_task_s_own_adapter_never_acts(
    policy: str, open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, task = open_context(), parts.tasks["homes"]
    plan = plan_of(context, f"routed-{policy}-out", task)
    assert plan.notes["left out"] == [HOMES]
    assert HOMES not in plan.notes["adapters"]
    if policy != "fusion":
        acted = [references(context, acting) for acting in plan.adapters]
        assert all(acting and HOMES not in acting for acting in acted)
    [got] = answer(context.runtime, [plan])
    assert set(got.scores) == {0.0}


def test_the_left_out_are_the_task_s_adapters_its_twins_and_copies(
    open_context: Callable[..., EvaluationContext],
    parts: Suite,
    shared_runtime: Runtime,
    asking: EvaluationRecipe,
    tmp_path: Path,
) -> None:
    twin = replace(parts.tasks["woofs"], relation="twin", twin_of="barks")
    sibling = replace(parts.tasks["climbs"], relation="twin", twin_of="barks")
    context = EvaluationContext(
        shared_runtime, [twin], asking, tmp_path, Suite.of("parts", [*parts.part("seen"), twin, sibling])
    )
    homes, barks = parts.tasks["homes"], parts.tasks["barks"]
    assert context.adapters_for(twin) == context.adapters_for(barks) == {BARKS}
    assert context.adapters_for(homes) == {HOMES}
    assert context.adapters_for(parts.tasks["climbs"]) == set(), "a far task has none"

    # by what they were trained on, whatever they are called, and by name, whatever they were trained on
    by_name = {entry.name: entry for entry in context.pool_entries}
    context.__dict__["pool_entries"] = [
        replace(by_name["barks"], name="copy"),
        replace(by_name["homes"], name="barks", dataset="other"),
        replace(by_name["counts"], name="sibling-s", dataset=sibling.training_hash),
        by_name["homes"],
    ]
    assert context.adapters_for(twin) == {"registry:copy@1", "registry:barks@1", "registry:sibling-s@1"}


def test_a_pool_of_nothing_but_the_task_s_own_is_refused(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, task = open_context(), parts.tasks["homes"]
    context.__dict__["pool_entries"] = [entry for entry in context.pool_entries if entry.name == "homes"]
    with pytest.raises(InputError, match="no adapter but those of homes"):
        plan_of(context, "routed-mixture-out", task)


def test_prompts_are_embedded_once_for_all_policies(
    open_context: Callable[..., EvaluationContext], parts: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, task = open_context(), parts.tasks["homes"]
    for policy in ("selection", "mixture", "fusion", "arrow"):
        plan_of(context, f"routed-{policy}", task)

        def refuse(*arguments: Any) -> Any:
            raise AssertionError("searched again")

        monkeypatch.setattr("pipelines.evaluation.methods.routed.search_each", refuse)


def test_a_group_is_evaluated_with_its_checks_by_generation(
    shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    tasks = [parts.tasks["barks"], parts.tasks["homes"], parts.tasks["woofs"]]
    said: list[str] = []
    found = evaluate(shared_runtime, parts, tasks, find_methods(["routed"]), asking, tmp_path / "out", said.append)
    assert said == []
    assert found.results["generation"]["answers"] == 8 * 3
    assert found.results["generation"]["equal"] == 1.0
    scores = found.results["scores"]
    assert [scores["routed-selection"][task]["mean"] for task in ("barks", "homes")] == [1.0, 1.0]
    assert [scores["routed-selection-out"][task]["mean"] for task in ("barks", "homes")] == [0.0, 0.0]
