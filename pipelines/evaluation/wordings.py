"""The descriptions that methods are asked with: never one that was trained on; as controls, two kinds of wrong ones."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from hyperlora.errors import InputError
from hyperlora.tasks.task import Task

Control = Literal["", "random", "shuffled"]
CONTROLS: tuple[Control, ...] = ("random", "shuffled")
_NONSENSE = """
    amber basin candle drift ember fable garnet harbour inlet jasper kernel lantern meadow nectar orbit pebble quarry
    ribbon saddle timber umber velvet willow yonder zephyr anchor bramble copper dapple easel
"""
_WORDS = _NONSENSE.split()
_NONSENSE_LENGTH = 10


def own_wordings(task: Task) -> tuple[str, ...]:
    """The task's unseen descriptions; its only ones where it has no others."""
    return task.unseen_descriptions or task.descriptions


def wordings(tasks: Sequence[Task], control: Control, seed: int) -> Mapping[str, tuple[str, ...]]:
    """The descriptions for each task, by name.

    Args:
        tasks: all tasks of the evaluation.
        control: `random` says words without meaning; `shuffled` describes another of the tasks, each exactly one.

    Raises:
        InputError: descriptions are to be shuffled and there is one task alone.
    """
    own = {task.name: own_wordings(task) for task in tasks}
    if control == "":
        return own
    draw = random.Random(f"{seed}/{control}")
    if control == "random":
        return {task.name: tuple(_nonsense(task, draw) for _ in own[task.name]) for task in tasks}
    if len(own) == 1:
        raise InputError("a single task has no other's description to be given", "Evaluate two tasks or more.")
    return _shifted(own, {task.name: task.family for task in tasks}, draw)


def _nonsense(task: Task, draw: random.Random) -> str:
    """A sentence of words without meaning, none of which is in a description of the task."""
    said = set(re.findall(r"\w+", " ".join((*task.descriptions, *task.unseen_descriptions)).lower()))
    return " ".join(draw.choices([word for word in _WORDS if word not in said], k=_NONSENSE_LENGTH)) + "."


def _shifted(
    own: Mapping[str, tuple[str, ...]], family: Mapping[str, str], draw: random.Random
) -> Mapping[str, tuple[str, ...]]:
    """Every task with another's descriptions, of another family wherever there are families enough."""
    names = sorted(own, key=lambda name: (family[name], draw.random()))
    largest = max(sum(family[other] == family[name] for other in names) for name in names)
    shift = largest if largest < len(names) else 1
    return {name: own[names[(place + shift) % len(names)]] for place, name in enumerate(names)}
