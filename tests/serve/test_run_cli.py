"""`hyperlora run`: inputs from arguments, files and a pipe; answers a line each, beside the base model, or as JSON."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hyperlora
from hyperlora.registry import Registry

Run = Callable[..., Any]


def test_arguments_files_and_a_pipe_are_answered_alike(
    shared_pool: Registry, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [answer.answer for answer in hyperlora.run("registry:plural", ["cat", "house"])]
    lines = "".join(f"{answer}\n" for answer in expected)
    assert run("run", "registry:plural", "cat", "house").out == lines
    (tmp_path / "words.txt").write_text("cat\nhouse\n")
    assert run("run", "registry:plural@champion", "--file", tmp_path / "words.txt").out == lines
    monkeypatch.setattr("sys.stdin", io.StringIO("cat\n\nhouse\n"))
    assert run("run", "registry:plural").out == lines


def test_json_holds_inputs_whole_texts_and_the_template(shared_pool: Registry, run: Run) -> None:
    outcome = run("run", "registry:plural", "cat", "--compare", "--max-new-tokens", "3", "--json")
    [expected] = hyperlora.run("registry:plural", "cat", compare=True, max_new_tokens=3)
    assert outcome.value == {
        "adapter": "registry:plural",
        "template": "Input: {input}\nOutput:",
        "scale": 1.0,
        "answers": [expected.summary()],
    }
    assert outcome.value["answers"][0]["base"] == expected.base


def test_compare_shows_both_answers_below_a_heading(shared_pool: Registry, run: Run) -> None:
    found = hyperlora.run("registry:plural", ["cat", "house"], compare=True)
    heading, *rows = run("run", "registry:plural", "cat", "house", "--compare").out.splitlines()
    assert heading.split() == ["input", "base", "model", "with", "the", "adapter"]
    for row, answer in zip(rows, found, strict=True):
        assert row.startswith(answer.input)
        assert row.endswith(" ".join(answer.answer.split()))
        assert " ".join((answer.base or "").split())[:30] in row


def test_answers_that_were_cut_are_told(shared_pool: Registry, run: Run) -> None:
    texts = hyperlora.run("registry:plural", ["cat", "house"], max_new_tokens=1)
    cut = sum(answer.cut for answer in texts)
    assert cut
    outcome = run("run", "registry:plural", "cat", "house", "--max-new-tokens", "1")
    assert f"note: {cut} of 2 answers end after 1 tokens; --max-new-tokens allows more" in outcome.err


def test_a_template_is_one_line_on_the_command_line(shared_pool: Registry, run: Run) -> None:
    asked = ("run", "registry:plural", "cat", "--json")
    same = run(*asked, "--template", "Input: {input}\\nOutput:").value
    assert same == run(*asked).value
    assert same["answers"] != run(*asked, "--template", "{input}").value["answers"]


def test_a_peft_folder_without_a_template_answers_whole_prompts(
    shared_pool: Registry, run: Run, tmp_path: Path, tiny_is_base: str
) -> None:
    run("export", "registry:plural", "--out", tmp_path / "mine")
    bare = shutil.copytree(tmp_path / "mine", tmp_path / "bare")
    (bare / "hyperlora.json").unlink()
    outcome = run("run", f"file:{bare}", "Input: cat\nOutput:", "--base", tiny_is_base)
    [expected] = hyperlora.run("registry:plural", "cat")
    assert outcome.out == f"{expected.text.strip()}\n"
    assert "each input is the whole prompt; --template sets one" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("registry:plural", " "), 1, "input 1 is empty"),
        (("registry:none", "cat"), 1, "nothing is registered as none"),
        (("registry:writer", "cat"), 1, "not an adapter"),
        (("registry:plural", "--file", "nowhere.txt"), 1, "cannot be read"),
        (("registry:plural", "cat", "--template", "x"), 1, "must hold {input} once"),
        (("registry:plural", "cat", "--top-p", "2"), 1, "top_p is 2"),
        (("registry:plural", "cat", "--scale", "nan"), 1, "scale is nan"),
        (("registry:plural", "cat", "--scale", "1e300"), 1, "scale is 1e+300"),
        (("registry:plural", "cat", "--top-k", str(2**63)), 1, f"top_k is {2**63}"),
    ],
)
def test_what_cannot_be_run_is_refused_in_a_line(
    arguments: tuple[str, ...], code: int, problem: str, shared_pool: Registry, run: Run
) -> None:
    outcome = run("run", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert problem in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_nothing_to_answer_is_said(shared_pool: Registry, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert "there is no input" in run("run", "registry:plural").err

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    outcome = run("run", "registry:plural")
    assert (outcome.code, "Give inputs, a --file of them, or pipe them in." in outcome.err) == (2, True)
