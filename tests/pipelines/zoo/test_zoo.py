"""The zoo: written and read alike, registered once, unharmed by a kill, refused when damaged; and its oracles."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.encoder_change import EncoderChange
from hyperlora.errors import AdapterFormatError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.registry import Registry
from hyperlora.registry.entry import KINDS
from hyperlora.registry.run_archive import read_run
from hyperlora.registry.tracking import EXPERIMENT, connect
from hyperlora.tasks.task import Task
from pipelines.recipes import AdapterRecipe, load_recipe
from pipelines.runtime import Runtime
from pipelines.starter import examples_hash
from pipelines.zoo import read_zoo, seed_zoo, write_zoo
from pipelines.zoo.oracles import train_oracles
from pipelines.zoo.packing import Zoo, ZooAdapter, ZooGenerator, ZooRetriever
from pipelines.zoo.relations import nearest_adapters
from retrieval.artifact import RetrieverConfig, StateProjectionConfig, TrainedRetriever
from retrieval.calibration import Calibration
from retrieval.state_projection import StateProjection

if TYPE_CHECKING:
    from hyperlora.models import BaseModel

SIGKILLED = -9
_SEED = """
from pathlib import Path
from hyperlora.registry import Registry
from hyperlora.registry.entry import KINDS
from pipelines.zoo import seed_zoo
seed_zoo(Registry(), Path({folder!r}))
"""


@pytest.fixture(scope="session")
def zoo(finished: Any, make_adapter: Callable[..., Adapter], encoder: TextEncoder) -> Zoo:
    """Three trained adapters and the generator with their runs, an adapter that reads a description, a retriever."""
    registry = Registry(finished.home)
    client = connect(registry.home)
    trained, writer = registry.entries("adapter"), registry.get("registry:quickstart-hypernet")
    from generator.artifact import read_generator

    own = sorted((each for each in trained if each.name in {"barks", "counts", "homes"}), key=lambda each: each.name)
    runs = [read_run(client, run) for run in (own[0].run_id, writer.run_id)]
    members = [ZooAdapter(each.name, registry.load(each.reference), each.identity, 0) for each in own]
    members.append(ZooAdapter("told", make_adapter(5, rank=6), "made-here", None, {"reads": "description"}))
    kept = ("description", "origin", "base", "base_id", "recipe", "dataset", "licence", "encoder")
    fields = {name: getattr(writer, name) for name in kept}
    network = read_generator(registry.verified_folder(writer))
    generators = [ZooGenerator(writer.name, network, fields, writer.identity, 1)]
    draw = torch.Generator().manual_seed(0)
    sides = torch.randn(2, encoder.dimensions, generator=draw), torch.randn(encoder.dimensions, 2, generator=draw)
    change = EncoderChange(encoder.id, {"0.model.encoder.layer.0.attention.self.query": LoraFactors(*sides, 1e-4)})
    model = Calibration(intercept=-3, score=6, lead=10, queries=8, brier=0.1)
    hidden = network.config.modules[0].in_features
    read = StateProjectionConfig(base=network.config.base.fingerprint, layer=1, weight=0.5)
    states = torch.randn(hidden, generator=draw), torch.randn(hidden, 6, generator=draw)
    reading = StateProjection(**read.model_dump(), centre=states[0], matrix=states[1])
    sure = {"description": model, "prompt": model}
    config = RetrieverConfig(encoder=encoder.id, reading=read, calibrations=sure, tasks=("barks", "homes"))
    known = {"description": "Finds adapters", "origin": "trained", "encoder": encoder.id}
    retrievers = [ZooRetriever("finder", TrainedRetriever(config, change, reading), known, "found-here")]
    return Zoo(members, generators, retrievers, [run for run in runs if run is not None])


@pytest.fixture(scope="session")
def packed(zoo: Zoo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zoo on disk. Shared: copy it before changing anything."""
    folder = tmp_path_factory.mktemp("zoo")
    size = write_zoo(zoo, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "zoo.safetensors"]
    assert size == sum(path.stat().st_size for path in folder.iterdir())
    return folder


def copied(folder: Path, target: Path) -> Path:
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def half(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor as half precision keeps it."""
    return tensor.to(torch.float16).float()


def test_adapters_come_back_equal_to_half_precision(zoo: Zoo, packed: Path) -> None:
    found = read_zoo(packed)
    assert [each.name for each in found.adapters] == ["barks", "counts", "homes", "told"]
    for ours, theirs in zip(found.adapters, zoo.adapters, strict=True):
        assert ours.adapter.card == theirs.adapter.card
        assert ours.adapter.base == theirs.adapter.base
        assert (ours.identity, ours.run, ours.tags) == (theirs.identity, theirs.run, theirs.tags)
        assert ours.adapter.modules.keys() == theirs.adapter.modules.keys()
        for name, factors in ours.adapter.modules.items():
            other = theirs.adapter.modules[name]
            assert factors.A.dtype == torch.float32
            assert torch.equal(factors.A, half(other.A))
            assert torch.equal(factors.B, half(other.B))
            assert factors.scaling == other.scaling
    assert found.runs == zoo.runs


def test_generators_come_back_equal_to_half_precision(zoo: Zoo, packed: Path) -> None:
    [ours], [theirs] = read_zoo(packed).generators, zoo.generators
    assert ours.network.config == theirs.network.config
    left, right = ours.network.state_dict(), theirs.network.state_dict()
    assert left.keys() == right.keys()
    assert all(torch.equal(left[name], half(right[name])) for name in left)
    assert not ours.network.training
    assert not any(parameter.requires_grad for parameter in ours.network.parameters())


def test_retrievers_come_back_equal_to_half_precision(zoo: Zoo, packed: Path) -> None:
    [ours], [theirs] = read_zoo(packed).retrievers, zoo.retrievers
    assert (ours.name, ours.fields, ours.identity) == (theirs.name, theirs.fields, theirs.identity)
    assert ours.trained.config == theirs.trained.config
    assert ours.trained.reading is not None and theirs.trained.reading is not None
    assert torch.equal(ours.trained.reading.matrix, half(theirs.trained.reading.matrix))
    for name, factors in theirs.trained.change.modules.items():
        other = ours.trained.change.modules[name]
        assert torch.equal(other.A, half(factors.scaling * factors.A))
        assert torch.equal(other.B, half(factors.B))
        assert other.scaling == 1.0


def test_a_zoo_of_before_there_were_retrievers_is_read(packed: Path, tmp_path: Path) -> None:
    folder = copied(packed, tmp_path / "zoo")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["retrievers"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert read_zoo(folder).retrievers == []


def test_the_same_zoo_is_written_in_the_same_bytes_at_two_bytes_a_number(
    zoo: Zoo, packed: Path, tmp_path: Path
) -> None:
    write_zoo(zoo, tmp_path / "again")
    for name in ("manifest.json", "zoo.safetensors"):
        assert (tmp_path / "again" / name).read_bytes() == (packed / name).read_bytes()
    numbers = sum(
        factors.A.numel() + factors.B.numel() for each in zoo.adapters for factors in each.adapter.modules.values()
    ) + sum(value.numel() for value in zoo.generators[0].network.state_dict().values())
    numbers += sum(tensor.numel() for tensor in zoo.retrievers[0].trained.tensors.values())
    data = (packed / "zoo.safetensors").read_bytes()
    assert len(data) - 8 - int.from_bytes(data[:8], "little") == 2 * numbers


def test_what_half_precision_cannot_hold_is_not_written(zoo: Zoo, tmp_path: Path) -> None:
    adapter = zoo.adapters[0].adapter
    name, factors = next(iter(adapter.modules.items()))
    loud = Adapter({name: LoraFactors(factors.A * 1e6, factors.B, 1.0)}, adapter.base, adapter.card)
    with pytest.raises(AdapterFormatError, match="do not fit half precision"):
        write_zoo(Zoo([ZooAdapter("loud", loud)]), tmp_path / "zoo")
    assert not (tmp_path / "zoo").exists()


def test_unlike_scalings_in_one_adapter_are_refused(zoo: Zoo, tmp_path: Path) -> None:
    adapter = zoo.adapters[0].adapter
    modules = {
        name: LoraFactors(each.A, each.B, float(place)) for place, (name, each) in enumerate(adapter.modules.items(), 1)
    }
    with pytest.raises(AdapterFormatError, match="odd has modules of different scaling"):
        write_zoo(Zoo([ZooAdapter("odd", Adapter(modules, adapter.base, adapter.card))]), tmp_path)


def damage(folder: Path, kind: str) -> None:
    weights, manifest = folder / "zoo.safetensors", folder / "manifest.json"
    if kind == "one bit":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
    elif kind == "cut short":
        weights.write_bytes(weights.read_bytes()[:-10])
    elif kind == "no weights":
        weights.unlink()
    elif kind == "no manifest":
        manifest.unlink()
    elif kind == "half a manifest":
        manifest.write_text(manifest.read_text()[:200])
    else:
        value = json.loads(manifest.read_text())
        holder, key = (value, "base") if kind == "no base" else (value["adapters"][0], "card")
        del holder[key]
        manifest.write_text(json.dumps(value))


@pytest.mark.parametrize(
    "kind", ["one bit", "cut short", "no weights", "no manifest", "half a manifest", "no base", "no card"]
)
def test_a_damaged_zoo_is_refused_and_nothing_is_registered(
    kind: str, packed: Path, registry: Registry, tmp_path: Path
) -> None:
    folder = copied(packed, tmp_path / "zoo")
    damage(folder, kind)
    with pytest.raises(AdapterFormatError) as caught:
        seed_zoo(registry, folder)
    assert str(folder) in caught.value.problem
    assert "pipelines.zoo.build" in caught.value.remedy
    assert registry.entries() == []


def test_a_zoo_of_a_later_format_is_refused_by_its_number(packed: Path, tmp_path: Path) -> None:
    folder = copied(packed, tmp_path / "zoo")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 2}))
    with pytest.raises(AdapterFormatError, match="has format 2, not 1"):
        read_zoo(folder)


def test_seeding_registers_everything_once_with_runs_and_champions(
    zoo: Zoo, packed: Path, registry: Registry, tiny_base_folder: Path, encoder: Any
) -> None:
    report = seed_zoo(registry, packed)
    assert report.registered == ("barks", "counts", "homes", "told", "quickstart-hypernet", "finder")
    assert report.skipped == ()
    entries = {entry.name: entry for kind in KINDS for entry in registry.entries(kind)}
    assert set(entries) == set(report.registered)
    assert {entry.aliases for entry in entries.values()} == {("champion",)}
    assert dict(entries["told"].tags) == {"reads": "description"}
    for member in zoo.adapters:
        entry = entries[member.name]
        assert (entry.identity, entry.metrics) == (member.identity, member.adapter.card.metrics)
        assert torch.equal(
            next(iter(registry.load(entry.reference).modules.values())).A,
            half(next(iter(member.adapter.modules.values())).A),
        )

    client = connect(registry.home)
    run = read_run(client, entries["barks"].run_id)
    assert run is not None
    assert (run["name"], run["params"], run["metrics"]) == tuple(
        zoo.runs[0][key] for key in ("name", "params", "metrics")
    )
    assert entries["counts"].run_id == entries["barks"].run_id != entries["quickstart-hypernet"].run_id
    runtime = Runtime(f"file:{tiny_base_folder}", registry)
    runtime.encoder = encoder
    assert runtime.generator() is not None, "it fits base and encoder"
    found = runtime.retriever().search("Say where people live.", 1)[0]
    assert found.entry.name == "homes"
    assert found.confidence is not None, "the zoo's retriever found it"
    asked = runtime.retriever().search("Say where people live.\nInput: Spain", 1, kind="prompt")[0]
    assert asked.confidence is not None, "it reads prompts by this base model"

    again = seed_zoo(registry, packed)
    assert (again.registered, again.skipped, again.different) == ((), report.registered, ())
    assert {entry.version for entry in registry.entries("adapter")} == {1}
    assert len(client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])) == 2


def test_a_taken_name_is_left_alone(packed: Path, registry: Registry, make_adapter: Callable[..., Adapter]) -> None:
    mine = registry.register(make_adapter(9), "homes")
    report = seed_zoo(registry, packed)
    assert report.skipped == report.different == ("homes",)
    assert report.registered == ("barks", "counts", "told", "quickstart-hypernet", "finder")
    assert registry.get("registry:homes").content == mine.content
    assert registry.get("registry:homes").aliases == ()
    assert len([entry for entry in registry.entries("adapter") if entry.name == "homes"]) == 1


def test_what_another_zoo_left_is_updated_if_asked_and_only_that(
    zoo: Zoo, packed: Path, registry: Registry, make_adapter: Callable[..., Adapter]
) -> None:
    seed_zoo(registry, packed)
    mine = registry.register(make_adapter(9), "mine")
    # an earlier one: registered before under the same names, by other runs
    for name in ("homes", "told"):
        registry.delete(f"registry:{name}@1", force=True)
        registry.register(make_adapter(7), name, identity="of-before", alias="champion")
    noted = seed_zoo(registry, packed)
    assert noted.different == ("homes", "told")
    assert "(homes, told); to register that, too: hyperlora registry seed --update" in noted.note
    report = seed_zoo(registry, packed, update=True)
    assert (report.registered, report.different, report.note) == (("homes", "told"), (), "")
    for member in zoo.adapters:
        entry = registry.get(f"registry:{member.name}@champion")
        assert entry.identity == member.identity
    kept = [each.identity for each in registry.entries(name="homes")]
    assert (len(kept), kept[0]) == (2, "of-before"), "the earlier version stays"
    assert registry.get("registry:mine").content == mine.content
    assert seed_zoo(registry, packed, update=True).registered == ()


def test_killed_in_the_middle_it_goes_on(
    packed: Path,
    registry: Registry,
    hyperlora_home: Path,
    start_apart: Callable[..., multiprocessing.process.BaseProcess],
) -> None:
    home = {"HYPERLORA_HOME": str(hyperlora_home)}
    process = start_apart(_SEED.format(folder=str(packed)), **home, HYPERLORA_FAULT="content-stored")
    process.join()
    assert process.exitcode == SIGKILLED
    client = connect(registry.home)
    assert len(seed_zoo(registry, packed).registered) == 6
    assert {entry.aliases for entry in registry.entries()} == {("champion",)}
    assert len(client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])) == 2, "no run twice"


# --- oracles --------------------------------------------------------------------------------------------


def test_oracles_are_trained_once_and_again_when_their_data_changes(
    toy_tasks: list[Task], toy_recipe: Path, tiny_base: BaseModel, tmp_path: Path, hyperlora_home: Path
) -> None:
    whole = load_recipe(toy_recipe)
    path = tmp_path / "oracles.json"

    def train(tasks: list[Task], recipe: AdapterRecipe = whole.adapters) -> list[str]:
        lines: list[str] = []
        train_oracles(whole.base, tasks, recipe, path, lines.append, group=2)
        return lines

    assert train(toy_tasks[:2]) == ["oracles 1 to 2 of 2: barks, counts"]
    known = json.loads(path.read_text())
    assert (known["base"], known["recipe"]) == (tiny_base.identity.fingerprint, whole.adapters.hash)
    assert known["tasks"]["barks"] == {
        "data": examples_hash(toy_tasks[0]),
        "validation": 1.0,
        "scores": "1" * len(toy_tasks[0].test),
    }
    assert train(toy_tasks) == ["oracles 1 to 1 of 1: homes"]
    assert train(toy_tasks) == []
    assert json.loads(path.read_text())["tasks"]["barks"] == known["tasks"]["barks"]
    assert not list((hyperlora_home / "runs").glob("*"))

    misled = replace(toy_tasks[1], test=toy_tasks[0].test)
    assert train([toy_tasks[0], misled]) == ["oracles 1 to 1 of 1: counts"]
    tasks = json.loads(path.read_text())["tasks"]
    assert list(tasks) == ["barks", "counts", "homes"]
    assert tasks["counts"]["scores"] == "0" * len(misled.test), "it answers its own task's answer"
    assert train(toy_tasks[:1], whole.adapters.model_copy(update={"seed": 1})) == ["oracles 1 to 1 of 1: barks"]
    assert list(json.loads(path.read_text())["tasks"]) == ["barks"], "scores of two recipes do not mix"


def test_stopped_between_groups_the_finished_ones_are_kept(
    toy_tasks: list[Task], toy_recipe: Path, tmp_path: Path
) -> None:
    whole = load_recipe(toy_recipe)
    quick = whole.adapters.model_copy(update={"steps": 3})

    def stop_at_second(line: str) -> None:
        if line.startswith("oracles 2"):
            raise KeyboardInterrupt

    path = tmp_path / "oracles.json"
    with pytest.raises(KeyboardInterrupt):
        train_oracles(whole.base, toy_tasks[:2], quick, path, stop_at_second, group=1)
    assert list(json.loads(path.read_text())["tasks"]) == ["barks"]
    lines: list[str] = []
    train_oracles(whole.base, toy_tasks[:2], quick, path, lines.append, group=1)
    assert lines == ["oracles 1 to 1 of 1: counts"]


def test_the_nearest_adapter_is_that_of_the_family_or_the_twin_that_answers_most(
    finished: Any, toy_tasks: list[Task], toy_recipe: Path, tmp_path: Path
) -> None:
    whole = load_recipe(toy_recipe)
    path = tmp_path / "oracles.json"
    path.write_text('{"tasks": {}}')
    barks = toy_tasks[0]
    others = [
        replace(barks, name="of-the-family"),
        replace(barks, name="by-its-twin", family="pets", twin_of="counts"),
        replace(barks, name="alone", family="pets"),
    ]
    lines: list[str] = []
    nearest_adapters(Registry(finished.home), whole.base, others, toy_tasks, whole.adapters, path, lines.append)
    assert json.loads(path.read_text()) == {
        "tasks": {},
        "nearest": {
            "by-its-twin": {"adapter": "counts", "validation": 0.0},
            "of-the-family": {"adapter": "barks", "validation": 1.0},
        },
    }
    assert lines == ["of-the-family: barks 1.00", "by-its-twin: counts 0.00"]
