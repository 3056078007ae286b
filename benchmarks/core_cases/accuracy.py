"""Whether training all tasks in one pass learns as well as PEFT task by task, and how long each takes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from core_cases.inputs import Inputs
from core_cases.training import label_loss, peft_model, shipped_recipe, trained_parameters
from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import read_adapter
from hyperlora.progress import progress
from hyperlora.tasks.metrics import bootstrap_mean, exact_match
from hyperlora.tasks.prompts import render_prompt
from pipelines.recipes import AdapterRecipe
from pipelines.training.adapters import train_adapters
from pipelines.training.batch_samplers import encode_examples, step_samples
from pipelines.training.loop import learning_rate_share


def compare_accuracy(inputs: Inputs, steps: int, *, samples: int = 8, test_examples: int = 50) -> dict[str, object]:
    """Train every task both ways on the same samples in the same order, and score the test examples.

    Returns:
        For each way the seconds and the mean exact match over tasks, and the mean of the tasks' differences, each
        mean with its 95 % interval.
    """
    base = inputs.load_base(training=True)
    recipe = shipped_recipe(
        rank=inputs.sizes.rank,
        steps=steps,
        samples_per_task=samples,
        warmup_steps=steps // 10,
        checkpoint_steps=steps,
    )
    start = time.perf_counter()
    folder = inputs.scratch / "accuracy"
    folder.mkdir()
    ours = train_adapters(base, inputs.tasks, recipe, folder, lambda report: None)
    between = time.perf_counter()
    peft = _train_with_peft(inputs, base, recipe)
    seconds = {"ours": between - start, "peft": time.perf_counter() - between}
    matches = {
        name: _exact_matches(inputs, adapters, test_examples) for name, adapters in (("ours", ours), ("peft", peft))
    }
    differences = [
        [left - right for left, right in zip(*task, strict=True)]
        for task in zip(matches["ours"], matches["peft"], strict=True)
    ]
    return {
        "steps": steps,
        "samples_per_task": samples,
        "test_examples": test_examples,
        "seconds": seconds,
        "exact_match": {name: bootstrap_mean(tasks) for name, tasks in matches.items()},
        "ours_minus_peft": bootstrap_mean(differences),
    }


def _train_with_peft(inputs: Inputs, base: BaseModel, recipe: AdapterRecipe) -> list[Adapter]:
    frozen = inputs.load_peer_model(base, "eager")
    adapters = []
    torch.manual_seed(recipe.seed)
    with progress(len(inputs.tasks), "train with PEFT", "task") as bar:
        for task in inputs.tasks:
            model, pool = peft_model(frozen, recipe), encode_examples(base, task, task.train)
            optimiser = torch.optim.AdamW(
                trained_parameters(model), lr=recipe.learning_rate, weight_decay=0.0, fused=True
            )
            for step in range(recipe.steps):
                for group in optimiser.param_groups:
                    group["lr"] = recipe.learning_rate * learning_rate_share(step, recipe)
                chosen = step_samples(task, len(pool), step, recipe.samples_per_task, recipe.seed)
                optimiser.zero_grad(set_to_none=True)
                loss = label_loss(model.get_base_model(), [pool[index] for index in chosen], base.pad_id)
                torch.autograd.backward(loss)
                optimiser.step()
            folder = inputs.scratch / "accuracy" / f"peft-{task.name}"
            model.save_pretrained(folder)
            adapters.append(read_adapter(folder, base.identity))
            bar.update()
    return adapters


def _exact_matches(inputs: Inputs, adapters: Sequence[Adapter], test_examples: int) -> list[list[float]]:
    base = inputs.load_base()
    bank = AdapterBank(base.model)
    asked = [(row, task, example) for row, task in enumerate(inputs.tasks) for example in task.test[:test_examples]]
    answers = generate(
        base,
        [render_prompt(task.prompt_template, example.input) for _, task, example in asked],
        bank=bank,
        factors=stack_adapters(adapters, base.device),
        choices=[row for row, _, _ in asked],
    )
    matches: list[list[float]] = [[] for _ in adapters]
    for (row, task, example), answer in zip(asked, answers, strict=True):
        match = exact_match(answer.answer, example.output, case_sensitive=task.case_sensitive)
        matches[row].append(float(match))
    return matches
