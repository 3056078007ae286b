"""Answering inputs with one adapter: template, strength, comparison, and folders without a template."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import hyperlora
from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.errors import BaseModelError, InputError
from hyperlora.inference.decoding import Generated, generate
from hyperlora.inference.running import RAW, run_adapter, template_of
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import write_adapter
from hyperlora.tasks.run_inputs import input_lines, read_inputs

INPUTS = ["cat", "the house\non the hill", "dog", "fox"] * 20
TEMPLATE = "Q: {input}\nA:"


@pytest.fixture
def adapter(make_adapter: Callable[..., Adapter]) -> Adapter:
    return make_adapter(3, card=Card(description="Anything", prompt_template=TEMPLATE))


@pytest.fixture
def where(tiny_base_folder: Path) -> str:
    return f"file:{tiny_base_folder}"


def prompts(texts: list[str]) -> list[str]:
    return [f"Q: {text}\nA:" for text in texts]


def reference(
    bank: AdapterBank, base: BaseModel, adapter: Adapter, texts: list[str], sampling: Sampling | None = None
) -> list[Generated]:
    factors = stack_adapters([adapter], base.device)
    choices = [0] * len(texts)
    return generate(base, prompts(texts), bank=bank, factors=factors, choices=choices, sampling=sampling)


def test_answers_are_the_adapters_own_in_its_template_and_in_order(
    adapter: Adapter, tiny_base: BaseModel, bank: AdapterBank, where: str
) -> None:
    answers = list(run_adapter(adapter, INPUTS, template=TEMPLATE, compare=True, base=where))
    assert [answer.input for answer in answers] == INPUTS
    expected = reference(bank, tiny_base, adapter, INPUTS)
    assert [answer.text for answer in answers] == [each.text for each in expected]
    assert [answer.answer for answer in answers] == [each.answer for each in expected]
    plain = generate(tiny_base, prompts(INPUTS))
    assert [answer.base for answer in answers] == [each.answer for each in plain]
    assert any(answer.base != answer.answer for answer in answers)


def test_scale_is_a_factor_of_the_weight_change(
    adapter: Adapter, tiny_base: BaseModel, bank: AdapterBank, where: str
) -> None:
    twice = replace(
        adapter,
        modules={name: replace(each, scaling=2 * each.scaling) for name, each in adapter.modules.items()},
    )
    texts = INPUTS[:4]
    for scale, expected in (
        (2.0, reference(bank, tiny_base, twice, texts)),
        (0.0, generate(tiny_base, prompts(texts))),
    ):
        found = list(run_adapter(adapter, texts, template=TEMPLATE, scale=scale, base=where))
        assert [each.text for each in found] == [each.text for each in expected]


@pytest.mark.parametrize("most", [1, 3, 200])
def test_what_was_cut_is_said(adapter: Adapter, tiny_base: BaseModel, bank: AdapterBank, where: str, most: int) -> None:
    texts = INPUTS[:4]
    found = list(run_adapter(adapter, texts, template=TEMPLATE, sampling=Sampling(most), base=where))
    expected = reference(bank, tiny_base, adapter, texts, Sampling(most))
    ended = [len(each.tokens) < most or "\n" in each.text.lstrip("\n") for each in expected]
    assert [not answer.cut for answer in found] == ended
    assert most != 1 or any(answer.cut for answer in found)


@pytest.mark.parametrize(
    ("inputs", "options", "problem"),
    [
        ([], {}, "there is no input"),
        (["a", " "], {}, "input 2 is empty"),
        (["a"], {"scale": float("nan")}, "scale is nan"),
        (["a"], {"scale": float("inf")}, "scale is inf"),
    ],
)
def test_what_cannot_be_run_is_refused(
    adapter: Adapter, where: str, inputs: list[str], options: dict[str, float], problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        list(run_adapter(adapter, inputs, template=TEMPLATE, base=where, **options))  # type: ignore[arg-type]


def test_another_base_model_is_refused_with_a_remedy(adapter: Adapter, where: str) -> None:
    other = adapter.base.model_copy(update={"fingerprint": "0" * 64, "id": "hf:somebody/else"})
    with pytest.raises(BaseModelError, match=r"made for hf:somebody/else.*--base hf:somebody/else"):
        list(run_adapter(replace(adapter, base=other), ["a"], template=TEMPLATE, base=where))
    with pytest.raises(BaseModelError, match=r"somebody/else is not here.*--base file:FOLDER"):
        list(run_adapter(replace(adapter, base=other), ["a"], template=TEMPLATE))


def test_a_folder_without_a_template_gets_whole_prompts(adapter: Adapter, where: str, tmp_path: Path) -> None:
    folder = write_adapter(adapter, tmp_path / "mine")
    assert template_of(adapter, f"file:{folder}") == (TEMPLATE, "")
    [told] = hyperlora.run(f"file:{folder}", "cat", base=where)
    bare = shutil.copytree(folder, tmp_path / "bare")
    (bare / "hyperlora.json").unlink()
    (bare / "README.md").unlink()  # whose front matter says the template, too
    with pytest.warns(UserWarning, match=r"does not say what prompts.*--template"):
        [raw] = hyperlora.run(f"file:{bare}", ["Q: cat\nA:"], base=where)
    assert (raw.text, raw.answer) == (told.text, told.text.strip())
    [given] = hyperlora.run(f"file:{bare}", "cat", template=TEMPLATE, base=where)
    assert given == told
    default = adapter.with_card(Card(description="x"))
    assert template_of(default, f"file:{bare}")[0] == RAW
    assert template_of(default, "registry:mine")[0] == default.card.prompt_template


def test_inputs_are_read_from_lines_jsonl_and_csv(tmp_path: Path) -> None:
    files = {
        "a.txt": "ox\r\n\n  child \n",
        "a.jsonl": '\ufeff{"input": "ox", "output": "oxen"}\n\n{"input": "  child "}\n',
        "a.csv": 'id,input\n1,ox\n2,"  child "\n',
        "a.tsv": "input\tid\nox\t1\n  child \t2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
        assert read_inputs(tmp_path / name) == ["ox", "  child "], name
    (tmp_path / "b.csv").write_text('input\n"two\nlines"\n')
    assert read_inputs(tmp_path / "b.csv") == ["two\nlines"]
    assert input_lines("a\x85b\n") == ["a\x85b"], "only line feeds end a line"


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.txt", b"\n \n", "holds no input"),
        ("a.txt", b"\xff\xfe", "is not UTF-8"),
        ("a.jsonl", b'{"input": "a"}\n{"text": "b"}\n', "a.jsonl, line 2: has no text named input, only: text"),
        ("a.jsonl", b"{", "line 1, column 2: is not JSON"),
        ("a.jsonl", b'{"input": 3}', "line 1: has no text named input"),
        ("a.csv", b"text,id\na,1\n", "line 2: has no text named input, only: text, id"),
        ("a.csv", b'input\n"a\n', "is not CSV"),
        ("none.txt", None, "cannot be read"),
    ],
)
def test_a_file_that_holds_no_inputs_is_refused(tmp_path: Path, name: str, data: bytes | None, problem: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=problem):
        read_inputs(tmp_path / name)
