"""The benchmark of generators, on the tiny model: runs go on, and every group is told in every way."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hyperlora.registry import Registry

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import generators

SMALL = ("steps=3", "warmup_steps=1", "rank=3", "common_rank=1", "width=16", "atoms=4", "tasks_per_step=2")


def test_variants_are_trained_on_nested_tasks_and_told_in_every_way(
    tiny_base_folder: Path, registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "generators.json"
    arguments = ["--base", f"file:{tiny_base_folder}", "--tasks", "3", "5", "--set", *SMALL]
    arguments += ["--examples", "2", "--group", "2", "--wordings", "2", "--out", str(out)]
    generators.main(arguments)
    report = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == report
    few, more = report["generators"]
    assert [few["tasks"], more["tasks"]] == [3, 5]
    assert set(few["scores"]) == {"dev", "own, none"}, "the pool is empty"
    for made in (few, more):
        assert len(made["scores"]["dev"]["tasks"]) == len(made["scores"]["own, none"]["tasks"]) == 2
        told = {
            "unseen words",
            "unseen words, and in the prompt",
            "words without meaning",
            "five examples",
            "unseen words and five examples",
        }
        assert set(made["scores"]["dev"]) == told | {"tasks"}
        assert set(made["scores"]["own, none"]) == told | {"tasks", "trained words"}
        for name in told:
            score = made["scores"]["dev"][name]
            assert 0 <= score["low"] <= score["mean"] <= score["high"] <= 1 and score["log_likelihood"] < 0
    generators.main([*arguments, "--register", "bench"])
    again = json.loads(out.read_text())
    held = [made.pop("registered") for made in again["generators"]]
    assert again == report, "trained runs are kept, and measuring draws nothing anew"
    assert held == ["registry:bench-3-tasks-seed-0@1", "registry:bench-5-tasks-seed-0@1"]
    for reference in held:
        generators.main([*arguments, "--registered", reference])
        [measured] = json.loads(out.read_text())["generators"]
        assert measured["registered"] == reference
        assert measured["scores"] == report["generators"][held.index(reference)]["scores"]
