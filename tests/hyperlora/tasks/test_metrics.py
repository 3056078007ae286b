"""Scores and how sure they are: `hyperlora.tasks.metrics`, as the comparison uses it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlora.tasks.metrics import binomial_interval, bootstrap_mean, exact_match


@pytest.mark.parametrize(
    ("answer", "expected", "case_sensitive", "same"),
    [
        ("cats", "cats", True, True),
        (" cats\t", "cats", True, True),
        ("Cats", "cats", True, False),
        ("Cats", "cats", False, True),
        ("STRASSE", "straße", False, True),
        ("cat s", "cats", True, False),
        ("", "cats", True, False),
    ],
)
def test_exact_match(answer: str, expected: str, case_sensitive: bool, same: bool) -> None:
    assert exact_match(answer, expected, case_sensitive=case_sensitive) is same


def test_the_mean_is_over_tasks_and_not_over_examples() -> None:
    assert bootstrap_mean([[1.0], [0.0] * 9])[0] == 0.5


def test_scores_that_never_differ_leave_no_doubt() -> None:
    assert bootstrap_mean([[0.25] * 4, [0.25] * 7]) == (0.25, 0.25, 0.25)


# One task with two of four right: the resampled mean is a quarter of a binomial(4, 1/2), so that
# P(0) = 0.06, P(<= 0.25) = 0.31, P(<= 0.5) = 0.69, P(<= 0.75) = 0.94.
@pytest.mark.parametrize(
    ("level", "interval"), [(0.95, (0.0, 1.0)), (0.8, (0.25, 0.75)), (0.5, (0.25, 0.75)), (0.2, (0.5, 0.5))]
)
def test_examples_of_one_task_are_resampled(level: float, interval: tuple[float, float]) -> None:
    assert bootstrap_mean([[1.0, 0.0, 1.0, 0.0]], level=level)[1:] == interval


# Two tasks, one always right, one always wrong: the resampled mean is 0, 1/2, 1 with probability 1/4, 1/2, 1/4.
@pytest.mark.parametrize(("level", "interval"), [(0.95, (0.0, 1.0)), (0.6, (0.0, 1.0)), (0.4, (0.5, 0.5))])
def test_tasks_are_resampled_too(level: float, interval: tuple[float, float]) -> None:
    assert bootstrap_mean([[1.0] * 50, [0.0] * 50], level=level)[1:] == interval


def test_a_task_drawn_twice_has_its_examples_drawn_twice() -> None:
    # Two tasks with one of two right each: whichever tasks are drawn, four examples are, so that the resampled mean is
    # a quarter of a binomial(4, 1/2) as above. Reusing one draw for a task drawn twice would put P(0) at 0.16.
    assert bootstrap_mean([[1.0, 0.0], [1.0, 0.0]], level=0.8)[1:] == (0.25, 0.75)


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6), min_size=1, max_size=5))
def test_the_interval_is_within_the_scores_and_repeats(groups: list[list[float]]) -> None:
    mean, low, high = bootstrap_mean(groups, resamples=200)
    assert (mean, low, high) == bootstrap_mean(groups, resamples=200)
    assert mean == pytest.approx(np.mean([np.mean(group) for group in groups]))
    assert min(map(min, groups)) - 1e-12 <= low <= high <= max(map(max, groups)) + 1e-12


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    truth, covered, trials = 0.5, 0, 200
    for _ in range(trials):
        rates = generator.beta(2, 2, size=10)
        groups = [generator.binomial(1, rate, size=20).astype(float).tolist() for rate in rates]
        _, low, high = bootstrap_mean(groups, resamples=300)
        covered += low <= truth <= high
    assert 0.88 <= covered / trials <= 0.99


@pytest.mark.parametrize(("right", "of"), [(0, 5), (3, 5), (5, 5), (40, 100)])
def test_the_interval_of_a_share_is_wilsons(right: int, of: int) -> None:
    """By the formula of Wilson 1927: the shares whose normal interval holds the one that was seen."""
    z, share = 1.959963984540054, right / of
    middle, half = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    assert binomial_interval(right, of) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
