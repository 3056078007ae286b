"""Probabilities from scores: told apart where the data tell apart, honest where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.calibration import Calibration, fit_calibration


def drawn(count: int, seed: int = 0) -> tuple[list[float], list[float], list[bool], list[str]]:
    """Queries whose probability of a right answer is known: sigmoid(10 score + 20 lead - 7)."""
    random = np.random.default_rng(seed)
    scores, leads = random.uniform(0.2, 0.9, count), random.uniform(0, 0.3, count)
    chance = 1 / (1 + np.exp(-(10 * scores + 20 * leads - 7)))
    right = random.uniform(size=count) < chance
    return scores.tolist(), leads.tolist(), right.tolist(), [f"task-{number % 40}" for number in range(count)]


def test_it_finds_the_probabilities_that_made_the_data() -> None:
    found = fit_calibration(*drawn(20_000))
    for score, lead in ((0.3, 0.01), (0.6, 0.05), (0.8, 0.2)):
        expected = 1 / (1 + np.exp(-(10 * score + 20 * lead - 7)))
        assert found.confidence([score, score - lead])[0] == pytest.approx(expected, abs=0.03)


def test_the_error_is_that_on_tasks_left_out() -> None:
    scores, leads, right, groups = drawn(4000)
    found = fit_calibration(scores, leads, right, groups)
    chance = 1 / (1 + np.exp(-(10 * np.array(scores) + 20 * np.array(leads) - 7)))
    best = float(((chance - np.array(right)) ** 2).mean())
    assert best - 0.005 < found.brier < best + 0.01
    # scores that say nothing leave the error of a coin's
    draw = np.random.default_rng(1)
    blind = fit_calibration(scores, leads, (draw.uniform(size=len(scores)) < 0.5).tolist(), groups)
    assert blind.brier == pytest.approx(0.25, abs=0.01)


def test_a_second_hit_as_good_makes_unsure() -> None:
    model = Calibration(intercept=-6, score=10, lead=20, queries=1, brier=0.1)
    alone, tied = model.confidence([0.7, 0.3])[0], model.confidence([0.7, 0.7])[0]
    assert alone > 0.9 > tied
    assert model.confidence([]) == []
    assert len(model.confidence([0.5])) == 1
    falling = model.confidence([0.7, 0.65, 0.1])
    assert falling == sorted(falling, reverse=True)
