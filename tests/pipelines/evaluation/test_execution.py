"""Answers with more than one right spelling are generated and scored as written; all others by one forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import pipelines.evaluation.execution
from hyperlora.lora.algebra import weighted_sum
from hyperlora.tasks.task import Example, Suite, Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.execution import answer, is_open
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.requests import EvaluationRequest, GatedPool, plain_prompts
from pipelines.evaluation.run import evaluate
from pipelines.recipes import EvaluationRecipe
from pipelines.runtime import Runtime
from retrieval.compose.arrow import arrow_gates


def turned(task: Task, output: str, also: tuple[str, ...] = (), **changes: Any) -> Task:
    """The task with other right answers to the inputs of its test examples."""
    examples = tuple(Example(example.input, output, also) for example in task.test)
    return replace(task, test=examples, **changes)


def barking(context: EvaluationContext, task: Task) -> EvaluationRequest:
    """A plan whose adapter answers `dog` to everything."""
    adapter = context.runtime.registry.load("registry:barks")
    return EvaluationRequest(task, plain_prompts(task, task.test), (adapter,) * len(task.test))


# the right answers, the task's fields, and what the answer `dog` scores
OPEN = {
    "also": (("hound", ("pup", "dog")), {}, 1.0),
    "case-insensitive": (("DOG",), {"case_sensitive": False}, 1.0),
    # one of one written and of three wanted words: F1 is 2·1·⅓ / (1 + ⅓)
    "rouge_l": (("The dog barked",), {"metric": "rouge_l"}, 0.5),
    "rouge_l, the best of several": (("cat", ("a dog",)), {"metric": "rouge_l"}, 2 / 3),
    "wrong": (("cat", ("fox",)), {}, 0.0),
}
CLOSED = {
    "exact": (("dog",), {}, 1.0),
    "case-sensitive": (("DOG",), {}, 0.0),
}


@pytest.mark.parametrize(("answers", "fields", "score"), (OPEN | CLOSED).values(), ids=[*OPEN, *CLOSED])
def test_an_answer_scores_as_the_task_says(
    answers: Any,
    fields: dict[str, Any],
    score: float,
    request: pytest.FixtureRequest,
    open_context: Callable[..., EvaluationContext],
    parts: Suite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, task = open_context(), turned(parts.tasks["barks"], *answers, **fields)
    open_answers = request.node.callspec.id in OPEN

    def refuse(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("scored the other way")

    other = "teacher_forced_scores" if open_answers else "generate"
    monkeypatch.setattr(f"pipelines.evaluation.execution.{other}", refuse)
    assert is_open(task) is open_answers
    [got] = answer(context.runtime, [barking(context, task)])
    assert got.scores == pytest.approx((score,) * len(task.test))


def test_open_and_closed_plans_together_keep_their_order(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, barks = open_context(), parts.tasks["barks"]
    plain = EvaluationRequest(barks, plain_prompts(barks, barks.test[:2]), (None, None), notes={"plain": 1})
    plans = [barking(context, turned(barks, "DOG", case_sensitive=False)), plain, barking(context, barks)]
    plans.append(barking(context, turned(barks, "dog cat", metric="rouge_l")))
    got = answer(context.runtime, plans)
    assert [each.scores for each in got] == [(1.0,) * 6, (0.0,) * 2, (1.0,) * 6, pytest.approx((2 / 3,) * 6)]
    assert [each.notes for each in got] == [{}, {"plain": 1}, {}, {}]


@pytest.mark.parametrize("generating", [False, True])
def test_mixes_are_answered_as_the_adapters_composed_of_them(
    generating: bool, open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, barks = open_context(), parts.tasks["barks"]
    pool = list(context.pool.values())
    prompts = plain_prompts(barks, barks.test[:4])
    mixes = (((pool[0], 0.9), (pool[1], 0.1)), pool[0], None, ((pool[0], 0.3), (pool[2], 0.7)))
    composed = tuple(
        weighted_sum([each for each, _ in mix], [weight for _, weight in mix], pool[0].card)
        if isinstance(mix, tuple)
        else mix
        for mix in mixes
    )
    plans = [
        EvaluationRequest(barks, prompts, mixes),
        EvaluationRequest(barks, prompts, composed),
        EvaluationRequest(barks, prompts, (None,) * 4),
    ]
    mixed, whole, bare = answer(context.runtime, plans, generating=generating)
    assert mixed.scores == whole.scores
    assert mixed.scores[:3] == (1.0, 1.0, 0.0)
    assert bare.scores == (0.0,) * 4


@pytest.mark.parametrize("generating", [False, True])
def test_gated_plans_are_answered_apart_and_come_back_in_their_place(
    generating: bool, open_context: Callable[..., EvaluationContext], parts: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, barks = open_context(), parts.tasks["barks"]
    scorer = "generate" if generating else "teacher_forced_scores"
    score, gates = getattr(pipelines.evaluation.execution, scorer), []

    def noted(*arguments: Any, **options: Any) -> Any:
        gates.append(options["gates"])
        return score(*arguments, **options)

    monkeypatch.setattr(pipelines.evaluation.execution, scorer, noted)
    members = list(context.pool.values())
    reversed_pool = GatedPool(tuple(members[::-1]), arrow_gates(members[::-1], top=1))
    prompts = plain_prompts(barks, barks.test)
    dog = members[0]
    together = tuple((each, 1.0) for each in members)

    def gated(pool: GatedPool, *acting: Any) -> EvaluationRequest:
        return EvaluationRequest(barks, prompts[: len(acting)], acting, pool=pool, notes={"acting": len(acting)})

    plans = [
        gated(context.gated_pool, dog, None, ((dog, 1.0),)),
        EvaluationRequest(barks, prompts[:2], (dog, None)),
        gated(reversed_pool, ((dog, 1.0),), dog),
        gated(context.gated_pool, together),
        gated(reversed_pool, together),
    ]
    got = answer(context.runtime, plans, generating=generating)
    assert gates == [context.gated_pool.gates, None, reversed_pool.gates]
    assert [each.scores for each in got[:3]] == [(1.0, 0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
    assert [each.notes.get("acting") for each in got] == [3, None, 2, 1, 1]
    # alone they score as they did beside the others
    assert [answer(context.runtime, [plan], generating=generating)[0].scores for plan in plans] == [
        each.scores for each in got
    ]


def test_a_longer_answer_than_the_right_one_is_wrong_even_if_it_begins_so(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, task = open_context(), parts.tasks["barks"]
    # the adapter answers `dog`; wanting its beginning shows that an answer has room to go on
    short = turned(task, "d", case_sensitive=False)
    for plan in (barking(context, short), barking(context, turned(task, "d"))):
        [got] = answer(context.runtime, [plan])
        assert set(got.scores) == {0.0}


def test_an_open_task_in_an_evaluation_is_generated_once_and_not_checked_again(
    shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Any
) -> None:
    tasks = [turned(parts.tasks["barks"], "A dog", metric="rouge_l"), parts.tasks["homes"]]
    found = evaluate(
        shared_runtime, parts, tasks, find_methods(["oracle"]), asking, tmp_path / "out", lambda said: None
    )
    scores = found.results["scores"]["oracle"]
    assert scores["barks"]["scores"] == pytest.approx([2 / 3] * 5)
    assert found.results["generation"]["answers"] == 1, "of the other task"
