"""Training a CVAE: it learns a pool, from that pool alone, the same way twice, and a kill costs nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import save
from torch.nn.functional import normalize

from generator.canonical import projected
from generator.cvae import Cvae
from hyperlora.bank import unstack
from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.target_modules import TargetModule
from hyperlora.models import BaseIdentity, BaseModel
from pipelines.recipes import AdapterRecipe, load_recipe, read_recipe, shipped_recipe
from pipelines.recipes.cvae_recipe import CvaeRecipe
from pipelines.training.adapters import train_adapters
from pipelines.training.cvae import CvaeReport, TaskWeights, canonical_weights, mean_of_some, one_of, train_cvae
from pipelines.training.snapshots import read_paths

BASE = BaseIdentity(id="file:x", hub_id="x", revision="1", fingerprint="f" * 64, num_layers=2)
MODULES = tuple(
    TargetModule(name=f"model.layers.{n}.{kind}", kind=kind, layer=n, in_features=10, out_features=out)
    for n in range(2)
    for kind, out in (("q_proj", 10), ("v_proj", 6))
)
RECIPE = CvaeRecipe(
    rank=2,
    alpha=4,
    width=8,
    hidden_size=32,
    latent_size=4,
    embedding_size=8,
    condition_noise=0.2,
    steps=150,
    learning_rate=1e-2,
    warmup_steps=5,
    checkpoint_steps=20,
)
Weights = dict[str, LoraFactors]


class Interrupted(Exception):
    """Stands for whatever ends a run early."""


def interrupt_at(step: int) -> Callable[[CvaeReport], None]:
    def stop(report: CvaeReport) -> None:
        if report.step == step:
            raise Interrupted

    return stop


def weights_of(seed: int, share: float = 1.0) -> Weights:
    """An adapter on the A of the pool, some share of the way to its end."""
    of_pool, own = (torch.Generator().manual_seed(number) for number in (0, 1000 + seed))
    return {
        module.name: LoraFactors(
            torch.randn(2, module.in_features, generator=of_pool),
            torch.randn(module.out_features, 2, generator=own) * share,
            1.5,
        )
        for module in MODULES
    }


def wordings(seed: int, count: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    centre = normalize(torch.randn(16, generator=generator), dim=0)
    return normalize(centre + 0.1 * torch.randn(count, 16, generator=generator), dim=-1)


def pool(count: int = 6) -> list[TaskWeights]:
    return [
        TaskWeights(f"task-{n}", [weights_of(n, share) for share in (0.9, 1.0)], one_of(wordings(n)))
        for n in range(count)
    ]


def trained(
    tasks: Sequence[TaskWeights],
    folder: Path,
    recipe: CvaeRecipe = RECIPE,
    on_step: Callable[[CvaeReport], None] = lambda report: None,
) -> Cvae:
    return train_cvae(BASE, MODULES, tasks, recipe, folder, on_step, encoder="none")


def bytes_of(network: Cvae) -> bytes:
    return save({name: tensor.contiguous() for name, tensor in network.state_dict().items()})


def change(part: LoraFactors) -> np.ndarray:
    return np.asarray(part.scaling * part.B.double().numpy() @ part.A.double().numpy())


def relative_error(found: Weights, expected: Weights) -> float:
    lost = sum(((change(found[name]) - change(part)) ** 2).sum() for name, part in expected.items())
    return float(np.sqrt(lost / sum((change(part) ** 2).sum() for part in expected.values())))


def mean_error(number: int, count: int = 6) -> float:
    """What the mean of the pool's changes leaves of a task's."""
    lost = total = 0.0
    for module in MODULES:
        changes = [change(weights_of(n)[module.name]) for n in range(count)]
        lost += ((changes[number] - np.mean(changes, axis=0)) ** 2).sum()
        total += (changes[number] ** 2).sum()
    return float(np.sqrt(lost / total))


@pytest.mark.parametrize(("form", "sides"), [("dictionary", "B"), ("dictionary", "AB"), ("tokens", "B"), ("conv", "B")])
def test_it_writes_every_task_from_words_it_never_saw(form: str, sides: str, tmp_path: Path) -> None:
    recipe = CvaeRecipe.model_validate(RECIPE.model_dump() | {"form": form, "sides": sides, "width": 32})
    reports: list[CvaeReport] = []
    network = trained(pool(), tmp_path, recipe, reports.append)
    assert [report.step for report in reports] == list(range(1, recipe.steps + 1))
    assert reports[-1].reconstruction < reports[0].reconstruction
    assert not network.training and not any(parameter.requires_grad for parameter in network.parameters())
    unseen = torch.stack([wordings(n, 5)[4] for n in range(6)])
    factors = network(unseen)
    errors = [relative_error(unstack(factors, n), weights_of(n)) for n in range(6)]
    assert np.median(errors) < 0.25 * np.median([mean_error(n) for n in range(6)])
    assert network.config.tasks == tuple(f"task-{n}" for n in range(6))
    assert (network.config.condition_size, network.config.scaling) == (16, 2.0)


def test_the_latent_tells_along_a_tasks_training_where_it_is(tmp_path: Path) -> None:
    tasks = [
        TaskWeights(f"task-{n}", [weights_of(n, share) for share in (0.4, 1.0)], one_of(wordings(n))) for n in range(6)
    ]
    network = trained(tasks, tmp_path, RECIPE.model_copy(update={"steps": 300, "condition_noise": 0.0, "width": 16}))
    early, late = (canonical_weights(network, [weights_of(n, share) for n in range(6)]) for share in (0.4, 1.0))
    conditions = torch.stack([wordings(n)[0] for n in range(6)])
    for own, other in ((early, late), (late, early)):
        back = network.decode(network.encode(own, conditions)[0], conditions)
        assert (back - own).norm() < 0.5 * (back - other).norm()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    short = RECIPE.model_copy(update={"steps": 10})
    first = bytes_of(trained(pool(), tmp_path / "first", short))
    torch.rand(3)  # the global generator has no say
    assert bytes_of(trained(pool(), tmp_path / "again", short)) == first
    assert bytes_of(trained(pool(), tmp_path / "other", short.model_copy(update={"seed": 1}))) != first


@pytest.mark.parametrize("form", ["conv", "tokens", "dictionary"])
def test_a_killed_run_ends_with_the_same_bytes(form: str, tmp_path: Path) -> None:
    recipe = CvaeRecipe.model_validate(RECIPE.model_dump() | {"form": form, "steps": 24, "checkpoint_steps": 10})
    undisturbed = bytes_of(trained(pool(), tmp_path / "undisturbed", recipe))
    with pytest.raises(Interrupted):
        trained(pool(), tmp_path / "killed", recipe, interrupt_at(14))
    reports: list[CvaeReport] = []
    assert bytes_of(trained(pool(), tmp_path / "killed", recipe, reports.append)) == undisturbed
    assert [report.step for report in reports] == list(range(11, 25))


def test_statistics_and_the_common_a_come_from_the_training_pool_alone(tmp_path: Path) -> None:
    network = trained(pool(), tmp_path, RECIPE.model_copy(update={"steps": 10}))
    everything = [weights for task in pool() for weights in task.weights]
    flat = network.layout.flat(projected(everything, MODULES, network.common()).factors).double().numpy()
    np.testing.assert_allclose(network.standardiser.mean.numpy(), flat.mean(axis=0), atol=1e-5)
    for name, rows in network.common().items():
        stacked = np.concatenate([change(weights_of(n)[name]) for n in range(6)])
        _, _, Vh = np.linalg.svd(stacked)
        np.testing.assert_allclose(np.abs(rows.double().numpy() @ Vh[2:].T).max(), 0, atol=1e-5)
    # an adapter that it never saw is read with these, not with its own
    before = bytes_of(network)
    stranger = canonical_weights(network, [weights_of(77)])
    network.encode(stranger, wordings(77)[:1])
    assert bytes_of(network) == before
    assert network.standardiser.normalise(stranger).abs().max() > 1


@pytest.mark.parametrize("sides", ["B", "AB"])
def test_adapters_written_in_another_way_train_the_same_generator(sides: str, tmp_path: Path) -> None:
    def rewritten(weights: Weights, seed: int) -> Weights:
        """Mixed components, two more of rank, and another scaling."""
        M = torch.randn(2, 2, generator=torch.Generator().manual_seed(seed)) + 3 * torch.eye(2)
        return {
            name: LoraFactors(
                torch.cat([M @ part.A, torch.ones(2, part.A.shape[1])]),
                torch.cat([part.B @ torch.linalg.inv(M) * 6, torch.zeros(part.B.shape[0], 2)], dim=1),
                part.scaling / 6,
            )
            for name, part in weights.items()
        }

    recipe = CvaeRecipe.model_validate(RECIPE.model_dump() | {"steps": 6, "sides": sides})
    foreign = [
        replace(task, weights=[rewritten(weights, n) for weights in task.weights]) if n % 2 else task
        for n, task in enumerate(pool())
    ]
    own, other = trained(pool(), tmp_path / "own", recipe), trained(foreign, tmp_path / "other", recipe)
    for name, buffer in own.standardiser.state_dict().items():
        torch.testing.assert_close(other.standardiser.state_dict()[name], buffer, atol=1e-4, rtol=1e-3)
    for name, A in own.common().items():
        torch.testing.assert_close(other.common()[name], A, atol=1e-4, rtol=1e-3)
    flat = canonical_weights(own, [task.weights[0] for task in pool()])
    torch.testing.assert_close(
        canonical_weights(own, [task.weights[0] for task in foreign]), flat, atol=1e-3, rtol=1e-3
    )


def test_every_task_comes_once_an_epoch_with_conditions_that_change(tmp_path: Path) -> None:
    asked: dict[str, list[tuple[float, ...]]] = {}

    def recorded(name: str, seed: int) -> Callable[[random.Random], torch.Tensor]:
        def draw(source: random.Random) -> torch.Tensor:
            condition = one_of(wordings(seed))(source)
            asked.setdefault(name, []).append(tuple(condition.tolist()))
            return condition

        return draw

    tasks = [replace(task, condition=recorded(task.name, n)) for n, task in enumerate(pool())]
    trained(tasks, tmp_path, RECIPE.model_copy(update={"steps": 30, "tasks_per_step": 2}))
    # thirty steps of two are ten epochs of six; each task was asked once before, for its size
    assert {name: len(conditions) for name, conditions in asked.items()} == {f"task-{n}": 11 for n in range(6)}
    assert all(len(set(conditions)) > 1 for conditions in asked.values())


def test_task_vectors_of_subsets_are_unit_means_of_some_examples() -> None:
    states = torch.eye(5) * 3
    draw = mean_of_some(states, fewest=2, most=32)
    sizes = set()
    for seed in range(60):
        vector = draw(random.Random(seed))
        chosen = int((vector > 0).sum())
        sizes.add(chosen)
        torch.testing.assert_close(vector[vector > 0], torch.full((chosen,), chosen**-0.5))
        assert torch.equal(vector, draw(random.Random(seed)))
    assert sizes == {2, 3, 4, 5}


def test_a_pool_that_cannot_be_learned_from_is_refused_by_name(tmp_path: Path) -> None:
    tasks = pool(2)
    with pytest.raises(InputError, match="there are no tasks"):
        trained([], tmp_path)
    with pytest.raises(InputError, match="two have one name"):
        trained([tasks[0], tasks[0]], tmp_path)
    with pytest.raises(InputError, match="task-1 have no weights"):
        trained([tasks[0], replace(tasks[1], weights=[])], tmp_path)
    with pytest.raises(InputError, match=r"sizes \[\(12,\), \(16,\)\]"):
        trained([tasks[0], replace(tasks[1], condition=one_of(torch.ones(1, 12)))], tmp_path)
    broken = {name: LoraFactors(part.A * float("inf"), part.B, 1.0) for name, part in weights_of(0).items()}
    with pytest.raises(InputError, match=r"model\.layers\.0\.q_proj has factors with NaN or Inf"):
        trained([tasks[0], replace(tasks[1], weights=[broken])], tmp_path)


def test_the_small_recipe_is_within_a_tenth_of_the_zoo(tmp_path: Path) -> None:
    recipe = read_recipe(CvaeRecipe, shipped_recipe("cvae-small"))
    modules = [
        TargetModule(name=f"layers.{n}.{kind}", kind=kind, layer=n, in_features=576, out_features=out)
        for n in range(30)
        for kind, out in (("q_proj", 576), ("v_proj", 192))
    ]
    adapter = {
        module.name: LoraFactors(torch.ones(4, module.in_features), torch.ones(module.out_features, 4), 2.0)
        for module in modules
    }
    task = TaskWeights("one", [adapter], one_of(normalize(torch.ones(1, 384), dim=-1)))
    quick = recipe.model_copy(update={"steps": 1, "warmup_steps": 0})
    network = train_cvae(BASE, modules, [task], quick, tmp_path, lambda report: None, encoder="none")
    numbers = sum(part.A.numel() + part.B.numel() for part in adapter.values())
    assert numbers == 230_400
    assert network.num_parameters <= 0.10 * 73 * numbers


def test_a_dictionary_has_an_atom_for_each_direction_in_which_adapters_differ(tmp_path: Path) -> None:
    recipe = CvaeRecipe.model_validate(RECIPE.model_dump() | {"width": None, "steps": 1, "warmup_steps": 0})
    tasks = [TaskWeights(f"task-{n}", [weights_of(n)], one_of(wordings(n))) for n in range(12)]
    assert trained(tasks, tmp_path / "twelve", recipe).config.width == 11
    assert trained(tasks[:3], tmp_path / "three", recipe).config.width == 8
    with pytest.raises(ValidationError, match="form: tokens needs a width"):
        CvaeRecipe.model_validate(RECIPE.model_dump() | {"width": None, "form": "tokens"})


@pytest.mark.parametrize(
    ("field", "value"),
    [("steps", 0), ("warmup_steps", 150), ("prior_share", 2), ("width", 4), ("form", "gan"), ("x", 1)],
)
def test_a_recipe_with_a_wrong_field_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        CvaeRecipe.model_validate(RECIPE.model_dump() | {field: value})


def test_the_path_of_a_training_is_read_back_for_the_adapter_it_ended_with(
    tiny_base: BaseModel, toy_recipe: Path, toy_tasks: list, tmp_path: Path
) -> None:
    recipe: AdapterRecipe = load_recipe(toy_recipe).adapters.model_copy(
        update={"steps": 3, "warmup_steps": 1, "snapshot_steps": (1, 2, 3)}
    )
    kept = tmp_path / "kept"
    adapters = train_adapters(tiny_base, toy_tasks, recipe, tmp_path / "run", lambda report: None, kept)
    asked = [adapters[2], adapters[0]]
    for adapter, path in zip(asked, read_paths(asked, kept), strict=True):
        assert path is not None
        assert len(path) == 3
        for name, part in adapter.modules.items():
            assert torch.equal(path[-1][name].B, part.B.half().float())
            assert torch.equal(path[-1][name].A, part.A.half().float())
            assert path[0][name].scaling == part.scaling
            assert not torch.equal(path[0][name].B, path[1][name].B)
    assert read_paths(asked, tmp_path) == [None, None]
    halves = {name: replace(part, B=part.B / 2) for name, part in adapters[0].modules.items()}
    other = Adapter(halves, adapters[0].base, adapters[0].card)
    assert [path is None for path in read_paths([other, adapters[0]], kept)] == [True, False]
    (kept / "step-000003.safetensors").unlink()
    assert read_paths(asked, kept) == [None, None]
    (kept / "step-000002.safetensors").write_bytes(b"torn")
    with pytest.raises(InputError, match="damaged snapshot"):
        read_paths(asked, kept)
