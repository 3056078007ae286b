"""Learning curves: the training losses that MLflow recorded for what an evaluation uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from hyperlora.registry import Entry, Registry
from hyperlora.registry.tracking import connect

Curve = list[list[float]]


def learning_curves(registry: Registry, groups: Iterable[tuple[str, Iterable[Entry]]]) -> dict[str, Curve]:
    """The mean training loss by step of each group's runs, as [step, nats per answer token].

    Args:
        groups: name and entries; a group whose runs are not in this store's MLflow is left out.
    """
    client = connect(registry.home)
    curves: dict[str, Curve] = {}
    for name, entries in groups:
        losses: dict[int, list[float]] = defaultdict(list)
        for run_id in sorted({entry.run_id for entry in entries if entry.run_id}):
            for point in client.get_metric_history(run_id, "loss"):
                losses[point.step].append(point.value)
        if losses:
            curves[name] = [[step, sum(values) / len(values)] for step, values in sorted(losses.items())]
    return curves
