"""The methods by name, and the controls of those that read a description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from hyperlora.errors import InputError
from hyperlora.tasks.task import Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.requests import Answers, EvaluationRequest
from pipelines.evaluation.wordings import CONTROLS, Control

Group = Literal["", "composed", "routed", "refined"]
Planner = Callable[[EvaluationContext, Task, Control], EvaluationRequest | Answers]


@dataclass(frozen=True)
class Method:
    """One way to get answers.

    Attributes:
        name: how it is asked for, e.g. `icl-5` or, for a control, `description:random`.
        title: what a table says of it.
        described: it reads the task's description.
        plan: what it asks the model for a task, or the answers themselves where they are known already.
        prepare: called before a group of tasks, for methods that work on several at once.
        control: which wrong descriptions it is given; empty for the right ones.
        paper: where it is from.
        group: by which it is asked for with others of its kind; `all` has only those without one.
    """

    name: str
    title: str
    described: bool
    plan: Planner
    prepare: Callable[[EvaluationContext, Sequence[Task]], None] | None = None
    control: Control = ""
    paper: str = ""
    group: Group = ""


METHODS: dict[str, Method] = {}
GROUPS: tuple[Group, ...] = ("composed", "routed", "refined")


def method(
    name: str,
    title: str,
    *,
    described: bool = False,
    prepare: Callable[[EvaluationContext, Sequence[Task]], None] | None = None,
    paper: str = "",
    group: Group = "",
) -> Callable[[Planner], Planner]:
    """Enter a planner under a name; methods that read a description bring their controls with them.

    Those of a group do not: a group compares ways to go on from what one description finds or writes, of which
    `retrieved-1` and `generated` have the controls, and would be three times as long.
    """

    def enter(plan: Planner) -> Planner:
        controls: tuple[Control, ...] = ("", *CONTROLS) if described and not group else ("",)
        for control in controls:
            full = f"{name}:{control}" if control else name
            if full in METHODS:
                raise ValueError(f"two methods are named {full}")
            told = f"{title}, {control} description" if control else title
            METHODS[full] = Method(full, told, described, plan, prepare, control, paper, group)
        return plan

    return enter


def find_methods(names: Sequence[str]) -> list[Method]:
    """The methods of these names, in the order of the table.

    `all` are those of no group, `controls` their controls, `composed`, `routed` and `refined` those of a group.

    Raises:
        InputError: a name is unknown.
    """
    wanted: set[str] = set()
    for name in names:
        if name == "all":
            wanted |= {known for known, each in METHODS.items() if not each.group}
        elif name == "controls":
            wanted |= {known for known, each in METHODS.items() if each.control}
        elif name in GROUPS:
            wanted |= {known for known, each in METHODS.items() if each.group == name}
        elif name == "trained":
            wanted.add("oracle")
        elif name in METHODS:
            wanted.add(name)
        else:
            known = ", ".join(("all", "controls", *GROUPS, *METHODS))
            raise InputError(f"there is no method {name!r}", f"Choose from: {known}.")
    return [each for name, each in METHODS.items() if name in wanted]
