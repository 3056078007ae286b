"""Intervals against closed forms, and recovery against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlora.tasks.task import Task
from pipelines.evaluation.intervals import Array, Resamples, interval, recovery
from pipelines.evaluation.journal import Measured
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.summary import summarise


def nested(
    families: int, tasks: int, examples: int, spread: tuple[float, float, float]
) -> tuple[list[Array], list[str]]:
    """Scores of two methods with given standard deviations between families, tasks and examples."""
    draw = np.random.default_rng(1)
    scores, names = [], []
    for family in range(families):
        far = draw.normal(0, spread[0], 2)
        for _ in range(tasks):
            near = far + draw.normal(0, spread[1], 2)
            scores.append(near[:, None] + draw.normal(0, spread[2], (2, examples)))
            names.append(f"family-{family}")
    return scores, names


def test_scores_that_do_not_vary_have_no_interval() -> None:
    scores = [np.array([[0.25] * 4, [0.75] * 4])] * 6
    draws = Resamples(scores, list("aabbcc"), count=200).means()
    assert interval(draws[:, 0]) == (0.25, 0.25)
    assert interval(draws[:, 1]) == (0.75, 0.75)


def test_the_draws_centre_on_the_mean_and_the_seed_decides_them() -> None:
    scores, families = nested(5, 4, 10, (1.0, 0.5, 2.0))
    mean = np.mean([task.mean(axis=1) for task in scores], axis=0)
    draws = Resamples(scores, families, count=4000).means()
    assert draws.shape == (4000, 2)
    assert np.abs(draws.mean(axis=0) - mean).max() < 4 * draws.std(axis=0).max() / 4000**0.5
    assert np.array_equal(draws, Resamples(scores, families, count=4000).means())
    assert not np.array_equal(draws[:200], Resamples(scores, families, count=200, seed=1).means())


def bootstrap_variance(scores: list[Array], families: list[str]) -> Array:
    """Variance of a nested bootstrap's mean for families of one size, in closed form (Davison and Hinkley, 3.8).

    The plug-in variances between family means, between task means in a family, and between examples in a task, each
    divided by how many are drawn in all.
    """
    names = sorted(set(families))
    grouped = [[task for task, own in zip(scores, families, strict=True) if own == name] for name in names]
    means = np.array([[task.mean(axis=1) for task in group] for group in grouped])  # families, tasks, methods
    count, size = means.shape[:2]
    examples = np.array([[task.var(axis=1) / task.shape[1] for task in group] for group in grouped])
    between = means.mean(axis=1).var(axis=0) / count
    within = means.var(axis=1).mean(axis=0) / (count * size)
    result: Array = between + within + examples.mean(axis=(0, 1)) / (count * size)
    return result


@pytest.mark.parametrize(
    ("shape", "spread"),
    [
        ((8, 3, 10), (1.0, 0.1, 0.1)),
        ((8, 3, 10), (0.0, 1.0, 0.1)),
        ((8, 3, 10), (0.0, 0.0, 5.0)),
        ((1, 12, 10), (0.0, 1.0, 1.0)),
    ],
    ids=["families vary", "tasks vary", "examples vary", "one family"],
)
def test_the_width_is_that_of_the_nested_design(
    shape: tuple[int, int, int], spread: tuple[float, float, float]
) -> None:
    scores, families = nested(*shape, spread)
    draws = Resamples(scores, families, count=4000).means()
    # the standard deviation of 4000 draws is known to about one per cent
    assert draws.std(axis=0) == pytest.approx(bootstrap_variance(scores, families) ** 0.5, rel=0.06)
    for place in range(2):
        low, high = interval(draws[:, place])
        assert (high - low) / (2 * 1.96) == pytest.approx(draws[:, place].std(), rel=0.1)


def test_equal_methods_differ_by_exactly_nothing() -> None:
    scores, families = nested(4, 3, 8, (1.0, 1.0, 1.0))
    scores = [np.stack([task[0], task[0]]) for task in scores]
    draws = Resamples(scores, families, count=300).means()
    assert draws[:, 0].std() > 0.1
    assert np.array_equal(draws[:, 0], draws[:, 1])


def test_the_interval_is_of_percentiles() -> None:
    assert interval(np.arange(1001) / 1000) == pytest.approx((0.025, 0.975))
    assert interval(np.arange(1001) / 1000, level=0.8) == pytest.approx((0.1, 0.9))


def test_recovery_by_hand() -> None:
    #                floor  method  oracle
    means = np.array([[0.2, 0.5, 0.8], [0.0, 0.1, 0.4], [0.9, 0.0, 0.95]])
    counted = np.array([True, True, False])
    values = recovery(means, counted, 0, 2)
    assert values is not None
    # the method gains 0.3 + 0.1 of the 0.6 + 0.4 there are
    assert values.tolist() == pytest.approx([0.0, 0.4, 1.0])
    worse = recovery(np.array([[0.5, 0.2, 0.8]]), np.array([True]), 0, 2)
    assert worse is not None
    assert worse[1] == pytest.approx(-1.0), "not clipped"
    assert recovery(means, np.array([False] * 3), 0, 2) is None


@given(st.integers(0, 100))
def test_drawn_recoveries_leave_out_what_does_not_count(seed: int) -> None:
    # the uncounted task would change every draw it is in
    scores = [np.array([[0.0] * 4, [0.5] * 4, [1.0] * 4]), np.array([[0.9] * 4, [0.0] * 4, [0.95] * 4])]
    drawn = Resamples(scores, ["a", "b"], count=20, seed=seed).recoveries(np.array([True, False]), 0, 2)
    assert 0 < len(drawn) <= 20
    assert np.array_equal(drawn, np.tile([0.0, 0.5, 1.0], (len(drawn), 1)))


def test_the_table_recovers_over_tasks_with_room_and_pairs_its_differences() -> None:
    methods = find_methods(["no-condition", "oracle", "generated", "icl-5", "generated:random"])
    rows = {  # by task: no-condition, generated, generated:random, icl-5, oracle as shares of ten
        "one": (2, 5, 2, 5, 8),
        "two": (0, 1, 0, 1, 4),
        "flat": (9, 0, 9, 0, 9),
    }
    names = ("no-condition", "generated", "generated:random", "icl-5", "oracle")
    measured = {
        (name, task): Measured(name, task, (1.0,) * right + (0.0,) * (10 - right), 3.0, 0.0, {}, {})
        for task, shares in rows.items()
        for name, right in zip(names, shares, strict=True)
    }
    tasks = [Task(name, name, ("Do.",), (), (), ()) for name in rows]
    group = summarise(tasks, methods, measured, 0)["groups"]["all"]
    assert group["recovery_tasks"] == 2
    assert group["methods"]["generated"]["recovery"]["value"] == pytest.approx(0.4)
    assert group["methods"]["oracle"]["recovery"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert group["methods"]["generated"]["mean"] == pytest.approx(0.2)
    assert set(group["differences"]) == {"no-condition", "oracle", "generated", "icl-5"}, "controls stand apart"
    assert group["differences"]["generated"]["icl-5"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    better, worse = group["differences"]["oracle"]["generated"], group["differences"]["generated"]["oracle"]
    assert better["mean"] == pytest.approx(0.5)
    assert (worse["mean"], worse["low"], worse["high"]) == pytest.approx(
        (-better["mean"], -better["high"], -better["low"])
    )


def test_a_task_that_a_method_has_not_answered_is_in_no_row() -> None:
    methods = find_methods(["base", "icl-5"])
    tasks = [Task(name, "f", ("Do.",), (), (), ()) for name in ("one", "two")]
    measured = {
        (method, task): Measured(method, task, (share,), 3.0, 0.0, {}, {})
        for method, task, share in (("base", "one", 1.0), ("base", "two", 0.0), ("icl-5", "one", 0.5))
    }
    summary = summarise(tasks, methods, measured, 0)
    assert summary["without"] == ["two"]
    assert summary["groups"]["all"]["tasks"] == ["one"]
    assert summary["groups"]["all"]["methods"]["base"]["mean"] == 1.0
