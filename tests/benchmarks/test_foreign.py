"""The benchmark of foreign adapters, on the tiny model."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Registry
from hyperlora.registry.entry import KINDS
from pipelines.starter import starter_suite

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import foreign
import foreign_pool


def test_every_part_is_measured_on_a_copy_of_the_registry(
    tiny_base_folder: Path,
    registry: Registry,
    make_adapter: Callable[..., Adapter],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(foreign_pool, "_STEPS", 6)
    monkeypatch.setattr(foreign, "_RANKS", (1, 8))
    monkeypatch.setattr(foreign, "_EXAMPLES", 2)
    for seed, task in enumerate(starter_suite().part("seen")[:3]):
        card = Card(description=task.description, origin="trained", dataset_hash=task.training_hash)
        registry.register(make_adapter(seed, card=card), task.name)
    before = [entry.reference for kind in KINDS for entry in registry.entries(kind)]
    out = tmp_path / "foreign.json"
    arguments = ["--base", f"file:{tiny_base_folder}", "--tasks", "4", "--steps", "2", "--out", str(out)]
    foreign.main(arguments)
    report = json.loads(out.read_text())
    assert (report["own"], len(report["new"])) == (3, 4)
    assert report["imported"]["accepted"] == 4, "all four forms are read"
    assert [entry.reference for kind in KINDS for entry in registry.entries(kind)] == before
    assert set(report["index"]) == {"own, before", "own, after", "new, after"}
    assert report["index"]["new, after"] > 0.3, "their cards were read"
    assert {"as trained", "rank 1, by weights", "rank 8, by inputs"} <= set(report["shared"])
    assert set(report["cvae"]) == {
        f"{pool}, by {metric}" for pool in ("pool", "pool and foreign") for metric in ("weights", "inputs")
    }
    for made in report["cvae"].values():
        assert set(made) == {f"{group}, {words} words" for group in ("own", "new") for words in ("trained", "unseen")}
        assert all(0 <= score["low"] <= score["mean"] <= score["high"] <= 1 for score in made.values())
