"""What `adapt` takes on a description alone, beside the better of retrieved and generated in hindsight; prints JSON.

Every wording of a file is asked of the registry's pool. Scored, on examples of the task, are the adapter that is found
first, the one that is generated, and what is taken of both; and it is counted which requests are refused. Two files:

* `pipelines/zoo/wordings.json`, on validation examples, is what choices are made on: `--fit` prints the four numbers of
  `pipelines.adapt.choice_by_description.EXPECTED`.
* `benchmarks/data/unseen_wordings.json`, on test examples, was written by another hand and is for no choice.

    python benchmarks/choosing.py --wordings pipelines/zoo/wordings.json --part validation --examples 8 --fit
    python benchmarks/choosing.py --wordings benchmarks/data/unseen_wordings.json --part test --examples 50
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hyperlora.files.durable import write_json
from hyperlora.lora.adapter import Adapter
from hyperlora.progress import progress
from hyperlora.references import parse_reference
from hyperlora.tasks.task import Example, Task
from pipelines.adapt.candidates import find_candidates
from pipelines.adapt.choice_by_description import MIN_CONFIDENCE, choose_by_description
from pipelines.adapt.cross_validation import score_pairs
from pipelines.runtime import Runtime
from pipelines.starter import starter_suite
from pipelines.zoo.wordings import Wording, read_wordings


@dataclass
class Asked:
    """One wording, what it found, and what that scores.

    Attributes:
        confidence: the retriever's in its first hit.
        found: name of the first hit.
        refused: nothing fits.
        chosen: origin of what is taken, or would be by force.
        scores: exact match of `retrieved`, `generated` and `chosen`; None for a request for no task.
    """

    wording: Wording
    confidence: float
    found: str
    refused: bool
    chosen: str
    scores: dict[str, float] | None = None


def ask(runtime: Runtime, wording: Wording) -> tuple[Asked, dict[str, Adapter]]:
    """What a wording leads to, and the adapters by origin."""
    found = find_candidates(runtime, wording.text, ())
    generator = runtime.generator()
    known = () if generator is None else generator.network.config.tasks
    made = choose_by_description(found, known, force=True)
    adapters = {"chosen": made.choice.adapter}
    for candidate, adapter in found:
        adapters.setdefault(candidate.origin, adapter)
    first = next(candidate for candidate, _ in found if candidate.origin == "retrieved")
    confidence, name = first.confidence or 0.0, parse_reference(first.reference).target
    return Asked(wording, confidence, name, confidence < MIN_CONFIDENCE, made.choice.candidate.origin), adapters


def score(runtime: Runtime, adapters: Sequence[Adapter], examples: Sequence[Example]) -> list[float]:
    """Exact match of each adapter on the examples, by one forward."""
    scores = score_pairs(runtime, [(adapter, example) for adapter in adapters for example in examples])
    matches = np.array([each.match for each in scores], dtype=float).reshape(len(adapters), -1)
    return [float(each) for each in matches.mean(axis=1)]


def measure(runtime: Runtime, task: Task, wordings: Sequence[Wording], examples: Sequence[Example]) -> list[Asked]:
    """All wordings of a task, their adapters scored together."""
    asked = [ask(runtime, each) for each in wordings]
    every = {adapter.content_hash: adapter for _, adapters in asked for adapter in adapters.values()}
    scored = dict(zip(every, score(runtime, list(every.values()), examples), strict=True))
    for one, adapters in asked:
        one.scores = {origin: scored[adapter.content_hash] for origin, adapter in adapters.items()}
    return [one for one, _ in asked]


def summary(rows: Sequence[Asked], pool: set[str]) -> dict[str, Any]:
    """Means by kind of wording, for tasks that the pool has an adapter for and others."""
    told: dict[str, Any] = {}
    for inside in (True, False):
        for kind in dict.fromkeys(row.wording.kind for row in rows if row.wording.task):
            own = [row for row in rows if row.wording.kind == kind and (row.wording.task in pool) == inside]
            scored = [row.scores for row in own if row.scores and "generated" in row.scores]
            if not scored:
                continue
            means = {name: np.mean([each[name] for each in scored]) for name in ("retrieved", "generated", "chosen")}
            best = np.mean([max(each["retrieved"], each["generated"]) for each in scored])
            told[f"{kind}, {'in the pool' if inside else 'not in the pool'}"] = {
                "wordings": len(own),
                "right first": _mean([row.found == row.wording.task for row in own]),
                **{name: round(float(value), 3) for name, value in means.items()},
                "in hindsight": round(float(best), 3),
                "share of hindsight": round(float(means["chosen"] / best), 3),
                "refused": sum(row.refused for row in own),
            }
    for kind in dict.fromkeys(row.wording.kind for row in rows if row.wording.task is None):
        own = [row for row in rows if row.wording.kind == kind]
        told[kind] = {"requests": len(own), "answered": sum(not row.refused for row in own)}
    return told


def means(rows: Sequence[Asked], pool: set[str]) -> dict[str, float]:
    """The four numbers of `ExpectedScores`, over the wordings that are not refused and not foreign."""
    scored = [row for row in rows if row.scores and not row.refused and row.wording.kind != "foreign"]

    def mean(name: str, kept: Sequence[Asked]) -> float:
        return _mean([row.scores[name] for row in kept if row.scores])

    right = [row for row in scored if row.found == row.wording.task]
    wrong = [row for row in scored if row.found != row.wording.task]
    return {
        "right": mean("retrieved", right),
        "wrong": mean("retrieved", wrong),
        "known": round(mean("generated", right) / mean("retrieved", right), 3),
        "unknown": mean("generated", [row for row in wrong if row.wording.task not in pool]),
    }


def _mean(values: Sequence[float | bool]) -> float:
    return round(float(np.mean(values)), 3) if values else float("nan")


def main() -> None:
    """Ask, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordings", type=Path, required=True)
    parser.add_argument("--part", choices=("validation", "test"), required=True, help="whose examples are scored")
    parser.add_argument("--examples", type=int, default=50, help="of a task; 0: only count what is refused")
    parser.add_argument("--each", type=int, default=1_000, help="wordings of a kind and task, at most")
    parser.add_argument("--partitions", nargs="+", default=["seen", "dev"])
    parser.add_argument("--pool-only", action="store_true", help="only tasks that the pool has an adapter for")
    parser.add_argument("--fit", action="store_true", help="print the four numbers that choices rest on")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    runtime, suite = Runtime(), starter_suite()
    pool = {entry.name for entry in runtime.registry.entries("adapter")}
    rows: list[Asked] = []
    by_task: dict[str, list[Wording]] = {}
    for each in read_wordings(given.wordings):
        if each.task is None:
            rows.append(ask(runtime, each)[0])
        elif suite.tasks[each.task].partition in given.partitions and (each.task in pool or not given.pool_only):
            kept = by_task.setdefault(each.task, [])
            if sum(other.kind == each.kind for other in kept) < given.each:
                kept.append(each)
    with progress(len(by_task), "choosing", "task") as bar:
        for name, wordings in by_task.items():
            task = suite.tasks[name]
            examples = (task.validation if given.part == "validation" else task.test)[: given.examples]
            if examples:
                rows += measure(runtime, task, wordings, examples)
            else:
                rows += [ask(runtime, each)[0] for each in wordings]
            bar.update()
    result = {"wordings": given.wordings.name, "summary": summary(rows, pool)}
    if given.fit:
        result["means"] = means(rows, pool)
    if given.out is not None:
        write_json(given.out, {**result, "rows": [{**vars(row), "wording": vars(row.wording)} for row in rows]})
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
