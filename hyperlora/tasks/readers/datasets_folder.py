"""`dataset:PATH`: what Hugging Face `datasets` saved to disk, or parquet files, read without that library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.example_files import Row
from hyperlora.tasks.example_rows import shape_of
from hyperlora.tasks.json_file import field_of, read_json
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.rows import NAME_THEM, PLACING, tasks_of_rows
from hyperlora.tasks.readers.side_file import SideNotes
from hyperlora.tasks.readers.task_files import SplitFile, split_named, tasks_of_files

_STATE = "state.json"
_SPLITS = "dataset_dict.json"
_PARQUET = ".parquet"


@dataclass(frozen=True)
class _Stored:
    """A task as stored: its parquet files, or the folder that `save_to_disk` wrote."""

    name: str
    place: Path
    files: tuple[SplitFile, ...] = ()


def read_dataset(path: Path, gathering: Gathering) -> None:
    """Add the tasks of a saved data set, of parquet files, or of a folder that holds several of them.

    Raises:
        TaskFormatError: there is nothing of the kind, or a file is malformed or lacks a column.
    """
    for stored in _stored(path):
        with gathering.attempt(stored.name):
            files, remarks = (stored.files, []) if stored.files else _saved_files(stored.place)
            notes = gathering.notes_on(stored.name)
            parts = [(split, _rows(file, notes)) for split, file in files]
            for task in tasks_of_rows(stored.name, str(stored.place), parts, notes, remarks=remarks):
                gathering.add(task)


def _stored(path: Path) -> list[_Stored]:
    if path.is_file():
        return [_Stored(path.stem, path, (("", path),))]
    here = path.resolve().name
    if _is_saved(path):
        return [_Stored(here, path)]
    found = _parquet_tasks(path, here)
    for folder in sorted(each for each in path.iterdir() if each.is_dir() and each.name[0] not in "._"):
        # a data set of the Hub has its files in data/
        name = here if folder.name == "data" else folder.name
        found += [_Stored(name, folder)] if _is_saved(folder) else _parquet_tasks(folder, name)
        if (folder / "data").is_dir():
            found += _parquet_tasks(folder / "data", name)
    if not found:
        raise TaskFormatError(
            f"{path} has neither {_STATE} or {_SPLITS} nor {_PARQUET} files", "Name a folder that save_to_disk wrote."
        )
    return found


def _is_saved(folder: Path) -> bool:
    return (folder / _STATE).is_file() or (folder / _SPLITS).is_file()


def _parquet_tasks(folder: Path, name: str) -> list[_Stored]:
    if not any(each.suffix.lower() == _PARQUET for each in folder.iterdir()):
        return []
    tasks = tasks_of_files(folder, _PARQUET, named=name)
    return [_Stored(task, folder, tuple(files)) for task, files in tasks.items()]


def _saved_files(folder: Path) -> tuple[list[SplitFile], list[str]]:
    """The arrow files of a saved data set with their splits, and which splits are passed over."""
    if not (folder / _SPLITS).is_file():
        return [("", file) for file in _arrow_files(folder)], []
    names = field_of(read_json(folder / _SPLITS), "splits", list, str(folder / _SPLITS))
    files: list[SplitFile] = []
    remarks = []
    for name in names:
        if split := split_named(str(name)):
            files += [(split, file) for file in _arrow_files(_inside(folder, name, folder / _SPLITS))]
        else:
            remarks.append(f"the split {str(name)[:40]!r} was passed over")
    if not files:
        raise TaskFormatError(f"{folder / _SPLITS}: has no train, validation or test split", "Save one of them alone.")
    return files, remarks


def _arrow_files(folder: Path) -> list[Path]:
    state = folder / _STATE
    entries = field_of(read_json(state), "_data_files", list, str(state))
    return [_inside(folder, field_of(entry, "filename", str, str(state)), state) for entry in entries]


def _inside(folder: Path, name: object, place: Path) -> Path:
    if not isinstance(name, str) or name in ("", ".", "..") or Path(name).name != name:
        raise TaskFormatError(f"{place}: names {str(name)[:80]!r}, which is no file of its folder", "Correct it.")
    return folder / name


def _rows(file: Path, notes: SideNotes) -> Iterator[Row]:
    """The rows of an arrow or parquet file: the columns that make an example, label numbers by their names."""
    # a part of MLflow, and not needed for any other format
    import pyarrow

    number = 0
    try:
        schema, batches = _open(file)
        shape = shape_of(str(file), schema.names, notes.columns, NAME_THEM)
        wanted = [name for name in dict.fromkeys([*shape.columns, *PLACING, "also"]) if name in schema.names]
        labels = _label_names(schema)
        for batch in batches:
            columns = batch.select(wanted)
            # offsets in a damaged file point anywhere
            columns.validate(full=True)
            for row in columns.to_pylist():
                number += 1
                cells = {name: _named(labels, name, value) for name, value in row.items()}
                # columns that are not read are named, without what they hold
                yield f"{file}, row {number}", dict.fromkeys(schema.names) | cells
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise TaskFormatError(f"{file}, after row {number}: cannot be read ({error})", "Save it again.") from error


def _open(file: Path) -> tuple[Any, Iterator[Any]]:
    """The schema and the record batches of a file."""
    import pyarrow
    import pyarrow.parquet

    if file.suffix.lower() == _PARQUET:
        table = pyarrow.parquet.ParquetFile(file)
        return table.schema_arrow, table.iter_batches()
    reader = pyarrow.ipc.open_stream(pyarrow.memory_map(str(file)))
    return reader.schema, iter(reader)


def _label_names(schema: Any) -> dict[str, list[str]]:
    """The names of the columns that hold labels as numbers, where `datasets` has left them beside the schema."""
    try:
        info = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = info["info"]["features"]
        return {
            name: [str(label) for label in feature["names"]]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _named(labels: dict[str, list[str]], column: str, value: Any) -> Any:
    """The label of a number; a number without one, such as -1 for "hidden", is no answer."""
    if column not in labels or not isinstance(value, int):
        return value
    return labels[column][value] if 0 <= value < len(labels[column]) else None
