"""`tasks.yaml` beside others' data: what its format cannot say about the tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.prompts import PromptTemplate
from hyperlora.tasks.readers.naming import task_name
from hyperlora.tasks.strict_yaml import field_problems, read_yaml_mapping
from hyperlora.tasks.task import Line, Metric, Note, Partition, Relation, Text

SIDE_FILE = "tasks.yaml"


class SideNotes(BaseModel):
    """What the side file says of one task; what it leaves away is taken from the data or made up from the name.

    Attributes:
        description: short for `descriptions` with one text.
        partition: the part of the suite; where no task of the data names one, all count as seen and as held out.
        input_column: the column or key of the input; if neither is given, the rows' shape is looked up.
        output_column: the column or key of the answer.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    description: Line | None = None
    descriptions: list[Line] | None = None
    unseen_descriptions: list[Line] = []
    family: Line | None = None
    metric: Metric | None = None
    case_sensitive: bool | None = None
    prompt_template: PromptTemplate | None = None
    partition: Partition | None = None
    relation: Relation = ""
    twin_of: Note = ""
    input_column: Text | None = None
    output_column: Text | None = None
    licence: Note | None = None
    source: Note | None = None

    @model_validator(mode="after")
    def _one_way_to_describe(self) -> Self:
        if self.description is not None and self.descriptions is not None:
            raise ValueError("give description or descriptions, not both")
        if self.descriptions == []:
            raise ValueError("descriptions must hold one at least")
        return self

    @property
    def columns(self) -> tuple[str, str] | None:
        """The columns of the input and of the answer, if one of them is given."""
        if self.input_column is None and self.output_column is None:
            return None
        return self.input_column or "input", self.output_column or "output"

    def all_descriptions(self) -> list[str]:
        """The descriptions given; empty where there is none."""
        return [self.description] if self.description is not None else list(self.descriptions or [])


@dataclass(frozen=True)
class SideFile:
    """The side file beside a path: notes by task name; one without entries where there is no such file.

    Attributes:
        spelled: the key as written, by task name.
    """

    path: Path
    notes: Mapping[str, SideNotes]
    spelled: Mapping[str, str]

    def of(self, name: str) -> SideNotes:
        """The notes on a task, by its name in the source or in the suite."""
        return self.notes.get(task_name(name), SideNotes())


def read_side_file(path: Path) -> SideFile:
    """The side file in the folder `path`, or beside the file `path`.

    Raises:
        TaskFormatError: the file cannot be read, a field is unknown or wrong, or two keys are one task.
    """
    file = (path if path.is_dir() else path.parent) / SIDE_FILE
    if not file.exists():
        return SideFile(file, {}, {})
    entries = read_yaml_mapping(
        file, too_long="Examples belong in the data files.", wanted="Write task names, each with its fields below."
    )
    notes: dict[str, SideNotes] = {}
    spelled: dict[str, str] = {}
    for key, fields in entries.items():
        name = task_name(str(key))
        if name in notes:
            raise TaskFormatError(f"{file}: {spelled[name]!r} and {key!r} are one task", "Remove one of them.")
        try:
            notes[name] = SideNotes.model_validate({} if fields is None else fields)
        except ValidationError as error:
            raise TaskFormatError(
                f"{file}, task {key!r}: {field_problems(error)}", f"The fields are {', '.join(SideNotes.model_fields)}."
            ) from error
        spelled[name] = str(key)
    return SideFile(file, notes, spelled)
