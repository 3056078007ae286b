"""The starter suite: some 300 small tasks with their examples, shipped as task folders.

`tasks/` is what users get and needs no data package; the modules beside it rebuild it byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from hyperlora.errors import TaskFormatError
from hyperlora.identity import content_hash
from hyperlora.tasks.readers import read_suite
from hyperlora.tasks.task import Suite, Task, load_suite
from pipelines.starter.rejected import REJECTED

TASKS_FOLDER = Path(__file__).parent / "tasks"
ORACLES_FILE = Path(__file__).parent / "oracles.json"
SMALLER_FILE = Path(__file__).parent / "smaller.json"


@lru_cache(maxsize=1)
def starter_suite() -> Suite:
    """The shipped suite, its tasks ordered by name; read once a process."""
    return Suite("starter", load_suite(TASKS_FOLDER).tasks, REJECTED)


def smaller_tasks() -> dict[str, tuple[int, int, int]]:
    """Tasks whose source has fewer examples than usual: the (train, validation, test) they reach."""
    sizes = json.loads(SMALLER_FILE.read_text(encoding="utf-8"))
    return {name: (train, validation, test) for name, (train, validation, test) in sizes.items()}


def open_suite(reference: str, *, on_error: Callable[[str, TaskFormatError], None] | None = None) -> Suite:
    """`starter` for the shipped suite; else as `read_suite` does, which also says what `on_error` is for."""
    return starter_suite() if reference == "starter" else read_suite(reference, on_error=on_error)


@lru_cache(maxsize=1)
def _oracles() -> dict[str, Any]:
    if not ORACLES_FILE.is_file():
        return {}
    value: dict[str, Any] = json.loads(ORACLES_FILE.read_text(encoding="utf-8"))
    return value


def oracle_scores(task: Task, base: str, recipe: str) -> tuple[float, ...] | None:
    """The shipped test scores of the adapter that was trained on a task's own examples.

    Args:
        base: fingerprint of the base model it must be for.
        recipe: hash of the recipe it must be trained with.

    Returns:
        One score for each test example in order; None if there are none for this task, base model and recipe.
    """
    known = _oracles()
    if (known.get("base"), known.get("recipe")) != (base, recipe):
        return None
    entry = known["tasks"].get(task.name)
    if entry is None or entry["data"] != examples_hash(task):
        return None
    return tuple(float(mark) for mark in entry["scores"])


def relation_evidence() -> dict[str, tuple[str, float, float]]:
    """What the relation of a task is read off, by its name: the zoo's best adapter on it, its score, the oracle's.

    Both scores are of validation examples. Only tasks for which both were measured are there.
    """
    known = _oracles()
    oracles = known.get("tasks", {})
    return {
        name: (each["adapter"], each["validation"], oracles[name]["validation"])
        for name, each in known.get("nearest", {}).items()
        if name in oracles
    }


def examples_hash(task: Task) -> str:
    """SHA-256 (hex) of what an oracle's scores depend on: template, training and test examples."""
    return content_hash([task.training_hash, [example.record() for example in task.test]])
