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
from pipelines.evaluation.answering import answer
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.plans import Plan
from pipelines.evaluation.run import evaluate
from pipelines.recipes import EvaluationRecipe
from pipelines.session import Session
from retrieval.compose import compose

BARKS, COUNTS, HOMES = "registry:barks@1", "registry:counts@1", "registry:homes@1"


def plan_of(bench: Bench, name: str, task: Task) -> Plan:
    [each] = find_methods([name])
    made = each.plan(bench, task, each.control)
    assert isinstance(made, Plan)
    return made


def references(bench: Bench, acting: Any) -> dict[str, float]:
    """What acts on a prompt, by reference."""
    names = {adapter.content_hash: reference for reference, adapter in bench.pool.items()}
    pairs = ((acting, 1.0),) if isinstance(acting, Adapter) else acting or ()
    return {names[adapter.content_hash]: weight for adapter, weight in pairs}


def test_a_prompt_is_found_by_its_turn_s_wording_and_its_own_input(
    open_bench: Callable[..., Bench], parts: Suite
) -> None:
    barks, homes = parts.tasks["barks"], parts.tasks["homes"]
    misled = replace(homes, unseen_descriptions=(homes.description, barks.description))
    bench = open_bench([misled, barks])
    plan = plan_of(bench, "routed-selection", misled)
    told = [(homes, barks)[number % 2].description for number in range(5)]
    expected = [
        bench.session.retriever().search(f"{text}\nInput: {example.input}", 1, kind="prompt")[0].entry.reference
        for text, example in zip(told, misled.test[:5], strict=True)
    ]
    assert [references(bench, acting) for acting in plan.adapters] == [{reference: 1.0} for reference in expected]
    assert expected[:2] == [HOMES, BARKS]
    assert plan.notes == {"adapters": {BARKS: 2, HOMES: 3}}
    assert list(plan.prompts) == [f"Input: {example.input}\nOutput:" for example in misled.test[:5]]
    [got] = answer(bench.session, [plan])
    assert got.scores == (1.0, 0.0, 1.0, 0.0, 1.0)


def test_each_policy_puts_its_own_on_a_prompt(open_bench: Callable[..., Bench], parts: Suite) -> None:
    bench, task = open_bench(), parts.tasks["homes"]
    mixture = plan_of(bench, "routed-mixture", task)
    third = pytest.approx(1 / 3)
    assert [references(bench, acting) for acting in mixture.adapters] == [
        {BARKS: third, COUNTS: third, HOMES: third}
    ] * 5
    fusion = plan_of(bench, "routed-fusion", task)
    fused = compose([bench.pool[reference] for reference in sorted(bench.pool)], method="fuse")
    assert {id(acting) for acting in fusion.adapters} == {id(fusion.adapters[0])}, "composed once"
    assert isinstance(fusion.adapters[0], Adapter)
    assert fusion.adapters[0].content_hash == fused.content_hash
    arrow = plan_of(bench, "routed-arrow", task)
    assert [references(bench, acting) for acting in arrow.adapters] == [{BARKS: 1.0, COUNTS: 1.0, HOMES: 1.0}] * 5
    assert arrow.pool is bench.gated_pool is plan_of(bench, "routed-arrow-out", task).pool
    assert (mixture.pool, fusion.pool) == (None, None)


@pytest.mark.parametrize("policy", ["selection", "mixture", "fusion", "arrow"])
def test_out_of_pool_the_task_s_own_adapter_never_acts(
    policy: str, open_bench: Callable[..., Bench], parts: Suite
) -> None:
    bench, task = open_bench(), parts.tasks["homes"]
    plan = plan_of(bench, f"routed-{policy}-out", task)
    assert plan.notes["left out"] == [HOMES]
    assert HOMES not in plan.notes["adapters"]
    if policy != "fusion":
        acted = [references(bench, acting) for acting in plan.adapters]
        assert all(acting and HOMES not in acting for acting in acted)
    [got] = answer(bench.session, [plan])
    assert set(got.scores) == {0.0}


def test_the_left_out_are_the_task_s_adapters_its_twins_and_copies(
    open_bench: Callable[..., Bench], parts: Suite, shared_session: Session, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    twin = replace(parts.tasks["woofs"], relation="twin", twin_of="barks")
    sibling = replace(parts.tasks["climbs"], relation="twin", twin_of="barks")
    bench = Bench(shared_session, [twin], asking, tmp_path, Suite.of("parts", [*parts.part("seen"), twin, sibling]))
    homes, barks = parts.tasks["homes"], parts.tasks["barks"]
    assert bench.adapters_for(twin) == bench.adapters_for(barks) == {BARKS}
    assert bench.adapters_for(homes) == {HOMES}
    assert bench.adapters_for(parts.tasks["climbs"]) == set(), "a far task has none"

    # by what they were trained on, whatever they are called, and by name, whatever they were trained on
    by_name = {entry.name: entry for entry in bench.pool_entries}
    bench.__dict__["pool_entries"] = [
        replace(by_name["barks"], name="copy"),
        replace(by_name["homes"], name="barks", dataset="other"),
        replace(by_name["counts"], name="sibling-s", dataset=sibling.training_hash),
        by_name["homes"],
    ]
    assert bench.adapters_for(twin) == {"registry:copy@1", "registry:barks@1", "registry:sibling-s@1"}


def test_a_pool_of_nothing_but_the_task_s_own_is_refused(open_bench: Callable[..., Bench], parts: Suite) -> None:
    bench, task = open_bench(), parts.tasks["homes"]
    bench.__dict__["pool_entries"] = [entry for entry in bench.pool_entries if entry.name == "homes"]
    with pytest.raises(InputError, match="no adapter but those of homes"):
        plan_of(bench, "routed-mixture-out", task)


def test_prompts_are_embedded_once_for_all_policies(
    open_bench: Callable[..., Bench], parts: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, task = open_bench(), parts.tasks["homes"]
    for policy in ("selection", "mixture", "fusion", "arrow"):
        plan_of(bench, f"routed-{policy}", task)

        def refuse(*arguments: Any) -> Any:
            raise AssertionError("searched again")

        monkeypatch.setattr("pipelines.evaluation.methods.routed.search_each", refuse)


def test_a_group_is_evaluated_with_its_checks_by_generation(
    shared_session: Session, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    tasks = [parts.tasks["barks"], parts.tasks["homes"], parts.tasks["woofs"]]
    said: list[str] = []
    found = evaluate(shared_session, parts, tasks, find_methods(["routed"]), asking, tmp_path / "out", said.append)
    assert said == []
    assert found.results["generation"]["answers"] == 8 * 3
    assert found.results["generation"]["equal"] == 1.0
    scores = found.results["scores"]
    assert [scores["routed-selection"][task]["mean"] for task in ("barks", "homes")] == [1.0, 1.0]
    assert [scores["routed-selection-out"][task]["mean"] for task in ("barks", "homes")] == [0.0, 0.0]
