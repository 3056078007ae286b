"""Which tasks the zoo's adapters nearly solve untrained: what tells a twin from a task that is only near."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from hyperlora.files.durable import write_json
from hyperlora.models import load_base_model
from hyperlora.registry import Registry
from hyperlora.tasks.task import Task
from pipelines.recipes import AdapterRecipe
from pipelines.training.pool import registered_adapters, scores_of


def nearest_adapters(
    registry: Registry,
    base_name: str | None,
    tasks: Sequence[Task],
    seen: Sequence[Task],
    recipe: AdapterRecipe,
    path: Path,
    say: Callable[[str], None],
) -> None:
    """Add to the oracles' file, for each task, the adapter of its family (or twin) that does best, and its score.

    Validation examples are scored, so that labels owe nothing to test examples. Tasks without such an adapter are
    left out.

    Args:
        tasks: those whose relation is asked.
        seen: the tasks whose adapters the registry may have.
    """
    entries = registered_adapters(registry, seen, recipe)
    families = {task.name: task.family for task in seen}
    loaded = {name: registry.load(entry.reference) for name, entry in entries.items()}
    base = load_base_model(base_name)
    found: dict[str, dict[str, object]] = {}
    for task in tasks:
        names = [name for name in sorted(loaded) if families[name] == task.family or name == task.twin_of]
        if names:
            marks = scores_of(
                base, [task] * len(names), [loaded[name] for name in names], [task.validation] * len(names)
            )
            scores = [sum(each) / len(each) for each in marks]
            best = max(range(len(names)), key=scores.__getitem__)
            found[task.name] = {"adapter": names[best], "validation": scores[best]}
            say(f"{task.name}: {names[best]} {scores[best]:.2f}")
    known = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, known | {"nearest": dict(sorted(found.items()))})
