"""MLflow: where the record lives, and runs that a resumed pipeline continues instead of repeating."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from hyperlora.errors import InputError
from hyperlora.settings import get_settings

EXPERIMENT = "hyperlora"
_RECORD_ID = "hyperlora.registry_id"
_PASSWORD = re.compile(r"(?<=:)[^:/@\s]+(?=@)")
_LONGEST_DIGEST = 36  # MLflow's limit
_IDENTITY = "hyperlora.identity"


def tracking_uri(home: Path) -> str:
    """The MLflow URI of a registry folder: the `HYPERLORA_REGISTRY_URI` setting, else SQLite inside it."""
    return get_settings().registry_uri or f"sqlite:///{home}/mlflow.db"


def connect(home: Path, uri: str | None = None) -> Any:
    """An `MlflowClient` on the registry's store, its schema created first under a lock.

    Raises:
        InputError: MLflow cannot open the URI.
    """
    return _connect(home, uri or tracking_uri(home))


@cache
def _connect(home: Path, uri: str) -> Any:
    # set before the import: MLflow reads it once, and this project phones nobody
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    for noisy in ("alembic", "mlflow.store.db.utils", "mlflow.store.model_registry"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        with _locked_if_writable(home):
            client = MlflowClient(tracking_uri=uri, registry_uri=uri)
            client.search_registered_models(max_results=1)
            experiment = client.get_experiment_by_name(EXPERIMENT)
            if experiment is None:
                # a server says itself where the files of its runs belong
                location = None if uri.startswith("http") else (home / "artifacts").as_uri()
                client.create_experiment(EXPERIMENT, artifact_location=location)
                experiment = client.get_experiment_by_name(EXPERIMENT)
            if _RECORD_ID not in experiment.tags:
                client.set_experiment_tag(experiment.experiment_id, _RECORD_ID, uuid.uuid4().hex)
    except ModuleNotFoundError as error:
        raise InputError(
            f"the database of the registry needs the Python package {error.name}",
            f"Run: pip install {error.name}; for PostgreSQL: pip install psycopg2-binary, with "
            "postgresql+psycopg2://USER@HOST/NAME as HYPERLORA_REGISTRY_URI.",
        ) from error
    except (MlflowException, OSError) as error:
        first_line = str(error).partition("\n")[0]
        problem = f"MLflow cannot open {uri}: {first_line}"
        raise InputError(_PASSWORD.sub("***", problem), "Check HYPERLORA_REGISTRY_URI.") from error
    return client


@contextmanager
def _locked_if_writable(home: Path) -> Iterator[None]:
    """Hold the registry's lock, unless its folder is read-only, where nobody creates tables anyway."""
    lock = FileLock(home / ".lock")
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        yield
        return
    try:
        yield
    finally:
        lock.release()


def record_id(client: Any) -> str:
    """The random name that `connect` gave to the record in this store."""
    return str(client.get_experiment_by_name(EXPERIMENT).tags[_RECORD_ID])


@dataclass(frozen=True)
class TrackedRun:
    """An MLflow run of one pipeline.

    Attributes:
        run_id: MLflow's id.
        client: the client that writes to it.
    """

    run_id: str
    client: Any

    def log(self, step: int, **metrics: float) -> None:
        """Record metrics at a step, in one transaction."""
        from mlflow.entities import Metric

        moment = int(time.time() * 1000)
        points = [Metric(name, float(value), moment, step) for name, value in metrics.items()]
        self.client.log_batch(self.run_id, points)

    def log_file(self, path: Path) -> None:
        """Keep a file with the run."""
        self.client.log_artifact(self.run_id, str(path))


def run_finished(home: Path, identity: str) -> bool:
    """True if a run with this identity ended well, so that all it should have registered is there."""
    found = _find_run(connect(home), identity)
    return found is not None and found.status == "FINISHED"


def _link_datasets(client: Any, run_id: str, datasets: Mapping[str, str]) -> None:
    from mlflow.entities import Dataset, DatasetInput

    if datasets:
        inputs = [
            DatasetInput(Dataset(name, digest[:_LONGEST_DIGEST], "local", json.dumps({"sha256": digest})))
            for name, digest in datasets.items()
        ]
        client.log_inputs(run_id, inputs)


def _find_run(client: Any, identity: str) -> Any:
    """MLflow's info on the newest run with this identity, or None."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    found = client.search_runs(
        [experiment.experiment_id], f"tags.`{_IDENTITY}` = '{identity}'", max_results=1, order_by=["start_time DESC"]
    )
    return found[0].info if found else None


@contextmanager
def tracked_run(
    home: Path, name: str, identity: str, params: Mapping[str, Any], datasets: Mapping[str, str] | None = None
) -> Iterator[TrackedRun]:
    """Open the MLflow run with this identity, continuing it if an earlier process was killed inside it.

    Args:
        home: the registry's folder, `Registry.home`.
        identity: hash over recipe, data, base and code; the run's tag `hyperlora.identity`.
        params: recorded once, when the run is new.
        datasets: hash of each dataset it trains on, by name; linked once as the run's inputs.

    The run ends FINISHED, or FAILED if the body raises.
    """
    client = connect(home)
    found = _find_run(client, identity)
    if found is not None:
        run_id = found.run_id
        client.update_run(run_id, status="RUNNING")
    else:
        experiment = client.get_experiment_by_name(EXPERIMENT)
        run_id = client.create_run(experiment.experiment_id, run_name=name, tags={_IDENTITY: identity}).info.run_id
        for key, value in params.items():
            client.log_param(run_id, key, value)
        _link_datasets(client, run_id, datasets or {})
    try:
        yield TrackedRun(run_id, client)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")
