"""The one metric that stands for an entry."""

from __future__ import annotations

import pytest

from hyperlora.headline_metric import headline_metric


@pytest.mark.parametrize(
    ("metrics", "text"),
    [
        ({"exact_match.test": 0.5, "exact_match.validation": 0.9}, "0.50 test"),
        ({"exact_match.validation": 0.9, "exact_match.leave_one_out": 1.0}, "0.90 validation"),
        ({"exact_match.given_examples": 1.0, "exact_match.leave_one_out": 0.556}, "0.56 cross-val."),
        ({"exact_match.given_examples": 1.0, "energy_kept": 0.99}, "1.00 examples"),
        ({"rouge_l.test": 0.4, "exact_match.validation": 0.9}, "0.40 rouge_l.test"),
        ({"rouge_l.test": 0.4, "exact_match.test": 0.2}, "0.20 test"),
        ({"accuracy": 0.8, "zeal": 1.0}, "0.80 accuracy"),
    ],
)
def test_the_best_evidence_counts(metrics: dict[str, float], text: str) -> None:
    found = headline_metric(metrics)
    assert found is not None
    assert found.text == text
    assert metrics[found.name] == found.value


@pytest.mark.parametrize("metrics", [{}, {"energy_kept": 0.99}])
def test_nothing_measured_is_none(metrics: dict[str, float]) -> None:
    assert headline_metric(metrics) is None
