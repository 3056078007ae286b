"""Time our code beside its peers: one process, alternating order, paired ratios, and a watch on the machine.

A ratio of two times taken one after the other survives a machine that is slower today than yesterday; a fixed matrix
product, timed around every pair, tells of one that became slower in between.
"""

from __future__ import annotations

import gc
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hyperlora.progress import progress

DRIFT = 1.25
_CALIBRATION_SIZE = 384
_CALIBRATION_REPEATS = 7
_PACKAGES = ("torch", "transformers", "peft", "numpy")


def _nothing() -> None:
    return


@dataclass(frozen=True)
class Prepared:
    """A side that is ready to be timed.

    Attributes:
        label: what is run, with its flags.
        run: what is timed.
        outcome: from what `run` returned to what it came to, read before `reset`; None where it may differ.
        reset: puts back what the next run needs, untimed.
    """

    label: str
    run: Callable[[], Any]
    outcome: Callable[[Any], Tensor] | None = None
    reset: Callable[[], None] = _nothing


Setup = Callable[[], Prepared]


@dataclass(frozen=True)
class Comparison:
    """Our side and its peers, at the same work.

    Attributes:
        name: of the work.
        ours: makes our side.
        peers: make the others, by name.
        facts: sizes of the work, for the report.
    """

    name: str
    ours: Setup
    peers: Mapping[str, Setup]
    facts: Mapping[str, object] = field(default_factory=dict)


class Watch:
    """Times a fixed matrix product; whatever else uses the machine makes it slower."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._matrix = torch.ones(_CALIBRATION_SIZE, _CALIBRATION_SIZE)
        self._multiply()
        self.quickest = self._median()

    def reading(self) -> float:
        """How many times longer than the quickest so far the product takes now."""
        seconds = self._median()
        self.quickest = min(self.quickest, seconds)
        return seconds / self.quickest

    def _median(self) -> float:
        return float(np.median([self._multiply() for _ in range(_CALIBRATION_REPEATS)]))

    def _multiply(self) -> float:
        start = self._clock()
        torch.mm(self._matrix, self._matrix)
        return self._clock() - start


def measure(
    comparison: Comparison,
    pairs: int,
    watch: Watch,
    clock: Callable[[], float] = time.perf_counter,
    processor_clock: Callable[[], float] = time.process_time,
) -> dict[str, object]:
    """Run all sides once to warm up, then `pairs` times in turn, every second time in reverse order.

    Returns:
        The figures for the report: for each peer the ratio ``ours / peer`` of paired times, below 1 where ours is
        faster, over all pairs and over those in which the machine was quiet; and that of processor times, which
        neighbours on the machine change little.
    """
    sides = {"ours": comparison.ours()} | {name: setup() for name, setup in comparison.peers.items()}
    outcomes = {name: _outcome(side) for name, side in sides.items()}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    processor: dict[str, list[float]] = {name: [] for name in sides}
    drifts, loads = [], []
    order = list(sides)
    gc.freeze()  # what setups left behind is not searched again and again
    with progress(pairs, comparison.name, "pair") as bar:
        for _ in range(pairs):
            before = watch.reading()
            for name in order:
                gc.collect()  # nobody pays for another side's garbage
                start, processor_start = clock(), processor_clock()
                sides[name].run()
                seconds[name].append(clock() - start)
                processor[name].append(processor_clock() - processor_start)
                sides[name].reset()
            order.reverse()
            drifts.append(max(before, watch.reading()))
            loads.append(os.getloadavg()[0])
            bar.update()
    gc.unfreeze()
    quiet = [drift <= DRIFT for drift in drifts]
    return {
        "name": comparison.name,
        **comparison.facts,
        "pairs": pairs,
        "disturbed_pairs": quiet.count(False),
        "drifts": drifts,
        "load_averages": loads,
        "ours": {"label": sides["ours"].label, **summary(seconds["ours"])},
        "peers": {
            name: {
                "label": sides[name].label,
                **summary(seconds[name]),
                "agreement": agreement(outcomes["ours"], outcomes[name]),
                "ours_over_peer": paired_ratio(seconds["ours"], seconds[name]),
                "ours_over_peer_quiet": paired_ratio(
                    [taken for taken, still in zip(seconds["ours"], quiet, strict=True) if still],
                    [taken for taken, still in zip(seconds[name], quiet, strict=True) if still],
                ),
                "ours_over_peer_processor": paired_ratio(processor["ours"], processor[name]),
            }
            for name in comparison.peers
        },
    }


def _outcome(side: Prepared) -> Tensor | None:
    returned = side.run()
    outcome = None if side.outcome is None else side.outcome(returned).detach().clone()
    side.reset()
    return outcome


def summary(seconds: Sequence[float]) -> dict[str, object]:
    """Median, interquartile range as a share of it, and every time taken, in seconds."""
    low, median, high = np.quantile(seconds, [0.25, 0.5, 0.75])
    return {"median_s": float(median), "spread": float((high - low) / median), "seconds": list(seconds)}


def paired_ratio(
    ours: Sequence[float], peer: Sequence[float], *, resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> dict[str, float] | None:
    """The median of ``ours / peer`` over pairs, with a percentile bootstrap interval; None without a pair.

    Pairs are resampled whole, so that what slowed both sides of a pair does not widen the interval.
    """
    if not ours:
        return None
    ratios = np.asarray(ours, dtype=np.float64) / np.asarray(peer, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(len(ratios), size=(resamples, len(ratios)))
    low, high = np.quantile(np.median(ratios[picks], axis=1), [(1 - level) / 2, (1 + level) / 2])
    return {"median": float(np.median(ratios)), "low": float(low), "high": float(high)}


def agreement(ours: Tensor | None, peer: Tensor | None) -> float | None:
    """The share of numbers, losses or tokens, that came out alike on both sides; None where they need not.

    Raises:
        ValueError: the outcomes have unlike shapes, so the sides did unlike work.
    """
    if ours is None or peer is None:
        return None
    if ours.shape != peer.shape:
        raise ValueError(f"our side came to {tuple(ours.shape)}, its peer to {tuple(peer.shape)}")
    return float(torch.isclose(ours.double(), peer.double(), rtol=1e-3, atol=1e-4).double().mean())


def surroundings() -> dict[str, object]:
    """Versions, processor and load of the machine: what a figure means nothing without."""
    return {
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "cpu": _cpu_model(),
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load_average_before": os.getloadavg()[0],
    }


def _cpu_model() -> str:
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text().splitlines() if listing.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
