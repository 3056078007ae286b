"""What the readers add their tasks to: names, side notes, splits, and tasks that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE
from hyperlora.tasks.readers.naming import in_words, one_line, task_name
from hyperlora.tasks.readers.side_file import SideFile, SideNotes
from hyperlora.tasks.readers.source_task import SourceTask
from hyperlora.tasks.readers.splitting import split_examples
from hyperlora.tasks.task import Suite, Task

# A score over a quarter of fewer says nothing.
FEWEST_EXAMPLES = 10

OnError = Callable[[str, TaskFormatError], None]


class Gathering:
    """The tasks read so far from one reference.

    Args:
        scheme: of the reference; the family of tasks whose source names none.
        path: of the reference.
        side: what `tasks.yaml` beside the data says; None for data that is complete without.
        on_error: told of each task that cannot be read, if given.
    """

    def __init__(self, scheme: str, path: Path, side: SideFile | None, on_error: OnError | None) -> None:
        self._scheme = scheme
        self._path = path
        self._side = side
        self._on_error = on_error
        self._tasks: dict[str, Task] = {}
        self._places: dict[str, str] = {}
        self._met: set[str] = set()
        self._failed: dict[str, str] = {}
        self._rejected: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._placed: dict[str, bool] = {}

    def notes_on(self, name: str) -> SideNotes:
        """What the side file says of a task, by its name in the source."""
        self._met.add(task_name(name))
        return SideNotes() if self._side is None else self._side.of(name)

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """A block that reads one task; its error is raised, or told to `on_error` and passed over.

        Raises:
            TaskFormatError: the block did, and there is no `on_error`.
        """
        self._met.add(task_name(name))
        try:
            yield
        except TaskFormatError as error:
            if self._on_error is None:
                raise
            self._failed[task_name(name)] = error.problem
            self._on_error(task_name(name), error)

    def add(self, source: SourceTask) -> None:
        """Add a task of others' data: split, described and named; one with too few examples is set aside.

        Raises:
            TaskFormatError: another task has its name, or a split is empty.
        """
        name = task_name(source.name)
        notes = self.notes_on(source.name)
        self._claim(name, source.place)
        splits = split_examples(source.examples)
        remarks = [*source.remarks, *splits.remarks]
        if len(splits) < FEWEST_EXAMPLES:
            few = f"{source.place}: {len(splits)} usable examples, fewer than {FEWEST_EXAMPLES}"
            self._rejected[name] = "; ".join([few, *remarks])
            return
        for split, examples in splits.examples.items():
            if not examples:
                raise TaskFormatError(
                    f"{source.place}: task {source.name!r} has no usable example in its {split} split"
                    + "".join(f"; {remark}" for remark in remarks),
                    "Add examples, or leave the splits away to have them made.",
                )
        descriptions = notes.all_descriptions() or _distinct(source.descriptions) or [in_words(source.name)]
        self._tasks[name] = Task(
            name=name,
            family=notes.family or one_line(source.family) or self._scheme,
            descriptions=tuple(descriptions),
            unseen_descriptions=tuple(notes.unseen_descriptions),
            metric=notes.metric or source.metric,
            case_sensitive=source.case_sensitive if notes.case_sensitive is None else notes.case_sensitive,
            prompt_template=notes.prompt_template or DEFAULT_TEMPLATE,
            source=one_line(source.source) if notes.source is None else notes.source,
            licence=one_line(source.licence) if notes.licence is None else notes.licence,
            partition=notes.partition or "held-out",
            relation=notes.relation,
            twin_of=notes.twin_of,
            **splits.examples,
        )
        self._placed[name] = notes.partition is not None
        if remarks:
            self._notes[name] = "; ".join(remarks)

    def add_finished(self, task: Task) -> None:
        """Add a task that needs nothing more.

        Raises:
            TaskFormatError: another task has its name.
        """
        self._claim(task.name, str(self._path))
        self._tasks[task.name] = task

    def suite(self) -> Suite:
        """The suite of the tasks added.

        Where others' data puts no task in a part of the suite, the suite is undivided. Where it puts some in one, the
        others are held out if one of those is seen, and seen if none is: those are what is kept apart from them.

        Raises:
            TaskFormatError: there is none, or the side file names a task that is not in the data.
        """
        self._check_side_names()
        if not self._tasks:
            reasons = [f"{name}: {reason}" for name, reason in (self._failed | self._rejected).items()]
            raise TaskFormatError(
                f"{self._path} holds no {self._scheme} task that can be used"
                + "".join(f"; {reason}" for reason in reasons[:3]),
                "Correct the path, the scheme or the data.",
            )
        path = self._path.resolve()
        name = path.stem if path.is_file() else path.name
        undivided = bool(self._placed) and not any(self._placed.values())
        if not undivided and not any(task.partition == "seen" for task in self._tasks.values()):
            for other in (other for other, placed in self._placed.items() if not placed):
                self._tasks[other] = replace(self._tasks[other], partition="seen")
        return Suite(name, self._tasks, rejected=self._rejected, notes=self._notes, undivided=undivided)

    def _check_side_names(self) -> None:
        # a single file may have neighbours, and a file that could not be read may hold any task
        if self._side is None or self._failed or not self._path.is_dir():
            return
        if unknown := [key for name, key in self._side.spelled.items() if name not in self._met]:
            raise TaskFormatError(
                f"{self._side.path}: {', '.join(map(repr, unknown[:4]))} is no task of the data",
                "Name tasks as their files are named.",
            )

    def _claim(self, name: str, place: str) -> None:
        if name in self._places:
            raise TaskFormatError(
                f"{place}: a task named {name!r} is also in {self._places[name]}", "Rename one of the two."
            )
        self._places[name] = place


def _distinct(texts: Sequence[str]) -> list[str]:
    """The texts in one line each, without those that say the same but for case and a full stop."""
    lines = [one_line(text) for text in texts]
    return list({line.casefold().rstrip(".!"): line for line in reversed(lines) if line}.values())[::-1]
