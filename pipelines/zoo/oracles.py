"""Oracles: what adapters trained on dev and held-out tasks' own examples score; the scores ship, not the weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hyperlora.files.durable import write_json
from hyperlora.identity import content_hash
from hyperlora.models import load_base_model
from hyperlora.tasks.task import Task
from pipelines.recipes import AdapterRecipe
from pipelines.starter import examples_hash
from pipelines.training.adapters import train_adapters
from pipelines.training.pool import run_folder, scores_of


def train_oracles(
    base_name: str | None,
    tasks: Sequence[Task],
    recipe: AdapterRecipe,
    path: Path,
    say: Callable[[str], None],
    *,
    group: int = 16,
) -> None:
    """Bring the scores file up to date for these tasks, a group at a time; what it has is not trained again.

    The score on validation examples, by which tasks are judged fit for the suite, stands beside the test scores,
    which nothing looks at but the evaluation.
    """
    base = load_base_model(base_name, training=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if (known.get("base"), known.get("recipe")) != (base.identity.fingerprint, recipe.hash):
        known = {"base": base.identity.fingerprint, "recipe": recipe.hash, "tasks": {}}
    scores: dict[str, Any] = known["tasks"]
    hashes = {task.name: examples_hash(task) for task in tasks}
    for name in [name for name, value in scores.items() if value["data"] != hashes.get(name, value["data"])]:
        del scores[name]
    missing = [task for task in tasks if task.name not in scores]
    for start in range(0, len(missing), group):
        members = missing[start : start + group]
        say(f"oracles {start + 1} to {start + len(members)} of {len(missing)}: {', '.join(t.name for t in members)}")
        folder = run_folder(content_hash(["oracles", recipe.hash, [task.training_hash for task in members]]))
        adapters = train_adapters(base, members, recipe, folder, lambda report: None)
        examples = [(*task.validation, *task.test) for task in members]
        for task, marks in zip(members, scores_of(base, members, adapters, examples), strict=True):
            validation = marks[: len(task.validation)]
            scores[task.name] = {
                "data": hashes[task.name],
                "validation": sum(validation) / len(validation),
                "scores": "".join("1" if mark else "0" for mark in marks[len(validation) :]),
            }
        write_json(path, known | {"tasks": dict(sorted(scores.items()))})
        shutil.rmtree(folder, ignore_errors=True)
