"""Which score on a handful of examples says what an adapter will do: the one on them, or the cross-validated one.

    python benchmarks/scores_on_few_examples.py --dev 16 --pool 8 --out scores.json

Does what `hyperlora adapt` does on five drawn examples of dev tasks, which the shipped pool does not know, and of tasks
that it knows (by validation examples, which no adapter was trained on), and asks the outcome for test examples.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import mean
from typing import Any

from hyperlora.files.durable import write_bytes
from hyperlora.tasks.task import Task
from pipelines.adapt.candidates import choose, find_candidates, rank_candidates, score_on_examples
from pipelines.adapt.cross_validation import cross_validate, score_pairs
from pipelines.adapt.generate import refine_recipe
from pipelines.evaluation.requests import drawn_examples
from pipelines.runtime import Runtime
from pipelines.starter import open_suite
from pipelines.training.refine import refine


def measure(runtime: Runtime, task: Task, count: int, seed: int, asked: int) -> dict[str, Any]:
    """Scores of one task: on its examples, cross-validated, and on test examples, with the seconds each took."""
    source = task if task.partition != "seen" else _from_validation(task)
    shown = drawn_examples(source, count, seed)
    description = task.unseen_descriptions[0]
    start = time.perf_counter()
    found = find_candidates(runtime, description, shown)
    scores = score_on_examples(runtime, found, shown)
    choice = choose(*rank_candidates(found, scores), count)
    adapter = choice.adapter
    if choice.steps:
        [adapter] = refine(runtime.training_base, [adapter], [shown], refine_recipe(choice.steps))
    made = time.perf_counter()
    validated = cross_validate(runtime, description, shown, found, scores)
    done = time.perf_counter()
    assert validated is not None
    return {
        "task": task.name,
        "partition": task.partition,
        "trained": bool(choice.steps),
        "before_training": choice.candidate.exact_match,
        "given_examples": mean(score.match for score in score_pairs(runtime, [(adapter, each) for each in shown])),
        "cross_validated": validated.summary(),
        "test": mean(score.match for score in score_pairs(runtime, [(adapter, each) for each in task.test[:asked]])),
        "seconds": {"adapt": made - start, "cross_validate": done - made},
    }


def _from_validation(task: Task) -> Task:
    from dataclasses import replace

    return replace(task, train=task.validation)


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Over tasks: the means, how far each score is from the test score, and how often that lies in its interval."""
    return {
        "tasks": len(rows),
        "trained": sum(row["trained"] for row in rows),
        "mean": {
            "before_training": mean(row["before_training"] for row in rows),
            "given_examples": mean(row["given_examples"] for row in rows),
            "cross_validated": mean(row["cross_validated"]["exact_match"] for row in rows),
            "test": mean(row["test"] for row in rows),
        },
        "mean_absolute_error": {
            "given_examples": mean(abs(row["given_examples"] - row["test"]) for row in rows),
            "cross_validated": mean(abs(row["cross_validated"]["exact_match"] - row["test"]) for row in rows),
        },
        "interval_covers_test": mean(_covers(row) for row in rows),
        "seconds": {name: mean(row["seconds"][name] for row in rows) for name in ("adapt", "cross_validate")},
    }


def _covers(row: dict[str, Any]) -> bool:
    low, high = row["cross_validated"]["confidence_interval"]
    return bool(low <= row["test"] <= high)


def main() -> None:
    """Measure, print a line a task, and write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", type=int, default=16, help="so many dev tasks")
    parser.add_argument("--pool", type=int, default=8, help="so many tasks with an adapter in the pool")
    parser.add_argument("--examples", type=int, default=5)
    parser.add_argument("--test-examples", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    runtime, suite = Runtime(), open_suite("starter")
    names = {entry.name for entry in runtime.registry.entries("adapter")}
    groups = {
        "dev": _spread(suite.part("dev"), options.dev),
        "pool": _spread([task for task in suite.part("seen") if task.name in names], options.pool),
    }
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in groups}
    for name, tasks in groups.items():
        for task in tasks:
            row = measure(runtime, task, options.examples, options.seed, options.test_examples)
            rows[name].append(row)
            print(json.dumps(row), flush=True)
    result = {"summary": {name: summary(own) for name, own in rows.items() if own}, "tasks": rows}
    write_bytes(options.out, (json.dumps(result, indent=1) + "\n").encode())
    print(json.dumps(result["summary"], indent=1))


def _spread(tasks: list[Task], count: int) -> list[Task]:
    """So many of them, from all over."""
    ordered = sorted(tasks, key=lambda task: task.name)
    count = min(count, len(ordered))
    return [ordered[place * len(ordered) // count] for place in range(count)]


if __name__ == "__main__":
    main()
