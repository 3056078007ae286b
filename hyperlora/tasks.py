"""Task folders and suites: reading them strictly, writing them byte for byte the same.

A task folder holds `task.yaml` and one `{"input": …, "output": …}` object a line in `train.jsonl`,
`validation.jsonl` and `test.jsonl`. A suite is a folder of task folders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hyperlora.durable import write_bytes
from hyperlora.errors import TaskFormatError
from hyperlora.identity import content_hash
from hyperlora.prompts import DEFAULT_TEMPLATE, PromptTemplate

SPLITS = ("train", "validation", "test")
TASK_FILE = "task.yaml"
LONGEST_LINE = 64 * 1024
_LONGEST_TASK_FILE = 1024 * 1024
_TOO_LONG = f"is longer than {LONGEST_LINE // 1024} KiB"
_LINE_REMEDY = 'Write one {"input": "…", "output": "…"} object a line.'


@dataclass(frozen=True)
class Example:
    """One input and the answer wanted for it.

    The output is kept without surrounding spaces, because a model's answer is read without them.
    """

    input: str
    output: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "output", self.output.strip())


@dataclass(frozen=True)
class Task:
    """A description with its paraphrases, the examples of three splits, and how answers are scored."""

    name: str
    family: str
    descriptions: tuple[str, ...]
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    unseen_descriptions: tuple[str, ...] = ()
    metric: Literal["exact_match"] = "exact_match"
    case_sensitive: bool = True
    prompt_template: str = DEFAULT_TEMPLATE
    source: str = ""
    licence: str = ""

    @property
    def description(self) -> str:
        """The description: the first of the paraphrases that are trained on."""
        return self.descriptions[0]

    @property
    def identity(self) -> str:
        """SHA-256 (hex) of everything the task holds."""
        return content_hash(asdict(self))

    def splits(self) -> dict[str, tuple[Example, ...]]:
        """The examples by split, in the order train, validation, test."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


@dataclass(frozen=True)
class Suite:
    """Tasks by name, in a fixed order."""

    name: str
    tasks: Mapping[str, Task]

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


_Text = Annotated[str, AfterValidator(_writable)]
_Line = Annotated[_Text, AfterValidator(_one_line)]
_Note = Annotated[_Text, AfterValidator(_one_line_or_none)]


class _TaskFile(BaseModel):
    """What `task.yaml` may hold."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    family: _Line
    descriptions: list[_Line] = Field(min_length=1)
    unseen_descriptions: list[_Line] = []
    metric: Literal["exact_match"] = "exact_match"
    case_sensitive: bool = True
    prompt_template: Annotated[PromptTemplate, AfterValidator(_writable)] = DEFAULT_TEMPLATE
    source: _Note = ""
    licence: _Note = ""


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice instead of keeping the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in keys[:place]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


def _text_problem(field: str, value: object) -> str | None:
    """What is wrong with the input or output of an example, if anything."""
    if not isinstance(value, str):
        return f"{field!r} must be a string, not {type(value).__name__}"
    if not value.strip():
        return f"{field!r} is empty"
    if any("\ud800" <= character <= "\udfff" for character in value):
        return f"{field!r} holds half of a surrogate pair, which UTF-8 cannot write"
    if field == "output" and ("\n" in value or "\r" in value):
        return "'output' holds a line break, and answers are one line"
    return None


def make_example(input_text: object, output_text: object) -> Example:
    """The example of two values that a caller gave.

    Raises:
        ValueError: one of them is not text that an example can hold; the message says why.
    """
    if problem := _text_problem("input", input_text) or _text_problem("output", output_text):
        raise ValueError(problem)
    return Example(str(input_text), str(output_text))


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
    if extra := sorted(set(value) - {"input", "output"}):
        return f"has unknown keys: {', '.join(repr(key[:40]) for key in extra[:4])}"
    try:
        return make_example(value["input"], value["output"])
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


def _read_task_file(path: Path) -> _TaskFile:
    try:
        with path.open("rb") as handle:
            data = handle.read(_LONGEST_TASK_FILE + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > _LONGEST_TASK_FILE:
        raise TaskFormatError(f"{path} is longer than 1 MiB", "Examples belong in the .jsonl files.")
    try:
        # The loader is a SafeLoader: plain YAML values only.
        value = yaml.load(data.decode(), Loader=_UniqueKeyLoader)
    except yaml.MarkedYAMLError as error:
        place = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TaskFormatError(f"{path}{place}: is not YAML ({error.problem})", "Correct it.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TaskFormatError(f"{path} is not YAML ({error})", "Rewrite it as plain YAML.") from error
    if not isinstance(value, dict):
        raise TaskFormatError(f"{path} is not a mapping of fields", "Start with 'name:' and 'family:'.")
    return _validated(path, value)


def _validated(path: Path, fields: dict[Any, Any]) -> _TaskFile:
    """The fields as a checked model; every wrong one is named in one error."""
    try:
        return _TaskFile.model_validate(fields)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        raise TaskFormatError(f"{path}: {problems}", f"The fields are {', '.join(_TaskFile.model_fields)}.") from error


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


def load_suite(folder: Path) -> Suite:
    """Read every task folder in `folder` by name; names that begin with `.` or `_` are passed over.

    Raises:
        TaskFormatError: there is no task folder, one is malformed, or two tasks have one name.
    """
    if not folder.is_dir():
        raise TaskFormatError(f"{folder} is not a folder", "Name a folder of task folders.")
    if (folder / TASK_FILE).exists():
        raise TaskFormatError(f"{folder} is a task, not a suite", "Name the folder that holds it.")
    folders = sorted(each for each in folder.iterdir() if each.is_dir() and each.name[0] not in "._")
    if not folders:
        raise TaskFormatError(f"{folder} has no task folder", f"Add folders that each hold {TASK_FILE}.")
    return Suite.of(folder.name, map(load_task, folders))


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
        encoded = [json.dumps(asdict(example), ensure_ascii=False) for example in examples]
        for number, (example, line) in enumerate(zip(examples, encoded, strict=True), start=1):
            problem = _text_problem("input", example.input) or _text_problem("output", example.output)
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
