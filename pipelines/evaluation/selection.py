"""Which tasks of a suite a training learns from, and which an evaluation asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hyperlora.errors import InputError
from hyperlora.tasks.task import PARTITIONS, Suite, Task


def select_tasks(suite: Suite, partitions: Sequence[str], names: Sequence[str]) -> list[Task]:
    """The tasks of these parts of a suite, or those of these names.

    Args:
        partitions: `seen`, `dev`, `held-out`, `all`; when empty, `dev` where the suite has such a part, else all.
        names: only these; then `partitions` may be left empty.

    Raises:
        InputError: a name is unknown, or no task is left.
    """
    _refuse_unknown(suite, names)
    wanted = set(partitions) or ({"dev"} if suite.part("dev") and not names else {"all"})
    tasks = [task for task in suite if in_parts(suite, task, wanted) and (not names or task.name in names)]
    if not tasks:
        raise InputError(f"suite {suite.name} has no {' or '.join(sorted(wanted))} tasks", "Choose another --split.")
    return tasks


def training_tasks(suite: Suite, partitions: Sequence[str] = (), names: Sequence[str] = ()) -> list[Task]:
    """The tasks of these parts of a suite, or those of these names among them.

    Args:
        partitions: `seen`, `dev`, `held-out`, `all`; `seen` when empty, which are all tasks of an undivided suite.
        names: only these.

    Raises:
        InputError: a name is unknown or in another part, or no task is left.
    """
    wanted = set(partitions) or {"seen"}
    _refuse_unknown(suite, names)
    tasks = [task for task in suite if in_parts(suite, task, wanted)]
    chosen = [task for task in tasks if not names or task.name in names]
    asked = " or ".join(sorted(wanted))
    if outside := [name for name in names if name not in {task.name for task in chosen}]:
        part = suite.tasks[outside[0]].partition
        raise InputError(
            f"task {outside[0]} of suite {suite.name} is {part}, not {asked}",
            f"Leave it out, or add --split {part} to learn from it all the same.",
        )
    if not chosen:
        there = [part for part in PARTITIONS if suite.part(part)]
        raise InputError(
            f"suite {suite.name} has no {asked} tasks, only {' and '.join(there)}",
            f"Learn from others by --split {there[0]}, or write `partition: seen` in tasks.yaml or task.yaml.",
        )
    return chosen


def in_parts(suite: Suite, task: Task, wanted: Collection[str]) -> bool:
    """Whether a task is in one of these parts of its suite; of an undivided one it is seen and held out."""
    return "all" in wanted or task.partition in wanted or (suite.undivided and "seen" in wanted)


def _refuse_unknown(suite: Suite, names: Sequence[str]) -> None:
    if unknown := [name for name in names if name not in suite.tasks]:
        where = "" if suite.name == "starter" else " --suite …"
        raise InputError(f"suite {suite.name} has no task {unknown[0]!r}", f"See: hyperlora tasks list{where}")
