"""Batches: a folder a line, the bad lines named and the others done, and nothing done twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.conditions import AdapterRequest
from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.tasks.task import Task
from pipelines.adapt import generate_batch as batches
from pipelines.adapt.generate import GenerationConfig, generate_adapters
from pipelines.adapt.generate_batch import BatchReport, Failure, generate_batch
from pipelines.runtime import LONGEST_DESCRIPTION, Runtime

CAT = {"input": "cat", "output": "cats"}
PLAIN = GenerationConfig()


def write_lines(path: Path, *lines: Any) -> Path:
    """A batch file of values, or of texts as they are."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


@pytest.fixture
def batch(runtime: Runtime, tmp_path: Path) -> Callable[..., BatchReport]:
    """Write a batch file and run it into `tmp_path/out`; every failure must be reported as it happens."""

    def run(*lines: Any, how: GenerationConfig = PLAIN) -> BatchReport:
        told: list[Failure] = []
        file = write_lines(tmp_path / "wanted.jsonl", *lines)
        report = generate_batch(runtime, file, tmp_path / "out", how, told.append)
        assert sorted(told, key=lambda failure: failure.line) == list(report.failures)
        return report

    return run


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder, with its inode and time of change: what was written again differs."""
    stats = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {str(path.relative_to(folder)): (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}


def test_every_line_gets_a_folder_with_what_it_wants(
    batch: Callable[..., BatchReport], runtime: Runtime, tmp_path: Path
) -> None:
    long = "Spell THE number out, in words; then more"
    report = batch(
        {"name": "homes", "description": "Say where people live"},
        "",
        {"description": long},
        {"name": "Pets.2", "description": "Name the pet", "examples": [CAT]},
    )
    out = tmp_path / "out"
    assert report.failures == report.skipped == ()
    homes, spelled, pets = report.written
    assert (homes, pets) == (out / "homes", out / "Pets.2")
    assert spelled.name.startswith("spell-the-number-out-in-words-")
    assert sorted(out.iterdir()) == sorted(report.written)
    for folder, text in ((homes, "Say where people live"), (spelled, long), (pets, "Name the pet")):
        written = read_adapter(folder)
        [[expected]] = generate_adapters(runtime, [AdapterRequest(text)])
        assert written.card == expected.card
        for name, part in written.modules.items():
            assert part.weight_change().allclose(expected.modules[name].weight_change(), atol=1e-5)


def test_the_text_encoder_is_asked_and_the_network_run_once_for_many_lines(
    batch: Callable[..., BatchReport], runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(batches, "TOGETHER", 3)
    monkeypatch.setattr(
        batches,
        "generate_adapters",
        lambda runtime, wanted, how: calls.append(len(wanted)) or generate_adapters(runtime, wanted, how),
    )
    assert len(batch(*({"description": f"Say {number}"} for number in range(7))).written) == 7
    assert calls == [3, 3, 1]


def test_what_is_there_is_left_alone_and_the_rest_is_done(
    batch: Callable[..., BatchReport], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = [{"name": f"n{number}", "description": f"Say {number}"} for number in range(5)]
    written: list[Path] = []

    def interrupted(adapter: Adapter, folder: Path) -> Path:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(write_adapter(adapter, folder))
        return folder

    with monkeypatch.context() as patch:
        patch.setattr(batches, "write_adapter", interrupted)
        with pytest.raises(KeyboardInterrupt):
            batch(*lines)
    before = tree(tmp_path / "out")
    report = batch(*lines)
    assert [folder.name for folder in report.skipped] == ["n0", "n1"]
    assert [folder.name for folder in report.written] == ["n2", "n3", "n4"]
    after = tree(tmp_path / "out")
    assert {name: after[name] for name in before} == before
    again = batch(*lines)
    assert (again.written, len(again.skipped), tree(tmp_path / "out")) == ((), 5, after)


def test_a_folder_of_something_else_is_a_failure_and_is_kept(
    batch: Callable[..., BatchReport], tmp_path: Path, toy_tasks: list[Task]
) -> None:
    line = {"name": "mine", "description": "Say it"}
    batch(line)
    before = tree(tmp_path / "out")
    for changed, how in (
        ({"name": "mine", "description": "Say it now"}, PLAIN),
        (line, GenerationConfig(rank=2)),
        (line | {"examples": [CAT]}, GenerationConfig(refine=1)),
    ):
        report = batch(changed, how=how)
        assert [failure.line for failure in report.failures] == [1]
        assert report.failures[0].problem.endswith("out/mine holds something else. Remove it, or choose another --out.")
    assert tree(tmp_path / "out") == before
    (tmp_path / "out" / "mine" / "adapter_model.safetensors").write_bytes(b"damaged")
    assert "holds something else" in batch(line).failures[0].problem
    (tmp_path / "out" / "foreign").mkdir()
    (tmp_path / "out" / "foreign" / "notes.txt").write_text("keep")
    assert "holds something else" in batch({"name": "foreign", "description": "Say it"}).failures[0].problem
    assert (tmp_path / "out" / "foreign" / "notes.txt").read_text() == "keep"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("{", "is not JSON that can be read"),
        ('{"description": "a", "description": "b"}', "'description' is there twice"),
        ('["Say it"]', "a JSON list, not an object"),
        ({"description": ""}, "the description is empty"),
        ({}, "the description is empty"),
        ({"description": "x" * 100_000}, f"Shorten it to at most {LONGEST_DESCRIPTION}"),
        ({"description": 3}, "description: Input should be a valid string"),
        ({"description": "a", "text": "b"}, "text: Extra inputs are not permitted"),
        ({"description": "a", "examples": "mine.jsonl"}, "examples: Input should be a valid list"),
        ({"description": "a", "examples": [{"question": "cat"}]}, "example 1: has no 'answer'"),
        ({"description": "a", "examples": [CAT, CAT | {"output": "a\nb"}]}, "example 2: cannot be used"),
        ({"name": "../up", "description": "a"}, "name: String should match pattern"),
        ({"name": ".", "description": "a"}, "name: String should match pattern"),
        ({"name": "a/b", "description": "a"}, "name: String should match pattern"),
        ({"name": "a\n", "description": "a"}, "name: String should match pattern"),
        ({"name": "x" * 129, "description": "a"}, "name: String should match pattern"),
        ({"name": "first", "description": "Another"}, "first is the name of line 1 already"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_done(
    bad: Any, problem: str, batch: Callable[..., BatchReport], tmp_path: Path
) -> None:
    report = batch({"name": "first", "description": "Say one"}, bad, {"name": "last", "description": "Say two"})
    assert [failure.line for failure in report.failures] == [2]
    assert problem in report.failures[0].problem
    assert "\n" not in report.failures[0].problem
    assert [folder.name for folder in report.written] == ["first", "last"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "hyperlora-home") == ["out", "wanted.jsonl"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["first", "last"]


def test_one_line_twice_is_one_folder(batch: Callable[..., BatchReport]) -> None:
    report = batch({"description": "Say it"}, {"description": " Say  it "})
    assert (len(report.written), report.failures) == (1, ())


def test_a_line_without_examples_cannot_be_refined_and_the_others_are(
    batch: Callable[..., BatchReport], tmp_path: Path
) -> None:
    lines = [
        {"name": "one", "description": "Say it", "examples": [CAT]},
        {"name": "bare", "description": "Say it"},
        {"name": "two", "description": "Say more", "examples": [CAT, CAT | {"input": "dog"}]},
    ]
    report = batch(*lines, how=GenerationConfig(refine=2))
    assert [(failure.line, "no examples to refine on" in failure.problem) for failure in report.failures] == [(2, True)]
    decisions = [read_adapter(folder).card.decision for folder in report.written]
    assert decisions == [{"start": "pool", "refine_steps": 2, "examples": count} for count in (1, 2)]
    again = batch(*lines, how=GenerationConfig(refine=2))
    assert (again.written, len(again.skipped)) == ((), 2)


@pytest.mark.usefixtures("sampling")
def test_several_of_each_line_lie_side_by_side_and_only_missing_ones_are_written(
    batch: Callable[..., BatchReport], tmp_path: Path
) -> None:
    three = GenerationConfig(count=3, sample=True, seed=5)
    report = batch({"name": "a", "description": "Say it"}, {"name": "b", "description": "Say more"}, how=three)
    names = [f"{name}/{number}" for name in "ab" for number in (1, 2, 3)]
    assert [str(folder.relative_to(tmp_path / "out")) for folder in report.written] == names
    contents = {name: read_adapter(tmp_path / "out" / name).content_hash for name in names}
    assert len(set(contents.values())) == 6
    shutil.rmtree(tmp_path / "out" / "b" / "2")
    again = batch({"name": "a", "description": "Say it"}, {"name": "b", "description": "Say more"}, how=three)
    assert again.written == (tmp_path / "out" / "b" / "2",)
    assert len(again.skipped) == 5
    card = read_adapter(tmp_path / "out" / "b" / "2").card
    assert card.decision == {"seed": 5, "draw": 2}
    other = batch({"name": "a", "description": "Say it"}, how=GenerationConfig(count=3, sample=True, seed=6))
    assert "a/1 holds something else" in other.failures[0].problem


@pytest.mark.parametrize("how", [GenerationConfig(rank=5), GenerationConfig(sample=True)], ids=["rank", "sample"])
def test_what_the_generator_cannot_do_is_said_once_and_not_of_every_line(
    how: GenerationConfig, batch: Callable[..., BatchReport], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="hypernet@1"):
        batch({"description": "Say it"}, {"description": "Say more"}, how=how)
    assert not (tmp_path / "out").exists()


def test_a_file_without_lines_and_a_missing_one_are_refused(runtime: Runtime, tmp_path: Path) -> None:
    empty = write_lines(tmp_path / "empty.jsonl", "", "  ")
    with pytest.raises(InputError, match=r"empty\.jsonl holds no line"):
        generate_batch(runtime, empty, tmp_path / "out", PLAIN, lambda failure: None)
    with pytest.raises(InputError, match=r"none\.jsonl cannot be read: .*Check --batch"):
        generate_batch(runtime, tmp_path / "none.jsonl", tmp_path / "out", PLAIN, lambda failure: None)
    assert not (tmp_path / "out").exists()
