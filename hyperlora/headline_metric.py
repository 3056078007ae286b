"""The one metric that stands for an entry where there is room for one only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Where a score was measured: the last part of a metric's name, best evidence first, and the words for people.
_MEASURED_ON = {
    "test": "test",
    "validation": "validation",
    "held_out": "held out",
    "cross_validated": "cross-val.",
    "leave_one_out": "cross-val.",
    "given_examples": "examples",
}
_PREFERRED = "exact_match"
# of how it was stored, not of how well it answers
_NOT_SCORES = ("energy_kept",)


@dataclass(frozen=True)
class HeadlineMetric:
    """One metric.

    Attributes:
        name: as it is stored, e.g. `exact_match.validation`.
        value: as it is stored.
    """

    name: str
    value: float

    @property
    def text(self) -> str:
        """For a table: `0.98 validation`; a metric other than exact match is named, `0.40 rouge_l.test`."""
        metric, _, where = self.name.rpartition(".")
        shown = _MEASURED_ON.get(where, where) if metric == _PREFERRED else self.name
        return f"{self.value:.2f} {shown}"


def headline_metric(metrics: Mapping[str, float]) -> HeadlineMetric | None:
    """The metric that says most of how good an entry is; None where nothing was measured.

    Scores on test examples come before those on validation examples, then cross-validated ones, then those on the
    examples that it was chosen by or trained on, then what nothing is known of; exact match before others.
    """
    names = [name for name in metrics if name not in _NOT_SCORES]
    if not names:
        return None
    name = min(names, key=_place)
    return HeadlineMetric(name, metrics[name])


def _place(name: str) -> tuple[int, bool, str]:
    metric, _, where = name.rpartition(".")
    known = list(_MEASURED_ON)
    return known.index(where) if where in known else len(known), metric != _PREFERRED, name
