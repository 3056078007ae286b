"""Many writers at once, damaged bytes, full and read-only disks: nothing is lost, nothing wrong is served."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hyperlora.errors import RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Query, Registry

MakeAdapter = Callable[..., Adapter]
WRITER = """
import json
from pathlib import Path
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Registry
me, home, folder, log, count = {me}, Path({home!r}), Path({folder!r}), Path({log!r}), {count}
registry, adapter = Registry(home, {uri!r}), read_adapter(folder)
made, deleted, aliases = [], [], {{}}
for number in range(count):
    name = f"shared-{{number % 5}}"
    card = adapter.card.model_copy(update={{"description": f"number {{number}} of writer {{me}}"}})
    entry = registry.register(adapter.with_card(card), name)
    made.append(entry.reference)
    if number % 5 == me % 5:
        registry.set_alias(entry.reference, f"of-{{me}}")
        aliases[name] = entry.version
    elif number % 7 == 0:
        registry.delete(entry.reference)
        deleted.append(entry.reference)
log.write_text(json.dumps([made, deleted, aliases]))
"""


def storm(
    registry: Registry,
    uri: str | None,
    adapter: Adapter,
    start_apart: Callable,
    scratch: Path,
    writers: int,
    count: int,
) -> None:
    home = registry.home.parent
    folder = str(write_adapter(adapter, scratch / "adapter"))
    logs = [scratch / f"{me}.json" for me in range(writers)]
    sources = [
        WRITER.format(me=me, home=str(home), uri=uri, folder=folder, log=str(log), count=count)
        for me, log in enumerate(logs)
    ]
    processes = [start_apart(source) for source in sources]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * writers

    reports = [json.loads(log.read_text()) for log in logs]
    made = [reference for report in reports for reference in report[0]]
    deleted = {reference for report in reports for reference in report[1]}
    assert len(made) == len(set(made)) == writers * count
    states = {state.name: state for state in registry.record.states()}
    assert {entry.reference for state in states.values() for entry in state.entries.values()} == set(made) - deleted, (
        "what a writer was told is there"
    )
    for name, state in states.items():
        numbers = sorted([*state.entries, *state.tombstones])
        assert numbers == list(range(1, len(numbers) + 1)), "versions without gaps"
        wanted = {f"of-{me}": report[2][name] for me, report in enumerate(reports) if name in report[2]}
        assert state.aliases == wanted, "no alias is lost or left behind"
        assert registry.catalogue.state(name) == state, "the catalogue says what MLflow says"
    assert registry.catalogue.names() == set(states)
    assert registry.sync() == [], "a full comparison finds nothing to correct"


def test_four_processes_write_to_the_same_names_at_once(
    registry: Registry, make_adapter: MakeAdapter, start_apart: Callable, tmp_path: Path
) -> None:
    storm(registry, None, make_adapter(), start_apart, tmp_path, writers=4, count=8)


@pytest.mark.slow
def test_eight_processes_with_fifty_registrations_each(
    registry_at_large: tuple[Registry, str], make_adapter: MakeAdapter, start_apart: Callable, tmp_path: Path
) -> None:
    storm(*registry_at_large, make_adapter(), start_apart, tmp_path, writers=8, count=50)


# --- damage --------------------------------------------------------------------------------------------


def test_each_byte_of_a_stored_adapter_flipped_in_turn_is_refused(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    entry = registry.register(make_adapter(rank=1, modules=["layers.0.self_attn.v_proj"]), "plural")
    assert "MLmodel" in entry.manifest
    flipped = 0
    for name in entry.manifest:
        path = entry.folder / name
        sound = path.read_bytes()
        for position in range(len(sound)):
            damaged = bytearray(sound)
            damaged[position] ^= 1 << (position % 8)
            path.write_bytes(damaged)
            with pytest.raises(RegistryError, match="does not match its record"):
                registry.verified_folder(entry)
            flipped += 1
        path.write_bytes(sound)
    assert flipped == entry.size > 2000
    assert registry.verified_folder(entry) == entry.folder


# --- disks ---------------------------------------------------------------------------------------------

FILL = """
from pathlib import Path
from hyperlora.errors import HyperLoRAError
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Registry
registry = Registry(Path({home!r}))
adapter = read_adapter(Path({folder!r}))
try:
    for number in range(1000):
        card = adapter.card.model_copy(update={{"description": f"number {{number}}"}})
        registry.register(adapter.with_card(card), f"n{{number}}")
except (HyperLoRAError, OSError) as error:
    Path({log!r}).write_text(str(error))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; only where mounting one is allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small tmpfs is not allowed here; run the tests as root to see a full disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_an_error_with_a_remedy_and_leaves_the_registry_whole(
    registry: Registry,
    make_adapter: MakeAdapter,
    start_apart: Callable,
    hyperlora_home: Path,
    small_disk: Path,
    tmp_path: Path,
) -> None:
    registry.register(make_adapter(1), "plural")
    home = small_disk / "home"
    shutil.copytree(hyperlora_home, home)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    log, folder = tmp_path / "error", write_adapter(make_adapter(2, rank=32), tmp_path / "adapter")
    filler = start_apart(FILL.format(home=str(home), folder=str(folder), log=str(log)))
    filler.join()
    assert filler.exitcode == 0
    message = log.read_text()
    assert any(word in message for word in ("No space left", "full")), message
    full = Registry(home)
    entries = full.entries()
    assert len(entries) >= 1
    for entry in entries:
        full.contents.verify(entry.content, entry.manifest)
    ballast.unlink()
    assert full.entries()
    assert full.catalogue.pending() == []
    entries = full.entries()
    in_record = {entry.reference for state in full.record.states() for entry in state.entries.values()}
    assert {entry.reference for entry in entries} == in_record


def test_a_registry_on_a_read_only_disk_is_read_and_refuses_writes_clearly(
    registry: Registry, make_adapter: MakeAdapter, hyperlora_home: Path, small_disk: Path
) -> None:
    registry.register(make_adapter(1), "plural")
    shutil.copytree(hyperlora_home, small_disk / "home")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    fixed = Registry(small_disk / "home")
    assert [entry.reference for entry in fixed.entries()] == ["registry:plural@1"]
    assert fixed.search(Query(text="test adapter")).total == 1
    assert fixed.load("registry:plural").content_hash == make_adapter(1).content_hash
    for write in (
        lambda: fixed.set_alias("registry:plural", "champion"),
        lambda: fixed.register(make_adapter(2), "plural"),
        lambda: fixed.delete("registry:plural"),
    ):
        with pytest.raises(RegistryError, match=r"cannot be written to: Read-only file system\. Check its permissions"):
            write()
    assert [entry.aliases for entry in fixed.entries()] == [()]
