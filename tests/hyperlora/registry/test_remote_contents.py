"""Contents in an artifact store: uploaded whole before they count, verified on every machine that reads them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from hyperlora.errors import InputError, RegistryError
from hyperlora.identity import content_hash
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Registry
from hyperlora.registry.contents import Contents, ContentStore
from hyperlora.registry.remote_contents import RemoteContents, contents_for

FILES = {"a.json": b"{}", "weights/b.bin": bytes(range(200)), "README.md": b""}
PUT = """
from pathlib import Path
from hyperlora.registry.remote_contents import contents_for
def write(folder):
    for name, data in {files!r}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
contents_for(Path({home!r}), None, {root!r}).put(write)
"""


def writer(files: Mapping[str, bytes] = FILES) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for name, data in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)

    return write


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder that two machines share as an artifact store."""
    return tmp_path / "shared folder"


@pytest.fixture
def machine(tmp_path: Path, shared: Path) -> Callable[[str], Contents]:
    """The contents as a machine with a home of its own sees them."""
    return lambda name: contents_for(tmp_path / name, None, str(shared))


Machine = Callable[[str], Contents]


# --- up and down ------------------------------------------------------------------------------------------------


def test_what_one_machine_put_another_reads_and_so_does_plain_mlflow(machine: Machine, tmp_path: Path) -> None:
    import mlflow

    content, manifest = machine("here").put(writer())
    there = machine("there")
    assert not there.path(content).exists()
    assert there.listed() == {content}
    assert files_of(there.verify(content, manifest)) == FILES
    assert there.verify(content, manifest) == there.path(content)
    downloaded = mlflow.artifacts.download_artifacts(there.uri(content), dst_path=str(tmp_path))
    assert files_of(Path(downloaded)) == FILES


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_damage_there_is_refused_and_repaired_by_putting_the_same_again(
    machine: Machine, shared: Path, name: str, damage: str
) -> None:
    content, manifest = machine("here").put(writer())
    stored = shared / content / name
    stored.unlink() if damage == "missing" else stored.write_bytes(FILES[name][:-1] + b"?")
    there = machine("there")
    with pytest.raises(RegistryError, match=Path(name).name):
        there.verify(content, manifest)
    assert not there.path(content).exists()
    assert there.put(writer()) == (content, manifest)
    assert files_of(machine("elsewhere").verify(content, manifest)) == FILES


def test_a_damaged_copy_here_is_replaced_by_the_sound_one_there(machine: Machine) -> None:
    here = machine("here")
    content, manifest = here.put(writer())
    (here.path(content) / "weights/b.bin").write_bytes(b"rotten")
    assert files_of(here.verify(content, manifest)) == FILES


def test_a_copy_here_is_enough_when_the_store_is_away(machine: Machine, shared: Path) -> None:
    here = machine("here")
    content, manifest = here.put(writer())
    shared.rename(shared.with_name("away"))
    assert files_of(here.verify(content, manifest)) == FILES
    with pytest.raises(RegistryError, match="HYPERLORA_ARTIFACT_URI"):
        machine("there").verify(content, manifest)


def test_what_is_there_whole_is_not_sent_again_and_what_is_cut_short_is(machine: Machine, shared: Path) -> None:
    here = machine("here")
    content, _ = here.put(writer())
    stored = shared / content / "weights/b.bin"
    before = stored.stat().st_ino  # a file that is sent takes the place of the old one
    here.put(writer())
    assert stored.stat().st_ino == before
    stored.write_bytes(FILES["weights/b.bin"][:50])
    here.put(writer())
    assert files_of(shared / content) == FILES


@pytest.mark.parametrize("point", ["content-staged", "content-part-uploaded", "content-uploaded"])
def test_a_kill_while_uploading_leaves_nothing_that_is_served_and_a_retry_works(
    start_apart: Callable[..., Any], machine: Machine, tmp_path: Path, shared: Path, point: str
) -> None:
    source = PUT.format(files=FILES, home=str(tmp_path / "here"), root=str(shared))
    killed = start_apart(source, HYPERLORA_FAULT=point)
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    expected = ContentStore(tmp_path / "reference").put(writer())
    if point != "content-uploaded":
        with pytest.raises(RegistryError):
            machine("there").verify(*expected)
    here = machine("here")
    here.reap()
    assert here.put(writer()) == expected
    assert files_of(machine("there").verify(*expected)) == FILES


def test_removing_takes_it_away_there_and_here(machine: Machine, shared: Path) -> None:
    here = machine("here")
    first, manifest = here.put(writer())
    second, _ = here.put(writer({"a.json": b"[]"}))
    (shared / "somebody's").mkdir()
    assert here.listed() == {first, second}
    here.remove(first)
    here.remove(first)
    assert here.listed() == {second} == machine("there").listed()
    with pytest.raises(RegistryError):
        here.verify(first, manifest)
    assert (shared / "somebody's").is_dir()


# --- what cannot be -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "a\\..\\outside", "./a"])
def test_a_record_that_names_files_elsewhere_is_refused(machine: Machine, shared: Path, name: str) -> None:
    manifest = {name: "0" * 64}
    content = content_hash(manifest)
    (shared / content).mkdir(parents=True)
    (shared / "outside").write_text("x")
    with pytest.raises(RegistryError, match="list of its files was changed"):
        machine("here").verify(content, manifest)


def test_a_record_with_another_list_of_files_is_refused(machine: Machine) -> None:
    content, manifest = machine("here").put(writer())
    del manifest["README.md"]
    with pytest.raises(RegistryError, match="list of its files was changed"):
        machine("there").verify(content, manifest)


def test_a_store_that_cannot_be_written_says_so_and_a_retry_elsewhere_works(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RegistryError, match="HYPERLORA_ARTIFACT_URI"):
        contents_for(tmp_path / "here", None, str(tmp_path / "file")).put(writer())
    contents = contents_for(tmp_path / "here", None, (tmp_path / "folder").as_uri())
    assert contents.listed() >= {contents.put(writer())[0]}


@pytest.mark.parametrize("artifact_uri", ["/mnt/share", "file:///mnt/share", "mlflow-artifacts:/x", "http://host/x"])
def test_a_server_is_given_no_contents_that_it_would_refuse(tmp_path: Path, artifact_uri: str) -> None:
    with pytest.raises(InputError, match="Unset HYPERLORA_ARTIFACT_URI"):
        contents_for(tmp_path, "http://127.0.0.1:1", artifact_uri)


def test_where_contents_lie_follows_from_the_record_and_the_setting(tmp_path: Path) -> None:
    local = contents_for(tmp_path)
    assert isinstance(local, ContentStore)
    assert local.path("ab" * 32) == tmp_path / "contents" / "ab" / ("ab" * 32)
    for uri, artifact_uri in [
        (None, "s3://bucket/pool/"),
        ("http://127.0.0.1:1", ""),
        ("http://127.0.0.1:1", "gs://b"),
    ]:
        remote = contents_for(tmp_path, uri, artifact_uri)
        assert isinstance(remote, RemoteContents)  # and nothing was connected
        assert remote.path("ab" * 32) == local.path("ab" * 32)


# --- whole registries on real servers ---------------------------------------------------------------------------


MlflowAt = Callable[[str], AbstractContextManager[Any]]


def round_trip(
    home: Path,
    uri: str,
    mlflow_at: MlflowAt,
    make_adapter: Callable[..., Adapter],
    record: Callable[[str, object], None],
) -> Any:
    """Register, name, load and answer; the entry."""
    card = Card(description="Say — the 'plural'", prompt_template="Noun: {input}\nPlural:", metrics={"score": 0.5})
    registry = Registry(home, uri)
    adapters = [make_adapter(seed, card=card) for seed in range(12)]
    registry.register(adapters[0], "round-trip", tags={"team": "a"})
    begun = time.perf_counter()
    for adapter in adapters[1:]:
        registry.register(adapter, "round-trip")
    record("seconds_per_registration", round((time.perf_counter() - begun) / (len(adapters) - 1), 3))
    entry = registry.set_alias("registry:round-trip@2", "champion")
    assert registry.register(adapters[1], "round-trip") == entry
    assert registry.get("registry:round-trip").version == 12
    assert registry.get("registry:round-trip@1").tags == {"team": "a"}
    assert registry.load("registry:round-trip@champion").content_hash == adapters[1].content_hash
    with mlflow_at(uri) as mlflow:
        loaded = mlflow.pyfunc.load_model("models:/round-trip@champion")
        from hyperlora.registry.mlflow_model.answering import AnsweringModel

        expected = AnsweringModel(adapters[1], adapters[1].base.id).predict(["cat", "dog"])
        assert loaded.predict(["cat", "dog"]) == expected
        shown = mlflow.MlflowClient().get_model_version("round-trip", "2").description
        assert shown.startswith("Say — the 'plural'\n\n- base model: ")
    return entry


@pytest.mark.real
def test_a_registry_on_postgresql(
    postgres_uri: str,
    mlflow_at: MlflowAt,
    tmp_path: Path,
    make_adapter: Callable[..., Adapter],
    record_property: Callable[..., None],
) -> None:
    entry = round_trip(tmp_path, postgres_uri, mlflow_at, make_adapter, record_property)
    long = Card(description="é" * 19_000, paraphrases=("ü" * 4000,) * 8, prompt_template="t" * 4000 + "{input}")
    registry = Registry(tmp_path, postgres_uri)
    registry.register(make_adapter(30, card=long), "long")
    assert registry.load("registry:long").card == long
    odd = Card(description="a\x00b", paraphrases=("c\x00d",))
    registry.register(make_adapter(31, card=odd), "odd")
    assert registry.load("registry:odd").card == odd
    registry.delete("registry:round-trip@2", force=True)
    with pytest.raises(RegistryError, match="deleted"):
        registry.get(entry.reference)


@pytest.mark.real
def test_a_registry_on_an_mlflow_server_keeps_its_contents_there(
    mlflow_server: str,
    mlflow_server_folder: Path,
    mlflow_at: MlflowAt,
    tmp_path: Path,
    make_adapter: Callable[..., Adapter],
    record_property: Callable[..., None],
) -> None:
    entry = round_trip(tmp_path / "here", mlflow_server, mlflow_at, make_adapter, record_property)
    there = Registry(tmp_path / "there", mlflow_server)
    weights = there.load("registry:round-trip@champion").content_hash
    assert weights == entry.weights
    (stored,) = (mlflow_server_folder / "artifacts").rglob(f"{entry.content}/adapter_model.safetensors")
    data = stored.read_bytes()
    stored.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    damaged = Registry(tmp_path / "damaged", mlflow_server)
    with pytest.raises(RegistryError, match="adapter_model"):
        damaged.load("registry:round-trip@champion")
    stored.write_bytes(data)
    assert damaged.load("registry:round-trip@champion").content_hash == entry.weights
    assert len(there.contents.listed()) == 12
    there.contents.remove(entry.content)
    assert not stored.exists()
