"""Mixed prompts: each finds its own adapters, one batch answers them all, and what cannot be answered is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hyperlora
import pipelines.adapt.route
from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Registry
from hyperlora.settings import reload_settings
from pipelines.adapt.route import Acting, RoutedAnswer, read_prompts, route, search_each
from pipelines.report import routed_text
from pipelines.runtime import Runtime
from retrieval.compose import compose
from retrieval.routing import POLICIES

PROMPTS = [
    ("Which pet barks?", "abc"),
    ("What are one and ten?", "fgh"),
    ("Where do people live?", "hhh"),
    "Tell me the animal that barks",
    ("Which pet barks?", "a longer input than the others have"),
]


def references(answer: RoutedAnswer) -> list[str]:
    return [acting.reference for acting in answer.adapters]


def test_every_prompt_of_a_batch_is_answered_by_the_adapter_of_its_own_task(runtime: Runtime) -> None:
    answers = route(PROMPTS, policy="selection", runtime=runtime)
    assert [answer.answer for answer in answers[:3]] == ["dog", "number", "house"]
    assert [references(answer) for answer in answers] == [
        ["registry:barks@1"],
        ["registry:counts@1"],
        ["registry:homes@1"],
        ["registry:barks@1"],
        ["registry:barks@1"],
    ]
    assert [(answer.instruction, answer.input) for answer in answers] == [
        each if isinstance(each, tuple) else ("", each) for each in PROMPTS
    ]
    assert {acting.weight for answer in answers for acting in answer.adapters} == {1.0}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("temperature", [None, 0.1])
def test_a_heterogeneous_batch_answers_each_prompt_as_if_it_were_alone(
    policy: str, temperature: float | None, runtime: Runtime
) -> None:
    options: dict[str, Any] = {"policy": policy, "k": 2, "temperature": temperature, "runtime": runtime}
    sampling = Sampling(max_new_tokens=6, ignore_stop=True)
    together = route(PROMPTS, sampling=sampling, **options)
    alone = [route([prompt], sampling=sampling, **options)[0] for prompt in PROMPTS]
    assert [answer.answer for answer in together] == [answer.answer for answer in alone]
    for one, other in zip(together, alone, strict=True):
        assert references(one) == references(other)
        for here, there in zip(one.adapters, other.adapters, strict=True):
            assert here.score == pytest.approx(there.score, abs=1e-5)
            assert here.weight == pytest.approx(there.weight, abs=1e-4)
    assert len({answer.answer for answer in together}) >= 3
    assert {len(answer.adapters) for answer in together} == {1 if policy == "selection" else 2}


def test_weights_and_similarities_are_those_of_the_search(runtime: Runtime) -> None:
    [even] = route(PROMPTS[:1], policy="mixture", runtime=runtime)
    hits = runtime.retriever().search("Which pet barks?\nInput: abc", 3, kind="prompt")
    assert even.adapters == tuple(
        Acting(hit.entry.reference, pytest.approx(hit.score), pytest.approx(1 / 3)) for hit in hits
    )
    [sharp] = route(PROMPTS[:1], policy="mixture", temperature=0.1, runtime=runtime)
    weights = [acting.weight for acting in sharp.adapters]
    assert weights == sorted(weights, reverse=True)  # type: ignore[type-var]
    assert sum(weights) == pytest.approx(1)  # type: ignore[arg-type]
    assert weights[0] > 0.5  # type: ignore[operator]
    [by_token] = route(PROMPTS[:1], policy="arrow", runtime=runtime)
    assert [acting.weight for acting in by_token.adapters] == [None] * 3
    assert sharp.summary() == {
        "input": "abc",
        "instruction": "Which pet barks?",
        "answer": sharp.answer,
        "adapters": [
            {"reference": each.reference, "score": each.score, "weight": each.weight} for each in sharp.adapters
        ],
    }


@pytest.mark.parametrize(("policy", "method"), [("mixture", "mixture"), ("fusion", "fuse")])
def test_a_mixed_prompt_is_answered_as_by_the_composed_adapter(policy: str, method: str, runtime: Runtime) -> None:
    sampling = Sampling(max_new_tokens=8, ignore_stop=True)
    [answer] = route([PROMPTS[1]], policy=policy, k=2, temperature=0.2, sampling=sampling, runtime=runtime)
    one = compose(
        [runtime.registry.load(acting.reference) for acting in answer.adapters],
        [acting.weight or 0.0 for acting in answer.adapters],
        method=method,
    )
    [expected] = generate(
        runtime.base,
        ["Input: fgh\nOutput:"],
        bank=runtime.bank,
        factors=stack_adapters([one]),
        choices=[0],
        sampling=sampling,
    )
    assert answer.answer == expected.answer


def test_each_adapter_is_loaded_once_and_the_model_runs_once(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: Counter[str] = Counter()
    batches: list[int] = []
    load, decode = runtime.registry.load, pipelines.adapt.route.generate

    def counted(reference: str) -> Adapter:
        loaded[reference] += 1
        return load(reference)

    def noted(base: Any, prompts: Any, **options: Any) -> Any:
        batches.append(len(prompts))
        return decode(base, prompts, **options)

    monkeypatch.setattr(runtime.registry, "load", counted)
    monkeypatch.setattr(pipelines.adapt.route, "generate", noted)
    route(PROMPTS, policy="mixture", runtime=runtime)
    assert loaded == {"registry:barks@1": 1, "registry:counts@1": 1, "registry:homes@1": 1}
    assert batches == [len(PROMPTS)]


def test_more_adapters_than_the_pool_has_are_all_of_them(runtime: Runtime) -> None:
    [answer] = route(["abc"], policy="mixture", k=50, runtime=runtime)
    assert sorted(references(answer)) == ["registry:barks@1", "registry:counts@1", "registry:homes@1"]


def test_what_is_left_out_makes_room_for_the_next_and_no_more(runtime: Runtime) -> None:
    def found(k: int, *leave_out: str) -> list[list[str]]:
        texts = ["Which pet barks?", "Where do people live?"]
        hits = search_each(runtime.retriever(), texts, k, leave_out)
        return [[hit.entry.name for hit in own] for own in hits]

    assert found(1) == [["barks"], ["homes"]]
    assert found(1, "registry:barks@1") == [[found(2)[0][1]], ["homes"]]
    assert [sorted(own) for own in found(3, "registry:barks@1")] == [["counts", "homes"]] * 2


def test_a_prompt_is_read_in_the_template_of_its_closest_adapter(
    runtime: Runtime, make_adapter: Callable[..., Adapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card(description="Translate into Latin", prompt_template="Q: {input}\nA:", origin="trained")
    runtime.registry.register(make_adapter(5, card=card), "latin")
    read: list[str] = []
    decode = pipelines.adapt.route.generate

    def noted(base: Any, prompts: Any, **options: Any) -> Any:
        read.extend(prompts)
        return decode(base, prompts, **options)

    monkeypatch.setattr(pipelines.adapt.route, "generate", noted)
    route([("Translate into Latin", "house"), ("Which pet barks?", "abc")], policy="mixture", k=4, runtime=runtime)
    assert read == ["Q: house\nA:", "Input: abc\nOutput:"]
    read.clear()
    route([("Translate into Latin", "house"), "abc"], template="{input} =", runtime=runtime)
    assert read == ["house =", "abc ="]


def test_sampling_is_one_a_prompt_or_one_for_all(runtime: Runtime) -> None:
    short, long = Sampling(max_new_tokens=1, ignore_stop=True), Sampling(max_new_tokens=6, ignore_stop=True)
    prompts = [PROMPTS[0], PROMPTS[0]]
    cut, whole = route(prompts, policy="selection", sampling=[short, long], runtime=runtime)
    assert (len(cut.answer) < len(whole.answer), whole.answer[: len(cut.answer)]) == (True, cut.answer)
    with pytest.raises(InputError, match="2 prompts and 1 samplings"):
        route(prompts, sampling=[short], runtime=runtime)


def test_no_prompts_have_no_answers(runtime: Runtime) -> None:
    assert route([], runtime=runtime) == []


@pytest.mark.parametrize(
    ("prompts", "options", "problem"),
    [
        (["abc", " \n"], {}, "prompt 2 is empty"),
        ([("Which pet barks?", "")], {}, "prompt 1 is empty"),
        (["abc"], {"policy": "soup"}, "no routing policy 'soup'"),
        (["abc"], {"k": 0}, "k is 0"),
        (["abc"], {"temperature": 0.0}, "temperature is 0.0"),
        (["abc"], {"template": "no place for it"}, "must hold {input} once"),
    ],
)
def test_what_cannot_be_routed_is_refused(
    prompts: list[Any], options: dict[str, Any], problem: str, runtime: Runtime
) -> None:
    with pytest.raises(InputError, match=problem):
        route(prompts, runtime=runtime, **options)


def test_an_empty_pool_is_refused_with_the_remedy(registry: Registry, tiny_base_folder: Path) -> None:
    with pytest.raises(InputError, match=r"no adapters for .* hyperlora registry seed"):
        route(["abc"], runtime=Runtime(f"file:{tiny_base_folder}", registry))


def test_the_doorway_answers_one_prompt_or_many(
    runtime: Runtime, tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", f"file:{tiny_base_folder}")
    reload_settings()
    expected = route(PROMPTS, policy="arrow", k=2, runtime=runtime)
    assert hyperlora.route(PROMPTS, policy="arrow", k=2) == expected
    [alone] = hyperlora.route("Tell me the animal that barks", policy="arrow", k=2)
    assert (alone.answer, references(alone)) == (expected[3].answer, references(expected[3]))


def test_prompts_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    lines = [{"input": "a\u2028b"}, {"instruction": "Say it", "input": "ö"}]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n\r\n").encode())
    assert read_prompts(path) == [("", "a\u2028b"), ("Say it", "ö")]
    assert read_prompts(path, "Do it") == [("Do it", "a\u2028b"), ("Say it", "ö")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "holds no prompt"),
        (b" \n\n", "holds no prompt"),
        (b'{"input": "a"}\n{"input": ', "line 2: is not JSON"),
        (b'{"input": "a", "input": "b"}', "line 1: is not JSON"),
        (b'{"input": "\xff"}', "line 1: is not JSON"),
        (b"[1]", "line 1: is not an object with an input"),
        (b'{"instruction": "a"}', "line 1: is not an object with an input"),
        (b'{"input": "a", "output": "b"}', "line 1: is not an object with an input"),
        (b'{"input": 1}', "line 1: a field is not text"),
        (b'{"input": "a", "instruction": null}', "line 1: a field is not text"),
        (b"[" * 200_000, "line 1: is not JSON"),
    ],
)
def test_a_file_that_is_not_prompts_is_refused_by_its_line(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        read_prompts(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_prompts(tmp_path / "none.jsonl")


def test_answers_are_shown_with_what_acted() -> None:
    acting = (Acting("registry:one@1", 0.51, 0.25), Acting("registry:two@3", 0.4, None))
    shown = routed_text([RoutedAnswer("a cat\non a mat", "Say it", "cats", acting)]).splitlines()
    assert shown[0] == "a cat on a mat -> cats"
    assert shown[1].split() == ["0.250", "registry:one@1", "score", "0.510"]
    assert shown[2].split() == ["by", "token", "registry:two@3", "score", "0.400"]
