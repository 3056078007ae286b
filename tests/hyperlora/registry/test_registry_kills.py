"""Killed at any step of any write, the registry holds the old state or the new one, and a retry gives the new one."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hyperlora.registry
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Query, Registry

MakeAdapter = Callable[..., Adapter]

# what is done to a registry that holds plural@1 (champion), plural@2 and spare@1
OPERATIONS = {
    "register a name": 'registry.register(new, "fresh", tags={"team": "a"})',
    "register a version": 'registry.register(new, "plural")',
    "move an alias": 'registry.set_alias("registry:plural@2", "champion")',
    "remove an alias": 'registry.by_alias("plural", "champion") and registry.remove_alias("plural", "champion")',
    "set a tag": 'registry.set_tags("registry:plural@2", {"team": "a"})',
    "archive": 'registry.archive("registry:plural@1")',
    "delete": 'registry.by_version("plural", 2) and registry.delete("registry:plural@2")',
    "forget": 'registry.record.kind("spare") and registry.forget("spare")',
    "collect garbage": "collect_garbage(registry)",
    "edit": 'registry.edit("registry:plural@1", description="Another")',
    "redact": 'registry.by_version("plural", 1) and redact(registry, "registry:plural@1")',
}
# every fault point of the registry's package with a write that passes it; `True` where the new state is reached
POINTS = [
    ("register a name", "catalogue-marked", False),
    ("register a name", "content-staged", False),
    ("register a name", "content-stored", False),
    ("register a name", "name-created", False),
    ("register a name", "version-created", True),
    ("register a name", "catalogue-applied", True),
    ("register a version", "version-created", True),
    ("move an alias", "alias-set", True),
    ("remove an alias", "alias-removed", True),
    ("set a tag", "tag-set", True),
    ("archive", "tag-set", True),
    ("delete", "tombstone-written", True),
    ("delete", "version-deleted", True),
    ("forget", "name-deleted", True),
    ("collect garbage", "content-removed", True),
    ("edit", "version-created", False),
    ("edit", "alias-set", False),
    ("edit", "name-described", False),
    ("redact", "version-created", False),
    ("redact", "alias-set", False),
    ("redact", "tombstone-written", False),
]
SOURCE = """
from pathlib import Path
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Registry
from hyperlora.registry.housekeeping import collect_garbage, redact
registry = Registry(Path({home!r}))
registry.by_alias, registry.by_version = registry.record.by_alias, registry.record.by_version
new = read_adapter(Path({folder!r}))
{operation}
"""
Snapshot = dict[str, object]


def by_record(registry: Registry) -> Snapshot:
    """All that MLflow says, without the catalogue."""
    return {
        state.name: (
            {
                version: (entry.content, entry.aliases, dict(entry.tags), entry.archived is not None)
                for version, entry in state.entries.items()
            },
            dict(state.aliases),
            {version: tombstone.content for version, tombstone in state.tombstones.items()},
        )
        for state in registry.record.states()
    }


def by_catalogue(registry: Registry) -> Snapshot:
    """The same from the catalogue."""
    found = {}
    for name in registry.catalogue.names():
        state = registry.catalogue.state(name)
        assert state is not None
        found[name] = (
            {
                version: (entry.content, entry.aliases, dict(entry.tags), entry.archived is not None)
                for version, entry in state.entries.items()
            },
            dict(state.aliases),
            {version: tombstone.content for version, tombstone in state.tombstones.items()},
        )
    return found


def test_every_fault_point_of_the_registry_is_tried() -> None:
    package = Path(hyperlora.registry.__file__).parent
    found = {
        point
        for path in package.rglob("*.py")
        if path.parent.name != "pool_import"  # its own tests kill there
        for point in re.findall(r'fault_point\("([^"]+)"\)', path.read_text())
    }
    tried = {point for _, point, _ in POINTS}
    elsewhere = {
        "backup-staged",
        "version-skipped",
        "content-part-uploaded",
        "content-uploaded",
        "remote-content-removed",
    }
    assert found - tried == elsewhere, "tests of the backup and of object stores kill there"
    assert tried <= found


@pytest.fixture(scope="module")
def _stocked(
    _empty_registry: Path, make_adapter: MakeAdapter, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    home = Path(shutil.copytree(_empty_registry, tmp_path_factory.mktemp("stocked") / "home"))
    registry = Registry(home)
    for seed, name in ((1, "plural"), (2, "plural"), (3, "spare")):
        registry.register(make_adapter(seed), name)
    registry.set_alias("registry:plural@1", "champion")
    yield home
    assert len(registry.entries()) == 3, "a kill reached the home that all others are copies of"


@pytest.fixture
def stocked(_stocked: Path, hyperlora_home: Path) -> Registry:
    """A registry that holds what `OPERATIONS` are done to; a copy, because registering costs more than copying."""
    shutil.copytree(_stocked, hyperlora_home)
    return Registry(hyperlora_home)


@pytest.mark.parametrize(("operation", "point", "reached"), POINTS)
def test_a_kill_leaves_the_old_state_or_the_new_and_a_retry_gives_the_new(
    stocked: Registry,
    make_adapter: MakeAdapter,
    start_apart: Callable,
    hyperlora_home: Path,
    tmp_path: Path,
    operation: str,
    point: str,
    reached: bool,
) -> None:
    registry = stocked
    if operation == "collect garbage":
        registry.delete("registry:spare@1")
    old = by_record(registry)
    folder = write_adapter(make_adapter(4), tmp_path / "new")
    source = SOURCE.format(home=str(hyperlora_home), folder=str(folder), operation=OPERATIONS[operation])

    killed = start_apart(source, HYPERLORA_FAULT=point)
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    # another process only reads: that alone must show one state, and complete what was begun
    between = by_catalogue(registry)
    assert between == by_record(registry)
    assert registry.catalogue.pending() == []
    for entry in registry.catalogue.entries(Query(kind=None, archived=None)):
        registry.verified_folder(entry)

    exec(source, {})
    new = by_record(registry)
    assert by_catalogue(registry) == new
    assert not list((registry.home / "contents").glob(".staging-*"))
    if operation == "edit":
        # several writes, too; the version before is there in every state
        assert registry.get("registry:plural@1").archived is not None
        assert registry.get("registry:plural@champion").version == 3
        assert registry.load("registry:plural@champion").card.description == "Another"
    elif operation == "redact":
        # several writes: each is whole by itself, and what it replaces is there until it is replaced
        assert {"fresh"}.isdisjoint(between)
        assert registry.get("registry:plural@champion").version == 3
        assert registry.load("registry:plural@champion").card.examples == ()
    elif operation == "collect garbage":
        assert between == old == new
        assert {folder.name for folder in (registry.home / "contents").glob("*/*")} == {
            entry.content for entry in registry.entries()
        }
    else:
        assert old != new
        assert between == (new if reached else old)


BACK_UP = """
from pathlib import Path
from hyperlora.registry import Registry
from hyperlora.registry.backup import read_backup, write_backup
{call}
"""


def test_a_killed_backup_leaves_no_archive_and_a_killed_restore_is_continued(
    registry: Registry,
    make_adapter: MakeAdapter,
    start_apart: Callable,
    hyperlora_home: Path,
    tmp_path: Path,
    _empty_registry: Path,
) -> None:
    for seed, name in ((1, "plural"), (2, "plural"), (3, "spare")):
        registry.register(make_adapter(seed), name)
    registry.set_alias("registry:plural@2", "champion")
    registry.delete("registry:plural@1")
    archive, other = tmp_path / "pool.tar", tmp_path / "other"
    write = BACK_UP.format(call=f"write_backup(Registry(Path({str(hyperlora_home)!r})), Path({str(archive)!r}))")
    killed = start_apart(write, HYPERLORA_FAULT="backup-staged")
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert not archive.exists()
    exec(write, {})

    shutil.copytree(_empty_registry, other)
    read = BACK_UP.format(call=f"read_backup(Registry(Path({str(other)!r})), Path({str(archive)!r}))")
    for point in ("version-skipped", "version-created", "alias-set"):
        killed = start_apart(read, HYPERLORA_FAULT=point)
        killed.join()
        assert killed.exitcode == -signal.SIGKILL
        assert by_catalogue(Registry(other)) == by_record(Registry(other))
    exec(read, {})
    assert by_record(Registry(other)) == by_record(registry)
    assert by_catalogue(Registry(other)) == by_record(registry)
