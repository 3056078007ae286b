"""Each method by what it asks the model and which adapter it puts on it, against the parts it is made of."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers.processors import TemplateProcessing

from generator.conditions import AdapterRequest
from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import chat_prompt
from hyperlora.tasks.task import Example, Suite, Task
from pipelines.adapt.adapt import adapt
from pipelines.adapt.generate import GenerationConfig, generate_adapters, refine_recipe
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.execution import answer
from pipelines.evaluation.methods import METHODS, find_methods, method
from pipelines.evaluation.requests import Answers, EvaluationRequest, drawn_examples
from pipelines.recipes import EvaluationRecipe
from pipelines.runtime import Runtime
from pipelines.training.adapters import train_adapters
from pipelines.training.refine import refine
from pipelines.zoo.oracles import train_oracles


def plan_of(context: EvaluationContext, name: str, task: Task) -> EvaluationRequest:
    [each] = find_methods([name])
    if each.prepare is not None:
        each.prepare(context, [task])
    made = each.plan(context, task, each.control)
    assert isinstance(made, EvaluationRequest)
    return made


def hashes(adapters: Sequence[Adapter | None]) -> set[str | None]:
    return {None if adapter is None else adapter.content_hash for adapter in adapters}


def same_change(left: Adapter, right: Adapter, tolerance: float = 1e-5) -> bool:
    """Whether two adapters change the weights alike."""

    def changes(adapter: Adapter) -> dict[str, torch.Tensor]:
        return {name: each.B @ each.A * each.scaling for name, each in adapter.modules.items()}

    ours, theirs = changes(left), changes(right)
    return ours.keys() == theirs.keys() and all((ours[n] - theirs[n]).abs().max() < tolerance for n in ours)


QUESTION = "Input: {}\nOutput:"
PROMPTS: dict[str, str] = {
    "base": "{question}",
    "icl-5": "{shots}{question}",
    "description": "<|im_start|>user\n{said}\n\n{question}<|im_end|>\n<|im_start|>assistant\n",
    "description+icl-5": "{said}\n\n{shots}{question}",
    "multitask+description": "{said}\n\n{question}",
    "multitask+icl-5": "{shots}{question}",
    "generated": "{question}",
    "generated+description": "{said}\n\n{question}",
    "no-condition": "{question}",
    "retrieved-1": "{question}",
    "retrieved-1-examples": "{question}",
    "select-by-5": "{question}",
    "oracle": "{question}",
    "finetune-5": "{question}",
    "finetune-16": "{question}",
}


@pytest.mark.parametrize("name", PROMPTS)
def test_the_prompt_is_what_the_method_says_to_the_letter(
    name: str, open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, task = open_context(), parts.tasks["homes"]
    shots = "".join(f"{QUESTION.format(e.input)} {e.output}\n\n" for e in drawn_examples(task, 2, 0))
    expected = [
        PROMPTS[name].format(question=QUESTION.format(example.input), said=task.unseen_descriptions[0], shots=shots)
        for example in task.test[:5]
    ]
    plan = plan_of(context, name, task)
    assert list(plan.prompts) == expected
    assert len(plan.adapters) == 5
    assert plan.completions() == (["house"] * 5 if name == "description" else [" house"] * 5)


def test_every_method_is_among_them() -> None:
    assert set(PROMPTS) == {each.name for each in find_methods(["all"]) if not each.control}


def test_descriptions_take_turns_and_so_do_the_adapters_they_lead_to(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    barks, homes = parts.tasks["barks"], parts.tasks["homes"]
    misled = replace(homes, unseen_descriptions=(homes.description, barks.description))
    context = open_context([misled, barks])
    told = plan_of(context, "multitask+description", misled).prompts
    assert [prompt.partition("\n")[0] for prompt in told] == [
        (homes, barks)[number % 2].description for number in range(5)
    ]
    plan = plan_of(context, "retrieved-1", misled)
    assert plan.notes == {"adapters": ["registry:homes@1", "registry:barks@1"]}
    [got] = answer(context.runtime, [plan])
    assert got.scores == (1.0, 0.0, 1.0, 0.0, 1.0)


def test_wrong_descriptions_reach_the_prompt(open_context: Callable[..., EvaluationContext], parts: Suite) -> None:
    context, task = open_context(), parts.tasks["homes"]
    for control in ("random", "shuffled"):
        prompt = plan_of(context, f"description+icl-5:{control}", task).prompts[0]
        assert prompt.startswith(context.wordings(task, control)[0])  # type: ignore[arg-type]
        assert "live" not in prompt


def test_adapters_are_those_that_were_trained_or_written(
    open_context: Callable[..., EvaluationContext], parts: Suite, shared_runtime: Runtime
) -> None:
    context, task, registry = open_context(), parts.tasks["homes"], shared_runtime.registry
    own = registry.load("registry:homes").content_hash
    for name in ("oracle", "retrieved-1", "retrieved-1-examples", "select-by-5"):
        assert hashes(plan_of(context, name, task).adapters) == {own}, name
    for reads in ("description", "examples"):
        name = {"description": "multitask+description", "examples": "multitask+icl-5"}[reads]
        told = registry.load(f"registry:multitask-{reads}").content_hash
        assert hashes(plan_of(context, name, task).adapters) == {told}
    [[written]] = generate_adapters(shared_runtime, [AdapterRequest(task.unseen_descriptions[0])])
    for name in ("generated", "generated+description"):
        assert hashes(plan_of(context, name, task).adapters) == {written.content_hash}
    for name in ("base", "icl-5", "description", "description+icl-5"):
        assert hashes(plan_of(context, name, task).adapters) == {None}


def test_the_floor_is_the_mean_change_of_the_pool_and_reads_nothing(
    open_context: Callable[..., EvaluationContext], parts: Suite, shared_runtime: Runtime
) -> None:
    context = open_context()
    assert [entry.name for entry in context.pool_entries] == ["barks", "counts", "homes"], "no multi-task adapter"
    [mean] = {id(each): each for each in plan_of(context, "no-condition", parts.tasks["homes"]).adapters}.values()
    assert mean is plan_of(context, "no-condition", parts.tasks["climbs"]).adapters[0]
    assert mean is not None
    pool = [shared_runtime.registry.load(f"registry:{name}") for name in ("barks", "counts", "homes")]
    for name, factors in mean.modules.items():
        expected = sum(each.modules[name].B @ each.modules[name].A * each.modules[name].scaling for each in pool) / 3
        torch.testing.assert_close(factors.B @ factors.A * factors.scaling, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("count", [5, 16])
def test_finetuning_sees_the_drawn_examples_and_no_others(
    count: int, open_context: Callable[..., EvaluationContext], parts: Suite, tmp_path: Path
) -> None:
    context, task = open_context(), parts.tasks["climbs"]
    [adapter] = {id(each): each for each in plan_of(context, f"finetune-{count}", task).adapters}.values()
    few = context.recipe.finetune
    recipe = context.recipe.oracle.model_copy(update=few.model_dump() | {"samples_per_task": count})
    shown = replace(task, train=tuple(drawn_examples(task, count, 0)))
    [expected] = train_adapters(context.training_base, [shown], recipe, tmp_path / "own", lambda report: None)
    assert adapter is not None
    assert same_change(adapter, expected)


@pytest.mark.parametrize(("start", "count"), [("generated", 5), ("generated+description", 5), ("no-condition", 16)])
def test_refining_goes_on_from_its_start_on_the_drawn_examples(
    start: str, count: int, open_context: Callable[..., EvaluationContext], parts: Suite, shared_runtime: Runtime
) -> None:
    context, task = open_context(), parts.tasks["climbs"]
    plan = plan_of(context, f"{start}+refine-{count}", task)
    [adapter] = {id(each): each for each in plan.adapters}.values()
    told = start == "generated+description"
    said = task.unseen_descriptions[0]
    [[written]] = generate_adapters(shared_runtime, [AdapterRequest(said)], GenerationConfig(in_prompt=told))
    begun = context.mean_adapter if start == "no-condition" else written
    ahead = f"{said}\n\n" if told else ""
    assert plan.prompts == tuple(f"{ahead}Input: {example.input}\nOutput:" for example in context.asked(task))
    [expected] = refine(context.training_base, [begun], [drawn_examples(task, count, 0)], refine_recipe())
    assert adapter is not None
    assert same_change(adapter, expected)
    assert not same_change(adapter, begun)


@pytest.mark.parametrize("name", ["homes", "climbs"])
def test_adapting_in_a_table_is_what_adapt_does(
    name: str, parts: Suite, runtime: Runtime, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    context, task = EvaluationContext(runtime, list(parts), asking, tmp_path), parts.tasks[name]
    plan = plan_of(context, "adapt-5", task)
    [made] = {id(each): each for each in plan.adapters}.values()
    result = adapt(task.unseen_descriptions[0], drawn_examples(task, 5, 0), runtime=runtime)
    assert made is not None
    assert plan.notes["adapter"] == result.adapter.card.parents[0]
    assert bool(plan.notes["steps"]) == ("trained on them" in result.reason) == (name == "climbs")
    assert same_change(made, result.adapter)
    assert plan.prompts == plan_of(context, "base", task).prompts


def test_a_generator_may_read_the_drawn_examples(
    open_context: Callable[..., EvaluationContext],
    parts: Suite,
    shared_runtime: Runtime,
    request: pytest.FixtureRequest,
) -> None:
    context, task = open_context(), parts.tasks["homes"]
    with pytest.raises(InputError, match="hypernet@1 does not read examples"):
        plan_of(context, "generated-5", task)
    request.getfixturevalue("reading")
    plan = plan_of(context, "generated-5", task)
    requests = [AdapterRequest(task.unseen_descriptions[0], tuple(drawn_examples(task, 5, 0)[: context.recipe.shots]))]
    [[written]] = generate_adapters(shared_runtime, requests)
    assert hashes(plan.adapters) == {written.content_hash}
    assert plan.prompts == plan_of(context, "generated", task).prompts


def test_the_first_five_of_sixteen_are_the_five(parts: Suite) -> None:
    # of so many Python draws five in another way than sixteen
    task = replace(parts.tasks["climbs"], train=tuple(Example(str(number), "fox") for number in range(60)))
    for seed in range(100):
        sixteen = drawn_examples(task, 16, seed)
        assert len(set(sixteen)) == 16
        assert set(sixteen) <= set(task.train)
        assert drawn_examples(task, 5, seed) == sixteen[:5]
    assert drawn_examples(task, 5, 1) != drawn_examples(task, 5, 0)
    assert len(drawn_examples(task, 500, 0)) == len(task.train), "no more than there are"


@pytest.fixture
def oracles_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where shipped oracles' scores are looked for, and nothing is yet."""
    import pipelines.starter

    monkeypatch.setattr(pipelines.starter, "ORACLES_FILE", tmp_path / "oracles.json")
    monkeypatch.setattr(pipelines.starter, "_oracles", pipelines.starter._oracles.__wrapped__)
    return tmp_path / "oracles.json"


def test_shipped_scores_stand_for_an_oracle_of_the_same_base_recipe_and_data_alone(
    open_context: Callable[..., EvaluationContext], parts: Suite, oracles_file: Path, asking: EvaluationRecipe
) -> None:
    context, task = open_context(), parts.tasks["climbs"]
    [oracle] = find_methods(["oracle"])
    [live] = answer(context.runtime, [plan_of(context, "oracle", task)])
    assert live.notes == {}
    train_oracles(context.runtime.base_name, [task], asking.oracle, oracles_file, lambda line: None)

    fresh = open_context()
    assert oracle.prepare is not None
    oracle.prepare(fresh, [task])
    assert fresh.kept == {}, "nothing was trained"
    got = oracle.plan(fresh, task, "")
    assert isinstance(got, Answers)
    assert (got.scores, got.prompt_tokens, got.notes) == (live.scores, live.prompt_tokens, {"oracle": "shipped scores"})

    seeded = asking.model_copy(update={"oracle": asking.oracle.model_copy(update={"seed": 1})})
    shorter = replace(task, train=task.train[:8])
    text = oracles_file.read_text()
    for asked, recipe, shipped in (
        (task, seeded, text),
        (shorter, asking, text),
        (replace(task, test=task.test[::-1]), asking, text),
        (task, asking, text.replace(context.runtime.located.identity.fingerprint, "another-base")),
    ):
        oracles_file.write_text(shipped)
        assert isinstance(plan_of(open_context([asked], recipe), "oracle", asked), EvaluationRequest)


def test_forced_scores_are_those_of_generated_answers_for_every_method(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context, task = open_context(), parts.tasks["woofs"]
    plans = [plan_of(context, name, task) for name in PROMPTS]
    forced = answer(context.runtime, plans)
    assert [each.scores for each in forced] == [each.scores for each in answer(context.runtime, plans, generating=True)]
    assert {score for each in forced for score in each.scores} == {0.0, 1.0}
    for plan, got in zip(plans, forced, strict=True):
        pool = [adapter for adapter in plan.adapters if adapter is not None]
        written = generate(
            context.runtime.base,
            list(plan.prompts),
            bank=context.runtime.bank if pool else None,
            factors=stack_adapters(pool) if pool else None,
            choices=list(range(len(pool))) if pool else None,
        )
        assert got.scores == tuple(float(out.answer == "dog") for out in written)
        lengths = [len(context.runtime.base.tokenizer(prompt).input_ids) for prompt in plan.prompts]
        assert got.prompt_tokens == pytest.approx(sum(lengths) / len(lengths))


def with_bos(tokenizer: Any) -> Any:
    """A copy of a tokenizer that puts its beginning-of-sequence token in front, as Llama's does."""
    changed = copy.deepcopy(tokenizer)
    changed.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{changed.bos_token} $A", special_tokens=[(changed.bos_token, changed.bos_token_id)]
    )
    return changed


@pytest.mark.parametrize("adds_bos", [False, True])
def test_a_chat_prompt_begins_with_one_bos(adds_bos: bool, tiny_base: BaseModel) -> None:
    tokenizer = with_bos(tiny_base.tokenizer) if adds_bos else tiny_base.tokenizer
    assert (tokenizer("").input_ids == [tokenizer.bos_token_id]) is adds_bos
    prompt = chat_prompt(tokenizer, "Say it.\nInput: a")
    assert prompt is not None
    ids = tokenizer(prompt).input_ids
    expected = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Say it.\nInput: a"}], add_generation_prompt=True, return_dict=False
    )
    assert ids == expected
    assert ids[0] == tokenizer.bos_token_id
    assert ids[1] != tokenizer.bos_token_id


def test_a_model_without_chat_template_fails_that_method_alone(
    open_context: Callable[..., EvaluationContext], parts: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = open_context()
    monkeypatch.setattr(context.runtime.base.tokenizer, "chat_template", None)
    with pytest.raises(InputError, match="has no chat template"):
        plan_of(context, "description", parts.tasks["homes"])
    assert plan_of(context, "description+icl-5", parts.tasks["homes"]).prompts


def test_a_pool_without_examples_cannot_be_found_by_them(
    open_context: Callable[..., EvaluationContext], parts: Suite
) -> None:
    context = open_context()
    bare = {
        name: adapter.with_card(adapter.card.model_copy(update={"examples": ()}))
        for name, adapter in context.pool.items()
    }
    context.__dict__["pool"] = bare
    with pytest.raises(InputError, match="has examples in its card"):
        plan_of(context, "retrieved-1-examples", parts.tasks["homes"])


def test_later_methods_plug_in_by_name_and_bring_their_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.evaluation.methods import catalogue

    monkeypatch.setattr(catalogue, "METHODS", dict(METHODS))
    method("later", "a later one", described=True)(METHODS["base"].plan)
    assert [(each.name, each.control) for each in find_methods(["later:random", "later"])] == [
        ("later", ""),
        ("later:random", "random"),
    ]
    with pytest.raises(ValueError, match="two methods are named later"):
        method("later", "again")(METHODS["base"].plan)
