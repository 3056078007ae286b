"""The core beside PEFT at its best flags: train, merge, load and decode with many adapters; prints JSON.

All on the CPU in float32, in one process, on the starter tasks; see `side_by_side.py` for how, and `core_cases/` for
what. A ratio below 1 means that ours takes less time.

    python benchmarks/core.py --case merge --case load --pairs 9 --out core.json
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from core_cases import CASES
from core_cases.accuracy import compare_accuracy
from core_cases.inputs import Inputs, Sizes
from hyperlora.models import DEFAULT_BASE
from hyperlora.settings import reload_settings
from pipelines.recipes import load_recipe
from pipelines.starter import starter_suite
from side_by_side import Watch, measure, surroundings

FULL_RESIDENTS = (1, 10, 100, 1000)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", action="append", choices=list(CASES), help="repeatable; all when not given")
    parser.add_argument("--only", default="", help="comparisons whose name holds this text")
    parser.add_argument("--pairs", type=int, default=5, help="times that every side is run")
    parser.add_argument("--base", default=DEFAULT_BASE, help="base model reference")
    parser.add_argument("--threads", type=int, help="of torch; what torch chooses when not given")
    parser.add_argument("--full", action="store_true", help="also load beside 1000 adapters, which takes minutes")
    parser.add_argument("--accuracy", type=int, metavar="STEPS", help="only train all tasks both ways and score them")
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    os.environ |= {"HYPERLORA_DEVICE": "cpu", "HYPERLORA_DTYPE": "float32", "HYPERLORA_TRAINING_DTYPE": "float32"}
    reload_settings()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    report = surroundings() | {"base": chosen.base, "dtype": "float32"}
    sizes = Sizes(residents=FULL_RESIDENTS) if chosen.full else Sizes()
    with tempfile.TemporaryDirectory(prefix="hyperlora-bench-") as scratch:
        tasks = tuple(starter_suite().tasks[name] for name in load_recipe().tasks)
        inputs = Inputs(chosen.base, tasks, Path(scratch), sizes)
        if chosen.accuracy:
            report["accuracy"] = compare_accuracy(inputs, chosen.accuracy)
        else:
            watch = Watch()
            report["comparisons"] = [
                measure(comparison, chosen.pairs, watch)
                for case in chosen.case or CASES
                for comparison in CASES[case](inputs)
                if chosen.only in comparison.name
            ]
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
