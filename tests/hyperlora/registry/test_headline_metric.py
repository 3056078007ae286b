"""The one score a list shows."""

from __future__ import annotations

import pytest

from hyperlora.registry.headline import headline_metric


@pytest.mark.parametrize(
    ("metrics", "name"),
    [
        ({"exact_match.given_examples": 1.0, "exact_match.cross_validated": 0.4}, "exact_match.cross_validated"),
        ({"exact_match.validation": 0.7}, "exact_match.validation"),
        ({"exact_match.validation": 0.7, "exact_match.test": 0.6, "loss": 0.1}, "exact_match.test"),
        ({"rouge_l.validation": 0.9, "exact_match.validation": 0.2}, "exact_match.validation"),
        ({"exact_match.given_examples": 1.0, "f1": 0.3}, "exact_match.given_examples"),
        ({"f1": 0.3, "accuracy": 0.2}, "accuracy"),
    ],
)
def test_the_score_that_says_most_of_new_inputs(metrics: dict[str, float], name: str) -> None:
    assert headline_metric(metrics) == (name, metrics[name])


def test_nothing_measured_is_nothing() -> None:
    assert headline_metric({}) is None
