"""The comparison: what each row asks, what it counts, and how it is shown and kept."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tokenizers.processors import TemplateProcessing

from hyperlora.adapter import Adapter
from hyperlora.bank import stack_adapters
from hyperlora.base_models import BaseModel
from hyperlora.decoding import generate
from hyperlora.prompts import render_prompt
from hyperlora.tasks import Task
from pipelines.compare import METHODS, Comparison, MethodScore, chat_prompt, compare, few_shot_prompt
from pipelines.recipes import EvaluationRecipe
from pipelines.report import comparison_text
from pipelines.session import LoadedGenerator, Session

RECIPE = EvaluationRecipe(test_examples=4, shots=3, seed=0)


@pytest.fixture
def trained(session: Session, toy_tasks: list[Task]) -> dict[str, Adapter]:
    return {task.name: session.registry.load(f"registry:{task.name}") for task in toy_tasks}


@pytest.fixture
def writer(session: Session) -> LoadedGenerator:
    found = session.generator()
    assert found is not None
    return found


def share_right(session: Session, task: Task, adapters: list[Adapter], prompts: list[str]) -> float:
    """Exact match of generated answers, example by example with the next of the adapters; none is the base model."""
    outputs = generate(
        session.base,
        prompts,
        bank=session.bank if adapters else None,
        factors=stack_adapters(adapters) if adapters else None,
        choices=[number % len(adapters) for number in range(len(prompts))] if adapters else None,
    )
    right = [out.answer == example.output for out, example in zip(outputs, task.test, strict=False)]
    return sum(right) / len(right)


def test_every_method_is_scored_as_greedy_decoding_would(
    session: Session, toy_tasks: list[Task], trained: dict[str, Adapter], writer: LoadedGenerator
) -> None:
    comparison = compare(session, toy_tasks, trained, writer, RECIPE)
    assert tuple(row.method for row in comparison.rows) == METHODS
    assert comparison.examples == {task.name: 4 for task in toy_tasks}
    rows = {row.method: row for row in comparison.rows}
    for task in toy_tasks:
        tests = task.test[:4]
        plain = [render_prompt(task.prompt_template, example.input) for example in tests]
        shots = [few_shot_prompt(task, example, RECIPE) for example in tests]
        chats = [
            chat_prompt(session.base.tokenizer, f"{task.unseen_descriptions[0]}\n{prompt}") or "" for prompt in plain
        ]
        hits = [session.index().search(wording, 1)[0].entry.name for wording in task.unseen_descriptions]
        written = [writer.generate(session.encoder, wording) for wording in task.unseen_descriptions]
        assert rows["base"].tasks[task.name] == share_right(session, task, [], plain)
        assert rows["icl"].tasks[task.name] == share_right(session, task, [], shots)
        assert rows["description"].tasks[task.name] == share_right(session, task, [], chats)
        assert rows["trained"].tasks[task.name] == share_right(session, task, [trained[task.name]], plain) == 1.0
        assert rows["retrieved"].tasks[task.name] == share_right(session, task, [trained[h] for h in hits], plain)
        assert rows["generated"].tasks[task.name] == share_right(session, task, written, plain)
    for row in comparison.rows:
        assert row.mean == pytest.approx(sum(row.tasks.values()) / 3)
        assert row.low <= row.mean <= row.high
    tokens = [
        len(session.base.tokenizer(render_prompt(task.prompt_template, example.input)).input_ids)
        for task in toy_tasks
        for example in task.test[:4]
    ]
    for method in ("base", "trained", "retrieved", "generated"):
        assert rows[method].prompt_tokens == pytest.approx(sum(tokens) / len(tokens))
    assert rows["icl"].prompt_tokens > 3 * rows["base"].prompt_tokens


def test_unseen_descriptions_take_turns(
    session: Session, toy_tasks: list[Task], trained: dict[str, Adapter], writer: LoadedGenerator
) -> None:
    barks, counts, homes = toy_tasks
    # every second example asks with a description of another task: half of the answers are the other adapter's
    misled = replace(homes, unseen_descriptions=(homes.description, barks.description))
    comparison = compare(session, [barks, counts, misled], trained, writer, RECIPE)
    assert {row.method: row.tasks["homes"] for row in comparison.rows}["retrieved"] == 0.5


def test_a_task_without_unseen_descriptions_is_asked_with_its_own(
    session: Session, toy_tasks: list[Task], trained: dict[str, Adapter], writer: LoadedGenerator
) -> None:
    known = [replace(task, unseen_descriptions=()) for task in toy_tasks]
    rows = {row.method: row for row in compare(session, known, trained, writer, RECIPE).rows}
    assert rows["retrieved"].tasks == {task.name: 1.0 for task in toy_tasks}


def test_fewer_test_examples_than_asked_for_are_counted_as_they_are(
    session: Session, toy_tasks: list[Task], trained: dict[str, Adapter], writer: LoadedGenerator
) -> None:
    few = [replace(toy_tasks[0], test=toy_tasks[0].test[:2]), *toy_tasks[1:]]
    comparison = compare(session, few, trained, writer, RECIPE)
    assert comparison.examples == {"barks": 2, "counts": 4, "homes": 4}
    assert all(row.mean == pytest.approx(sum(row.tasks.values()) / 3) for row in comparison.rows)


def test_without_a_chat_template_that_row_is_left_out(
    session: Session, toy_tasks: list[Task], trained: dict[str, Adapter], writer: LoadedGenerator
) -> None:
    session.base.tokenizer.chat_template = None
    comparison = compare(session, toy_tasks, trained, writer, RECIPE)
    assert tuple(row.method for row in comparison.rows) == tuple(name for name in METHODS if name != "description")


def test_the_few_shot_prompt_is_solved_training_examples_and_the_question(toy_tasks: list[Task]) -> None:
    task = toy_tasks[0]
    *shots, question = few_shot_prompt(task, task.test[0], RECIPE).split("\n\n")
    assert question == f"Input: {task.test[0].input}\nOutput:"
    solved = {f"Input: {example.input}\nOutput: {example.output}" for example in task.train}
    assert len(shots) == len(set(shots)) == 3
    assert set(shots) <= solved


def test_the_shots_are_the_same_for_a_task_and_change_with_the_seed(toy_tasks: list[Task]) -> None:
    task = toy_tasks[0]

    def shots(number: int, seed: int) -> list[str]:
        recipe = RECIPE.model_copy(update={"seed": seed})
        return few_shot_prompt(task, task.test[number], recipe).split("\n\n")[:-1]

    assert shots(0, 0) == shots(0, 0) == shots(3, 0)
    assert len({tuple(shots(0, seed)) for seed in range(5)}) == 5


def test_more_shots_than_training_examples_are_all_there_are(toy_tasks: list[Task]) -> None:
    few = replace(toy_tasks[0], train=toy_tasks[0].train[:2])
    assert few_shot_prompt(few, few.test[0], RECIPE.model_copy(update={"shots": 9})).count("Output:") == 3


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


def test_a_tokenizer_without_chat_template_has_no_chat_prompt(tiny_base: BaseModel) -> None:
    plain = copy.deepcopy(tiny_base.tokenizer)
    plain.chat_template = None
    assert chat_prompt(plain, "Say it.") is None


TABLE = Comparison(
    (
        MethodScore("base", {"one": 0.0, "another": 0.5}, 0.25, 0.0, 0.5, 9.25),
        MethodScore("trained", {"one": 1.0, "another": 0.75}, 0.875, 0.7, 1.0, 9.25),
    ),
    {"one": 4, "another": 8},
)


def test_a_comparison_comes_back_from_json_as_it_went() -> None:
    assert Comparison.from_json(json.loads(json.dumps(TABLE.to_json()))) == TABLE


def test_the_table_shows_every_number() -> None:
    assert [line.split() for line in comparison_text(TABLE).splitlines()[:4]] == [
        ["exact", "match", "on", "test", "examples", "base", "trained"],
        ["one", "0.00", "1.00"],
        ["another", "0.50", "0.75"],
        [],
    ]
    assert comparison_text(TABLE).splitlines()[4:] == [
        "base         base model                   0.25 [0.00, 0.50]    9.2 prompt tokens",
        "trained      adapter trained on the task  0.88 [0.70, 1.00]    9.2 prompt tokens",
        "2 tasks, 12 test examples; in brackets 95 % bootstrap intervals over tasks and examples",
    ]


def test_columns_stand_below_their_heads() -> None:
    head, *rows = comparison_text(TABLE).splitlines()[:3]
    ends = [head.index("base") + 4, head.index("trained") + 7]
    for row in rows:
        assert [row[end - 4 : end].strip() for end in ends] == row.split()[-2:], f"{head!r} above {row!r}"


def test_numbers_in_a_report_of_adapt_are_those_of_the_result(session: Session, tmp_path: Path) -> None:
    from pipelines.adapt import adapt
    from pipelines.report import adapted_text

    result = adapt("Say where people live", session=session, out=tmp_path / "out")
    lines = adapted_text(result, "Say where people live").split("\n")
    assert lines[0] == "adapt 'Say where people live'"
    assert lines[1] == f"  -> {result.entry.reference} (retrieved): {result.reason}"
    assert lines[-1] == f"  PEFT folder: {tmp_path / 'out'}"
    assert all(any(answer.input in line and answer.adapted in line for line in lines[3:]) for answer in result.answers)
