"""A backup: one archive of names, versions, aliases, tombstones, runs and files, verified when written and when read.

The archive is an uncompressed tar: `contents/HASH/FILE` for every stored folder, `runs.jsonl` with the MLflow runs
that versions link to, `record.jsonl` with one name a line, and last `backup.json`, which names the format and the
SHA-256 of the other two. A tar without it was cut off.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from hyperlora.errors import InputError, RegistryError
from hyperlora.files.durable import fault_point, fsync
from hyperlora.identity import canonical_json
from hyperlora.peft_io.folder import read_adapter
from hyperlora.progress import progress
from hyperlora.references import parse_reference
from hyperlora.registry.entry import Entry, NameState, Tombstone
from hyperlora.registry.registry import Registry
from hyperlora.registry.run_archive import read_run, restore_run

FORMAT = 1
_DAMAGED = "Take another backup; this one cannot be trusted."
_LARGEST_TEXT = 4 * 2**30
_NOT_FIELDS = ("name", "version", "folder", "aliases", "tags")


@dataclass(frozen=True)
class BackupReport:
    """What an archive holds, or what was restored from it.

    Attributes:
        names, versions, tombstones, runs: how many of each.
        skipped: versions that were there already.
        size: bytes of stored files.
    """

    names: int
    versions: int
    tombstones: int
    runs: int
    size: int
    skipped: int = 0


def write_backup(registry: Registry, out: Path, references: Iterable[str] = ()) -> BackupReport:
    """Write the whole registry, or some of its names, into one archive; every byte is checked on the way.

    Args:
        out: the archive; must not exist.
        references: `registry:NAME`s, all their versions; everything when empty.

    Raises:
        InputError: `out` exists, or a reference is malformed.
        RegistryError: a name is not there, or stored files do not match their record.
    """
    if out.exists():
        raise InputError(f"{out} exists", "Choose another --out or remove it.")
    wanted = {parse_reference(reference, ("registry",)).target for reference in references}
    with registry.ledger.locked():
        states = [state for state in registry.record.states() if not wanted or state.name in wanted]
    if missing := wanted - {state.name for state in states}:
        raise RegistryError(f"nothing is registered as {min(missing)}", "See: hyperlora registry list")
    entries = [entry for state in states for entry in state.entries.values()]
    contents = {entry.content: entry for entry in entries}
    runs = [
        run
        for run_id in sorted({entry.run_id for entry in entries} - {""})
        if (run := read_run(registry.record.client, run_id))
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = out.parent / f".staging-{out.name}-{uuid.uuid4().hex[:8]}"
    try:
        with tarfile.open(staging, "w") as tar, progress(len(contents), "back up", "folder") as bar:
            for content, entry in sorted(contents.items()):
                folder = registry.verified_folder(entry)
                for name in sorted(entry.manifest):
                    tar.add(folder / name, f"contents/{content}/{name}", recursive=False, filter=_anonymous)
                bar.update(1)
            texts = {"runs.jsonl": _lines(runs), "record.jsonl": _lines(map(_state_to_json, states))}
            for name, data in texts.items():
                _add(tar, name, data)
            digests = {name: hashlib.sha256(data).hexdigest() for name, data in texts.items()}
            _add(tar, "backup.json", canonical_json({"format": FORMAT, "sha256": digests}).encode())
        fsync(staging)
        fault_point("backup-staged")
        os.link(staging, out)  # unlike a rename, never over a file that came in between
        fsync(out.parent)
    finally:
        staging.unlink(missing_ok=True)
    return _report(states, len(runs))


def read_backup(registry: Registry, archive: Path, *, prefix: str = "", leave_taken: bool = False) -> BackupReport:
    """Restore an archive: the same names, version numbers, aliases, tags and tombstones, each file checked.

    Names that are free are restored. A name that is there already must hold the same versions as far as it goes, as
    after an interrupted restore, which the same call continues.

    Args:
        prefix: put before every name, for a registry that has some of the names already.
        leave_taken: pass over names that hold something else, instead of refusing the whole.

    Raises:
        InputError: not an archive, or one that was cut off.
        RegistryError: the archive is damaged, or a name is taken by something else. Then nothing was changed, but
            for names restored before.
    """
    with _opened(archive) as tar:
        states, runs = _checked(tar, archive)
        states = [_renamed(state, prefix) for state in states]
        if leave_taken:
            states = [state for state in states if not _is_taken(registry, state)]
        skipped = sum(len(_already_there(registry, state)) for state in states)  # every conflict before any write
        restored = {run["run_id"]: restore_run(registry.record.client, run) for run in runs}
        versions = sum(len(state.entries) for state in states)
        with progress(versions, "restore", "version", initial=0) as bar:
            for state in states:
                _restore_name(registry, tar, archive, state, restored)
                bar.update(len(state.entries))
    report = _report(states, len(runs))
    return BackupReport(**{**asdict(report), "versions": report.versions - skipped, "skipped": skipped})


def _already_there(registry: Registry, state: NameState) -> dict[int, str]:
    """Content by version of what the registry has under the name.

    Raises:
        RegistryError: that is not the beginning of what the archive has.
    """
    there = registry.record.state(state.name)
    if there is None:
        if registry.record.kind(state.name) is not None:
            raise RegistryError(f"{state.name} names a model of another tool", "Restore under another --prefix.")
        return {}
    for version, entry in there.entries.items():
        wanted = state.entries.get(version)
        if there.kind != state.kind or wanted is None or wanted.content != entry.content:
            raise RegistryError(
                f"{entry.reference} is something else than in the archive", "Restore under another --prefix."
            )
    if gone := sorted(set(there.tombstones) & set(state.entries)):
        raise RegistryError(f"registry:{state.name}@{gone[0]} was deleted here", "Restore under another --prefix.")
    return {version: entry.content for version, entry in there.entries.items()}


def _is_taken(registry: Registry, state: NameState) -> bool:
    try:
        _already_there(registry, state)
    except RegistryError:
        return True
    return False


def _restore_name(
    registry: Registry, tar: tarfile.TarFile, archive: Path, state: NameState, runs: Mapping[str, str]
) -> None:
    from hyperlora.registry.mlflow_model import card_markdown

    record = registry.record
    with registry.ledger.writing(state.name) as touched:
        there = record.state(state.name)
        if there is None:
            newest = max(state.entries.values(), key=lambda entry: entry.version, default=None)
            record.create_name(state.kind, state.name, newest.description[:1000] if newest else "")
        used = set(there.entries) | set(there.tombstones) if there else set()
        for version in range(1, max([*state.entries, *state.tombstones], default=0) + 1):
            touched.add(version)
            if version in used:
                continue
            entry = state.entries.get(version)
            if entry is None:
                tombstone = state.tombstones.get(version, Tombstone("", entry_time(state), "elsewhere"))
                made = record.skip_version(
                    state.name,
                    registry.contents.uri("deleted"),
                    tombstone,
                    source_run=registry.contents.source_run_id,
                )
            else:
                folder = _restore_content(registry, tar, archive, entry)
                card = card_markdown(read_adapter(folder)) if entry.kind == "adapter" else entry.description[:1000]
                fields = {key: value for key, value in _entry_to_json(entry).items() if key not in _NOT_FIELDS}
                run = runs.get(entry.run_id)
                made = record.create_version(
                    state.name,
                    registry.contents.uri(entry.content),
                    {**fields, "run_id": run or ""},
                    entry.tags,
                    card=card,
                    source_run=registry.contents.source_run_id or run,
                )
            if made != version:
                raise RegistryError(
                    f"{state.name}: version {made} was made in the place of {version}",
                    "Another tool wrote to this name; delete it in MLflow and restore again.",
                )
        for alias, version in state.aliases.items():
            if there is None or alias not in there.aliases:
                record.set_alias(state.name, alias, version)


def entry_time(state: NameState) -> int:
    """A time by which a version without a tombstone was gone: its name's newest entry."""
    return max((entry.created for entry in state.entries.values()), default=0)


def _restore_content(registry: Registry, tar: tarfile.TarFile, archive: Path, entry: Entry) -> Path:
    def write(folder: Path) -> None:
        for name, digest in entry.manifest.items():
            data = _member(tar, archive, f"contents/{entry.content}/{name}")
            if hashlib.sha256(data).hexdigest() != digest:
                raise RegistryError(f"{archive}: contents/{entry.content}/{name} is damaged", _DAMAGED)
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    content, _ = registry.contents.put(write)
    if content != entry.content:
        raise RegistryError(f"{archive}: {entry.reference} is not what its hash says", _DAMAGED)
    return registry.contents.verify(content, entry.manifest)


# --- the archive ----------------------------------------------------------------------------------------------------


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        tar = tarfile.open(archive, "r:")  # noqa: SIM115 closed below; only opening may mean that this is no archive
    except (tarfile.TarError, IsADirectoryError) as error:
        raise InputError(f"{archive} is not a backup: {error}", "Name a file that registry export wrote.") from error
    except FileNotFoundError as error:
        raise InputError(f"{archive} does not exist", "Name a file that registry export wrote.") from error
    with tar:
        yield tar


def _checked(tar: tarfile.TarFile, archive: Path) -> tuple[list[NameState], list[dict[str, Any]]]:
    try:
        header = json.loads(_member(tar, archive, "backup.json"))
        if header["format"] > FORMAT:
            raise RegistryError(f"{archive} was written by a newer HyperLoRA", "Upgrade hyperlora.")
        texts = {name: _member(tar, archive, name) for name in ("record.jsonl", "runs.jsonl")}
        for name, data in texts.items():
            if hashlib.sha256(data).hexdigest() != header["sha256"][name]:
                raise RegistryError(f"{archive}: {name} is damaged", _DAMAGED)
        states = [_state_from_json(json.loads(line)) for line in texts["record.jsonl"].splitlines()]
        return states, [json.loads(line) for line in texts["runs.jsonl"].splitlines()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegistryError(f"{archive} is damaged: {error}", _DAMAGED) from error


def _member(tar: tarfile.TarFile, archive: Path, name: str) -> bytes:
    try:
        member = tar.getmember(name)
        handle = tar.extractfile(member) if member.isreg() and member.size < _LARGEST_TEXT else None
        data = handle.read() if handle else b""
    except (KeyError, tarfile.TarError, OSError) as error:
        raise RegistryError(f"{archive} was cut off or damaged: {name} cannot be read", _DAMAGED) from error
    if handle is None or len(data) != member.size:
        raise RegistryError(f"{archive} was cut off: {name} is not whole", _DAMAGED)
    return data


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The same archive whoever writes it, and whenever."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member


def _lines(values: Iterable[Any]) -> bytes:
    return "".join(canonical_json(value) + "\n" for value in values).encode()


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in asdict(entry).items() if key != "folder"}


def _state_to_json(state: NameState) -> dict[str, Any]:
    return {
        "kind": state.kind,
        "name": state.name,
        "entries": [_entry_to_json(entry) for _, entry in sorted(state.entries.items())],
        "aliases": dict(state.aliases),
        "tombstones": {str(version): asdict(tombstone) for version, tombstone in state.tombstones.items()},
    }


def _state_from_json(value: Mapping[str, Any]) -> NameState:
    entries = {}
    for fields in value["entries"]:
        for file in fields["manifest"]:
            if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts or "\\" in file:
                raise ValueError(f"a stored file is named {file!r}")
        tuples = {key: tuple(fields[key]) for key in ("paraphrases", "parents", "aliases")}
        entry = Entry(**{**fields, **tuples, "folder": Path()})
        entries[entry.version] = entry
    tombstones = {int(version): Tombstone(**fields) for version, fields in value["tombstones"].items()}
    return NameState(value["kind"], value["name"], entries, value["aliases"], tombstones)


def _renamed(state: NameState, prefix: str) -> NameState:
    """The state under a longer name. Parents keep the names they had, as the cards in the files do."""
    name = prefix + state.name
    return replace(
        state, name=name, entries={version: replace(entry, name=name) for version, entry in state.entries.items()}
    )


def _report(states: list[NameState], runs: int) -> BackupReport:
    entries = [entry for state in states for entry in state.entries.values()]
    sizes = {entry.content: entry.size for entry in entries}
    buried = sum(len(state.tombstones) for state in states)
    return BackupReport(len(states), len(entries), buried, runs, sum(sizes.values()))
