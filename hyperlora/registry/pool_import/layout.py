"""How trainers and the hub lay folders out: checkpoints of one training, snapshots of one repository.

transformers' Trainer writes `checkpoint-N` folders below the folder of a training, beside the final adapter if that was
saved there: https://huggingface.co/docs/transformers/trainer#checkpoints
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hyperlora.errors import InputError
from hyperlora.models.hub_cache import Snapshot, current_revision, find_snapshot
from hyperlora.peft_io.folder import CONFIG_FILE, WEIGHTS_FILE
from hyperlora.registry.pool_import.folders import PoolFolder, find_folders

_CHECKPOINT = re.compile(r"checkpoint-(\d{1,12})")
# PEFT's callback writes this into a checkpoint; it says nothing of the task.
_CALLBACKS_FOLDER = ("adapter_model",)


@dataclass(frozen=True)
class Member:
    """One adapter folder of a pool, and what its place there says.

    Attributes:
        folder: relative to the pool, `.` for the pool's own.
        named_after: what its name is made from: the training's folder, `ORG/NAME`, or the folder's path.
        source: the repository it comes from, as `hf:ORG/NAME@REVISION`; empty for local folders.
        beside: folders, relative to the pool, whose README and trainer's files are about it, too.
        instead: the folder that is imported in its place, an older checkpoint or snapshot; empty if it is taken itself.
    """

    folder: str
    named_after: str
    source: str = ""
    beside: tuple[str, ...] = ()
    instead: str = ""


@dataclass(frozen=True)
class _Checkpoint:
    """Where in a training a folder lies: its parts before and after `checkpoint-N`."""

    training: tuple[str, ...]
    steps: int
    rest: tuple[str, ...]


def arrange(pool: PoolFolder, folders: Sequence[str], *, all_checkpoints: bool = False) -> list[Member]:
    """What each folder of a pool is, in the same order.

    Of the checkpoints of one training the final adapter beside them is taken, else the last; of the snapshots of one
    repository the one that `refs/main` names, else the newest.

    Args:
        folders: relative to the pool, `.` for its own.
        all_checkpoints: take every checkpoint.
    """
    members = [_member(pool, folder) for folder in folders]
    members = _only_current_snapshots(pool, members)
    if all_checkpoints:
        return [_beside(_under_its_training(pool, member)) for member in members]
    return _only_last_checkpoints(pool, members)


def own_name(pool: PoolFolder) -> str:
    """What an adapter in the pool's own folder is named after."""
    if pool.label.startswith("hf:"):
        return pool.label.removeprefix("hf:").partition("@")[0].rpartition("/")[2]
    snapshot = find_snapshot(pool.folder)
    if snapshot is not None:
        return "/".join(filter(None, (snapshot.repository, _without_checkpoint(snapshot.within))))
    folder = pool.folder
    return folder.parent.name if _CHECKPOINT.fullmatch(folder.name) and folder.parent.name else folder.name


def _member(pool: PoolFolder, folder: str) -> Member:
    inside = "" if folder == "." else folder
    if pool.label.startswith("hf:"):
        return Member(folder, inside or own_name(pool), "/".join(filter(None, (pool.label, inside))))
    snapshot = find_snapshot(pool.folder / inside)
    if snapshot is None:
        return Member(folder, inside or own_name(pool))
    source = f"hf:{snapshot.repository}@{snapshot.revision}"
    named_after = "/".join(filter(None, (snapshot.repository, snapshot.within)))
    return Member(folder, named_after, "/".join(filter(None, (source, snapshot.within))))


def _only_current_snapshots(pool: PoolFolder, members: Sequence[Member]) -> list[Member]:
    places = {member.folder: find_snapshot(pool.folder / member.folder) for member in members}
    # below a snapshot that was named itself there is nothing to choose
    chosen = {
        folder: found
        for folder, found in places.items()
        if found is not None
        and pool.label.startswith("file:")
        and (found.root / "snapshots").is_relative_to(pool.folder)
    }
    by_root: dict[Path, list[Snapshot]] = {}
    for found in chosen.values():
        by_root.setdefault(found.root, []).append(found)
    current = {root: _current(root, snapshots) for root, snapshots in by_root.items()}

    def instead(member: Member) -> str:
        snapshot = chosen.get(member.folder)
        if snapshot is None or snapshot.revision == current[snapshot.root]:
            return ""
        return (snapshot.root / "snapshots" / current[snapshot.root]).relative_to(pool.folder).as_posix()

    return [replace(member, instead=instead(member)) for member in members]


def _current(root: Path, snapshots: Sequence[Snapshot]) -> str:
    """The revision that stands for a repository, of those that hold adapters."""
    there = {snapshot.revision for snapshot in snapshots}
    named = current_revision(root)
    if named in there:
        return str(named)
    return max(there, key=lambda revision: ((root / "snapshots" / revision).stat().st_mtime_ns, revision))


def _only_last_checkpoints(pool: PoolFolder, members: Sequence[Member]) -> list[Member]:
    taken = {member.folder for member in members if not member.instead}
    whole = {folder for folder in taken if _is_whole(pool.folder / folder)}
    trainings: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, int]] = {}
    for folder in taken:
        if (found := _checkpoint(folder)) is not None:
            trainings.setdefault((found.training, found.rest), {})[folder] = found.steps
    instead: dict[str, str] = {}
    for (training, rest), steps in trainings.items():
        final = next((path for path in ("/".join(training) or ".", "/".join(training + rest)) if path in whole), None)
        last = final or max(steps, key=lambda folder: (folder in whole, steps[folder]))
        instead |= {folder: last for folder in steps if folder != last}
    arranged = []
    for member in members:
        if member.folder in instead:
            arranged.append(replace(member, instead=instead[member.folder]))
            continue
        if member.instead or _checkpoint(member.folder) is None:
            arranged.append(member)
            continue
        named_after = _without_checkpoint(member.named_after) or own_name(pool)
        arranged.append(_beside(replace(member, named_after=named_after)))
    return arranged


def _beside(member: Member) -> Member:
    checkpoint = _checkpoint(member.folder)
    return member if checkpoint is None else replace(member, beside=("/".join(checkpoint.training) or ".",))


def _under_its_training(pool: PoolFolder, member: Member) -> Member:
    """Named by the training first, also where the pool is the training's own folder: `checkpoint-50` names nothing."""
    checkpoint = _checkpoint(member.named_after)
    if checkpoint is None or checkpoint.training:
        return member
    return replace(member, named_after=f"{own_name(pool)}/{member.named_after}")


def _checkpoint(folder: str) -> _Checkpoint | None:
    parts = tuple(folder.split("/"))
    for place, part in enumerate(parts):
        if match := _CHECKPOINT.fullmatch(part):
            return _Checkpoint(parts[:place], int(match[1]), parts[place + 1 :])
    return None


def _without_checkpoint(path: str) -> str:
    """The path of a training's folder, with what lies below the checkpoint unless it says nothing."""
    found = _checkpoint(path)
    if found is None:
        return path
    return "/".join(found.training + (() if found.rest == _CALLBACKS_FOLDER else found.rest))


def _is_whole(folder: Path) -> bool:
    """Whether an adapter was saved to its end there; a training that was killed leaves others."""
    return (folder / CONFIG_FILE).is_file() and (folder / WEIGHTS_FILE).is_file()


def only_member(pool: PoolFolder) -> Member:
    """The one adapter of a folder: its own, or that of a training's or a repository's folder.

    Raises:
        InputError: there is none, or there are several.
    """
    if pool.is_one:
        return arrange(pool, ["."])[0]
    members = [member for member in arrange(pool, find_folders(pool)) if not member.instead]
    if len(members) > 1:
        raise InputError(
            f"{pool.label} holds {len(members)} adapters, not one",
            "Leave out --name and --description, which are for one, or name one of its folders.",
        )
    return members[0]
