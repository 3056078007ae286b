"""The benchmark of generating, on the tiny model: every part runs, and both sides of each come to the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import generate


def test_every_part_runs_and_its_sides_come_to_the_same(
    tiny_base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HYPERLORA_DEVICE", "HYPERLORA_DTYPE"):
        monkeypatch.setenv(name, "")  # put back afterwards, whatever main sets
    out = tmp_path / "generate.json"
    arguments = ["--base", f"file:{tiny_base_folder}", "--conditions", "3", "--tasks", "2", "--steps", "2"]
    generate.main([*arguments, "--pairs", "2", "--threads", str(torch.get_num_threads()), "--out", str(out)])
    report = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == report
    assert [comparison["name"] for comparison in report["comparisons"]] == [
        "forward",
        "factors of adapters",
        "from description to adapter",
        "from description to an answering model",
        "calls",
    ]
    *alike, calls = report["comparisons"]
    tokens = calls["prompt_tokens"]
    assert tokens["input"] < tokens["description"] < tokens["five_examples"]
    peers = [peer for comparison in alike for peer in comparison["peers"].values()]
    assert [peer["agreement"] for peer in peers] == [1.0] * 4
    assert all(peer["ours_over_peer"]["median"] > 0 for peer in peers)
    training = report["training"]
    assert (training["tasks"], training["steps"], training["samples_per_task"]) == (2, 2, 8)
    alone = training["generated_s_per_adapter"]["alone"]["median_s"]
    assert training["trained_over_generated"]["alone"] == training["trained_s_per_adapter"] / alone
    assert len(training["generated_s_per_adapter"]["together"]["seconds"]) == 2
