"""Import a pool of mixed adapters made with plain PEFT, and time it; prints JSON.

All on the CPU, on a tiny base model, so that reading, checking, comparing and registering are timed and not the model.
Beside it stands how long PEFT takes to load the folders that are sound LoRA, without a registry or a check. The second
import finds everything done.

    python benchmarks/pool_import.py --folders 200 --out pool_import.json
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from peft import PeftModel
from transformers import AutoModelForCausalLM

from hyperlora.registry import Registry
from hyperlora.registry.pool_import import Report, import_pool
from hyperlora.settings import reload_settings
from mixed_pool import make_mixed_pool, make_tiny_base
from side_by_side import surroundings

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folders", type=int, default=200)
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hyperlora-bench-") as scratch:
        home, base, pool = (Path(scratch) / name for name in ("home", "base", "pool"))
        os.environ |= {"HYPERLORA_DEVICE": "cpu", "HYPERLORA_DTYPE": "float32", "HYPERLORA_HOME": str(home)}
        reload_settings()
        expected = make_mixed_pool(make_tiny_base(base), pool, chosen.folders)
        registry = Registry(home)
        registry.entries()  # MLflow makes its tables, once a registry
        first, seconds = _timed(lambda: import_pool(f"file:{pool}", registry=registry))
        again, seconds_again = _timed(lambda: import_pool(f"file:{pool}", registry=registry))
        report = surroundings() | {
            "folders": chosen.folders,
            "import_s": seconds,
            "import_again_s": seconds_again,
            "counts": dict(first.counts),
            "as_expected": _statuses(first) == expected and again == first,
            "expected": dict(Counter(expected.values())),
            "peft_load_s": _timed(lambda: _load_with_peft(base, pool, first))[1],
        }
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def _statuses(report: Report) -> dict[str, str]:
    return {row.folder: row.status for row in report.rows}


def _load_with_peft(base: Path, pool: Path, report: Report) -> None:
    model = AutoModelForCausalLM.from_pretrained(base)
    for row in report.of_status("accepted"):
        PeftModel.from_pretrained(model, pool / row.folder).unload()


if __name__ == "__main__":
    main()
