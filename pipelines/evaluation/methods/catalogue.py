"""The methods by name, and the controls of those that read a description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hyperlora.errors import InputError
from hyperlora.tasks import Task
from pipelines.evaluation.bench import Bench
from pipelines.evaluation.plans import Answers, Plan
from pipelines.evaluation.wordings import CONTROLS, Control

Planner = Callable[[Bench, Task, Control], Plan | Answers]


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
    """

    name: str
    title: str
    described: bool
    plan: Planner
    prepare: Callable[[Bench, Sequence[Task]], None] | None = None
    control: Control = ""
    paper: str = ""


METHODS: dict[str, Method] = {}


def method(
    name: str,
    title: str,
    *,
    described: bool = False,
    prepare: Callable[[Bench, Sequence[Task]], None] | None = None,
    paper: str = "",
) -> Callable[[Planner], Planner]:
    """Enter a planner under a name; methods that read a description bring their controls with them."""

    def enter(plan: Planner) -> Planner:
        controls: tuple[Control, ...] = ("", *CONTROLS) if described else ("",)
        for control in controls:
            full = f"{name}:{control}" if control else name
            if full in METHODS:
                raise ValueError(f"two methods are named {full}")
            told = f"{title}, {control} description" if control else title
            METHODS[full] = Method(full, told, described, plan, prepare, control, paper)
        return plan

    return enter


def find_methods(names: Sequence[str]) -> list[Method]:
    """The methods of these names, in the order of the table; `all` for every one, `controls` for the controls.

    Raises:
        InputError: a name is unknown.
    """
    wanted: set[str] = set()
    for name in names:
        if name == "all":
            wanted |= METHODS.keys()
        elif name == "controls":
            wanted |= {known for known, each in METHODS.items() if each.control}
        elif name == "trained":
            wanted.add("oracle")
        elif name in METHODS:
            wanted.add(name)
        else:
            raise InputError(f"there is no method {name!r}", f"Choose from: all, controls, {', '.join(METHODS)}.")
    return [each for name, each in METHODS.items() if name in wanted]
