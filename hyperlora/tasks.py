"""Task folders and suites: reading them strictly, writing them byte for byte the same.

A task folder holds `task.yaml` and one `{"input": …, "output": …}` object a line in `train.jsonl`,
`validation.jsonl` and `test.jsonl`. A suite is a folder of task folders.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hyperlora.durable import write_bytes
from hyperlora.errors import TaskFormatError
from hyperlora.identity import content_hash
from hyperlora.prompts import DEFAULT_TEMPLATE, PromptTemplate

SPLITS = ("train", "validation", "test")
Partition = Literal["seen", "dev", "held-out"]
PARTITIONS: tuple[Partition, ...] = ("seen", "dev", "held-out")
Relation = Literal["", "twin", "near", "far"]
Metric = Literal["exact_match", "rouge_l"]
TASK_FILE = "task.yaml"
LONGEST_LINE = 64 * 1024
_LONGEST_TASK_FILE = 1024 * 1024
_TOO_LONG = f"is longer than {LONGEST_LINE // 1024} KiB"
# Signs that may nest in a file that is read by libyaml, which has no limit of its own.
_MOST_NESTING = 500
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_REMEDY = 'Write one {"input": "…", "output": "…"} object a line.'


@dataclass(frozen=True)
class Example:
    """One input and the answer wanted for it.

    Answers are kept without surrounding spaces, because a model's answer is read without them.

    Attributes:
        also: further answers that are as good; the one trained on is `output`.
    """

    input: str
    output: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "output", self.output.strip())
        if self.also:
            object.__setattr__(self, "also", tuple(answer.strip() for answer in self.also))

    @property
    def answers(self) -> tuple[str, ...]:
        """Every accepted answer, the one trained on first."""
        return (self.output, *self.also)

    def record(self) -> dict[str, Any]:
        """What a line of a `.jsonl` file holds; `also` only where there is such an answer."""
        return {"input": self.input, "output": self.output} | ({"also": list(self.also)} if self.also else {})


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
    """

    name: str
    tasks: Mapping[str, Task]
    rejected: Mapping[str, str] = field(default_factory=dict, compare=False)
    notes: Mapping[str, str] = field(default_factory=dict, compare=False)

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


class _UniqueKeys:
    """Refuses a key given twice instead of keeping the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in keys[:place]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)  # type: ignore[misc]
        return mapping


class _Loader(_UniqueKeys, yaml.SafeLoader):
    """Plain YAML values only."""


class _QuickLoader(_UniqueKeys, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml where PyYAML has it: ten times faster, and ended by SIGSEGV on thousands of open brackets."""


def _loader(text: str) -> Any:
    nested = sum(text.count(sign) for sign in "[{-?")
    return _QuickLoader if nested <= _MOST_NESTING else _Loader


def _text_problem(field: str, value: object) -> str | None:
    """What is wrong with the input or output of an example, if anything."""
    if not isinstance(value, str):
        return f"{field!r} must be a string, not {type(value).__name__}"
    if not value.strip():
        return f"{field!r} is empty"
    if _SURROGATE.search(value):
        return f"{field!r} holds half of a surrogate pair, which UTF-8 cannot write"
    if field != "input" and ("\n" in value or "\r" in value):
        return f"{field!r} holds a line break, and answers are one line"
    return None


def _also_problem(values: object) -> str | None:
    if not isinstance(values, list | tuple) or not values:
        return "'also' must be a list of further answers, or be left away"
    return next(filter(None, (_text_problem("also", value) for value in values)), None)


def make_example(input_text: object, output_text: object, also: object = ()) -> Example:
    """The example of the values that a caller gave; `also` is a list of further answers, or left away.

    Raises:
        ValueError: one of them is not text that an example can hold; the message says why.
    """
    problem = _text_problem("input", input_text) or _text_problem("output", output_text)
    if problem := problem or (None if also == () else _also_problem(also)):
        raise ValueError(problem)
    return Example(str(input_text), str(output_text), tuple(cast("Sequence[str]", also)))


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def _parse_line(line: bytes) -> Example | str:
    """The example on one line, or what is wrong with the line."""
    try:
        value = json.loads(line.decode(), object_pairs_hook=_unique_pairs)
    except UnicodeDecodeError:
        return "is not UTF-8"
    except json.JSONDecodeError as error:
        return f"is not JSON ({error.msg} at column {error.colno})"
    except (ValueError, RecursionError) as error:
        return f"is not JSON that can be read ({error})"
    if not isinstance(value, dict):
        return f"is {type(value).__name__}, not an object"
    if missing := [key for key in ("input", "output") if key not in value]:
        return f"has no {' and no '.join(map(repr, missing))}"
    if extra := sorted(set(value) - {"input", "output", "also"}):
        return f"has unknown keys: {', '.join(repr(key[:40]) for key in extra[:4])}"
    try:
        return make_example(value["input"], value["output"], value.get("also", ()))
    except ValueError as error:
        return f"cannot be used: {error}"


def _unreadable(path: Path, error: OSError) -> TaskFormatError:
    return TaskFormatError(f"{path} cannot be read: {error.strerror}", "Correct the path, or add the file.")


def load_examples(path: Path) -> tuple[Example, ...]:
    """Read examples from a JSONL file; blank lines and a byte order mark are passed over.

    Raises:
        TaskFormatError: the file is missing, unreadable or has no examples, or a line is not UTF-8, over
            64 KiB, not JSON, or not an object of a non-empty `input` and a non-empty one-line `output`.
    """
    examples: list[Example] = []
    number = 0
    try:
        with path.open("rb") as handle:
            while line := handle.readline(LONGEST_LINE + 2):
                number += 1
                if len(line.rstrip(b"\r\n")) > LONGEST_LINE:
                    raise TaskFormatError(f"{path}, line {number}: {_TOO_LONG}", "Shorten the example.")
                line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if not line.strip():
                    continue
                parsed = _parse_line(line)
                if isinstance(parsed, str):
                    raise TaskFormatError(f"{path}, line {number}: {parsed}", _LINE_REMEDY)
                examples.append(parsed)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not examples:
        raise TaskFormatError(f"{path}, line {max(number, 1)}: ends without an example", _LINE_REMEDY)
    return tuple(examples)


def read_yaml_mapping(path: Path, *, too_long: str, wanted: str) -> dict[Any, Any]:
    """The mapping that a YAML file of plain values holds.

    Args:
        path: the file, of 1 MiB at most.
        too_long: what to do about a longer one.
        wanted: what to do about another value than a mapping.

    Raises:
        TaskFormatError: the file cannot be read, is too long, is not YAML, gives a key twice or holds no mapping.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(_LONGEST_TASK_FILE + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > _LONGEST_TASK_FILE:
        raise TaskFormatError(f"{path} is longer than 1 MiB", too_long)
    try:
        text = data.decode()
        value = yaml.load(text, Loader=_loader(text))
    except yaml.MarkedYAMLError as error:
        place = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TaskFormatError(f"{path}{place}: is not YAML ({error.problem})", "Correct it.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TaskFormatError(f"{path} is not YAML ({error})", "Rewrite it as plain YAML.") from error
    if not isinstance(value, dict):
        raise TaskFormatError(f"{path} is not a mapping of fields", wanted)
    return value


def _read_task_file(path: Path) -> _TaskFile:
    remedies = {"too_long": "Examples belong in the .jsonl files.", "wanted": "Start with 'name:' and 'family:'."}
    return _validated(path, read_yaml_mapping(path, **remedies))


def field_problems(error: ValidationError) -> str:
    """Every wrong field that a validation found, by name, in one line."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    )


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
            problem = _text_problem("input", example.input) or _text_problem("output", example.output)
            problem = problem or (_also_problem(example.also) if example.also else None)
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
