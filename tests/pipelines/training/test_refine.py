"""Refining: gradient steps from where adapters are, by the machinery that trains them, each on its own examples."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperlora.bank import AdapterBank, stack_adapters, unstack
from hyperlora.errors import BaseModelError, InputError
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Example, Task
from pipelines.recipes import AdapterRecipe, FewExamplesRecipe, load_recipe
from pipelines.training.adapters import StackedParameters, train_adapters
from pipelines.training.refine import MOST_IN_A_STEP, refine

FEW = FewExamplesRecipe(steps=12, learning_rate=0.03, warmup_steps=2)
GENTLE = FewExamplesRecipe(steps=3, learning_rate=1e-3, warmup_steps=1)


@pytest.fixture
def fresh(tiny_base: BaseModel, make_adapter: Callable[..., Adapter], toy_recipe: Path) -> Adapter:
    """An adapter that changes nothing yet, as training begins with."""
    recipe = load_recipe(toy_recipe).adapters
    parameters = StackedParameters(find_target_modules(tiny_base.model, recipe.target_modules), 1, recipe)
    return Adapter(unstack(parameters.factors(0), 0), tiny_base.identity, make_adapter().card)


def answers(base: BaseModel, adapter: Adapter, inputs: list[str]) -> list[str]:
    bank = AdapterBank(base.model)
    try:
        prompts = [render_prompt(adapter.card.prompt_template, text) for text in inputs]
        outputs = generate(base, prompts, bank=bank, factors=stack_adapters([adapter]), choices=[0] * len(prompts))
    finally:
        bank.close()
    return [output.answer for output in outputs]


def assert_same_change(one: Adapter, other: Adapter) -> None:
    assert one.modules.keys() == other.modules.keys()
    for name, part in one.modules.items():
        torch.testing.assert_close(part.weight_change(), other.modules[name].weight_change(), atol=2e-5, rtol=1e-4)


def test_a_few_examples_teach_what_they_show(tiny_base: BaseModel, fresh: Adapter, toy_tasks: list[Task]) -> None:
    task = toy_tasks[2]
    [refined] = refine(tiny_base, [fresh], [task.train[:5]], FEW)
    assert answers(tiny_base, refined, [example.input for example in task.test[:4]]) == ["house"] * 4
    assert refined.card == fresh.card


def test_from_nothing_it_is_the_training_of_an_adapter_on_the_same_examples(
    tiny_base: BaseModel, fresh: Adapter, toy_tasks: list[Task], toy_recipe: Path, tmp_path: Path
) -> None:
    shown = [replace(task, train=task.train[:5]) for task in toy_tasks]
    whole = load_recipe(toy_recipe).adapters.model_dump() | GENTLE.model_dump() | {"samples_per_task": 5}
    trained = train_adapters(tiny_base, shown, AdapterRecipe(**whole), tmp_path, lambda report: None)
    refined = refine(tiny_base, [fresh] * 3, [task.train for task in shown], GENTLE)
    for one, other in zip(refined, trained, strict=True):
        assert_same_change(one, other)
        assert max(part.B.abs().max() for part in one.modules.values()) > 1e-3


def test_adapters_of_unlike_ranks_modules_and_examples_are_refined_side_by_side_as_alone(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter], toy_tasks: list[Task]
) -> None:
    started = [
        make_adapter(1, rank=2),
        make_adapter(2, rank=5, modules=("v_proj", "down_proj"), scaling=0.5),
        make_adapter(3, rank=3, modules=("q_proj",)),
    ]
    examples = [toy_tasks[0].train[:3], toy_tasks[1].train[:7], toy_tasks[2].train[:1]]
    together = refine(tiny_base, started, examples, GENTLE)
    for begun, refined, own in zip(started, together, examples, strict=True):
        [alone] = refine(tiny_base, [begun], [own], GENTLE)
        assert_same_change(refined, alone)
        assert refined.modules.keys() == begun.modules.keys()
        for name, part in refined.modules.items():
            assert (part.A.shape, part.scaling) == (begun.modules[name].A.shape, begun.modules[name].scaling)
            assert not torch.equal(part.B, begun.modules[name].B)


def test_a_single_step_has_no_room_to_warm_up_and_takes_the_whole_rate(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter], toy_tasks: list[Task]
) -> None:
    begun = make_adapter(1)
    [refined] = refine(tiny_base, [begun], [toy_tasks[0].train[:2]], FEW.model_copy(update={"steps": 1}))
    for name, part in refined.modules.items():
        # Adam's first step is the learning rate, whatever the gradient
        moved = (part.B - begun.modules[name].B).abs()
        assert moved.max() == pytest.approx(0.03, rel=1e-3)


def test_of_many_examples_a_step_takes_those_whose_turn_it_is(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter], toy_tasks: list[Task]
) -> None:
    many = [example for task in toy_tasks for example in task.train]
    assert len(many) > MOST_IN_A_STEP
    once, twice = (GENTLE.model_copy(update={"steps": steps, "warmup_steps": 0}) for steps in (1, 2))

    def trained(examples: Sequence[Example], recipe: FewExamplesRecipe) -> Adapter:
        return refine(tiny_base, [make_adapter(1)], [examples], recipe)[0]

    first = many[:MOST_IN_A_STEP]
    assert_same_change(trained(many, once), trained(first, once))
    others = trained(many, twice).modules["model.layers.0.self_attn.q_proj"].B
    assert not torch.equal(others, trained(first, twice).modules["model.layers.0.self_attn.q_proj"].B)


def test_nothing_is_left_behind_and_the_base_is_as_it_was(
    tiny_base: BaseModel,
    make_adapter: Callable[..., Adapter],
    toy_tasks: list[Task],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = {name: value.clone() for name, value in tiny_base.model.state_dict().items()}
    begun = make_adapter(1)
    content = begun.content_hash
    refine(tiny_base, [begun], [toy_tasks[0].train[:2]], GENTLE)
    assert list(tmp_path.iterdir()) == []
    assert Adapter(begun.modules, begun.base, begun.card).content_hash == content
    after = tiny_base.model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert not any(parameter.requires_grad for parameter in tiny_base.model.parameters())


def test_no_examples_or_another_base_are_refused(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter], toy_tasks: list[Task]
) -> None:
    adapter = make_adapter(1)
    for examples in ([()], [], [toy_tasks[0].train[:1]] * 2):
        with pytest.raises(InputError, match="no examples to refine on"):
            refine(tiny_base, [adapter], examples, GENTLE)
    other = replace(adapter, base=adapter.base.model_copy(update={"fingerprint": "f" * 64}))
    with pytest.raises(BaseModelError, match="was made for"):
        refine(tiny_base, [other], [toy_tasks[0].train[:1]], GENTLE)
    assert refine(tiny_base, [], [], GENTLE) == []
