"""MLflow runs as JSON, for backups: parameters, tags, inputs' names and every point of every metric."""

from __future__ import annotations

from typing import Any

from hyperlora.registry.tracking import EXPERIMENT

_ORIGINAL = "hyperlora.restored_from"


def read_run(client: Any, run_id: str) -> dict[str, Any] | None:
    """A run as JSON values; None when it was deleted. Its files are left out."""
    from mlflow.exceptions import MlflowException

    try:
        run = client.get_run(run_id)
    except MlflowException:
        return None
    history = {
        name: [[point.step, point.timestamp, point.value] for point in client.get_metric_history(run_id, name)]
        for name in sorted(run.data.metrics)
    }
    return {
        "run_id": run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "start": run.info.start_time,
        "end": run.info.end_time,
        "params": dict(run.data.params),
        "tags": {key: value for key, value in run.data.tags.items() if key != "mlflow.user"},
        "metrics": history,
    }


def restore_run(client: Any, run: dict[str, Any]) -> str:
    """Make the run in this store, or find it if it was restored before; its id here."""
    from mlflow.entities import Metric, Param

    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    found = client.search_runs([experiment], f"tags.`{_ORIGINAL}` = '{run['run_id']}'", max_results=1)
    complete = found and found[0].info.status == run["status"]
    if complete:
        return str(found[0].info.run_id)
    tags = {**run["tags"], _ORIGINAL: run["run_id"]}
    made = (
        found[0].info.run_id
        if found
        else client.create_run(experiment, start_time=run["start"], tags=tags, run_name=run["name"]).info.run_id
    )
    points = [
        Metric(name, value, timestamp, step)
        for name, found in run["metrics"].items()
        for step, timestamp, value in found
    ]
    for start in range(0, len(points), 1000):
        client.log_batch(made, metrics=points[start : start + 1000])
    params = [Param(key, value) for key, value in run["params"].items()]
    for start in range(0, len(params), 100):
        client.log_batch(made, params=params[start : start + 100])
    client.set_terminated(made, run["status"], run["end"])  # last: a run that has its status is complete
    return str(made)
