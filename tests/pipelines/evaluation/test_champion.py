"""Who is used where none is named: the better one, the one somebody chose, and never one that cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file

import hyperlora
from generator.artifact import WEIGHTS_FILE, write_generator
from generator.conditions import AdapterRequest
from generator.hypernet import Hypernet
from hyperlora.embeddings.encoder_change import EncoderChange
from hyperlora.errors import AdapterFormatError
from hyperlora.registry import Entry, Registry
from hyperlora.settings import reload_settings
from hyperlora.tasks.task import Task
from pipelines.adapt.adapt import adapt
from pipelines.adapt.generate import GenerationConfig, generate_adapters
from pipelines.adapt.measured_generators import known_to_be_worse, share_of_better
from pipelines.adapt.search import search
from pipelines.evaluation.champion import Comparison, settle_champion, spread, total
from pipelines.evaluation.generator_champion import settle_generator
from pipelines.evaluation.retriever_champion import settle_retriever
from pipelines.recipes import load_recipe
from pipelines.runtime import Runtime
from pipelines.training.generator import train_generator
from pipelines.training.pool import scores_of
from retrieval.artifact import RetrieverConfig, TrainedRetriever, write_retriever
from retrieval.calibration import Calibration

FAR = "Translate this sentence into Old Norse verse"


def champions(registry: Registry, kind: Any = "generator") -> list[str]:
    return [entry.reference for entry in registry.entries(kind) if "champion" in entry.aliases]


def registered(runtime: Runtime, name: str, network: Any = None) -> Entry:
    """A generator for this runtime: that of another network, or an untrained one."""
    present = runtime.generator()
    assert present is not None
    if network is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            network = Hypernet(present.network.config.model_copy(update={"tasks": ("barks",)}))  # type: ignore[attr-defined]
    fields = {"base": present.entry.base, "encoder": present.entry.encoder, "origin": "trained"}
    return runtime.registry.put("generator", name, lambda folder: write_generator(network, folder), fields)


def poisoned(runtime: Runtime, name: str) -> Entry:
    """As an earlier release registered it: as champion, with weights that are not finite."""
    present = runtime.generator()
    assert present is not None

    def write(folder: Path) -> None:
        write_generator(present.network, folder)  # type: ignore[arg-type]
        tensors = load_file(folder / WEIGHTS_FILE)
        tensors["layer_embedding.weight"][:] = torch.nan
        save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})

    fields = {"base": present.entry.base, "encoder": present.entry.encoder, "origin": "trained"}
    return runtime.registry.put("generator", name, write, fields, alias="champion")


# --- the better one --------------------------------------------------------------------------------------


def test_one_that_knows_less_does_not_take_the_place_of_the_present_one(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    new = registered(runtime, "narrow")
    decision = settle_generator(runtime, new, toy_tasks[:1])
    assert (decision.champion, decision.present) == ("registry:quickstart-hypernet@1", "registry:quickstart-hypernet@1")
    own, pool = decision.compared
    assert (own.of, own.tasks, own.asked) == ("tasks the new one was trained on", 1, 1)
    assert (pool.of, pool.tasks, pool.asked) == ("other adapters of the pool", 2, 2)
    # the scores are those of the adapters that each writes, by another count
    for at, entry in ((own.present, "quickstart-hypernet"), (own.new, "narrow")):
        how = GenerationConfig(generator=f"registry:{entry}")
        [[made]] = generate_adapters(runtime, [AdapterRequest(toy_tasks[0].unseen_descriptions[0])], how)
        [marks] = scores_of(runtime.base, toy_tasks[:1], [made], [toy_tasks[0].validation])
        assert at == sum(marks) / len(marks)
    assert own.present > own.new == 0
    assert decision.scores == ((own.present + 2 * pool.present) / 3, (own.new + 2 * pool.new) / 3)
    assert champions(runtime.registry) == ["registry:quickstart-hypernet@1"]
    used = runtime.generator()
    assert used is not None and used.entry.name == "quickstart-hypernet"
    assert decision.text().endswith("to use the other: hyperlora registry alias registry:narrow@1 champion")
    assert json.loads(json.dumps(decision.summary()))["scores"]["new"] == decision.scores[1]
    kept = runtime.registry.get(new.reference)
    assert known_to_be_worse(kept)
    assert kept.tags["worse-than"] == "registry:quickstart-hypernet@1"
    assert share_of_better(kept) == pytest.approx(decision.scores[1] / decision.scores[0], abs=1e-3)
    assert not known_to_be_worse(used.entry)
    assert share_of_better(used.entry) == 1.0


def test_one_as_good_takes_its_place_and_one_that_is_told_to_does_whatever_it_measures(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    present = runtime.generator()
    assert present is not None
    twin = registered(runtime, "twin", present.network)
    decision = settle_generator(runtime, twin, toy_tasks)
    assert decision.scores is not None and decision.scores[0] == decision.scores[1] > 0
    assert champions(runtime.registry) == [decision.champion] == ["registry:twin@1"]
    assert not any(known_to_be_worse(entry) for entry in runtime.generators()), "they are equally good"
    worse = registered(runtime, "worse")
    assert settle_generator(runtime, worse, toy_tasks, trained_now=False).champion == "registry:twin@1"
    forced = settle_generator(runtime, worse, toy_tasks, make_champion=True)
    assert (forced.champion, forced.present, forced.compared) == ("registry:worse@1", "registry:twin@1", ())
    assert champions(runtime.registry) == ["registry:worse@1"]
    assert "hyperlora registry alias registry:twin@1 champion" in forced.text()
    again = settle_generator(runtime, runtime.registry.get("registry:worse"), toy_tasks)
    assert (again.champion, again.reason) == ("registry:worse@1", "it already was")


def test_where_nothing_can_be_asked_the_present_one_stays_though_it_had_no_alias(runtime: Runtime) -> None:
    registry = runtime.registry
    registry.remove_alias("quickstart-hypernet", "champion")
    new = registered(runtime, "newer")
    for entry in registry.entries():
        registry.archive(entry.reference)
    decision = settle_generator(runtime, new, ())
    assert decision.champion == "registry:quickstart-hypernet@1"
    assert "no tasks at hand" in decision.reason
    used = runtime.generator()
    assert used is not None and used.entry.reference == decision.champion, "and not the newest"


def test_a_small_group_counts_by_its_size_and_many_tasks_are_asked_from_all_over() -> None:
    compared = [Comparison("own", 2, 2, 0.0, 1.0), Comparison("pool", 8, 4, 0.5, 0.0), Comparison("none", 0, 0, 1, 1)]
    assert total(compared) == (0.4, 0.2)
    assert total([]) is None
    assert spread([f"{family}-{n}" for family in "cab" for n in range(4)], 3) == [0, 4, 8]
    assert spread(["b", "a"], 5) == [0, 1]


# --- the one somebody chose ------------------------------------------------------------------------------


def test_the_alias_is_obeyed_whatever_is_newer_and_wherever_it_was(runtime: Runtime) -> None:
    registry = runtime.registry
    registered(runtime, "second")
    registered(runtime, "third")
    for name in ("second", "third", "quickstart-hypernet", "second"):
        registry.set_alias(f"registry:{name}@1", "champion")
        assert champions(registry) == [f"registry:{name}@1"]
        used = runtime.generator()
        assert used is not None and used.entry.name == name
    # one for another base model or encoder is no rival, and adapters have champions of their own
    fields = {"base": "f" * 64, "encoder": "other", "origin": "trained"}
    elsewhere = registry.put("generator", "elsewhere", lambda folder: (folder / "x").write_text("x"), fields)
    registry.set_alias(elsewhere.reference, "champion")
    assert champions(registry) == ["registry:elsewhere@1", "registry:second@1"]
    assert len(champions(registry, "adapter")) == 3


def test_seeding_leaves_the_champion_that_is_there(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    import pipelines.zoo.seeding as module
    from pipelines.zoo.packing import Zoo, ZooGenerator

    present = runtime.generator()
    assert present is not None
    fields = {"base": present.entry.base, "encoder": present.entry.encoder, "origin": "trained"}
    zoo = Zoo((), (ZooGenerator("shipped", present.network, fields, "run"),))  # type: ignore[arg-type]
    monkeypatch.setattr(module, "read_zoo", lambda folder: zoo)
    module.seed_zoo(runtime.registry)
    assert champions(runtime.registry) == ["registry:quickstart-hypernet@1"]
    for name in ("shipped", "quickstart-hypernet"):
        runtime.registry.forget(name)
    module.seed_zoo(runtime.registry)
    assert champions(runtime.registry) == ["registry:shipped@1"]


# --- never one that cannot be read -----------------------------------------------------------------------


def test_a_champion_that_cannot_be_read_is_passed_over_by_name(runtime: Runtime) -> None:
    bad = poisoned(runtime, "mine")
    assert runtime.registry.set_alias(bad.reference, "champion").aliases == ("champion",)
    result = adapt(FAR, force=True, runtime=runtime)
    assert [each.reference for each in result.candidates if each.origin == "generated"] == [
        "registry:quickstart-hypernet@1"
    ]
    [note] = result.notes
    assert note.startswith("the generator registry:mine@1 is damaged and left out; hyperlora registry verify")
    [[made]] = generate_adapters(runtime, [AdapterRequest(FAR)])
    assert made.card.parents == ("registry:quickstart-hypernet@1",)
    with pytest.raises(AdapterFormatError, match="hold NaN or Inf"):
        generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator="registry:mine@1"))
    decision = settle_generator(runtime, runtime.registry.get("registry:quickstart-hypernet"), ())
    assert decision.champion == "registry:quickstart-hypernet@1"


def test_a_poisoned_one_is_trained_anew_and_not_taken_for_what_it_should_be(
    runtime: Runtime, toy_recipe: Path, toy_tasks: list[Task]
) -> None:
    recipe = load_recipe(toy_recipe).hypernet
    held, trained_now = train_generator(runtime, toy_tasks, recipe, name="again")
    assert (held.entry.name, trained_now) == ("quickstart-hypernet", False)
    weights = held.entry.folder / WEIGHTS_FILE
    weights.chmod(0o644)
    weights.write_bytes(weights.read_bytes()[:-4] + b"\xff\xff\xff\x7f")
    made, trained_now = train_generator(runtime, toy_tasks, recipe, name="again")
    assert (made.entry.name, trained_now) == ("again", True)


def test_what_another_release_trained_on_the_same_is_not_trained_again(
    runtime: Runtime, toy_recipe: Path, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipelines.training.generator as module

    recipe = load_recipe(toy_recipe).hypernet
    monkeypatch.setattr(module, "code_identity", lambda *modules: "of another release")
    held, trained_now = train_generator(runtime, toy_tasks, recipe, name="again")
    assert (held.entry.name, trained_now) == ("quickstart-hypernet", False)
    other, trained_now = train_generator(runtime, toy_tasks, recipe.model_copy(update={"seed": 7}), name="other")
    assert (other.entry.name, trained_now) == ("other", True)
    made, trained_now = train_generator(runtime, toy_tasks, recipe, name="again", again=True)
    assert (made.entry.name, trained_now) == ("again", True)


# --- retrievers ------------------------------------------------------------------------------------------


def retriever(runtime: Runtime, name: str, *, sure: bool, words: float = 0.3) -> Entry:
    """One that changes nothing of the encoder."""
    calibration = Calibration(intercept=-2, score=4, lead=4, queries=9, brier=0.1)
    config = RetrieverConfig(
        encoder=runtime.encoder.id,
        words={"description": words, "prompt": 0.1},
        calibrations={"description": calibration} if sure else {},
    )
    trained = TrainedRetriever(config, EncoderChange(runtime.encoder.id, {}))
    fields = {"encoder": runtime.encoder.id, "origin": "trained"}
    return runtime.registry.put("retriever", name, lambda folder: write_retriever(trained, folder), fields)


def test_a_retriever_has_to_find_as_often_and_to_say_how_sure_it_is(
    runtime: Runtime, toy_tasks: list[Task], caplog: pytest.LogCaptureFixture
) -> None:
    registry = runtime.registry
    first = settle_retriever(runtime, retriever(runtime, "first", sure=True), toy_tasks)
    assert (first.champion, first.present) == ("registry:first@1", None)
    unsure = settle_retriever(runtime, retriever(runtime, "unsure", sure=False), toy_tasks)
    assert unsure.champion == "registry:first@1"
    assert "cannot say how sure a hit for a description is" in unsure.reason
    other = [replace(task, name=f"other-{task.name}", unseen_descriptions=()) for task in toy_tasks]
    equal = settle_retriever(runtime, retriever(runtime, "equal", sure=True, words=0.2), other[:1])
    assert equal.champion == "registry:equal@1"
    suite, pool = equal.compared
    # a task of two wordings is asked by the second; its twin in the pool is indexed with the first alone, too
    assert (suite.tasks, pool.tasks, pool.present) == (1, 3, pool.new)
    assert champions(registry, "retriever") == ["registry:equal@1"]
    for name in ("first", "equal", "unsure"):
        registry.set_alias(f"registry:{name}@1", "champion")
        assert champions(registry, "retriever") == [f"registry:{name}@1"]
    entry = registry.get("registry:unsure@1")
    (entry.folder / "retriever.json").chmod(0o644)
    (entry.folder / "retriever.json").write_text("{}")
    for _ in range(2):
        assert search(runtime, 1, text="Say where people live")[0].confidence is not None, "of another one"
    [said] = [record.getMessage() for record in caplog.records if "retriever" in record.getMessage()]
    assert said.startswith("note: the retriever registry:unsure@1 is damaged and left out")


def test_the_better_finder_of_two_stays(runtime: Runtime) -> None:
    entries = [retriever(runtime, name, sure=True) for name in ("better", "worse")]
    asked: list[str] = []

    def compare(present: Entry) -> tuple[Comparison, ...]:
        asked.append(present.name)
        return (Comparison("tasks", 4, 4, 0.5, 0.25),)

    runtime.registry.set_alias(entries[0].reference, "champion")
    fitting = runtime.retrievers()
    decision = settle_champion(runtime.registry, entries[1], fitting, compare, measure="hits")
    assert (asked, decision.champion) == (["better"], "registry:better@1")


# --- by name, through the doors --------------------------------------------------------------------------


def test_the_generator_that_is_named_writes_in_all_doors(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, toy_tasks: list[Task]
) -> None:
    from fastapi.testclient import TestClient

    from serve.cli.adapt import command
    from serve.http import create_app

    registered(runtime, "other")
    runtime.registry.set_alias("registry:quickstart-hypernet@1", "champion")
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", str(runtime.base_name))
    reload_settings()

    def writers(candidates: list[dict[str, Any]]) -> list[str]:
        return [each["reference"] for each in candidates if each["origin"] == "generated"]

    pairs = [{"input": each.input, "output": each.output} for each in toy_tasks[0].test[:2]]
    made = hyperlora.adapt(FAR, pairs, refine=0, generator="registry:other")
    assert writers(made.summary()["candidates"]) == ["registry:other@1"]
    arguments = [FAR, "--force", "--generator", "registry:other@1", "--json"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert writers(json.loads(done.stdout)["candidates"]) == ["registry:other@1"]
    with TestClient(create_app(runtime)) as client:
        named = client.post("/v1/adapt", json={"description": FAR, "force": True, "generator": "registry:other"}).json()
        assert writers(named["candidates"]) == ["registry:other@1"]
        default = client.post("/v1/adapt", json={"description": FAR, "force": True}).json()
        assert writers(default["candidates"]) == ["registry:quickstart-hypernet@1"]
        absent = client.post("/v1/adapt", json={"description": FAR, "generator": "registry:none"})
        assert (absent.status_code, "nothing is registered as none" in absent.json()["error"]) == (404, True)
        path = client.post("/v1/adapt", json={"description": FAR, "generator": "file:/tmp/x"})
        assert path.status_code == 400
