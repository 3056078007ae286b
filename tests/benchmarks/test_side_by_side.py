"""The benchmarks' harness: its arithmetic, and every case once on the tiny model, where both sides must agree."""

from __future__ import annotations

import json
import platform
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

# benchmarks are scripts: they find each other from their own folder, not as a package
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import core
from core_cases import CASES
from core_cases.accuracy import compare_accuracy
from core_cases.inputs import Inputs, Sizes
from core_cases.loading import clone_adapter
from pipelines.recipes import load_recipe
from pipelines.starter import starter_suite
from side_by_side import DRIFT, Comparison, Prepared, Watch, agreement, measure, paired_ratio, summary

SMALL = Sizes(samples_per_task=(2,), wide_rank=16, residents=(3,), adapters=(3,), prompts=4, new_tokens=5)


class Play:
    """Two sides that take scripted times on a clock of their own, and a watch with scripted readings."""

    def __init__(self, ours: list[float], peer: list[float], drifts: list[float]) -> None:
        self.now = 0.0
        self.events: list[str] = []
        self._times = {"ours": [0.0, *ours], "peer": [0.0, *peer]}
        self._drifts = drifts

    def reading(self) -> float:
        self.events.append("watch")
        return self._drifts.pop(0)

    def side(self, name: str) -> Prepared:
        def run() -> str:
            self.events.append(name)
            self.now += self._times[name].pop(0)
            return name

        def reset() -> None:
            self.now += 100

        return Prepared(f"label of {name}", run, lambda returned: torch.tensor([1.0, len(returned)]), reset)

    def measure(self, pairs: int) -> dict[str, Any]:
        comparison = Comparison(
            "play", lambda: self.side("ours"), {"peer": lambda: self.side("peer")}, {"acts": len(self._times)}
        )
        return measure(comparison, pairs, self, lambda: self.now, lambda: self.now**2)  # type: ignore[arg-type]


def test_sides_take_turns_in_alternating_order_after_a_warm_up_between_two_looks_at_the_machine() -> None:
    play = Play([1, 1, 1], [1, 1, 1], [1.0] * 6)
    play.measure(3)
    rounds = "ours peer | watch ours peer watch | watch peer ours watch | watch ours peer watch"
    assert play.events == rounds.replace("| ", "").split()


def test_times_of_a_pair_are_compared_with_each_other_without_warm_up_and_reset() -> None:
    report = Play([1, 4, 6], [2, 2, 4], [1.0] * 6).measure(3)
    assert report["ours"]["seconds"] == [1, 4, 6]
    assert report["peers"]["peer"]["seconds"] == [2, 2, 4]
    assert report["peers"]["peer"]["ours_over_peer"] == {"median": 1.5, "low": 0.5, "high": 2.0}
    assert report["peers"]["peer"]["label"] == "label of peer"
    assert report["acts"] == 2


def test_processor_time_is_compared_apart_from_wall_time() -> None:
    # the processor clock of the play shows the square of the wall clock, which starts at the 200 of two resets
    report = Play([10], [100], [1.0] * 2).measure(1)
    ours, peer = 210**2 - 200**2, 410**2 - 310**2
    assert report["peers"]["peer"]["ours_over_peer_processor"]["median"] == ours / peer


def test_a_pair_in_which_the_machine_drifted_is_flagged_and_left_out_of_the_quiet_ratio() -> None:
    report = Play([1, 9, 1], [2, 3, 2], [1.0, 1.0, 1.0, DRIFT + 0.01, DRIFT, 1.0]).measure(3)
    assert report["drifts"] == [1.0, DRIFT + 0.01, DRIFT]
    assert report["disturbed_pairs"] == 1
    assert report["peers"]["peer"]["ours_over_peer_quiet"] == {"median": 0.5, "low": 0.5, "high": 0.5}
    assert report["peers"]["peer"]["ours_over_peer"]["high"] == 3.0


def test_no_quiet_pair_leaves_no_quiet_ratio() -> None:
    assert Play([1], [2], [2.0, 1.0]).measure(1)["peers"]["peer"]["ours_over_peer_quiet"] is None


def test_the_interval_of_a_median_ratio_is_that_of_its_binomial() -> None:
    # the resampled median of three is the lowest with P(2 or 3 of 3 picks are it) = 7/27, and so is the highest
    ours = [1.0, 2.0, 3.0]
    assert paired_ratio(ours, [1, 1, 1], level=0.5) == {"median": 2.0, "low": 1.0, "high": 3.0}
    assert paired_ratio(ours, [1, 1, 1], level=0.4) == {"median": 2.0, "low": 2.0, "high": 2.0}
    assert paired_ratio(ours, ours) == {"median": 1.0, "low": 1.0, "high": 1.0}


def test_spread_is_the_interquartile_range_as_a_share_of_the_median() -> None:
    assert summary([1.0, 2.0, 4.0, 6.0, 7.0]) == {"median_s": 4.0, "spread": 1.0, "seconds": [1.0, 2.0, 4.0, 6.0, 7.0]}


@pytest.mark.parametrize(
    ("ours", "peer", "share"),
    [
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0001]), 1.0),
        (torch.tensor([5, 6, 7, 8]), torch.tensor([5, 6, 7, 9]), 0.75),
        (torch.tensor([1.0]), None, None),
    ],
)
def test_agreement_is_the_share_of_numbers_that_are_alike(
    ours: Tensor, peer: Tensor | None, share: float | None
) -> None:
    assert agreement(ours, peer) == share


def test_unlike_work_is_refused() -> None:
    with pytest.raises(ValueError, match=r"our side came to \(2,\), its peer to \(1,\)"):
        agreement(torch.zeros(2), torch.zeros(1))


def test_the_watch_reads_how_much_slower_than_the_quickest_product_the_machine_is() -> None:
    ticks = iter([0.0, 9.0] + [0.0, 2.0] * 7 + [0.0, 3.0] * 7 + [0.0, 1.0] * 7 + [0.0, 3.0] * 7)
    watch = Watch(lambda: next(ticks))
    assert [watch.reading(), watch.reading(), watch.reading()] == [1.5, 1.0, 3.0]


@pytest.fixture
def inputs(tiny_base_folder: Path, tmp_path: Path) -> Inputs:
    tasks = tuple(starter_suite().tasks[name] for name in load_recipe().tasks[:3])
    return Inputs(f"file:{tiny_base_folder}", tasks, tmp_path, SMALL)


@pytest.mark.parametrize("case", CASES)
def test_every_case_runs_and_its_sides_come_to_the_same(inputs: Inputs, case: str) -> None:
    watch = Watch()
    reports: list[dict[str, Any]] = [measure(comparison, 1, watch) for comparison in CASES[case](inputs)]
    agreements = [(name, peer["agreement"]) for report in reports for name, peer in report["peers"].items()]
    assert {share for name, share in agreements if name != "base"} == {1.0}
    assert {share for name, share in agreements if name == "base"} <= {None}


def test_cloned_residents_are_what_peft_would_have_loaded(inputs: Inputs) -> None:
    from peft import PeftModel

    base = inputs.load_base()
    folder = inputs.folder(inputs.adapter(base, 0, rank=2))
    cloned, loaded = (
        PeftModel.from_pretrained(inputs.load_peer_model(base, "sdpa"), folder, adapter_name="resident-0")
        for _ in range(2)
    )
    clone_adapter(cloned, ["other"])
    loaded.load_adapter(folder, "other")
    assert cloned.peft_config == loaded.peft_config
    assert str(cloned) == str(loaded)
    left, right = cloned.state_dict(), loaded.state_dict()
    assert list(left) == list(right)
    assert all(torch.equal(left[name], right[name]) for name in left)
    assert [(p.requires_grad, p.dtype) for p in cloned.parameters()] == [
        (p.requires_grad, p.dtype) for p in loaded.parameters()
    ]


def test_accuracy_trains_every_task_both_ways_and_scores_the_test_examples(inputs: Inputs) -> None:
    report: dict[str, Any] = compare_accuracy(inputs, 2, samples=2, test_examples=3)
    assert set(report["seconds"]) == set(report["exact_match"]) == {"ours", "peft"}
    assert report["ours_minus_peft"][0] == report["exact_match"]["ours"][0] - report["exact_match"]["peft"][0]


def test_the_report_is_json_on_standard_output_and_in_the_file(
    tiny_base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HYPERLORA_DEVICE", "HYPERLORA_DTYPE", "HYPERLORA_TRAINING_DTYPE"):
        monkeypatch.setenv(name, "")  # put back afterwards, whatever main sets
    out = tmp_path / "core.json"
    arguments = ["--case", "merge", "--only", "rank 8", "--pairs", "2", "--base", f"file:{tiny_base_folder}"]
    core.main([*arguments, "--threads", str(torch.get_num_threads()), "--out", str(out)])
    printed, report = capsys.readouterr().out, json.loads(out.read_text())
    assert json.loads(printed) == report
    assert [comparison["name"] for comparison in report["comparisons"]] == [
        "merge and restore, rank 8 on 2 modules a layer"
    ]
    assert report["threads"] == torch.get_num_threads()
    assert report["dtype"] == "float32"
    assert platform.node() not in printed


def test_run_as_a_script_the_harness_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(sys.modules["side_by_side"].__file__ or "", run_name="__main__")
    assert capsys.readouterr() == ("", "")
