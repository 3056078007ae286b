"""How much of others' tasks the seen tasks already hold, example by example."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hyperlora.tasks.suite_checks import LEAST_AGREEMENT, LEAST_SHARED, plain_text
from hyperlora.tasks.task import Task


@dataclass(frozen=True)
class Overlap:
    """What the seen tasks hold of a task.

    Attributes:
        inputs: the share of its test inputs that occur in some seen task.
        pairs: the share of its test examples that occur with the same answer in `task`.
        task: the seen task that shares the most of its examples, or "".
        label: `seen-task` where `task` is the same task, `seen-inputs` where the inputs are known with other answers,
            else `new`.
    """

    inputs: float
    pairs: float
    task: str
    label: str


def overlaps(tasks: Sequence[Task], seen: Sequence[Task]) -> dict[str, Overlap]:
    """What seen tasks hold of each task, by its name; case, spacing and a final stop do not tell inputs apart.

    Data is compared, not meaning: other sentences to be classified by the same rule are `new`.
    """
    answers: Mapping[str, dict[str, set[str]]] = _answers_by_input(seen)
    return {task.name: _overlap(task, answers) for task in tasks}


def _answers_by_input(tasks: Sequence[Task]) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for task in tasks:
        for examples in task.splits().values():
            for example in examples:
                found[plain_text(example.input)][task.name].add(example.output.strip())
    return found


def _overlap(task: Task, answers: Mapping[str, Mapping[str, set[str]]]) -> Overlap:
    shared: Counter[str] = Counter()
    same: Counter[str] = Counter()
    known = 0
    for example in task.test:
        holders = answers.get(plain_text(example.input), {})
        known += bool(holders)
        for name, outputs in holders.items():
            shared[name] += 1
            same[name] += example.output.strip() in outputs
    count = len(task.test)
    alike = [
        name
        for name, number in shared.items()
        if number >= LEAST_SHARED * count and same[name] >= LEAST_AGREEMENT * number
    ]
    nearest = max(sorted(alike or same), key=lambda name: same[name], default="")
    label = "seen-task" if alike else "seen-inputs" if known >= LEAST_SHARED * count else "new"
    return Overlap(known / count, same[nearest] / count, nearest if same[nearest] else "", label)
