"""A pool trained in groups: nothing twice, unharmed by a kill, each adapter the same whatever it is trained beside."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.conditions import AdapterRequest
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel
from hyperlora.registry import Registry
from hyperlora.registry.tracking import EXPERIMENT, connect
from hyperlora.tasks.task import Task
from pipelines.adapt.generate import generate_adapters
from pipelines.evaluation.requests import plain_prompts
from pipelines.recipes import AdapterRecipe, HypernetRecipe, MultitaskRecipe, load_recipe
from pipelines.runtime import Runtime
from pipelines.training.adapters import train_adapters
from pipelines.training.generator import train_generator
from pipelines.training.loop import StepReport
from pipelines.training.multitask import train_multitask
from pipelines.training.pool import registered_adapters, train_pool
from retrieval.index import READS_TAG, pool_entries

SIGKILLED = -9
# Adam turns rounding in near-zero gradients into steps of the size of the learning rate.
GENTLE = {"learning_rate": 1e-3}

_RUN = """
from pathlib import Path
from hyperlora.registry import Registry
from pipelines.recipes import load_recipe
from pipelines.starter import open_suite
from pipelines.training.pool import train_pool
recipe = load_recipe(Path({recipe!r}))
tasks = list(open_suite(recipe.suite))
train_pool(Registry(), recipe.base, tasks, recipe.adapters, print, group=2)
"""


@pytest.fixture(scope="session")
def recipe(toy_recipe: Path) -> AdapterRecipe:
    return load_recipe(toy_recipe).adapters


@pytest.fixture(scope="session")
def base_name(toy_recipe: Path) -> str:
    return load_recipe(toy_recipe).base


def runs(registry: Registry) -> list[Any]:
    """MLflow's runs, oldest first."""
    client = connect(registry.home)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    return list(client.search_runs([experiment], order_by=["start_time ASC"]))


def refuse(line: str) -> None:
    raise AssertionError(line)


def test_groups_are_trained_side_by_side_and_nothing_twice(
    registry: Registry, base_name: str, toy_tasks: list[Task], recipe: AdapterRecipe, hyperlora_home: Path
) -> None:
    kept = recipe.model_copy(update={"snapshot_steps": (6, 12)})
    lines: list[str] = []
    made = train_pool(registry, base_name, toy_tasks, kept, lines.append, group=2)
    assert lines == ["training 2 adapters: barks, counts", "training 1 adapters: homes"]
    assert list(made) == ["barks", "counts", "homes"]
    for task in toy_tasks:
        entry = made[task.name]
        assert (entry.reference, entry.dataset, entry.recipe) == (
            f"registry:{task.name}@1",
            task.training_hash,
            kept.hash,
        )
        assert entry.metrics == {"exact_match.validation": 1.0}
        assert entry.aliases == ("champion",)
    assert [(run.info.run_name, run.info.status) for run in runs(registry)] == [("train adapters", "FINISHED")] * 2
    assert not any((hyperlora_home / "runs").iterdir()), "checkpoints are gone"
    snapshots = sorted(path.relative_to(hyperlora_home / "snapshots") for path in hyperlora_home.rglob("step-*"))
    assert [path.name for path in snapshots] == ["step-000006.safetensors", "step-000012.safetensors"] * 2

    again = train_pool(registry, base_name, toy_tasks, kept, refuse, group=2)
    assert {name: entry.reference for name, entry in again.items()} == {
        name: entry.reference for name, entry in made.items()
    }
    assert len(runs(registry)) == 2


def test_only_what_is_missing_changed_or_of_another_recipe_is_trained(
    registry: Registry, base_name: str, toy_tasks: list[Task], recipe: AdapterRecipe
) -> None:
    quick = recipe.model_copy(update={"steps": 3})
    barks, counts, homes = toy_tasks
    train_pool(registry, base_name, [barks, counts], quick, lambda line: None)
    changed = replace(counts, train=counts.train[:8])
    lines: list[str] = []
    made = train_pool(registry, base_name, [barks, changed, homes], quick, lines.append)
    assert lines == ["training 2 adapters: counts, homes"]
    assert {name: entry.version for name, entry in made.items()} == {"barks": 1, "counts": 2, "homes": 1}
    assert set(registered_adapters(registry, toy_tasks, quick)) == {"barks", "counts", "homes"}
    assert registered_adapters(registry, toy_tasks, quick.model_copy(update={"seed": 1})) == {}


def test_killed_between_registering_the_halves_it_continues_without_training(
    registry: Registry,
    hyperlora_home: Path,
    toy_recipe: Path,
    recipe: AdapterRecipe,
    base_name: str,
    toy_tasks: list[Task],
    finished: Any,
    start_apart: Callable[..., multiprocessing.process.BaseProcess],
) -> None:
    process = start_apart(
        _RUN.format(recipe=str(toy_recipe)),
        HYPERLORA_HOME=str(hyperlora_home),
        HYPERLORA_FAULT="half-registered",
    )
    process.join()
    assert process.exitcode == SIGKILLED
    assert [entry.reference for entry in registry.entries("adapter")] == ["registry:barks@1"]
    [run] = runs(registry)
    client = connect(registry.home)
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "loss")]
    assert steps == list(range(1, recipe.steps + 1))

    made = train_pool(registry, base_name, toy_tasks, recipe, lambda line: None, group=2)
    assert [entry.reference for entry in made.values()] == [f"registry:{task.name}@1" for task in toy_tasks]
    assert [run.info.status for run in runs(registry)] == ["FINISHED"] * 2
    assert [point.step for point in client.get_metric_history(run.info.run_id, "loss")] == steps, "trained again"
    assert not any((hyperlora_home / "runs").iterdir())
    # the quickstart has trained the three together: the same but for rounding
    undisturbed = Registry(finished.home)
    for task in toy_tasks:
        assert registry.get(f"registry:{task.name}").metrics == undisturbed.get(f"registry:{task.name}").metrics


def test_an_adapter_is_the_same_trained_alone_and_beside_others(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    gentle = recipe.model_copy(update=GENTLE)
    together = train_adapters(tiny_base, toy_tasks, gentle, tmp_path / "together", lambda report: None)
    [alone] = train_adapters(tiny_base, toy_tasks[1:2], gentle, tmp_path / "alone", lambda report: None)
    for name, factors in alone.modules.items():
        torch.testing.assert_close(factors.A, together[1].modules[name].A, atol=1e-5, rtol=0)
        torch.testing.assert_close(factors.B, together[1].modules[name].B, atol=1e-5, rtol=0)
        assert factors.B.abs().max() > 1e-3
        assert not torch.equal(together[0].modules[name].B, together[1].modules[name].B)


def test_the_adapters_of_a_pool_start_from_one_a(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    still = recipe.model_copy(update={"steps": 1, "warmup_steps": 0, "learning_rate": 1e-30})
    first, *others = train_adapters(tiny_base, toy_tasks, still, tmp_path / "0", lambda report: None)
    for other in others:
        assert all(torch.equal(factors.A, other.modules[name].A) for name, factors in first.modules.items())
    [reseeded] = train_adapters(
        tiny_base, toy_tasks[:1], still.model_copy(update={"seed": 1}), tmp_path / "1", lambda report: None
    )
    for name, factors in first.modules.items():
        assert not torch.equal(factors.A, reseeded.modules[name].A)
        assert factors.A.abs().max() <= factors.A.shape[1] ** -0.5


def test_snapshots_are_the_parameters_after_their_steps(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    kept = recipe.model_copy(update={"snapshot_steps": (4, 12)})
    reports: list[StepReport] = []
    adapters = train_adapters(tiny_base, toy_tasks, kept, tmp_path / "run", reports.append, tmp_path / "path")
    assert sorted(path.name for path in (tmp_path / "path").iterdir()) == [
        "step-000004.safetensors",
        "step-000012.safetensors",
    ]
    early, last = (load_file(path) for path in sorted((tmp_path / "path").iterdir()))
    assert early.keys() == last.keys()
    stacked = {tensor.dtype for tensor in last.values()}
    assert stacked == {torch.float16}
    for place, module in enumerate(find_target_modules(tiny_base.model, kept.target_modules)):
        factors = adapters[2].modules[module.name]
        torch.testing.assert_close(last[f"A.{place}"][2].float(), factors.A, atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(last[f"B.{place}"][2].float(), factors.B, atol=1e-3, rtol=1e-3)
        assert not torch.equal(early[f"B.{place}"], last[f"B.{place}"])


def test_a_multi_task_adapter_says_what_it_reads_and_stays_out_of_the_pool(
    registry: Registry, base_name: str, tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe
) -> None:
    told = MultitaskRecipe.model_validate(recipe.model_dump() | {"reads": "description", "steps": 3})
    entry = train_multitask(registry, base_name, toy_tasks, told)
    assert (entry.reference, dict(entry.tags), entry.aliases) == (
        "registry:multitask-description@1",
        {READS_TAG: "description"},
        ("champion",),
    )
    assert entry.licence == "unknown", "nobody says what licence the tasks have"
    assert pool_entries(registry, tiny_base.identity.fingerprint) == []
    assert train_multitask(registry, base_name, toy_tasks, told).reference == entry.reference
    assert len(runs(registry)) == 1, "trained once"
    shown = train_multitask(registry, base_name, toy_tasks, told.model_copy(update={"reads": "examples"}))
    assert shown.name == "multitask-examples"
    reworded = [replace(toy_tasks[0], descriptions=("Other words.",)), *toy_tasks[1:]]
    assert train_multitask(registry, base_name, reworded, told).reference == "registry:multitask-description@2"
    train_pool(registry, base_name, toy_tasks[:1], recipe.model_copy(update={"steps": 3}), lambda line: None)
    assert [each.name for each in pool_entries(registry, tiny_base.identity.fingerprint)] == ["barks"]


def test_tasks_of_unlike_templates_have_no_adapter_in_common(
    registry: Registry, base_name: str, toy_tasks: list[Task], recipe: AdapterRecipe
) -> None:
    mixed = [toy_tasks[0], replace(toy_tasks[1], prompt_template="Q: {input}\nA:")]
    told = MultitaskRecipe.model_validate(recipe.model_dump() | {"reads": "examples"})
    with pytest.raises(InputError, match="different prompt templates"):
        train_multitask(registry, base_name, mixed, told)
    assert runs(registry) == []


def test_a_generator_that_sees_a_few_tasks_a_step_is_trained_once_and_answers(
    registry: Registry, toy_recipe: Path, toy_tasks: list[Task], encoder: TextEncoder
) -> None:
    whole = load_recipe(toy_recipe)
    some = HypernetRecipe.model_validate(whole.hypernet.model_dump() | {"tasks_per_step": 2, "steps": 40})
    runtime = Runtime(whole.base, registry)
    runtime.encoder = encoder
    made, trained_now = train_generator(runtime, toy_tasks, some, name="writer")
    assert (trained_now, made.entry.name) == (True, "writer")
    assert made.entry.licence == "unknown", "nobody says what licence the tasks have"
    again, trained_now = train_generator(runtime, toy_tasks, some, name="writer")
    assert (trained_now, again.entry.reference) == (False, made.entry.reference)

    from hyperlora.bank import stack_adapters
    from hyperlora.inference.decoding import generate

    task = toy_tasks[2]
    [[adapter]] = generate_adapters(runtime, [AdapterRequest(task.unseen_descriptions[0])])
    prompts = list(plain_prompts(task, task.test[:3]))
    outputs = generate(
        runtime.base, prompts, bank=runtime.bank, factors=stack_adapters([adapter]), choices=[0] * len(prompts)
    )
    runtime.bank.close()
    assert [output.answer for output in outputs] == ["house"] * 3
