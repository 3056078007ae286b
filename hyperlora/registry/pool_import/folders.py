"""Where a pool's folders are: below a local folder, or in a repository of the Hugging Face hub."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.identity import content_hash, file_hash
from hyperlora.models.hub_cache import find_snapshot
from hyperlora.peft_io.folder import CONFIG_FILE, RECORD_FILE, WEIGHTS_FILE
from hyperlora.references import Reference, parse_reference
from hyperlora.registry.pool_import.model_card import README_FILE
from hyperlora.registry.pool_import.trainer_files import TRAINER_FILES
from hyperlora.settings import get_settings

# Whatever of an adapter is read; other files of its folder count by name and size.
_READ = (CONFIG_FILE, WEIGHTS_FILE, RECORD_FILE, README_FILE, *TRAINER_FILES)
# What makes a folder an adapter's: also one that lost its config is reported, not passed over.
_MARKS = {CONFIG_FILE, WEIGHTS_FILE, "adapter_model.bin"}
_DEEPEST = 8


@dataclass(frozen=True)
class PoolFolder:
    """A folder of one adapter or of many.

    Attributes:
        label: what it is called in reports, the same each time it is imported.
        folder: where it is.
        boundary: links that lead out of here are not followed.
    """

    label: str
    folder: Path
    boundary: Path

    @property
    def is_one(self) -> bool:
        """Whether it is one adapter's folder; whatever lies below is then left alone."""
        return (self.folder / CONFIG_FILE).exists()


def locate_pool(reference: str) -> PoolFolder:
    """Find what `file:FOLDER`, a path or `hf:ORG/NAME[@REVISION]` refers to, downloading adapters' files if need be.

    Raises:
        InputError: not such a reference, or neither mirror nor hub has the repository.
        AdapterFormatError: there is no such folder.
    """
    parsed = parse_reference(reference, ("file", "hf"))
    if parsed.scheme == "hf":
        return _from_hub(parsed)
    folder = parsed.path.resolve()
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.is_file() else "is not a folder"
        raise AdapterFormatError(f"{folder} {what}", "Check the path; an archive is not opened, unpack it yourself.")
    # the files of a snapshot are links to blobs beside it
    snapshot = find_snapshot(folder)
    return PoolFolder(f"file:{folder}", folder, folder if snapshot is None else snapshot.root)


def _from_hub(reference: Reference) -> PoolFolder:
    mirror = get_settings().hf_mirror
    if mirror is not None:
        folder = (mirror.expanduser() / reference.target).resolve()
        if not folder.is_dir():
            raise InputError(
                f"{reference} is not in the mirror {mirror}",
                f"Copy the repository to {folder} or unset HYPERLORA_HF_MIRROR.",
            )
        return PoolFolder(str(reference), folder, folder)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    patterns = [f"*{name}" for name in _READ]
    try:
        path = Path(snapshot_download(reference.target, revision=reference.alias, allow_patterns=patterns))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise InputError(
            f"{reference} could not be downloaded ({type(error).__name__})",
            "Check the name, HF_TOKEN and the network, or set HYPERLORA_HF_MIRROR to a folder of ORG/NAME folders.",
        ) from error
    # the files of a snapshot are links to blobs two levels up
    return PoolFolder(f"hf:{reference.target}@{path.name}", path, path.parents[1])


def find_folders(pool: PoolFolder) -> list[str]:
    """The adapter folders of a pool, as relative paths in a fixed order; linked and hidden folders stay out.

    The pool's own folder is `.` if it is an adapter's.

    Raises:
        InputError: there are none.
    """
    found = sorted(_below(pool.folder, "", 0), key=lambda path: path.split("/"))
    if pool.is_one:
        found = [".", *found]
    if not found:
        raise InputError(
            f"{pool.label} holds no adapters", f"Point to a folder with {CONFIG_FILE}, or to one above such folders."
        )
    return found


def _below(folder: Path, relative: str, depth: int) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # a folder that may not be opened holds nothing to import
    if relative and any(entry.name in _MARKS for entry in entries):
        yield relative
    if depth == _DEEPEST:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _below(folder / entry.name, f"{relative}/{entry.name}".lstrip("/"), depth + 1)


def files_hash(folder: Path, boundary: Path, beside: Sequence[Path] = ()) -> str:
    """What the folder's files are: names and sizes of all, and the bytes of those that are read.

    Args:
        beside: folders of which README and trainer's files are read, too.

    Raises:
        AdapterFormatError: a file that is read is a link that leads out of the pool.
    """
    listed: list[list[object]] = []
    for path in (other / name for other in beside for name in (README_FILE, *TRAINER_FILES)):
        if path.is_file():
            _require_inside(path, boundary)
            listed.append(["beside", path.name, file_hash(path)])
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            continue
        if path.name not in _READ or not path.is_file():
            listed.append([os.fsencode(path.name).hex(), path.lstat().st_size])
            continue
        _require_inside(path, boundary)
        listed.append([path.name, path.stat().st_size, file_hash(path)])
    return content_hash(listed)


def _require_inside(path: Path, boundary: Path) -> None:
    if not path.resolve().is_relative_to(boundary.resolve()):
        raise AdapterFormatError(f"{path.name} is a link that leads out of the pool", "Copy the file itself.")
