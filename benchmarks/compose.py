"""Composition beside PEFT's `add_weighted_adapter`: time, and how far the weight changes lie apart; prints JSON.

Adapters of the starter zoo on the default base model, in float32 on the CPU, in one process; see `side_by_side.py` for
how times are taken. PEFT's methods that end in `_svd` work on weight changes as ours do; those without work on A and B
apart, which is quicker and another thing. A ratio below 1 means that ours takes less time.

    python benchmarks/compose.py --pairs 5 --out compose.json
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from hyperlora.lora.adapter import Adapter
from hyperlora.models import DEFAULT_BASE, load_base_model
from hyperlora.models.quiet import quiet_transformers
from hyperlora.peft_io.folder import write_adapter
from hyperlora.settings import reload_settings
from pipelines.zoo.packing import read_zoo
from retrieval.compose import compose
from side_by_side import Comparison, Prepared, Watch, measure, surroundings

DENSITY = 0.5
# ours -> our options, and PEFT's names for the same idea with their options; the first is the same computation
METHODS: dict[str, tuple[dict[str, Any], tuple[tuple[str, dict[str, Any]], ...]]] = {
    "svd": ({}, (("svd", {"svd_full_matrices": False}),)),
    "cat": ({}, (("cat", {}),)),
    "fuse": ({}, (("linear", {}),)),
    "ties": (
        {"density": DENSITY},
        (("ties_svd", {"density": DENSITY, "svd_full_matrices": False}), ("ties", {"density": DENSITY})),
    ),
    "dare": (
        {"density": DENSITY},
        (
            ("dare_linear_svd", {"density": DENSITY, "svd_full_matrices": False}),
            ("dare_linear", {"density": DENSITY}),
        ),
    ),
    "magnitude_prune": (
        {"density": DENSITY},
        (
            ("magnitude_prune_svd", {"density": DENSITY, "svd_full_matrices": False}),
            ("magnitude_prune", {"density": DENSITY}),
        ),
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", action="append", choices=list(METHODS), help="repeatable; all when not given")
    parser.add_argument("--adapters", type=int, default=4, help="how many are composed")
    parser.add_argument("--pairs", type=int, default=5, help="times that every side is run")
    parser.add_argument("--threads", type=int, help="of torch; what torch chooses when not given")
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    os.environ |= {"HYPERLORA_DEVICE": "cpu", "HYPERLORA_DTYPE": "float32"}
    reload_settings()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    adapters = [member.adapter for member in read_zoo().adapters[: chosen.adapters]]
    weights = [1 / len(adapters)] * len(adapters)
    facts = {"adapters": len(adapters), "modules": len(adapters[0].modules), "rank": adapters[0].ranks[0]}
    watch = Watch()
    comparisons = []
    with tempfile.TemporaryDirectory(prefix="hyperlora-bench-") as scratch:
        model = _peft_model(adapters, Path(scratch))
        for method in chosen.method or METHODS:
            options, peers = METHODS[method]
            ours = partial(compose, adapters, weights, method=method, options=options)
            differences = {name: _difference(ours(), model, adapters, weights, name, flags) for name, flags in peers}
            comparison = Comparison(
                method,
                partial(Prepared, f"compose(method={method!r}, options={options})", ours),
                {name: partial(_peft, model, adapters, weights, name, flags) for name, flags in peers},
                facts | {"relative_difference": differences},
            )
            comparisons.append(measure(comparison, chosen.pairs, watch))
    report = surroundings() | {"base": DEFAULT_BASE, "dtype": "float32", "comparisons": comparisons}
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")


def _peft_model(adapters: Sequence[Adapter], scratch: Path) -> Any:
    """The base model with all adapters loaded by PEFT, named by their place."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = load_base_model(DEFAULT_BASE)
    with quiet_transformers():
        plain = AutoModelForCausalLM.from_pretrained(base.folder, dtype=torch.float32)
    model: Any = None
    for place, adapter in enumerate(adapters):
        folder = write_adapter(adapter, scratch / str(place))
        if model is None:
            model = PeftModel.from_pretrained(plain, folder, adapter_name="0")
        else:
            model.load_adapter(folder, adapter_name=str(place))
    return model


def _peft(
    model: Any, adapters: Sequence[Adapter], weights: Sequence[float], name: str, flags: dict[str, Any]
) -> Prepared:
    names = [str(place) for place in range(len(adapters))]
    # PEFT's TIES multiplies by each weight what ours multiplies by their sum
    given = [1.0] * len(weights) if name.startswith("ties") else list(weights)

    def run() -> None:
        model.add_weighted_adapter(names, given, "composed", combination_type=name, **flags)

    told = "".join(f", {key}={value}" for key, value in flags.items())
    return Prepared(
        f"add_weighted_adapter(combination_type={name!r}{told})",
        run,
        reset=lambda: model.delete_adapter("composed"),
    )


def _difference(
    ours: Adapter, model: Any, adapters: Sequence[Adapter], weights: Sequence[float], name: str, flags: dict[str, Any]
) -> float:
    """``|ours - peer| / |peer|`` over all weight changes."""
    side = _peft(model, adapters, weights, name, flags)
    side.run()
    apart = whole = 0.0
    for module, factors in ours.modules.items():
        theirs = model.get_submodule(f"base_model.model.{module}").get_delta_weight("composed").detach().double()
        apart += float(((factors.B.double() @ factors.A.double() - theirs) ** 2).sum())
        whole += float((theirs**2).sum())
    side.reset()
    return float((apart / whole) ** 0.5)


if __name__ == "__main__":
    main()
