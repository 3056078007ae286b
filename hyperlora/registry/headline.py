"""The one measured score by which an entry is shown in a list."""

from __future__ import annotations

from collections.abc import Mapping

# Which measurement of a metric says most of new inputs; what follows the first dot of its name.
_PARTS = ("test", "cross_validated", "validation", "given_examples")


def headline_metric(metrics: Mapping[str, float]) -> tuple[str, float] | None:
    """Name and value of the score that says most of new inputs; None where nothing was measured.

    A score on a test set, else a cross-validated one, else one on a validation set, else one on the examples that an
    adapter was chosen by, else another; of several of a kind the first by name, as `exact_match` before `rouge_l`.
    """
    name = min(metrics, key=_rank, default=None)
    return None if name is None else (name, metrics[name])


def _rank(name: str) -> tuple[int, str]:
    part = name.partition(".")[2]
    return (_PARTS.index(part) if part in _PARTS else len(_PARTS)), name
