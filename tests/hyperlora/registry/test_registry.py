"""The registry: what goes in comes out, verified; what was killed halfway is not there; names mean one thing."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hyperlora.errors import AdapterFormatError, InputError, RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Entry, Registry
from hyperlora.registry.record import Record

MakeAdapter = Callable[..., Adapter]
REGISTER = """
from pathlib import Path
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Registry
registry = Registry(Path({home!r}))
for folder in {folders!r}:
    registry.register(read_adapter(Path(folder)), "plural")
"""


def put_generator(registry: Registry, name: str, content: str = "x") -> Entry:
    fields = {"description": "a generator", "base": "b"}
    return registry.put("generator", name, lambda folder: (folder / "generator.json").write_text(content), fields)


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


# --- in and out ----------------------------------------------------------------------------------------


def test_a_registered_adapter_comes_back_with_its_weights_card_and_record(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    card = Card(
        description="Write the plural — of 'the' noun\nin one word",
        paraphrases=("Pluralise",),
        origin="composed",
        parents=("registry:a@1", "registry:b@2"),
        metrics={"exact_match": 0.75},
        recipe_hash="ab",
    )
    adapter = make_adapter(card=card)
    registered = registry.register(adapter, "noun-plural", identity="run-1")
    entry = registry.get("registry:noun-plural")
    assert replace(entry, manifest={}) == replace(registered, manifest={})
    assert (entry.kind, entry.name, entry.version, entry.reference) == (
        "adapter",
        "noun-plural",
        1,
        "registry:noun-plural@1",
    )
    assert (entry.description, entry.origin, entry.parents) == (card.description, "composed", card.parents)
    assert (entry.base, entry.weights, entry.identity) == (adapter.base.fingerprint, adapter.content_hash, "run-1")
    assert (dict(entry.metrics), entry.aliases) == ({"exact_match": 0.75}, ())
    assert sorted(entry.manifest) == [
        "MLmodel",
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "hyperlora.json",
    ]
    loaded = registry.load("registry:noun-plural")
    assert (loaded.content_hash, loaded.card) == (adapter.content_hash, card)


def test_the_first_thing_a_process_does_may_be_to_register(
    registry: Registry, make_adapter: MakeAdapter, hyperlora_home: Path
) -> None:
    """No other call has connected to MLflow before; the lock must not be taken twice."""
    assert Registry(hyperlora_home).register(make_adapter(), "plural").version == 1


def test_a_second_registry_object_sees_what_the_first_registered(
    registry: Registry, make_adapter: MakeAdapter, hyperlora_home: Path
) -> None:
    registry.register(make_adapter(), "plural")
    assert [entry.reference for entry in Registry().entries()] == ["registry:plural@1"]
    assert Registry(hyperlora_home).get("registry:plural").folder.is_dir()


def test_the_same_content_is_one_version_and_other_content_the_next(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    first, second = make_adapter(1), make_adapter(2)
    assert [registry.register(adapter, "plural").version for adapter in (first, first, second, first)] == [1, 1, 2, 1]
    assert registry.register(first.with_card(Card(description="other words")), "plural").version == 3
    assert registry.register(first, "other-name").version == 1
    assert [entry.reference for entry in registry.entries()] == [
        "registry:other-name@1",
        "registry:plural@1",
        "registry:plural@2",
        "registry:plural@3",
    ]
    assert registry.load("registry:plural").card.description == "other words"
    assert registry.load("registry:plural@2").content_hash == second.content_hash
    assert registry.load("registry:plural@v1").content_hash == first.content_hash


def test_versions_are_in_the_order_of_numbers(registry: Registry) -> None:
    for number in range(11):
        put_generator(registry, "hypernet", str(number))
    assert [entry.version for entry in registry.entries("generator")] == list(range(1, 12))
    assert registry.get("registry:hypernet").version == 11


def test_a_run_finds_what_it_registered(registry: Registry, make_adapter: MakeAdapter) -> None:
    registry.register(make_adapter(1), "a", identity="run-1")
    registry.register(make_adapter(2), "b", identity="run-2")
    registry.register(make_adapter(3), "c", identity="run-1")
    assert [entry.name for entry in registry.find("adapter", "run-1")] == ["a", "c"]
    assert registry.find("generator", "run-1") == []
    assert registry.find("adapter", "run-3") == []


# --- aliases -------------------------------------------------------------------------------------------


def test_an_alias_names_one_version_and_moves(registry: Registry, make_adapter: MakeAdapter) -> None:
    for seed in (1, 2):
        registry.register(make_adapter(seed), "plural")
    assert registry.set_alias("registry:plural@1", "champion").aliases == ("champion",)
    assert registry.get("registry:plural@champion").version == 1
    assert registry.set_alias("registry:plural@2", "champion").aliases == ("champion",)
    registry.set_alias("registry:plural@champion", "best-of_2")
    assert registry.get("registry:plural@champion").aliases == ("best-of_2", "champion")
    assert [entry.aliases for entry in registry.entries()] == [(), ("best-of_2", "champion")]
    assert registry.load("registry:plural@champion").content_hash == make_adapter(2).content_hash


@pytest.mark.parametrize("alias", ["", "1", "a b", "a/b", "x" * 65, "é", "v3", "latest", "best.of"])
def test_an_alias_that_could_not_be_asked_for_is_refused(
    registry: Registry, make_adapter: MakeAdapter, alias: str
) -> None:
    """`@v3` asks for version 3; MLflow keeps `latest` for itself and takes no dots."""
    registry.register(make_adapter(), "plural")
    with pytest.raises(InputError, match="cannot be an alias"):
        registry.set_alias("registry:plural", alias)
    with pytest.raises(InputError, match="cannot be an alias"):
        registry.register(make_adapter(2), "plural", alias=alias)
    assert len(registry.entries()) == 1


def test_an_alias_comes_with_a_version_new_or_known(registry: Registry, make_adapter: MakeAdapter) -> None:
    assert registry.register(make_adapter(1), "plural", alias="champion").aliases == ("champion",)
    assert registry.register(make_adapter(2), "plural", alias="champion").version == 2
    assert [entry.aliases for entry in registry.entries()] == [(), ("champion",)], "the catalogue knows it too"
    assert registry.register(make_adapter(1), "plural", alias="champion").aliases == ("champion",)
    assert registry.get("registry:plural@champion").version == 1
    assert [entry.aliases for entry in registry.entries()] == [("champion",), ()]


# --- what is not there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["registry:plural", "registry:plural@1", "registry:plural@champion"])
def test_in_an_empty_registry_nothing_is_found(registry: Registry, reference: str) -> None:
    assert registry.entries() == registry.entries("generator") == []
    with pytest.raises(RegistryError, match="nothing is registered as plural") as caught:
        registry.load(reference)
    assert "hyperlora registry list" in caught.value.remedy


@pytest.mark.parametrize("suffix", ["2", "v2", "champion", "999999999"])
def test_an_unknown_version_or_alias_is_refused(registry: Registry, make_adapter: MakeAdapter, suffix: str) -> None:
    registry.register(make_adapter(), "plural")
    with pytest.raises(RegistryError, match="no such version or alias") as caught:
        registry.get(f"registry:plural@{suffix}")
    assert "hyperlora registry show registry:plural" in caught.value.remedy


@pytest.mark.parametrize("reference", ["plural", "file:plural", "registry:Plural' OR name = 'x", "registry:"])
def test_what_is_no_registry_reference_is_refused(registry: Registry, reference: str) -> None:
    with pytest.raises(InputError):
        registry.get(reference)


@pytest.mark.parametrize(
    "name", ["", "Plural", "-a", ".hidden", "a b", "a/b", "a:b", "a@1", "é", "x" * 129, "a'b", "a%"]
)
def test_a_name_that_no_reference_could_spell_is_refused_with_nothing_stored(
    registry: Registry, make_adapter: MakeAdapter, name: str
) -> None:
    with pytest.raises(InputError, match="cannot name an adapter"):
        registry.register(make_adapter(), name)
    assert not (registry.home / "contents").exists()


def test_a_name_is_of_one_kind(registry: Registry, make_adapter: MakeAdapter) -> None:
    registry.register(make_adapter(), "plural")
    put_generator(registry, "hypernet")
    with pytest.raises(RegistryError, match="plural names a registered adapter"):
        put_generator(registry, "plural")
    with pytest.raises(RegistryError, match="hypernet names a registered generator"):
        registry.register(make_adapter(), "hypernet")
    with pytest.raises(RegistryError, match="is a generator, not an adapter"):
        registry.load("registry:hypernet")
    assert [entry.name for entry in registry.entries()] == ["plural"]
    assert [entry.name for entry in registry.entries("generator")] == ["hypernet"]


def test_a_model_of_another_tool_in_the_same_store_is_left_alone(registry: Registry, make_adapter: MakeAdapter) -> None:
    from hyperlora.registry.tracking import connect

    client = connect(registry.home)
    client.create_registered_model("theirs")
    client.create_model_version("theirs", source=registry.home.as_uri())
    with pytest.raises(RegistryError, match="model of another tool"):
        registry.register(make_adapter(), "theirs")
    assert registry.entries() == []


# --- damage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "adapter_config.json", "adapter_model.safetensors", "hyperlora.json"])
def test_a_flipped_byte_in_any_file_is_found_when_it_is_loaded(
    registry: Registry, make_adapter: MakeAdapter, name: str
) -> None:
    entry = registry.register(make_adapter(), "plural")
    flip_a_byte(entry.folder / name)
    with pytest.raises(RegistryError, match=f"does not match its record: {name}"):
        registry.load("registry:plural")


@pytest.mark.parametrize("damage", ["added", "removed", "gone"])
def test_files_added_or_removed_are_found_too(registry: Registry, make_adapter: MakeAdapter, damage: str) -> None:
    entry = registry.register(make_adapter(), "plural")
    if damage == "added":
        (entry.folder / "sub").mkdir()
        (entry.folder / "sub" / "evil.py").write_text("")
    elif damage == "removed":
        (entry.folder / "README.md").unlink()
    else:
        entry.folder.rename(entry.folder.with_name("elsewhere"))
    with pytest.raises(RegistryError, match="does not match its record"):
        registry.load("registry:plural")


def test_registering_a_damaged_adapter_again_heals_it_as_the_error_promises(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    adapter = make_adapter()
    entry = registry.register(adapter, "plural")
    flip_a_byte(entry.folder / "adapter_model.safetensors")
    with pytest.raises(RegistryError) as caught:
        registry.load("registry:plural")
    assert "register the adapter again" in caught.value.remedy
    registry.register(adapter, "plural")
    assert registry.load("registry:plural").content_hash == adapter.content_hash


def test_an_adapter_that_could_not_be_loaded_is_not_registered(registry: Registry, make_adapter: MakeAdapter) -> None:
    adapter = make_adapter()
    name, factors = next(iter(adapter.modules.items()))
    diverged = replace(adapter, modules={**adapter.modules, name: replace(factors, A=factors.A * float("nan"))})
    with pytest.raises((AdapterFormatError, InputError)):
        registry.register(diverged, "plural")
    assert registry.entries() == []


# --- races -----------------------------------------------------------------------------------


def test_two_threads_that_register_the_same_at_once_make_one_version(
    registry: Registry, make_adapter: MakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for the content and adding it is one step: nobody else looks in between."""
    adapter = make_adapter()
    registry.entries()
    meeting = threading.Barrier(2)
    look = Record.with_content

    def look_and_wait(self: Record, name: str, content: str) -> Entry | None:
        found = look(self, name, content)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)  # only met if both look before either has added
        return found

    monkeypatch.setattr(Record, "with_content", look_and_wait)
    threads = [threading.Thread(target=registry.register, args=(adapter, "plural")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.version for entry in registry.entries()] == [1]


def test_two_processes_that_register_at_once_make_versions_without_gaps(
    registry: Registry, make_adapter: MakeAdapter, start_apart: Callable, hyperlora_home: Path, tmp_path: Path
) -> None:
    adapters = [make_adapter(seed) for seed in range(7)]
    folders = [str(write_adapter(adapter, tmp_path / str(seed))) for seed, adapter in enumerate(adapters)]
    # each has three of its own, and both have the first
    shares = (folders[:4], [folders[0], *folders[4:]])
    processes = [start_apart(REGISTER.format(home=str(hyperlora_home), folders=share)) for share in shares]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    entries = registry.entries()
    assert [entry.version for entry in entries] == list(range(1, 8))
    assert {entry.weights for entry in entries} == {adapter.content_hash for adapter in adapters}
