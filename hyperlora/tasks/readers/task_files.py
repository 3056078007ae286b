"""Which file of a folder is which task, or which split of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hyperlora.errors import TaskFormatError

_SPLIT_NAMES = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev", "development"),
    "test": ("test", "testing"),
}
_SPLIT_OF = {name: split for split, names in _SPLIT_NAMES.items() for name in names}
# train-00000-of-00002.parquet is a part of train
_PART = re.compile(r"-\d{5}-of-\d{5}(-[0-9a-f]+)?$")

# By which scheme the files of a kind are read.
_SCHEME_OF = {
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "jsonl"),
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".parquet", ".arrow"), "dataset"),
}

# A file with the split of its rows; empty where each row may name its own.
SplitFile = tuple[str, Path]


def split_named(text: str) -> str | None:
    """The split that a name means, None for another name."""
    return _SPLIT_OF.get(text.strip().lower())


def files_in(path: Path, *suffixes: str) -> list[Path]:
    """The file itself, or the files of a folder that end so, by name; hidden ones are passed over.

    Raises:
        TaskFormatError: the folder has none or cannot be listed.
    """
    if not path.is_dir():
        return [path]
    try:
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in suffixes and each.name[0] != ".")
    except OSError as error:
        raise TaskFormatError(f"{path} cannot be listed: {error.strerror}", "Correct its rights.") from error
    if not found:
        others = {each.suffix.lower() for each in path.iterdir()} & _SCHEME_OF.keys() - set(suffixes)
        schemes = sorted({f"its {suffix} files by {_SCHEME_OF[suffix]}:" for suffix in others})
        raise TaskFormatError(
            f"{path} has no {' or '.join(suffixes)} file",
            f"Read {' and '.join(schemes)}PATH." if schemes else "Correct the path or the scheme.",
        )
    return found


def tasks_of_files(path: Path, *suffixes: str, named: str = "") -> dict[str, list[SplitFile]]:
    """By task name, the files of the task, each with its split; empty for a file that has no split's name.

    Files named as splits (`train.jsonl`, `test-00000-of-00001.parquet`) are together the task that their folder
    names, or `named`; every other file is a task of its own.

    Raises:
        TaskFormatError: the folder has no such file, or the file is one that another scheme reads.
    """
    if path.is_file():
        scheme = _SCHEME_OF.get(path.suffix.lower())
        if scheme is not None and scheme not in {_SCHEME_OF.get(suffix) for suffix in suffixes}:
            raise TaskFormatError(f"{path} is no {' or '.join(suffixes)} file", f"Read it by {scheme}:{path}")
        return {path.stem: [("", path)]}
    found: dict[str, list[SplitFile]] = {}
    for file in files_in(path, *suffixes):
        stem = _PART.sub("", file.stem)
        split = split_named(stem)
        found.setdefault((named or path.resolve().name) if split else stem, []).append((split or "", file))
    return found


def places(files: Sequence[Path]) -> str:
    """Files in words, for messages."""
    return str(files[0]) if len(files) == 1 else f"{files[0].parent} ({', '.join(file.name for file in files)})"
