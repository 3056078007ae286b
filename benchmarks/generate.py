"""Generating adapters: many at once beside one by one, beside saving for PEFT to load, beside training; prints JSON.

In one process on the CPU, in float32; see `side_by_side.py` for how times are taken. A ratio below 1 means that ours
takes less time.

- `batch`: all conditions in one forward pass, beside a pass for each: the forward alone, and from descriptions on.
- `load`: from a description to an adapter that the model answers with, in memory, beside the way of Text-to-LoRA's
  released code: generate, save a PEFT folder, `load_adapter`.
- `calls`: one answer of 8 tokens to an input alone, as a merged adapter needs it, beside the same with a description or
  five solved examples in the prompt. A merged adapter has the base model's own shapes, so that is what answers.
- `training`: beside the time in which the shipped recipe trains an adapter of the zoo, one of a group, side by side;
  the group is trained once, in the dtype that trains fastest here.

    python benchmarks/generate.py --pairs 9 --out generate.json
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generator.artifact import write_generator
from generator.conditions import AdapterRequest, condition_kind
from generator.hypernet import Hypernet
from generator.writing import write
from hyperlora.bank import AdapterSlots, StackedFactors
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.models import DEFAULT_BASE, load_base_model
from hyperlora.models.quiet import quiet_transformers
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Registry
from hyperlora.settings import reload_settings
from hyperlora.tasks.prompts import described_prompt, render_prompt, shown_prompt
from pipelines.adapt.generate import generate_adapters
from pipelines.recipes import AdapterRecipe, HypernetRecipe, read_recipe, shipped_recipe
from pipelines.runtime import Runtime
from pipelines.starter import starter_suite
from pipelines.training.adapters import train_adapters
from pipelines.training.hypernet import hypernet_config
from pipelines.zoo.packing import read_zoo
from side_by_side import Comparison, Prepared, Watch, measure, summary, surroundings

PARTS = ("batch", "load", "calls", "training")
_NEW = "new"
_ANSWER = 8
_TRIES = 2


@dataclass(frozen=True)
class Bed:
    """What all parts share.

    Attributes:
        runtime: whose registry holds the generator.
        network: the generator.
        texts: descriptions, all different.
        scratch: an empty folder.
    """

    runtime: Runtime
    network: Hypernet
    texts: Sequence[str]
    scratch: Path

    def conditions(self) -> Tensor:
        """What the generator is told of the texts, (texts, condition_size)."""
        config = self.network.config
        return condition_kind(config).read(config, [AdapterRequest(text) for text in self.texts], self.runtime)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS, help="repeatable; all when not given")
    parser.add_argument("--base", default=DEFAULT_BASE, help="base model; the shipped generator is for the default one")
    parser.add_argument("--conditions", type=int, default=64, help="generated together")
    parser.add_argument("--tasks", type=int, default=16, help="adapters that are trained side by side")
    parser.add_argument("--steps", type=int, help="of their training; the shipped recipe's when not given")
    parser.add_argument("--pairs", type=int, default=5, help="times that every side is run")
    parser.add_argument("--threads", type=int, help="of torch; what torch chooses when not given")
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    os.environ |= {"HYPERLORA_DEVICE": "cpu", "HYPERLORA_DTYPE": "float32"}
    reload_settings()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    report = surroundings() | {"base": chosen.base, "dtype": "float32"}
    parts = chosen.part or PARTS
    with tempfile.TemporaryDirectory(prefix="hyperlora-bench-") as scratch:
        bed = make_bed(chosen.base, chosen.conditions, Path(scratch))
        report["generator"] = {
            "parameters": sum(parameter.numel() for parameter in bed.network.parameters()),
            "adapter_parameters": generate_adapters(bed.runtime, [AdapterRequest("Do it")])[0][0].num_parameters,
        }
        watch = Watch()
        made = {"batch": batch_comparisons, "load": load_comparisons, "calls": call_comparisons}
        report["comparisons"] = compared = []
        for part in parts:
            if part == "training":
                report["training"] = beside_training(bed, chosen.tasks, chosen.steps, chosen.pairs)
            else:
                compared += [measure(comparison, chosen.pairs, watch) for comparison in made[part](bed)]
            text = json.dumps(report, indent=2)
            if chosen.out:
                chosen.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def make_bed(base: str, count: int, scratch: Path) -> Bed:
    """A registry with the shipped generator, or one of its sizes that was never trained, which takes as long."""
    runtime = Runtime(base, Registry(scratch / "home"))
    texts = list(dict.fromkeys(text for task in starter_suite() for text in task.unseen_descriptions))[:count]
    network = read_zoo().generators[0].network if base == DEFAULT_BASE else _untrained(runtime)
    fields = {"base": network.config.base.fingerprint, "encoder": network.config.encoder, "origin": "trained"}
    runtime.registry.put("generator", "bench", partial(write_generator, network), fields)
    return Bed(runtime, network, texts, scratch)


def _untrained(runtime: Runtime) -> Hypernet:
    recipe = read_recipe(HypernetRecipe, shipped_recipe("hypernet"))
    network = Hypernet(hypernet_config(runtime.base, runtime, recipe))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.02)
    return network.eval().requires_grad_(False)


# --- many at once beside one by one ---------------------------------------------------------------------


def batch_comparisons(bed: Bed) -> Iterator[Comparison]:
    """The forward alone, with factors taken apart into adapters' own, and all the way from descriptions."""
    conditions = bed.conditions()
    rows, requests = conditions.split(1), [AdapterRequest(text) for text in bed.texts]
    each = [[one] for one in requests]
    module = bed.network.config.modules[-1].name
    facts = {"conditions": len(bed.texts)}

    @torch.no_grad()
    def forwards(parts: Sequence[Tensor]) -> list[dict[str, StackedFactors]]:
        return [bed.network(part) for part in parts]

    def stacked(made: Sequence[dict[str, StackedFactors]]) -> Tensor:
        return torch.cat([factors[module].B for factors in made])

    yield Comparison(
        "forward",
        partial(Prepared, "network(conditions)", partial(forwards, [conditions]), stacked),
        {"one_by_one": partial(Prepared, "network(condition), each", partial(forwards, rows), stacked)},
        facts,
    )

    def written(parts: Sequence[Tensor]) -> list[Any]:
        return [factors for part in parts for factors in write(bed.network, part)]

    def factors_of(made: Sequence[Any]) -> Tensor:
        return torch.stack([factors[module].B for factors in made])

    yield Comparison(
        "factors of adapters",
        partial(Prepared, "write(network, conditions)", partial(written, [conditions]), factors_of),
        {"one_by_one": partial(Prepared, "write(network, condition), each", partial(written, rows), factors_of)},
        facts,
    )

    def generated(parts: Sequence[Sequence[AdapterRequest]]) -> list[Adapter]:
        return [adapter for part in parts for [adapter] in generate_adapters(bed.runtime, part)]

    def changes_of(adapters: Sequence[Adapter]) -> Tensor:
        return factors_of([adapter.modules for adapter in adapters])

    yield Comparison(
        "from description to adapter",
        partial(Prepared, "generate_adapters(runtime, requests)", partial(generated, [requests]), changes_of),
        {"one_by_one": partial(Prepared, "generate_adapters, each", partial(generated, each), changes_of)},
        facts,
    )


# --- in memory beside a folder for PEFT -----------------------------------------------------------------


def load_comparisons(bed: Bed) -> Iterator[Comparison]:
    """One adapter from its description to where the model answers with it, beside one that is there already."""
    yield Comparison(
        "from description to an answering model",
        partial(_in_memory, bed),
        {"save_and_load_adapter": partial(_through_a_folder, bed)},
        {"residents": 1},
    )


def _in_memory(bed: Bed) -> Prepared:
    config, base = bed.network.config, bed.runtime.base
    slots = AdapterSlots(config.modules, {config.rank: 2}, device=base.device, dtype=base.model.dtype)
    slots.put("resident", _generated(bed, bed.texts[0]))
    turns, factors = cycle(bed.texts), slots.factors[config.modules[-1].name]

    def run() -> None:
        slots.put(_NEW, _generated(bed, next(turns)))

    def outcome(_: None) -> Tensor:
        with slots.lease([_NEW]) as route:
            assert isinstance(factors, StackedFactors)
            return factors.B[int(route.index[0, 0])]

    return Prepared("generate_adapters, AdapterSlots.put", run, outcome, lambda: slots.remove(_NEW))


def _through_a_folder(bed: Bed) -> Prepared:
    from peft import PeftConfig, PeftModel
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM

    with quiet_transformers():
        plain = AutoModelForCausalLM.from_pretrained(bed.runtime.base.folder, dtype=bed.runtime.base.model.dtype)
    first = write_adapter(_generated(bed, bed.texts[0]), bed.scratch / "first")
    model: Any = PeftModel.from_pretrained(plain, first, adapter_name="resident").eval()
    config, folder = PeftConfig.from_pretrained(first), bed.scratch / "saved"

    def make(text: str, low_cpu_mem_usage: bool) -> float:
        start = time.perf_counter()
        adapter = _generated(bed, text)
        tensors = {}
        for name, part in adapter.modules.items():
            tensors[f"base_model.model.{name}.lora_A.weight"] = part.A.contiguous()
            tensors[f"base_model.model.{name}.lora_B.weight"] = part.B.contiguous()
        config.save_pretrained(str(folder))
        save_file(tensors, folder / "adapter_model.safetensors")
        model.load_adapter(
            folder,
            _NEW,
            torch_device="cpu",
            autocast_adapter_dtype=False,
            low_cpu_mem_usage=low_cpu_mem_usage,
        )
        return time.perf_counter() - start

    def reset() -> None:
        model.delete_adapter(_NEW)

    tried = {}
    for flag in (False, True):
        seconds = []
        for _ in range(_TRIES):
            seconds.append(make(bed.texts[0], flag))
            reset()
        tried[flag] = min(seconds)
    best, turns = min(tried, key=lambda flag: tried[flag]), cycle(bed.texts)
    layer = model.get_base_model().get_submodule(bed.network.config.modules[-1].name)
    return Prepared(
        f"generate_adapters, save_file, load_adapter(low_cpu_mem_usage={best}), the faster of two",
        lambda: make(next(turns), best),
        lambda _: layer.lora_B[_NEW].weight,
        reset,
    )


def _generated(bed: Bed, text: str) -> Adapter:
    [[adapter]] = generate_adapters(bed.runtime, [AdapterRequest(text)])
    return adapter


# --- what every call pays ----------------------------------------------------------------------------


def call_comparisons(bed: Bed) -> Iterator[Comparison]:
    """A call on the input alone beside calls whose prompts tell the task; as many calls a run as there are texts."""
    base = bed.runtime.base
    tasks = starter_suite().part("held-out")[: len(bed.texts)]
    shots = 5
    prompts = {
        "input": [render_prompt(task.prompt_template, task.test[0].input) for task in tasks],
        "description": [
            described_prompt(task.prompt_template, task.unseen_descriptions[0], task.test[0].input) for task in tasks
        ],
        "five_examples": [shown_prompt(task.prompt_template, task.train[:shots], task.test[0].input) for task in tasks],
    }
    tokens = {
        name: sum(len(ids) for ids in base.tokenizer(texts)["input_ids"]) / len(texts)
        for name, texts in prompts.items()
    }
    sampling = Sampling(max_new_tokens=_ANSWER, ignore_stop=True)

    def asked(name: str) -> Prepared:
        def run() -> None:
            for prompt in prompts[name]:
                generate(base, [prompt], sampling=sampling)

        return Prepared(f"generate, one by one, {tokens[name]:.0f} tokens in a prompt", run)

    yield Comparison(
        "calls",
        partial(asked, "input"),
        {name: partial(asked, name) for name in ("description", "five_examples")},
        {"calls": len(tasks), "prompt_tokens": tokens, "new_tokens": _ANSWER},
    )


# --- beside training ------------------------------------------------------------------------------------


def beside_training(bed: Bed, tasks: int, steps: int | None, pairs: int) -> dict[str, object]:
    """The seconds of one adapter: generated alone, generated among all conditions, and trained in a group."""
    recipe = read_recipe(AdapterRecipe, shipped_recipe("adapters"))
    if steps is not None:
        recipe = recipe.model_copy(update={"steps": steps, "warmup_steps": min(recipe.warmup_steps, steps - 1)})
    group = starter_suite().part("seen")[:tasks]
    alone = [_seconds(partial(_generated, bed, text)) for text in (bed.texts * pairs)[: pairs + 1]][1:]
    requests = [AdapterRequest(text) for text in bed.texts]
    together = [_seconds(partial(generate_adapters, bed.runtime, requests)) / len(requests) for _ in range(pairs)]
    base = load_base_model(bed.runtime.base_name, training=True)
    folder = bed.scratch / "trained"
    trained = _seconds(partial(train_adapters, base, group, recipe, folder, lambda report: None)) / len(group)
    generated = {"alone": summary(alone), "together": summary(together)}
    return {
        "tasks": len(group),
        "steps": recipe.steps,
        "samples_per_task": recipe.samples_per_task,
        "training_dtype": str(base.model.dtype),
        "trained_s_per_adapter": trained,
        "generated_s_per_adapter": generated,
        "trained_over_generated": {name: trained / float(str(of["median_s"])) for name, of in generated.items()},
    }


def _seconds(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
