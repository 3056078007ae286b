"""The quickstart as a Ray job, as the README says: a local head, `ray job submit`, and the registry afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hyperlora.registry import Registry
from hyperlora.tasks.task import Example, Task, write_task

pytestmark = pytest.mark.real

TOYS = {
    "barks": ("dog", "Name the animal that barks.", "Tell me the pet that barks."),
    "homes": ("house", "Name what people live in.", "Say where people live."),
}
SUBMISSION = "toy-quickstart"


@pytest.fixture(scope="module")
def recipe(tiny_base_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe of a few steps on the tiny model."""
    suite = tmp_path_factory.mktemp("suite")
    for name, (answer, description, unseen) in TOYS.items():
        examples = tuple(Example(f"{name} {number}", answer) for number in range(12))
        task = Task(name, "toys", (description,), examples[:6], examples[6:9], examples[9:], (unseen,))
        write_task(task, suite / name)
    shared = {"rank": 2, "alpha": 4, "steps": 3, "samples_per_task": 2, "learning_rate": 0.01}
    value = {
        "base": f"file:{tiny_base_folder}",
        "suite": f"file:{suite}",
        "adapters": shared,
        "hypernet": shared | {"width": 8, "embedding_size": 2},
        "evaluation": {
            "test_examples": 2,
            "shots": 1,
            "oracle": shared,
            "finetune": {"steps": 1, "learning_rate": 0.01},
        },
    }
    path = tmp_path_factory.mktemp("recipe") / "toy.yaml"
    path.write_text(json.dumps(value))  # JSON is YAML
    return path


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Head:
    """A running Ray head of our own: the address of its job server and the environment of its users."""

    def __init__(self, address: str, environment: dict[str, str]) -> None:
        self.address = address
        self.environment = environment

    def ray(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `ray` as a user of this head, with environment variables added."""
        return subprocess.run(
            ["ray", *arguments],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Head]:
    """A head on 127.0.0.1 with token authentication; ends with everything it started."""
    folder = tmp_path_factory.mktemp("ray")
    dashboard, client, agent, autoscaler_metrics, dashboard_metrics = free_ports(5)
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),  # the token is kept in ~/.ray
        "RAY_AUTH_MODE": "token",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # else Ray listens on the machine's own address
        "AUTOSCALER_METRIC_PORT": str(autoscaler_metrics),
        "DASHBOARD_METRIC_PORT": str(dashboard_metrics),
    }
    subprocess.run(["ray", "get-auth-token", "--generate"], env=environment, check=True, capture_output=True)
    # Ray's sockets have long names in it
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp") as sessions:
        process = subprocess.Popen(
            [
                *("ray", "start", "--head", "--block", "--disable-usage-stats", "--num-cpus", "1", "--port", "0"),
                *("--node-ip-address", "127.0.0.1", "--dashboard-host", "127.0.0.1"),
                *("--dashboard-port", str(dashboard), "--ray-client-server-port", str(client)),
                *("--dashboard-agent-listen-port", str(agent), "--temp-dir", sessions),
            ],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "--block" in line:
                    break
            assert any("Ray runtime started" in line for line in lines), "".join(lines)
            address = f"http://127.0.0.1:{dashboard}"
            yield Head(address, environment | {"RAY_API_SERVER_ADDRESS": address})
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()


def test_the_quickstart_runs_as_a_ray_job(head: Head, recipe: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    variables = {"HYPERLORA_HOME": str(home), "HYPERLORA_CACHE": str(tmp_path / "cache")}
    submitted = head.ray(
        *("job", "submit", "--submission-id", SUBMISSION),
        *("--runtime-env-json", json.dumps({"env_vars": variables})),
        *("--", "python", "-m", "pipelines", "quickstart", "--train", "--recipe", str(recipe), "--json"),
    )
    assert submitted.returncode == 0, submitted.stdout + submitted.stderr
    status = head.ray("job", "status", SUBMISSION)
    assert f"'{SUBMISSION}' succeeded" in status.stdout + status.stderr
    report = next(json.loads(line) for line in submitted.stdout.splitlines() if line.startswith('{"comparison"'))
    assert report["cached"] == []
    assert {name: task["examples"] for name, task in report["comparison"]["tasks"].items()} == {"barks": 2, "homes": 2}
    registry = Registry(home)
    champions = [entry.name for entry in registry.entries("adapter") if "champion" in entry.aliases]
    assert champions == ["barks", "homes"]
    assert [entry.name for entry in registry.entries("generator")] == ["quickstart-hypernet"]
    assert [registry.load(f"registry:{name}").card.description for name in champions] == [
        TOYS[name][1] for name in champions
    ]


def test_a_job_with_a_wrong_token_is_refused(head: Head) -> None:
    refused = head.ray("job", "submit", "--", "python", "-c", "print('in')", RAY_AUTH_TOKEN="0" * 64)
    assert refused.returncode != 0
    assert "Authentication" in refused.stderr
    assert "submitted" not in refused.stdout + refused.stderr
