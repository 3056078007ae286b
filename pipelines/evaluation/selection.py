"""Which tasks of a suite an evaluation asks."""

from __future__ import annotations

from collections.abc import Sequence

from hyperlora.errors import InputError
from hyperlora.tasks import PARTITIONS, Suite, Task


def select_tasks(suite: Suite, partitions: Sequence[str], names: Sequence[str]) -> list[Task]:
    """The tasks of these parts of a suite, or those of these names.

    Args:
        partitions: `seen`, `dev`, `held-out`, `all`; when empty, `dev` where the suite has such a part, else all.
        names: only these; then `partitions` may be left empty.

    Raises:
        InputError: a name is unknown, or no task is left.
    """
    if unknown := [name for name in names if name not in suite.tasks]:
        raise InputError(f"suite {suite.name} has no task {unknown[0]!r}", "See: hyperlora tasks list")
    wanted = set(partitions) or ({"dev"} if suite.part("dev") and not names else {"all"})
    parts = PARTITIONS if "all" in wanted else tuple(part for part in PARTITIONS if part in wanted)
    tasks = [task for task in suite.part(*parts) if not names or task.name in names]
    if not tasks:
        raise InputError(f"suite {suite.name} has no {' or '.join(sorted(wanted))} tasks", "Choose another --split.")
    return tasks
