"""Runs in MLflow: one run per identity, continued after a kill, honest about how it ended."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from hyperlora.errors import InputError
from hyperlora.registry import Registry
from hyperlora.registry.tracking import connect, tracked_run, tracking_uri
from hyperlora.settings import reload_settings

KILLED_INSIDE = """
from pathlib import Path
from hyperlora.files.durable import fault_point
from hyperlora.registry.tracking import tracked_run
with tracked_run(Path({home!r}), "train", "identity-1", {{"steps": 8}}) as run:
    run.log(1, loss=2.0)
    fault_point("inside")
"""


def test_a_run_keeps_params_metrics_and_files(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "table.json").write_text("{}")
    with tracked_run(registry.home, "train", "identity-1", {"steps": 8, "targets": ["q", "v"]}) as run:
        for step, loss in enumerate([3.0, 2.0, 1.5], start=1):
            run.log(step, loss=loss)
        run.log_file(tmp_path / "table.json")
    client = connect(registry.home)
    found = client.get_run(run.run_id)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "train")
    assert found.data.params == {"steps": "8", "targets": "['q', 'v']"}
    history = client.get_metric_history(run.run_id, "loss")
    assert [(metric.step, metric.value) for metric in history] == [(1, 3.0), (2, 2.0), (3, 1.5)]
    assert [file.path for file in client.list_artifacts(run.run_id)] == ["table.json"]
    assert list(registry.home.rglob("table.json"))


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_run_whose_body_raises_has_failed_and_the_next_one_continues_it(
    registry: Registry, error: type[BaseException]
) -> None:
    with pytest.raises(error), tracked_run(registry.home, "train", "identity-1", {"steps": 8}) as run:
        run.log(1, loss=2.0)
        raise error
    client = connect(registry.home)
    assert client.get_run(run.run_id).info.status == "FAILED"
    with tracked_run(registry.home, "train", "identity-1", {"steps": 8}) as again:
        assert client.get_run(run.run_id).info.status == "RUNNING"
        again.log(2, loss=1.0)
    assert again.run_id == run.run_id
    assert client.get_run(run.run_id).info.status == "FINISHED"
    assert [metric.step for metric in client.get_metric_history(run.run_id, "loss")] == [1, 2]


def test_another_identity_is_another_run(registry: Registry) -> None:
    ids = set()
    for identity in ("identity-1", "identity-2", "identity-1"):
        with tracked_run(registry.home, "train", identity, {}) as run:
            ids.add(run.run_id)
    assert len(ids) == 2


def test_a_killed_run_is_continued(registry: Registry, start_apart: Callable) -> None:
    killed = start_apart(KILLED_INSIDE.format(home=str(registry.home)), HYPERLORA_FAULT="inside")
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    with tracked_run(registry.home, "train", "identity-1", {"steps": 8}) as run:
        run.log(2, loss=1.0)
    client = connect(registry.home)
    assert client.get_run(run.run_id).info.status == "FINISHED"
    assert [metric.step for metric in client.get_metric_history(run.run_id, "loss")] == [1, 2]


def test_the_store_is_sqlite_in_the_registry_unless_the_setting_names_another(
    hyperlora_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracking_uri(hyperlora_home) == f"sqlite:///{hyperlora_home}/mlflow.db"
    monkeypatch.setenv("HYPERLORA_REGISTRY_URI", "http://127.0.0.1:5000")
    reload_settings()
    assert tracking_uri(hyperlora_home) == "http://127.0.0.1:5000"


@pytest.mark.parametrize("uri", ["./mlruns", "sqlite:////dev/null/mlflow.db", "nonsense://x"])
def test_a_store_that_mlflow_cannot_open_names_the_setting(hyperlora_home: Path, uri: str) -> None:
    with pytest.raises(InputError, match="MLflow cannot open") as caught:
        Registry(hyperlora_home, uri).entries()
    assert uri in caught.value.problem
    assert "HYPERLORA_REGISTRY_URI" in caught.value.remedy
    assert "\n" not in str(caught.value)
