"""Training a CVAE on a pool, as the command does: from registered adapters to a registered generator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch
from click.testing import CliRunner

from generator.artifact import CONFIG_FILE, read_generator
from generator.conditions import AdapterRequest
from generator.cvae import Cvae
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.registry import Registry
from hyperlora.tasks.task import Task
from pipelines.adapt.generate import GenerationConfig, generate_adapters
from pipelines.recipes import CvaeRecipe, load_recipe
from pipelines.runtime import Runtime
from pipelines.training.generator import train_generator
from pipelines.training.pool import train_pool
from pipelines.training.pool_weights import pool_adapters, task_weights

RECIPE = CvaeRecipe(
    rank=2,
    alpha=2,
    latent_size=2,
    width=8,
    hidden_size=16,
    embedding_size=4,
    steps=60,
    learning_rate=1e-2,
    warmup_steps=2,
)


@pytest.fixture
def runtime(registry: Registry, toy_recipe: Path, toy_tasks: list[Task], encoder: TextEncoder) -> Runtime:
    """On a pool with an adapter for each toy task, and the snapshots of their training."""
    whole = load_recipe(toy_recipe)
    kept = whole.adapters.model_copy(update={"snapshot_steps": (6, whole.adapters.steps)})
    train_pool(registry, whole.base, toy_tasks, kept, lambda line: None)
    runtime = Runtime(whole.base, registry)
    runtime.encoder = encoder
    return runtime


def test_a_cvae_is_trained_once_on_the_pool_and_writes_what_answers_alike(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    made, trained_now = train_generator(runtime, toy_tasks, RECIPE, name="coder")
    assert (trained_now, made.entry.name, made.entry.kind) == (True, "coder", "generator")
    assert sorted(made.entry.parents) == sorted(f"registry:{task.name}@1" for task in toy_tasks)
    assert isinstance(made.network, Cvae)
    assert made.network.config.tasks == tuple(task.name for task in toy_tasks)
    again, trained_now = train_generator(runtime, toy_tasks, RECIPE, name="coder")
    assert (trained_now, again.entry.reference) == (False, made.entry.reference)

    found = runtime.generator()
    assert found is not None
    assert found.entry.reference == made.entry.reference
    requests = [AdapterRequest(task.description) for task in toy_tasks]
    written = [adapter for [adapter] in generate_adapters(runtime, requests)]
    for task, adapter in zip(toy_tasks, written, strict=True):
        own = runtime.registry.load(f"registry:{task.name}")
        assert adapter.ranks == (2,)
        assert set(adapter.modules) == set(own.modules)
        alike = [
            similarity(adapter.modules, runtime.registry.load(f"registry:{each.name}").modules) for each in toy_tasks
        ]
        assert toy_tasks[alike.index(max(alike))] is task, "closest to the adapter of its own task"
    [two] = generate_adapters(runtime, requests[:1], GenerationConfig(count=2, sample=True))
    assert two[0].content_hash != two[1].content_hash


def test_it_learns_from_the_snapshots_while_they_are_there(
    runtime: Runtime, toy_tasks: list[Task], hyperlora_home: Path
) -> None:
    entries = pool_adapters(runtime.registry, runtime.located.identity.fingerprint, toy_tasks)
    adapters = {name: runtime.registry.load(entry.reference) for name, entry in entries.items()}
    arguments = toy_tasks, adapters, entries, runtime.encoder
    assert [len(each.weights) for each in task_weights(*arguments)] == [2, 2, 2]
    for folder in (hyperlora_home / "snapshots").iterdir():
        folder.rename(hyperlora_home / "elsewhere")
    alone = task_weights(*arguments)
    assert [len(each.weights) for each in alone] == [1, 1, 1]
    own = adapters[toy_tasks[0].name]
    assert all(torch.equal(alone[0].weights[0][name].B, factors.B) for name, factors in own.modules.items())


def test_it_learns_from_the_last_training_of_a_task_and_carries_the_licences_of_all(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    registry, task = runtime.registry, toy_tasks[0]
    trained = registry.load(f"registry:{task.name}@1")
    [entry] = registry.entries("adapter", name=task.name)
    newer = trained.card.model_copy(update={"licence": "mit"})
    made = trained.card.model_copy(update={"origin": "composed", "parents": (entry.reference,)})
    halves = {name: replace(part, B=part.B / 2) for name, part in trained.modules.items()}
    registry.register(Adapter(halves, trained.base, newer), task.name)
    registry.register(Adapter(halves, trained.base, made), task.name)
    # nobody says what licence the toy tasks have
    for other in toy_tasks[1:]:
        own = registry.load(f"registry:{other.name}")
        assert own.card.licence == "unknown"
        card = own.card.model_copy(update={"licence": "apache-2.0"})
        registry.register(own.with_card(card), other.name)
    found = pool_adapters(registry, runtime.located.identity.fingerprint, toy_tasks)
    assert found[task.name].version == 2
    generator, _ = train_generator(runtime, toy_tasks, RECIPE, name="coder")
    assert generator.entry.licence == "apache-2.0 AND mit"


def test_a_task_without_an_adapter_is_told(registry: Registry, toy_recipe: Path, toy_tasks: list[Task]) -> None:
    runtime = Runtime(load_recipe(toy_recipe).base, registry)
    with pytest.raises(InputError, match=r"no adapter for 3 of 3 tasks .*hyperlora train adapters"):
        train_generator(runtime, toy_tasks, RECIPE, name="coder")
    assert registry.entries("generator") == []


def foreign(like: Adapter, seed: int, description: str, template: str = "Input: {input}\nOutput:") -> Adapter:
    """An imported adapter of another rank, whose rows are random."""
    draw = torch.Generator().manual_seed(seed)
    modules = {
        name: LoraFactors(
            torch.randn(5, part.A.shape[1], generator=draw), torch.randn(part.B.shape[0], 5, generator=draw), 0.3
        )
        for name, part in like.modules.items()
    }
    return Adapter(modules, like.base, Card(description=description, origin="imported", prompt_template=template))


@pytest.mark.parametrize(("sides", "metric"), [("B", "weights"), ("B", "inputs"), ("AB", "inputs")])
def test_it_may_learn_the_pools_other_adapters_by_their_cards(
    sides: Literal["B", "AB"], metric: Literal["weights", "inputs"], runtime: Runtime, toy_tasks: list[Task]
) -> None:
    registry = runtime.registry
    trained = registry.load(f"registry:{toy_tasks[0].name}")
    registry.register(foreign(trained, 1, "Name the colour of the sky"), "stranger")
    registry.register(foreign(trained, 2, "Say it loudly", "Q: {input}\nA:"), "odd")
    recipe = RECIPE.model_copy(update={"metric": metric, "sides": sides})
    made, _ = train_generator(runtime, toy_tasks[:2], recipe, name="coder", pool=True)
    others = sorted([toy_tasks[2].name, "stranger"])
    assert made.network.config.tasks == (*(task.name for task in toy_tasks[:2]), *others)
    assert made.entry.description.endswith("trained on 4 tasks")
    assert "registry:stranger@1" in made.entry.parents and "registry:odd@1" not in made.entry.parents
    told = [*(task.description for task in toy_tasks), "Name the colour of the sky"]
    written = [adapter for [adapter] in generate_adapters(runtime, [AdapterRequest(each) for each in told])]
    own = [registry.load(f"registry:{name}").modules for name in (*(task.name for task in toy_tasks), "stranger")]
    for place, adapter in enumerate(written):
        alike = [similarity(adapter.modules, each) for each in own]
        assert alike.index(max(alike)) == place
    # without tasks the pool's cards are all there is
    alone, _ = train_generator(runtime, [], recipe, name="alone", pool=True)
    assert alone.network.config.tasks == tuple(sorted([*(task.name for task in toy_tasks), "stranger"]))
    assert alone.network.config.prompt_template == "Input: {input}\nOutput:"


def test_without_adapters_there_is_nothing_to_learn(registry: Registry, toy_recipe: Path) -> None:
    runtime = Runtime(load_recipe(toy_recipe).base, registry)
    for pool in (False, True):
        with pytest.raises(InputError, match="no adapters to learn from"):
            train_generator(runtime, [], RECIPE, name="coder", pool=pool)


def test_a_damaged_one_and_one_of_no_known_kind_are_refused(runtime: Runtime, toy_tasks: list[Task]) -> None:
    made, _ = train_generator(runtime, toy_tasks, RECIPE, name="coder")
    folder = runtime.registry.verified_folder(made.entry)
    fields = json.loads((folder / CONFIG_FILE).read_text())
    for changed in ({"kind": "oracle"}, {"rank": 3}, {"latent_size": 3}):
        (folder / CONFIG_FILE).chmod(0o644)
        (folder / CONFIG_FILE).write_text(json.dumps(fields | changed))
        with pytest.raises(AdapterFormatError):
            read_generator(folder)


def test_the_command_names_the_kind(
    runtime: Runtime, toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serve.cli.train import command

    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(json.dumps(RECIPE.model_dump(mode="json")))
    arguments = ["generator", "--kind", "cvae", "--suite", f"file:{toy_suite}", "--recipe", str(recipe), "--json"]
    arguments += ["--base", str(runtime.base_name)]
    runtime.registry.delete("registry:barks@1", force=True)
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "the pool has adapters for 2 of 3 tasks" in done.stderr
    assert [entry.name for entry in runtime.registry.entries("generator")] == ["cvae"]
    trained = runtime.registry.load("registry:homes")
    runtime.registry.register(foreign(trained, 1, "Name the colour of the sky"), "stranger")
    runtime.registry.register(foreign(trained, 2, "Say it loudly", "Q: {input}\nA:"), "odd")
    done = CliRunner().invoke(command, [*arguments, "--pool"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "learned by their cards: 1 others; left out, for other prompts: registry:odd@1" in done.stderr
    refused = CliRunner().invoke(command, ["generator", "--pool"])
    assert (refused.exit_code, "--kind cvae" in refused.output) == (2, True)


def similarity(one: Mapping[str, LoraFactors], other: Mapping[str, LoraFactors]) -> float:
    """Cosine of two weight changes."""
    pairs = [(one[name].weight_change().flatten(), other[name].weight_change().flatten()) for name in one]
    first, second = torch.cat([a for a, _ in pairs]), torch.cat([b for _, b in pairs])
    return float(torch.nn.functional.cosine_similarity(first, second, dim=0))
