"""One adapter on somebody's own examples: what it writes, scored, beside the base model."""

from __future__ import annotations

import json

import pytest
from scipy.stats import binomtest

from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card, CardExample
from hyperlora.tasks.metrics import answer_score
from hyperlora.tasks.task import Example, Task
from pipelines.evaluation.evaluate_adapter import evaluate_adapter
from pipelines.report import evaluated_text
from pipelines.runtime import Runtime


def with_card(adapter: Adapter, **fields: object) -> Adapter:
    return adapter.with_card(adapter.card.model_copy(update=fields))


def test_the_score_is_of_what_the_adapter_writes_in_its_template(runtime: Runtime, toy_tasks: list[Task]) -> None:
    homes = with_card(runtime.registry.load("registry:homes"), prompt_template="Say {input}:", examples=())
    shown = [*toy_tasks[2].test[:6], Example("xyz", "dog"), Example("abc", "dog")]
    result = evaluate_adapter(runtime, "mine", homes, shown)
    prompts = [f"Say {example.input}:" for example in shown]
    bank = AdapterBank(runtime.base.model)
    own = generate(runtime.base, prompts, bank=bank, factors=stack_adapters([homes]), choices=[0] * len(shown))
    bank.close()
    plain = generate(runtime.base, prompts)
    assert [each.answer for each in result.answers] == [each.answer for each in own]
    right = sum(each.answer == example.output for each, example in zip(own, shown, strict=True))
    interval = binomtest(right, 8).proportion_ci(method="wilson")
    assert (result.adapter.mean, result.adapter.low, result.adapter.high) == (right / 8, interval.low, interval.high)
    assert result.base.mean == sum(
        each.answer == example.output for each, example in zip(plain, shown, strict=True)
    ) / len(shown)
    value = json.loads(json.dumps(result.summary()))
    assert (value["metric"], value["examples"], value["prompt_template"]) == ("exact_match", 8, "Say {input}:")
    assert value["score"]["mean"] == right / 8
    assert {answer["expected"] for answer in value["answers"]} == {"house", "dog"}


def test_some_wrong_answers_are_shown(runtime: Runtime, toy_tasks: list[Task]) -> None:
    homes = runtime.registry.load("registry:homes")
    shown = [*toy_tasks[2].test[:2], *(Example(f"{letter}bc", "dog") for letter in "ghijklm")]
    result = evaluate_adapter(runtime, "registry:homes", homes, shown)
    assert result.adapter.mean == pytest.approx(2 / 9)
    assert [each.expected for each in result.wrong] == ["dog"] * 7
    lines = evaluated_text(result, 3).splitlines()
    assert lines[0] == "registry:homes on 9 examples: exact_match with 95 % interval"
    assert lines[1] == "  adapter     0.22 [0.06, 0.55]"
    assert lines[3] == "  not right: 7 of 9, 3 of them"
    assert [line.split() for line in lines[5:8]] == [[f"{letter}bc", "house", "dog"] for letter in "ghi"]


def test_the_metric_is_the_cards_or_the_one_asked_for(runtime: Runtime, toy_tasks: list[Task]) -> None:
    homes = with_card(runtime.registry.load("registry:homes"), metrics={"rouge_l.validation": 0.5})
    shown = [Example("abc", "the house"), Example("bcd", "house", ("home",)), Example("cde", "Sky", ("House",))]
    result = evaluate_adapter(runtime, "registry:homes", homes, shown)
    assert result.metric == "rouge_l"
    assert [each.score for each in result.answers] == [
        answer_score("rouge_l", each.answer, example) for each, example in zip(result.answers, shown, strict=True)
    ]
    assert 0 < result.answers[0].score < 1
    exact = evaluate_adapter(runtime, "registry:homes", homes, shown, metric="exact_match")
    assert [each.score for each in exact.answers] == [0, 1, 0]
    loose = evaluate_adapter(runtime, "registry:homes", homes, shown, metric="exact_match", case_sensitive=False)
    assert [each.score for each in loose.answers] == [0, 1, 1]


def test_examples_of_the_card_and_contradictions_are_said(runtime: Runtime) -> None:
    homes = with_card(runtime.registry.load("registry:homes"), examples=(CardExample(input="abc", output="house"),))
    shown = [Example("abc", "house"), Example("bcd", "house"), Example("bcd", "dog")]
    seen, repeated, conflict = evaluate_adapter(runtime, "registry:homes", homes, shown).notes
    assert seen.startswith("1 of 3 examples are in the adapter's card")
    assert repeated == "1 of 3 examples have an input that came before"
    assert "input 'bcd' has the outputs 'house' and 'dog'" in conflict


def test_what_cannot_be_evaluated_is_refused(runtime: Runtime) -> None:
    homes = runtime.registry.load("registry:homes")
    with pytest.raises(InputError, match="no examples to evaluate on"):
        evaluate_adapter(runtime, "registry:homes", homes, [])
    with pytest.raises(InputError, match=r"no metric 'bleu'.*exact_match, rouge_l"):
        evaluate_adapter(runtime, "registry:homes", homes, [Example("a", "b")], metric="bleu")  # type: ignore[arg-type]
    other = homes.base.model_copy(update={"fingerprint": "f" * 64, "id": "other"})
    elsewhere = Adapter(homes.modules, other, Card(description="x"))
    with pytest.raises(InputError, match="was made for other"):
        evaluate_adapter(runtime, "registry:homes", elsewhere, [Example("a", "b")])
