"""The licence of weights that were trained on tasks: the project's for the shipped suite, else what the tasks say."""

from __future__ import annotations

from collections.abc import Sequence

from hyperlora.lora.card import Card
from hyperlora.lora.licences import UNKNOWN, combined_licence
from hyperlora.tasks.task import Task
from pipelines.starter import TASKS_FOLDER, starter_suite

# A registry record and a model card hold an expression, not a list of a hundred sources.
_LONGEST = 500


def licence_of_tasks(tasks: Sequence[Task]) -> str:
    """The SPDX expression of weights that are trained on these tasks.

    Each task of the shipped suite counts under the project's licence; any other under its own `licence`, and one that
    says none makes the whole unknown.
    """
    licences = [_SHIPPED if _is_shipped(task) else task.licence.strip() or UNKNOWN for task in tasks]
    combined = combined_licence(licences)
    return combined if len(combined) <= _LONGEST else UNKNOWN


_SHIPPED: str = Card.model_fields["licence"].default


def _is_shipped(task: Task) -> bool:
    """Whether it is of the shipped suite, all of its examples or some."""
    if not (TASKS_FOLDER / task.name).is_dir():
        return False  # told without reading the suite
    shipped = starter_suite().tasks.get(task.name)
    return shipped is not None and (shipped.source, shipped.licence) == (task.source, task.licence)
