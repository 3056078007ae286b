"""Staleness: what a generator has not seen of the pool, by what the registry keeps of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError, RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel
from hyperlora.registry import Entry, Registry
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE
from pipelines.adapt.adapt import adapt
from pipelines.adapt.measured_generators import record_worse
from pipelines.adapt.staleness import staleness_note, trained_tasks, unseen_adapters
from pipelines.report import adapted_text
from pipelines.runtime import LoadedGenerator, Runtime

Add = Callable[..., Entry]


@pytest.fixture
def add(registry: Registry, make_adapter: Callable[..., Adapter]) -> Add:
    """Register an adapter that differs from all before it."""
    seeds = iter(range(100))

    def register(name: str, data: str = "", origin: str = "trained", base: str = "", tags: object = None) -> Entry:
        card = Card(description=f"Do {name}", origin=origin, dataset_hash=data)  # type: ignore[arg-type]
        adapter = make_adapter(next(seeds), card=card)
        if base:
            adapter = replace(adapter, base=adapter.base.model_copy(update={"fingerprint": base}))
        return registry.register(adapter, name, tags=tags)  # type: ignore[arg-type]

    return register


@pytest.fixture
def add_generator(registry: Registry, tiny_base: BaseModel, encoder: TextEncoder) -> Add:
    """Register what is known of a generator: a config with the tasks it was trained on."""

    def register(*tasks: str) -> Entry:
        def write(folder: Path) -> None:
            (folder / "generator.json").write_text(json.dumps({"kind": "any", "tasks": tasks}))

        fields = {"base": tiny_base.identity.fingerprint, "encoder": encoder.id, "origin": "trained"}
        return registry.put("generator", "writer", write, fields)

    return register


def unseen(registry: Registry, entry: Entry) -> list[str]:
    return unseen_adapters(registry, entry, trained_tasks(registry, entry))


def test_adapters_of_tasks_it_was_not_trained_on_are_unseen(registry: Registry, add: Add, add_generator: Add) -> None:
    add("plural", "1")
    add("before", "2")
    writer = add_generator("plural", "capital")
    assert trained_tasks(registry, writer) == ("plural", "capital")
    assert unseen(registry, writer) == ["registry:before@1"]
    add("capital", "3")  # its adapter came later than the generator that knows its task
    add("after", "4")
    add("after", "5")
    assert unseen(registry, writer) == ["registry:after@2", "registry:before@1"]
    newer = add_generator("plural", "capital", "before", "after")
    assert unseen(registry, newer) == []


def test_a_new_version_is_unseen_if_its_data_is_new(registry: Registry, add: Add, add_generator: Add) -> None:
    add("plural", "1")
    add("plural", "2")
    writer = add_generator("plural")
    add("plural", "2")
    assert unseen(registry, writer) == [], "trained again on the same"
    add("plural", "1")
    assert unseen(registry, writer) == [], "on what an earlier version saw"
    add("plural", "")
    assert unseen(registry, writer) == [], "on data that nobody knows"
    add("plural", "3")
    assert unseen(registry, writer) == ["registry:plural@6"]
    registry.archive("registry:plural@6")
    assert unseen(registry, writer) == []


def test_what_no_generator_could_be_trained_on_does_not_count(registry: Registry, add: Add, add_generator: Add) -> None:
    writer = add_generator()
    for origin in ("imported", "composed", "generated", "retrieved"):
        add(origin, origin=origin)
    add("multitask", tags={"reads": "description"})
    add("elsewhere", base="f" * 64)
    registry.archive(add("old").reference)
    assert unseen(registry, writer) == []
    add("own")
    assert unseen(registry, writer) == ["registry:own@1"]


def test_the_note_counts_names_some_and_says_what_to_do(
    registry: Registry, add: Add, add_generator: Add, tiny_base_folder: Path, encoder: TextEncoder
) -> None:
    entry = add_generator("plural")
    runtime = Runtime(f"file:{tiny_base_folder}", registry)
    runtime.encoder = encoder
    config = SimpleNamespace(tasks=("plural",), prompt_template=DEFAULT_TEMPLATE)
    writer = LoadedGenerator(entry, SimpleNamespace(config=config))  # type: ignore[arg-type]
    assert staleness_note(runtime, writer) is None
    add("one")
    command = f"hyperlora train generator --kind cvae --pool --base file:{tiny_base_folder}"
    assert staleness_note(runtime, writer) == (
        "the pool has 1 adapter that the generator has not seen (registry:one@1); to include what they do: " + command
    )
    for name in ("two", "three", "four"):
        add(name)
    note = staleness_note(runtime, writer)
    assert note is not None
    assert note.startswith("the pool has 4 adapters that the generator has not seen (registry:four@1, ")
    assert note.endswith(f"registry:three@1, …); to include what they do: {command}")
    knowing = add_generator("plural", "one", "two", "three", "four")
    note = staleness_note(runtime, writer)
    assert note is not None
    assert note.endswith(f"; {knowing.reference} has: --generator {knowing.reference} asks it")
    record_worse(registry, knowing, entry, 0.008, 0.762)
    note = staleness_note(runtime, writer)
    assert note is not None, "one that was measured to be worse is not named"
    assert note.endswith(f"; to include what they do: {command}")


def test_a_damaged_config_is_named(registry: Registry, add_generator: Add, tiny_base: BaseModel) -> None:
    entry = add_generator("plural")
    (entry.folder / "generator.json").write_text("{}")
    with pytest.raises(RegistryError, match=r"does not match its record: generator\.json"):
        trained_tasks(registry, entry)
    for name, content in (("list", "[]"), ("number", '{"tasks": 3}'), ("half", '{"tasks"')):
        bad = registry.put(
            "generator", name, lambda folder, text=content: (folder / "generator.json").write_text(text), {}
        )
        with pytest.raises(AdapterFormatError, match=r"generator\.json is not a generator's config"):
            trained_tasks(registry, bad)


def test_adapt_notes_that_its_generator_is_stale(
    runtime: Runtime, make_adapter: Callable[..., Adapter], tiny_base: BaseModel
) -> None:
    assert adapt("Say where people live", runtime=runtime).notes == ()
    card = Card(description="Write Old Norse verse", origin="trained")
    runtime.registry.register(make_adapter(3, card=card), "norse")
    result = adapt("Say where people live", runtime=runtime)
    [note] = result.notes
    assert "(registry:norse@1)" in note
    assert result.summary()["notes"] == [note]
    text = adapted_text(result, "Say where people live")
    assert " ".join(text.split()).endswith(f" note: {note}")
    # a command stays on one line, so that it can be copied
    assert [line for line in text.splitlines() if len(line) > 100 and "hyperlora " not in line] == []
