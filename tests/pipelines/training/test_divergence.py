"""Training that leaves the finite numbers: it stops, says why, registers nothing, and nothing goes on from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from generator.artifact import write_generator
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError, TrainingError
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel, load_base_model
from hyperlora.registry import Registry
from hyperlora.registry.tracking import EXPERIMENT, connect
from hyperlora.tasks.task import Task
from pipelines.recipes import CvaeRecipe, FewExamplesRecipe, MultitaskRecipe, load_recipe
from pipelines.runtime import Runtime
from pipelines.training.checkpointing import resume, write_checkpoint
from pipelines.training.divergence import require_finite_loss
from pipelines.training.generator import train_generator
from pipelines.training.multitask import train_multitask
from pipelines.training.pool import train_pool
from pipelines.training.refine import refine


def statuses(registry: Registry) -> list[str]:
    client = connect(registry.home)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    return [run.info.status for run in client.search_runs([experiment.experiment_id])]


def test_adapters_whose_loss_is_not_finite_are_not_registered(
    registry: Registry, toy_recipe: Path, toy_tasks: list[Task], broken_base: str
) -> None:
    whole = load_recipe(toy_recipe)
    for _ in range(2):  # the second finds what the first has left
        with pytest.raises(TrainingError, match="train adapters: the loss of step 1 is nan; nothing is registered"):
            train_pool(registry, broken_base, toy_tasks, whole.adapters, lambda line: None)
    assert registry.entries() == []
    assert statuses(registry) == ["FAILED"]


def test_a_multitask_adapter_likewise(
    registry: Registry, toy_recipe: Path, toy_tasks: list[Task], broken_base: str
) -> None:
    fields = {**load_recipe(toy_recipe).adapters.model_dump(), "reads": "description", "tasks_per_step": 2}
    with pytest.raises(TrainingError, match="train multitask-description: the loss of step 1 is nan"):
        train_multitask(registry, broken_base, toy_tasks, MultitaskRecipe.model_validate(fields))
    assert (registry.entries(), statuses(registry)) == ([], ["FAILED"])


def test_after_the_first_step_the_learning_rate_is_to_blame() -> None:
    recipe = FewExamplesRecipe(steps=9, learning_rate=0.03)
    require_finite_loss(1e30, "train it", 7, recipe)
    with pytest.raises(TrainingError) as caught:
        require_finite_loss(float("inf"), "train it", 7, recipe)
    assert caught.value.problem == (
        "train it: the loss of step 7 is inf at a learning rate of 0.03; nothing is registered"
    )
    assert caught.value.remedy.startswith("Lower it, e.g. learning_rate: 0.003 in a recipe of your own (--recipe FILE)")


def test_a_base_model_with_a_damaged_weight_is_not_blamed_on_the_learning_rate(
    registry: Registry, toy_recipe: Path, toy_tasks: list[Task], encoder: TextEncoder, broken_base: str
) -> None:
    whole = load_recipe(toy_recipe)
    runtime = Runtime(broken_base, registry)
    runtime.encoder = encoder
    with pytest.raises(TrainingError) as caught:
        train_generator(runtime, toy_tasks, whole.hypernet, name="writer")
    assert caught.value.problem == "train hypernet: the loss of step 1 is nan; nothing is registered"
    assert "learning_rate" not in caught.value.remedy
    assert (registry.entries("generator"), statuses(registry)) == ([], ["FAILED"])


@pytest.fixture
def broken_base(tiny_base_folder: Path, tmp_path: Path) -> str:
    """The tiny base model, with NaN in one norm."""
    folder = tmp_path / "broken"
    folder.mkdir()
    for file in tiny_base_folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    tensors = load_file(folder / "model.safetensors")
    tensors["model.norm.weight"][0] = torch.nan
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return f"file:{folder}"


def test_a_cvae_whose_loss_is_not_finite_is_not_registered(
    registry: Registry, toy_recipe: Path, toy_tasks: list[Task], encoder: TextEncoder
) -> None:
    whole = load_recipe(toy_recipe)
    train_pool(registry, whole.base, toy_tasks, whole.adapters, lambda line: None)
    runtime = Runtime(whole.base, registry)
    runtime.encoder = encoder
    recipe = CvaeRecipe(
        rank=2,
        alpha=2,
        latent_size=2,
        width=8,
        hidden_size=16,
        embedding_size=4,
        steps=4,
        learning_rate=1e-2,
        kl_weight=1e308,
    )
    with pytest.raises(TrainingError, match=r"train cvae: the loss of step \d is (inf|nan)"):
        train_generator(runtime, toy_tasks, recipe, name="coder")
    assert registry.entries("generator") == []
    assert sorted(statuses(registry)) == ["FAILED", "FINISHED"]


def test_refining_stops_with_its_own_remedy(
    broken_base: str, make_adapter: Callable[..., Adapter], toy_tasks: list[Task]
) -> None:
    base = load_base_model(broken_base, training=True)
    adapter = replace(make_adapter(1), base=base.identity)
    with pytest.raises(TrainingError, match=r"refine: the loss of step 1 is nan.* Take fewer steps, or none, with"):
        refine(base, [adapter], [toy_tasks[0].train[:3]], FewExamplesRecipe(steps=2, learning_rate=0.01))


def test_a_checkpoint_never_holds_what_is_not_finite_and_nothing_goes_on_from_one(tmp_path: Path) -> None:
    module = nn.Linear(2, 2)
    optimiser = torch.optim.AdamW(module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    write_checkpoint(module, optimiser, 3, tmp_path)
    kept = module.weight.detach().clone()
    with torch.no_grad():
        module.weight[0, 0] = torch.nan
    with pytest.raises(TrainingError, match="after step 4 weight hold NaN or Inf; nothing is registered"):
        write_checkpoint(module, optimiser, 4, tmp_path)
    assert resume(module, optimiser, tmp_path) == 3
    assert torch.equal(module.weight, kept)
    # as releases before this one wrote them
    [file] = tmp_path.iterdir()
    tensors = load_file(file)
    tensors["module.weight"][1, 1] = torch.inf
    save_file(tensors, file, metadata={"step": "9"})
    assert resume(module, optimiser, tmp_path) == 0
    assert torch.equal(module.weight, kept)
    assert list(tmp_path.iterdir()) == []


def test_a_generator_that_is_not_finite_is_not_written(reading: Any, tmp_path: Path, tiny_base: BaseModel) -> None:
    with torch.no_grad():
        reading.layer_embedding.weight[0, 0] = torch.inf
    with pytest.raises(AdapterFormatError, match=r"the generator's layer_embedding\.weight hold NaN or Inf"):
        write_generator(reading, tmp_path)
    assert list(tmp_path.iterdir()) == []
