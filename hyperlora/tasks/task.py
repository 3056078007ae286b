"""Task folders and suites: reading them strictly, writing them byte for byte the same.

A task folder holds `task.yaml` and one `{"input": …, "output": …}` object a line in `train.jsonl`,
`validation.jsonl` and `test.jsonl`. A suite is a folder of task folders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hyperlora.errors import TaskFormatError
from hyperlora.files.durable import write_bytes
from hyperlora.identity import content_hash
from hyperlora.tasks.example_files import json_rows
from hyperlora.tasks.examples import LONGEST_LINE, Example, also_problem, make_example, text_problem
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, PromptTemplate
from hyperlora.tasks.strict_yaml import field_problems, read_yaml_mapping

__all__ = [
    "PARTITIONS",
    "SPLITS",
    "TASK_FILE",
    "Example",
    "Line",
    "Metric",
    "Note",
    "Partition",
    "Relation",
    "Suite",
    "Task",
    "Text",
    "load_examples",
    "load_suite",
    "load_task",
    "task_folders",
    "write_task",
]

SPLITS = ("train", "validation", "test")
Partition = Literal["seen", "dev", "held-out"]
PARTITIONS: tuple[Partition, ...] = ("seen", "dev", "held-out")
Relation = Literal["", "twin", "near", "far"]
Metric = Literal["exact_match", "rouge_l"]
TASK_FILE = "task.yaml"
_TOO_LONG = f"is longer than {LONGEST_LINE // 1024} KiB"
_LINE_REMEDY = (
    'Write one {"input": "…", "output": "…"} object a line; in another shape, read the file by --suite jsonl:FILE.'
)


@dataclass(frozen=True)
class Task:
    """A description with its paraphrases, the examples of three splits, and how answers are scored.

    Attributes:
        partition: `seen` tasks are trained on; every choice is made on `dev`; `held-out` ones are only scored.
        relation: what a task that is not seen has to do with those that are: `twin` (a close variant of one), `near`
            (the same family) or `far` (another family).
        twin_of: the seen task a twin is a variant of.
    """

    name: str
    family: str
    descriptions: tuple[str, ...]
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    unseen_descriptions: tuple[str, ...] = ()
    metric: Metric = "exact_match"
    case_sensitive: bool = True
    prompt_template: str = DEFAULT_TEMPLATE
    source: str = ""
    licence: str = ""
    partition: Partition = "seen"
    relation: Relation = ""
    twin_of: str = ""

    @property
    def description(self) -> str:
        """The description: the first of the paraphrases that are trained on."""
        return self.descriptions[0]

    @property
    def identity(self) -> str:
        """SHA-256 (hex) of everything the task holds."""
        examples = {split: [example.record() for example in part] for split, part in self.splits().items()}
        return content_hash(vars(self) | examples)

    @property
    def training_hash(self) -> str:
        """SHA-256 (hex) of what an adapter for the task is trained on: the training examples and the template."""
        return content_hash([self.prompt_template, [[example.input, example.output] for example in self.train]])

    def splits(self) -> dict[str, tuple[Example, ...]]:
        """The examples by split, in the order train, validation, test."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


@dataclass(frozen=True)
class Suite:
    """Tasks by name, in a fixed order.

    Attributes:
        rejected: by name, why a task of the source is not here; empty unless the suite was read from others' data.
        notes: by name, what was left out of a task that is here.
        undivided: the source puts no task in any part: all may be trained on, and all may be asked on their test
            examples, so each counts as seen and as held out.
    """

    name: str
    tasks: Mapping[str, Task]
    rejected: Mapping[str, str] = field(default_factory=dict, compare=False)
    notes: Mapping[str, str] = field(default_factory=dict, compare=False)
    undivided: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, name: str, tasks: Iterable[Task]) -> Suite:
        """A suite of these tasks in this order.

        Raises:
            TaskFormatError: two tasks have one name.
        """
        by_name: dict[str, Task] = {}
        for task in tasks:
            if task.name in by_name:
                raise TaskFormatError(
                    f"suite {name!r} has two tasks named {task.name!r}", f"Rename one of them in its {TASK_FILE}."
                )
            by_name[task.name] = task
        return cls(name, by_name)

    @property
    def identity(self) -> str:
        """SHA-256 (hex) of the tasks in their order; the suite's own name has no part in it."""
        return content_hash([task.identity for task in self.tasks.values()])

    def part(self, *partitions: Partition) -> list[Task]:
        """The tasks of these parts of the suite, in its order."""
        return [task for task in self if task.partition in partitions]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks.values())

    def __len__(self) -> int:
        return len(self.tasks)


def _writable(text: str) -> str:
    """The text; a lone surrogate, which YAML and JSON can spell and UTF-8 cannot, is a `ValueError`."""
    text.encode()
    return text


def _one_line(text: str) -> str:
    if text != text.strip() or len(text.splitlines()) != 1:
        raise ValueError("must be one non-empty line without surrounding spaces")
    return text


def _one_line_or_none(text: str) -> str:
    return text and _one_line(text)


Text = Annotated[str, AfterValidator(_writable)]
Line = Annotated[Text, AfterValidator(_one_line)]
Note = Annotated[Text, AfterValidator(_one_line_or_none)]


class _TaskFile(BaseModel):
    """What `task.yaml` may hold."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    family: Line
    descriptions: list[Line] = Field(min_length=1)
    unseen_descriptions: list[Line] = []
    metric: Metric = "exact_match"
    case_sensitive: bool = True
    prompt_template: Annotated[PromptTemplate, AfterValidator(_writable)] = DEFAULT_TEMPLATE
    source: Note = ""
    licence: Note = ""
    partition: Partition = "seen"
    relation: Relation = ""
    twin_of: Note = ""


def load_examples(path: Path) -> tuple[Example, ...]:
    """Read the examples of a task folder's file; blank lines and a byte order mark are passed over.

    Raises:
        TaskFormatError: the file is missing, unreadable or has no examples, or a line is not UTF-8, over
            64 KiB, not JSON, or not an object of a non-empty `input` and a non-empty one-line `output`.
    """
    examples = tuple(_example(place, row) for place, row in json_rows(path))
    if not examples:
        raise TaskFormatError(f"{path}: holds no example", _LINE_REMEDY)
    return examples


def _example(place: str, row: Mapping[str, object]) -> Example:
    if missing := [key for key in ("input", "output") if key not in row]:
        raise TaskFormatError(f"{place}: has no {' and no '.join(map(repr, missing))}", _LINE_REMEDY)
    if extra := sorted(set(row) - {"input", "output", "also"}):
        unknown = ", ".join(repr(key[:40]) for key in extra[:4])
        raise TaskFormatError(f"{place}: has unknown keys: {unknown}", _LINE_REMEDY)
    try:
        return make_example(row["input"], row["output"], row.get("also", ()))
    except ValueError as error:
        raise TaskFormatError(f"{place}: cannot be used: {error}", _LINE_REMEDY) from error


def _read_task_file(path: Path) -> _TaskFile:
    remedies = {"too_long": "Examples belong in the .jsonl files.", "wanted": "Start with 'name:' and 'family:'."}
    return _validated(path, read_yaml_mapping(path, **remedies))


def _validated(path: Path, fields: dict[Any, Any]) -> _TaskFile:
    """The fields as a checked model; every wrong one is named in one error."""
    try:
        return _TaskFile.model_validate(fields)
    except ValidationError as error:
        raise TaskFormatError(
            f"{path}: {field_problems(error)}", f"The fields are {', '.join(_TaskFile.model_fields)}."
        ) from error


def load_task(folder: Path) -> Task:
    """Read a task folder.

    Raises:
        TaskFormatError: the folder, a file, a field or a line is missing or wrong; the message names it.
    """
    if not folder.is_dir():
        raise TaskFormatError(f"{folder} is not a folder", "Name a task folder.")
    file = _read_task_file(folder / TASK_FILE)
    fields: dict[str, Any] = file.model_dump()
    fields |= {name: tuple(fields[name]) for name in ("descriptions", "unseen_descriptions")}
    fields |= {split: load_examples(folder / f"{split}.jsonl") for split in SPLITS}
    return Task(**fields)


def task_folders(folder: Path) -> list[Path]:
    """The task folders in `folder` by name; names that begin with `.` or `_` are passed over.

    Raises:
        TaskFormatError: there is none, or `folder` is a task itself.
    """
    if not folder.is_dir():
        raise TaskFormatError(f"{folder} is not a folder", "Name a folder of task folders.")
    if (folder / TASK_FILE).exists():
        raise TaskFormatError(f"{folder} is a task, not a suite", "Name the folder that holds it.")
    folders = sorted(each for each in folder.iterdir() if each.is_dir() and each.name[0] not in "._")
    if not folders:
        raise TaskFormatError(f"{folder} has no task folder", f"Add folders that each hold {TASK_FILE}.")
    return folders


def load_suite(folder: Path) -> Suite:
    """Read every task folder in `folder` by name; names that begin with `.` or `_` are passed over.

    Raises:
        TaskFormatError: there is no task folder, one is malformed, or two tasks have one name.
    """
    return Suite.of(folder.name, map(load_task, task_folders(folder)))


def write_task(task: Task, folder: Path) -> None:
    """Write a task folder; the same task always gives the same bytes.

    Each file is replaced in one step, `task.yaml` last, so that a folder cut short is no task yet.

    Raises:
        TaskFormatError: the task could not be read back; nothing is written.
    """
    lines: dict[str, bytes] = {}
    for split, examples in task.splits().items():
        path = folder / f"{split}.jsonl"
        if not examples:
            raise TaskFormatError(f"{path} would be empty", f"Give task {task.name!r} examples for {split}.")
        encoded = [json.dumps(example.record(), ensure_ascii=False) for example in examples]
        for number, (example, line) in enumerate(zip(examples, encoded, strict=True), start=1):
            problem = text_problem("input", example.input) or text_problem("output", example.output)
            problem = problem or (also_problem(example.also) if example.also else None)
            if problem or len(line.encode()) > LONGEST_LINE:
                raise TaskFormatError(f"{path}, line {number}: {problem or _TOO_LONG}", "Correct the example.")
        lines[split] = "".join(line + "\n" for line in encoded).encode()
    fields = {name: getattr(task, name) for name in _TaskFile.model_fields}
    fields |= {name: list(fields[name]) for name in ("descriptions", "unseen_descriptions")}
    _validated(folder / TASK_FILE, fields)
    for split, data in lines.items():
        write_bytes(folder / f"{split}.jsonl", data)
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=1000)
    write_bytes(folder / TASK_FILE, text.encode())
