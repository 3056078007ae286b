"""The training loop: what it samples, that it equals plain PEFT, and that an interruption changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn

from generator.conditions import AdapterRequest, condition_kind
from hyperlora.bank import AdapterBank, unstack
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import InputError
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import described_prompt, render_completion
from hyperlora.tasks.task import Task
from pipelines.recipes import AdapterRecipe, HypernetRecipe, load_recipe
from pipelines.training.adapters import train_adapters
from pipelines.training.batch_samplers import encode_examples, step_samples
from pipelines.training.hypernet import train_hypernet
from pipelines.training.loop import StepReport
from pipelines.training.pool import scores_of

# The toy recipe's rate is ten times this; Adam turns rounding in near-zero gradients into steps of that size.
SHIPPED_RATE = 3e-3


class Interrupted(Exception):
    """Stands for whatever ends a run early."""


def interrupt_at(step: int) -> Callable[[StepReport], None]:
    def stop(report: StepReport) -> None:
        if report.step == step:
            raise Interrupted

    return stop


@pytest.fixture(scope="session")
def recipe(toy_recipe: Path) -> AdapterRecipe:
    return load_recipe(toy_recipe).adapters


@pytest.fixture(scope="session")
def hypernet_recipe(toy_recipe: Path) -> HypernetRecipe:
    return load_recipe(toy_recipe).hypernet


def senses(base: BaseModel, encoder: TextEncoder) -> SimpleNamespace:
    return SimpleNamespace(base=base, encoder=encoder)


def reading(recipe: HypernetRecipe, **changes: object) -> HypernetRecipe:
    """A dictionary whose conditions the base model reads, too."""
    fields = {"form": "dictionary", "atoms": 6, "reads_states": True, "shown": 0.3, "both": 0.3, "condition_noise": 0.1}
    return HypernetRecipe.model_validate(recipe.model_dump() | fields | changes)


def named(name: str) -> Task:
    return Task(name, "", ("Do it.",), (), (), ())


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 5))
def test_every_example_comes_once_an_epoch(count: int, per_step: int, seed: int) -> None:
    steps = 3 * count  # whole epochs: per_step of them a third of the way
    drawn = [index for step in range(steps) for index in step_samples(named("t"), count, step, per_step, seed)]
    epochs = [drawn[start : start + count] for start in range(0, len(drawn), count)]
    assert all(sorted(epoch) == list(range(count)) for epoch in epochs)


def test_samples_depend_on_the_step_alone_and_not_on_what_was_drawn_before() -> None:
    forwards = [step_samples(named("t"), 7, step, 3, 1) for step in range(20)]
    backwards = [step_samples(named("t"), 7, step, 3, 1) for step in reversed(range(20))]
    assert forwards == backwards[::-1]


def test_epochs_tasks_and_seeds_have_orders_of_their_own() -> None:
    orders = [
        step_samples(named(name), 20, epoch, 20, seed) for name in ("a", "b") for epoch in (0, 1) for seed in (0, 1)
    ]
    assert len({tuple(order) for order in orders}) == len(orders)


def test_training_examples_end_with_the_stop_token(tiny_base: BaseModel, toy_tasks: list[Task]) -> None:
    task = toy_tasks[0]
    for example, encoded in zip(task.train, encode_examples(tiny_base, task, task.train), strict=True):
        assert encoded.completion[-1] in tiny_base.stop_ids
        assert tiny_base.tokenizer.decode(encoded.prompt) == f"Input: {example.input}\nOutput:"
        assert tiny_base.tokenizer.decode(encoded.completion[:-1]) == f" {example.output}"


def validation_scores(base: BaseModel, tasks: Sequence[Task], adapters: Sequence[Adapter]) -> list[float]:
    """Share of the validation examples that each task's adapter answers exactly."""
    scores = scores_of(base, tasks, adapters, [task.validation for task in tasks])
    return [sum(marks) / len(marks) for marks in scores]


def same_factors(left: Sequence[Adapter], right: Sequence[Adapter]) -> bool:
    return [adapter.content_hash for adapter in left] == [adapter.content_hash for adapter in right]


def test_loss_falls_and_the_adapters_answer(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    reports: list[StepReport] = []
    adapters = train_adapters(tiny_base, toy_tasks, recipe, tmp_path, reports.append)
    assert [report.step for report in reports] == list(range(1, recipe.steps + 1))
    assert reports[0].loss > 5
    assert reports[-1].loss < 0.2
    assert validation_scores(tiny_base, toy_tasks, adapters) == [1.0, 1.0, 1.0]
    others = [adapters[1], adapters[2], adapters[0]]
    assert validation_scores(tiny_base, toy_tasks, others) == [0.0, 0.0, 0.0]


def test_cards_say_what_was_trained(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    quick = recipe.model_copy(update={"steps": 1, "warmup_steps": 0})
    adapters = train_adapters(tiny_base, toy_tasks, quick, tmp_path, lambda report: None)
    for task, adapter in zip(toy_tasks, adapters, strict=True):
        card = adapter.card
        assert (card.description, *card.paraphrases) == task.descriptions
        assert (card.origin, card.recipe_hash, card.prompt_template) == ("trained", quick.hash, task.prompt_template)
        assert {example.input for example in card.examples} <= {example.input for example in task.validation}
        assert not set(task.unseen_descriptions) & {card.description, *card.paraphrases}
        assert adapter.base == tiny_base.identity


def test_training_leaves_the_base_model_as_it_was(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    before = {name: tensor.clone() for name, tensor in tiny_base.model.state_dict().items()}
    train_adapters(tiny_base, toy_tasks, recipe, tmp_path, lambda report: None)
    assert all(torch.equal(tensor, before[name]) for name, tensor in tiny_base.model.state_dict().items())
    assert all(not module._forward_hooks for module in tiny_base.model.modules())


def test_the_size_of_micro_batches_changes_nothing(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    results = []
    for size in (3, 64):
        sized = recipe.model_copy(update={"micro_batch": size, "learning_rate": SHIPPED_RATE})
        results.append(train_adapters(tiny_base, toy_tasks, sized, tmp_path / str(size), lambda report: None))
    for small, large in zip(*results, strict=True):
        for name, factors in small.modules.items():
            torch.testing.assert_close(factors.A, large.modules[name].A, atol=1e-5, rtol=0)
            torch.testing.assert_close(factors.B, large.modules[name].B, atol=1e-5, rtol=0)


def train_alone(base: BaseModel, folder: Path, task: Task, start: Adapter, recipe: AdapterRecipe) -> nn.Module:
    """The same training written with PEFT and transformers, for one task: the reference."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    config = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=list(recipe.target_modules))
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(folder), config)
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, factors in start.modules.items():
            parameters[f"base_model.model.{name}.lora_A.default.weight"].copy_(factors.A)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=0.0)
    warmup, steps = recipe.warmup_steps, recipe.steps
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warmup, (steps - step) / (steps - warmup))
    )
    pool = encode_examples(base, task, task.train)
    for step in range(steps):
        samples = [pool[i] for i in step_samples(task, len(pool), step, recipe.samples_per_task, recipe.seed)]
        width = max(len(sample) for sample in samples)
        ids, labels, mask = (torch.full((len(samples), width), fill) for fill in (base.pad_id, -100, 0))
        for row, sample in enumerate(samples):
            ids[row, : len(sample)] = torch.tensor(sample.prompt + sample.completion)
            labels[row, len(sample.prompt) : len(sample)] = torch.tensor(sample.completion)
            mask[row, : len(sample)] = 1
        optimiser.zero_grad()
        model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
        optimiser.step()
        schedule.step()
    return model


def test_training_three_in_one_pass_is_training_each_alone_with_peft(
    tiny_base: BaseModel, tiny_base_folder: Path, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    recipe = recipe.model_copy(update={"learning_rate": SHIPPED_RATE})
    # a step this small moves no A, so that it shows where training starts
    still = recipe.model_copy(update={"steps": 1, "warmup_steps": 0, "learning_rate": 1e-30})
    starts = train_adapters(tiny_base, toy_tasks, still, tmp_path / "start", lambda report: None)
    joint = train_adapters(tiny_base, toy_tasks, recipe, tmp_path / "joint", lambda report: None)
    for task, start, adapter in zip(toy_tasks, starts, joint, strict=True):
        alone = dict(train_alone(tiny_base, tiny_base_folder, task, start, recipe).named_parameters())
        for name, factors in adapter.modules.items():
            A, B = (alone[f"base_model.model.{name}.lora_{factor}.default.weight"] for factor in "AB")
            assert (A - start.modules[name].A).abs().max() > 1e-2
            torch.testing.assert_close(factors.A, A.data, atol=1e-5, rtol=0)
            torch.testing.assert_close(factors.B, B.data, atol=1e-5, rtol=0)


def test_adapters_resumed_from_a_checkpoint_end_with_the_same_bits(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    undisturbed = train_adapters(tiny_base, toy_tasks, recipe, tmp_path / "undisturbed", lambda report: None)
    with pytest.raises(Interrupted):
        train_adapters(tiny_base, toy_tasks, recipe, tmp_path / "resumed", interrupt_at(8))
    steps: list[StepReport] = []
    resumed = train_adapters(tiny_base, toy_tasks, recipe, tmp_path / "resumed", steps.append)
    assert [report.step for report in steps] == list(range(6, recipe.steps + 1)), "steps before the checkpoint"
    assert same_factors(resumed, undisturbed)


def test_a_run_that_had_ended_is_read_back_without_a_step(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    first = train_adapters(tiny_base, toy_tasks, recipe, tmp_path, lambda report: None)
    assert same_factors(train_adapters(tiny_base, toy_tasks, recipe, tmp_path, interrupt_at(1)), first)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_a_hypernet_learns_and_tells_descriptions_apart(
    tiny_base: BaseModel,
    toy_tasks: list[Task],
    hypernet_recipe: HypernetRecipe,
    encoder: TextEncoder,
    tmp_path: Path,
) -> None:
    reports: list[StepReport] = []
    longer = hypernet_recipe.model_copy(update={"steps": 60})
    network = train_hypernet(tiny_base, senses(tiny_base, encoder), toy_tasks, longer, tmp_path, reports.append)
    assert reports[0].loss > 5
    assert reports[-1].loss < 0.5
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    config = network.config
    assert (config.base, config.encoder) == (tiny_base.identity, encoder.id)
    assert config.tasks == tuple(task.name for task in toy_tasks)
    written = network(torch.from_numpy(encoder.encode([task.unseen_descriptions[0] for task in toy_tasks])))
    adapters = [
        Adapter(unstack(written, row), tiny_base.identity, Card(description=task.description))
        for row, task in enumerate(toy_tasks)
    ]
    assert validation_scores(tiny_base, toy_tasks, adapters) == [1.0, 1.0, 1.0]


def test_a_hypernet_resumed_from_a_checkpoint_ends_with_the_same_bits(
    tiny_base: BaseModel,
    toy_tasks: list[Task],
    hypernet_recipe: HypernetRecipe,
    encoder: TextEncoder,
    tmp_path: Path,
) -> None:
    common = (tiny_base, senses(tiny_base, encoder), toy_tasks, hypernet_recipe)
    undisturbed = train_hypernet(*common, tmp_path / "undisturbed", lambda report: None).state_dict()
    with pytest.raises(Interrupted):
        train_hypernet(*common, tmp_path / "resumed", interrupt_at(7))
    steps: list[StepReport] = []
    torch.rand(3)  # resuming must not lean on the global generator either
    resumed = train_hypernet(*common, tmp_path / "resumed", steps.append).state_dict()
    assert [report.step for report in steps] == list(range(6, hypernet_recipe.steps + 1))
    assert resumed.keys() == undisturbed.keys()
    assert all(torch.equal(resumed[name], undisturbed[name]) for name in resumed)


def test_a_dictionary_learns_to_write_by_a_description_or_by_examples(
    tiny_base: BaseModel,
    toy_tasks: list[Task],
    hypernet_recipe: HypernetRecipe,
    encoder: TextEncoder,
    tmp_path: Path,
) -> None:
    recipe = reading(hypernet_recipe, steps=80, learning_rate=0.02)
    network = train_hypernet(tiny_base, senses(tiny_base, encoder), toy_tasks, recipe, tmp_path, lambda report: None)
    assert network.config.views is not None
    requests = [AdapterRequest(task.unseen_descriptions[0]) for task in toy_tasks]
    requests += [AdapterRequest("", task.validation[:3]) for task in toy_tasks]
    conditions = condition_kind(network.config).read(network.config, requests, senses(tiny_base, encoder))
    written = network(conditions)
    adapters = [
        Adapter(unstack(written, row), tiny_base.identity, Card(description="Do it.")) for row in range(len(requests))
    ]
    assert validation_scores(tiny_base, [*toy_tasks, *toy_tasks], adapters) == [1.0] * 6


def test_a_prompt_that_holds_the_description_puts_right_what_another_tasks_adapter_misleads(
    tiny_base: BaseModel,
    toy_tasks: list[Task],
    hypernet_recipe: HypernetRecipe,
    encoder: TextEncoder,
    tmp_path: Path,
) -> None:
    changes = {"rank": 8, "common_rank": 6, "prompted": 0.7, "misled": 0.6, "shown": 0.0, "both": 0.0}
    recipe = reading(hypernet_recipe, steps=150, learning_rate=0.02, **changes)
    network = train_hypernet(tiny_base, senses(tiny_base, encoder), toy_tasks, recipe, tmp_path, lambda report: None)
    requests = [AdapterRequest(task.descriptions[0]) for task in toy_tasks]
    written = network(condition_kind(network.config).read(network.config, requests, senses(tiny_base, encoder)))
    asked = [(row, task, example) for row in range(3) for task in toy_tasks for example in task.validation[:4]]
    scores = teacher_forced_scores(
        tiny_base,
        [described_prompt(task.prompt_template, task.descriptions[1], each.input) for _, task, each in asked],
        [render_completion(task.prompt_template, each.output) for _, task, each in asked],
        bank=AdapterBank(tiny_base.model),
        factors=written,
        choices=[row for row, _, _ in asked],
    )
    assert sum(score.match for score in scores) / len(scores) > 0.9, "by the prompt, on whichever adapter"


def test_a_dictionary_begins_at_the_adapters_of_the_pool_and_resumes_with_the_same_bits(
    tiny_base: BaseModel,
    toy_tasks: list[Task],
    recipe: AdapterRecipe,
    hypernet_recipe: HypernetRecipe,
    encoder: TextEncoder,
    tmp_path: Path,
) -> None:
    own = train_adapters(tiny_base, toy_tasks, recipe, tmp_path / "own", lambda report: None)
    pool = {task.name: adapter.modules for task, adapter in zip(toy_tasks, own, strict=True)}
    changes = {"rank": hypernet_recipe.rank + 1, "common_rank": 1, "prompted": 0.5, "misled": 0.5}
    barely = reading(hypernet_recipe, shown=0, both=0, learning_rate=1e-6, reconstruction_steps=200, **changes)
    common = (tiny_base, senses(tiny_base, encoder), toy_tasks, barely)
    network = train_hypernet(*common, tmp_path / "whole", lambda report: None, pool=pool)
    requests = [AdapterRequest(task.descriptions[0]) for task in toy_tasks]
    written = network(condition_kind(network.config).read(network.config, requests, senses(tiny_base, encoder)))
    for row, adapter in enumerate(own):
        for name, factors in adapter.modules.items():
            change = written[name].B[row] @ written[name].A[row] * written[name].scaling[row]
            near = torch.nn.functional.cosine_similarity(change.flatten(), factors.weight_change().flatten(), dim=0)
            assert near > 0.9, "its own adapter, on the A that all share"
    with pytest.raises(Interrupted):
        train_hypernet(*common, tmp_path / "resumed", interrupt_at(7), pool=pool)
    resumed = train_hypernet(*common, tmp_path / "resumed", lambda report: None, pool=pool).state_dict()
    assert all(torch.equal(resumed[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"shown": 0.7, "both": 0.5}, "shares of one whole"),
        ({"reads_states": False}, "set reads_states"),
        ({"form": "heads", "reconstruction_steps": 5}, "must be 0"),
        ({"common_rank": 99}, "must be below rank"),
        ({"misled": 0.5}, "misled must be 0"),
    ],
)
def test_recipes_that_contradict_themselves_are_refused(
    hypernet_recipe: HypernetRecipe, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        reading(hypernet_recipe, **changes)


def test_a_hypernet_needs_one_prompt_template(
    tiny_base: BaseModel,
    toy_tasks: list[Task],
    hypernet_recipe: HypernetRecipe,
    encoder: TextEncoder,
    tmp_path: Path,
) -> None:
    mixed = [toy_tasks[0], replace(toy_tasks[1], prompt_template="Q: {input}\nA:")]
    with pytest.raises(InputError, match="different prompt templates"):
        train_hypernet(tiny_base, senses(tiny_base, encoder), mixed, hypernet_recipe, tmp_path, lambda report: None)


def test_modules_the_base_lacks_are_named(
    tiny_base: BaseModel, toy_tasks: list[Task], recipe: AdapterRecipe, tmp_path: Path
) -> None:
    wrong = recipe.model_copy(update={"target_modules": ("v_proj", "w_proj")})
    with pytest.raises(InputError, match=r"no linear modules named w_proj\. Correct target_modules"):
        train_adapters(tiny_base, toy_tasks, wrong, tmp_path, lambda report: None)
