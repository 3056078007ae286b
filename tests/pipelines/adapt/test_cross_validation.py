"""How good what `adapt` makes is on examples left out: the same numbers by hand, one fold at a time."""

from __future__ import annotations

import json

import pytest

from generator.conditions import AdapterRequest
from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.inference.decoding import generate
from hyperlora.peft_io.folder import read_card
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Example, Task
from pipelines.adapt.adapt import adapt
from pipelines.adapt.cross_validation import CrossValidation, ExampleScores, split_folds
from pipelines.adapt.generate import generate_adapters, refine_recipe
from pipelines.report import adapted_text
from pipelines.runtime import Runtime
from pipelines.training.refine import refine


def examples(*pairs: str) -> list[Example]:
    return [Example(*pair.split(">")) for pair in pairs]


def test_few_examples_are_left_out_one_by_one_and_many_by_a_fifth() -> None:
    assert split_folds(examples("a>1", "b>2", "c>3", "d>4")) == [[0], [1], [2], [3]]
    many = split_folds([Example(str(number), "x") for number in range(23)])
    assert sorted(map(len, many)) == [4, 4, 5, 5, 5]
    assert sorted(place for fold in many for place in fold) == list(range(23))
    assert all(max(fold) - min(fold) > 5 for fold in many), "files are often sorted: a fold is not a stretch of one"
    assert many == split_folds([Example(str(number), "x") for number in range(23)])


def test_examples_of_one_input_are_left_out_together() -> None:
    folds = split_folds(examples("a>1", "b>2", "a >3", "c>4", "b>5"))
    assert folds == [[0, 2], [1, 4], [3]]


def test_what_is_trained_is_scored_on_what_it_was_not_trained_on(runtime: Runtime, toy_tasks: list[Task]) -> None:
    """Four examples of an answer that no adapter gives, and one of another: the four teach one another alone."""
    inputs = [example.input for example in toy_tasks[0].test[:5]]
    shown = [*(Example(text, "number house") for text in inputs[:4]), Example(inputs[4], "dog")]
    description = "Do what is right"
    result = adapt(description, shown, refine=60, runtime=runtime)
    assert result.candidates[0].exact_match == pytest.approx(0.2), "the adapter that says dog"
    by_hand = []
    for place, left_out in enumerate(shown):
        rest = [*shown[:place], *shown[place + 1 :]]
        [[written]] = generate_adapters(runtime, [AdapterRequest(description, tuple(rest))])
        [trained] = refine(runtime.training_base, [written], [rest], refine_recipe(60))
        bank = AdapterBank(runtime.base.model)
        prompt = render_prompt(trained.card.prompt_template, left_out.input)
        [said] = generate(runtime.base, [prompt], bank=bank, factors=stack_adapters([trained]), choices=[0])
        bank.close()
        by_hand.append(said.answer == left_out.output)
    assert result.scores is not None
    validated = result.scores.cross_validation
    assert validated is not None
    assert validated.exact_match == pytest.approx(sum(by_hand) / 5)
    assert 0 < sum(by_hand) < 5, "right for some and wrong for the one that is unlike them"
    assert (validated.examples, validated.folds, validated.method) == (5, 5, "leave-one-out")
    card = read_card(runtime.registry.verified_folder(result.entry))
    assert card.metrics == result.entry.metrics == result.scores.metrics()
    assert card.metrics["exact_match.cross_validated"] == validated.exact_match
    assert result.entry.headline_metric == ("exact_match.cross_validated", validated.exact_match)


def test_the_adapter_is_the_same_whether_it_is_cross_validated_or_not(runtime: Runtime, toy_tasks: list[Task]) -> None:
    shown = [Example(example.input, "dog house") for example in toy_tasks[0].test[:4]]
    with_it = adapt("Do what is right", shown, refine=2, runtime=runtime)
    without = adapt("Do what is right", shown, refine=2, cross_validate=False, runtime=runtime)
    assert with_it.adapter.content_hash == without.adapter.content_hash
    assert without.scores is not None
    assert without.scores.cross_validation is None
    assert without.adapter.card.metrics == {}, "what it was trained on says nothing by itself"
    assert without.scores.before_training == 0.0


def test_an_adapter_chosen_by_its_luck_is_found_out(runtime: Runtime, toy_tasks: list[Task]) -> None:
    """Every adapter answers one example; without that one another is chosen, which does not answer it."""
    inputs = [example.input for example in toy_tasks[0].test[:4]]
    shown = [Example(text, answer) for text, answer in zip(inputs, ("dog", "number", "house", "sky"), strict=True)]
    result = adapt("Do what is right", shown, refine=0, runtime=runtime)
    assert result.scores is not None
    validated = result.scores.cross_validation
    assert validated is not None
    assert (result.scores.given_examples, result.scores.before_training) == (0.25, None)
    assert validated.exact_match == 0.0
    assert result.adapter.card.metrics == {"exact_match.given_examples": 0.25, "exact_match.cross_validated": 0.0}


def test_an_adapter_that_knows_the_task_keeps_its_score(runtime: Runtime, toy_tasks: list[Task]) -> None:
    result = adapt("Say where people live", toy_tasks[2].test[:4], runtime=runtime)
    assert result.adapter.card.metrics == {"exact_match.given_examples": 1.0, "exact_match.cross_validated": 1.0}
    shown = json.loads(json.dumps(result.summary()))["exact_match"]
    assert shown["given_examples"] == 1.0
    assert shown["cross_validated"]["method"] == "leave-one-out"
    low, high = shown["cross_validated"]["confidence_interval"]
    assert (round(low, 4), high) == (0.5101, 1.0), "Wilson's interval of 4 of 4"
    text = adapted_text(result, "Say where people live")
    assert "  on the examples that chose it: 1.00\n" in text
    assert "cross-validated, as on new inputs: 1.00 [0.51, 1.00] (leave-one-out on 4 examples)\n" in text


@pytest.mark.parametrize("shown", [["a>1", "b>2", "c>3"], ["a>1", "b>2", "c>3", "c>4"], ["a>1", "b>2", "c>3", "a>1"]])
def test_three_inputs_are_too_few(shown: list[str], runtime: Runtime) -> None:
    result = adapt("Do what is right", examples(*shown), refine=0, runtime=runtime)
    assert result.scores is not None
    assert result.scores.cross_validation is None
    assert set(result.adapter.card.metrics) == {"exact_match.given_examples"}


def test_training_that_costs_is_said() -> None:
    worse = CrossValidation(0.2, 0.04, 0.62, 5, 5, leave_one_out=True)
    [note] = ExampleScores(1.0, 0.8, worse).notes()
    assert "0.80 before, 0.20 cross-validated" in note
    assert "--refine 0" in note
    assert ExampleScores(1.0, 0.4, worse).notes() == [], "one of five more or less is luck"
    assert ExampleScores(0.8, None, worse).notes() == [], "it was not trained"
