"""A toy suite that a tiny model learns in a dozen steps, a recipe for it, and a finished quickstart to start from."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hyperlora.settings import reload_settings
from hyperlora.tasks.task import Example, Task, write_task

if TYPE_CHECKING:
    from hyperlora.embeddings.encoder import TextEncoder
    from pipelines.quickstart import QuickstartReport
    from pipelines.runtime import Runtime

_TOYS = (
    ("barks", "animals", "dog", "Name the animal that barks.", "Which pet barks?", "Tell me the pet that barks."),
    ("counts", "numbers", "number", "Say what one and two are.", "What are six and ten?", "Tell what one and ten are."),
    ("homes", "places", "house", "Name what people live in.", "Where do people live?", "Say where people live."),
)

_RUN = """
from pathlib import Path
from pipelines.quickstart import quickstart
from pipelines.recipes import load_recipe
quickstart(load_recipe(Path({recipe!r})), lambda said: None, train=True)
"""


@dataclass(frozen=True)
class Finished:
    """A quickstart that ran undisturbed: its home and its report."""

    home: Path
    report: QuickstartReport


def _toy_task(name: str, family: str, answer: str, said: str, also: str, unseen: str) -> Task:
    letters = random.Random(name)
    inputs = list(dict.fromkeys("".join(letters.choices("abcdefgh", k=3)) for _ in range(40)))
    examples = tuple(Example(text, answer) for text in inputs)
    return Task(
        name=name,
        family=family,
        descriptions=(said, also),
        unseen_descriptions=(unseen,),
        train=examples[:16],
        validation=examples[16:20],
        test=examples[20:26],
    )


def copy_home(source: Path, target: Path) -> None:
    """Copy a HYPERLORA_HOME to where it is used; MLflow keeps the path of its artifacts."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    with closing(sqlite3.connect(target / "registry" / "mlflow.db")) as database, database:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (str(source), str(target)))


@pytest.fixture(scope="session")
def toy_tasks() -> list[Task]:
    """Three tasks, each with one answer to everything."""
    return [_toy_task(*toy) for toy in _TOYS]


@pytest.fixture(scope="session")
def toy_suite(toy_tasks: list[Task], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy tasks as a suite folder."""
    folder = tmp_path_factory.mktemp("suite")
    for task in toy_tasks:
        write_task(task, folder / task.name)
    return folder


@pytest.fixture(scope="session")
def toy_recipe(
    toy_tasks: list[Task], toy_suite: Path, tiny_base_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A quickstart recipe on the tiny model and suite."""
    shared = {
        "rank": 4,
        "alpha": 8,
        "target_modules": ["v_proj", "down_proj"],
        "steps": 12,
        "samples_per_task": 4,
        "warmup_steps": 2,
        "micro_batch": 8,
        "checkpoint_steps": 5,
    }
    adapters = shared | {"learning_rate": 0.03}
    recipe = {
        "base": f"file:{tiny_base_folder}",
        "suite": f"file:{toy_suite}",
        "tasks": [task.name for task in toy_tasks],
        "adapters": adapters,
        "hypernet": shared | {"learning_rate": 0.01, "width": 16, "embedding_size": 4},
        "evaluation": {
            "test_examples": 5,
            "shots": 2,
            "generated_examples": 1,
            "oracle": adapters,
            "finetune": {"steps": 4, "learning_rate": 0.03},
        },
    }
    path = tmp_path_factory.mktemp("recipe") / "toy.yaml"
    path.write_text(json.dumps(recipe))  # JSON is YAML
    return path


@pytest.fixture(scope="session")
def finished(toy_recipe: Path, _empty_registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One quickstart from start to end. Shared: copy its home before changing anything."""
    from pipelines.quickstart import quickstart
    from pipelines.recipes import load_recipe

    home = tmp_path_factory.mktemp("finished")
    copy_home(_empty_registry, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPERLORA_HOME", str(home))
        reload_settings()
        report = quickstart(load_recipe(toy_recipe), lambda said: None, train=True)
    reload_settings()
    return Finished(home, report)


@pytest.fixture
def runtime(finished: Finished, tiny_base_folder: Path, encoder: TextEncoder, hyperlora_home: Path) -> Runtime:
    """A runtime on a copy of the finished home: three trained adapters and a generator."""
    from pipelines.runtime import Runtime

    copy_home(finished.home, hyperlora_home)
    runtime = Runtime(f"file:{tiny_base_folder}")
    runtime.encoder = encoder
    return runtime


@pytest.fixture
def run_apart(
    toy_recipe: Path, start_apart: Callable[..., multiprocessing.process.BaseProcess]
) -> Callable[..., int | None]:
    """Run the toy quickstart in a process of its own, with environment variables added; returns its exit code."""

    def run(**environment: str) -> int | None:
        process = start_apart(_RUN.format(recipe=str(toy_recipe)), **environment)
        process.join()
        return process.exitcode

    return run
