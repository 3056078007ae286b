"""A toy suite that the tiny model can learn, a recipe for it, and one finished quickstart to start tests from."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hyperlora.durable import FAULT_VARIABLE
from hyperlora.settings import reload_settings
from hyperlora.tasks import Example, Task, write_task

if TYPE_CHECKING:
    from hyperlora.base_models import BaseModel
    from hyperlora.encoder import TextEncoder
    from pipelines.quickstart import QuickstartReport
    from pipelines.session import Session

_TOYS = (
    ("barks", "animals", "dog", "Name the animal that barks.", "Which pet barks?", "Tell me the pet that barks."),
    ("counts", "numbers", "number", "Say what one and two are.", "What are six and ten?", "Tell what nine and four are."),
    ("homes", "places", "house", "Name what people live in.", "Where do people live?", "Say where people live."),
)

# Reads one JSON object of environment variables a line, runs the quickstart in a fork with them, answers its exit code.
_FORKS = """
import json, os, sys
import faiss, mlflow, sentence_transformers
import pipelines.quickstart, pipelines.recipes
import transformers.models.bert.modeling_bert, transformers.models.llama.modeling_llama
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.environ.update(json.loads(line))
        code = 1
        try:
            recipe = pipelines.recipes.load_recipe(pipelines.recipes.models.Path(os.environ["TOY_RECIPE"]))
            pipelines.quickstart.quickstart(recipe, lambda said: None)
            code = 0
        finally:
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


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


@pytest.fixture(scope="session")
def toy_tasks() -> list[Task]:
    """Three tasks, each with one answer to everything; the tiny model learns them within some forty steps."""
    return [_toy_task(*toy) for toy in _TOYS]


@pytest.fixture(scope="session")
def toy_suite(toy_tasks: list[Task], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy tasks as a suite folder."""
    folder = tmp_path_factory.mktemp("suite")
    for task in toy_tasks:
        write_task(task, folder / task.name)
    return folder


@pytest.fixture(scope="session")
def toy_recipe(toy_suite: Path, tiny_base_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quickstart recipe on the tiny model and the toy suite."""
    shared = {"rank": 4, "alpha": 8, "samples_per_task": 4, "micro_batch": 8}
    adapters = shared | {"steps": 40, "learning_rate": 0.03, "warmup_steps": 2, "checkpoint_steps": 25}
    hypernet = shared | {"steps": 8, "learning_rate": 0.01, "checkpoint_steps": 5, "width": 16, "embedding_size": 4}
    recipe = {
        "base": f"file:{tiny_base_folder}",
        "suite": f"file:{toy_suite}",
        "adapters": adapters,
        "hypernet": hypernet,
        "evaluation": {"test_examples": 5, "shots": 2},
    }
    path = tmp_path_factory.mktemp("recipe") / "toy.yaml"
    path.write_text(json.dumps(recipe))  # JSON is YAML
    return path
