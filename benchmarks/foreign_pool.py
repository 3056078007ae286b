"""A pool as others train it: tasks of the starter suite by plain PEFT, in ranks, inits and scalings of other kinds."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from hyperlora.models.quiet import quiet_transformers
from hyperlora.tasks.prompts import render_completion, render_prompt
from hyperlora.tasks.task import Task

_STEPS = 48
_SAMPLES = 8
_IGNORED = -100
# What PEFT is told, and the rate that suits it; one after the other in turn.
FORMS: Mapping[str, tuple[dict[str, Any], float]] = {
    "rank 8": ({"r": 8, "lora_alpha": 16}, 2e-3),
    "rsLoRA": ({"r": 16, "lora_alpha": 16, "use_rslora": True}, 1e-3),
    "gaussian": ({"r": 2, "lora_alpha": 8, "init_lora_weights": "gaussian"}, 4e-3),
    "k and o, too": ({"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"]}, 2e-3),
}


def train_with_peft(base: Path, tasks: Sequence[Task], out: Path, dtype: torch.dtype) -> dict[str, str]:
    """Train an adapter for each task and save it with its descriptions; one that is there is left alone.

    Args:
        base: the base model's folder.
        out: gets a folder for each task.

    Returns:
        The form of each, by task.
    """
    tokenizer = AutoTokenizer.from_pretrained(base)
    forms = {task.name: list(FORMS)[number % len(FORMS)] for number, task in enumerate(tasks)}
    for number, task in enumerate(tasks):
        if not (out / task.name / "README.md").is_file():
            with quiet_transformers():
                model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype)
            settings, rate = FORMS[forms[task.name]]
            torch.manual_seed(number)
            adapted = get_peft_model(model, LoraConfig(**{"target_modules": ["q_proj", "v_proj"], **settings}))
            _train(adapted, tokenizer, task, rate, number)
            adapted.save_pretrained(out / task.name)
            (out / task.name / "README.md").write_text(_card(task), encoding="utf-8")
    return forms


def _train(model: Any, tokenizer: Any, task: Task, rate: float, seed: int) -> None:
    draw = random.Random(seed)
    optimiser = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], lr=rate)
    for step in range(_STEPS):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 5, (_STEPS - step) / (_STEPS - 5))
        rows = []
        for example in draw.sample(task.train, min(_SAMPLES, len(task.train))):
            prompt = tokenizer(render_prompt(task.prompt_template, example.input))["input_ids"]
            answer = tokenizer(render_completion(task.prompt_template, example.output))["input_ids"]
            rows.append((prompt, [*answer, tokenizer.eos_token_id]))
        longest = max(len(prompt) + len(answer) for prompt, answer in rows)
        ids, labels = torch.zeros(len(rows), longest, dtype=torch.long), torch.full((len(rows), longest), _IGNORED)
        mask = torch.zeros_like(ids)
        for row, (prompt, answer) in enumerate(rows):
            size = len(prompt) + len(answer)
            ids[row, :size] = torch.tensor(prompt + answer)
            labels[row, len(prompt) : size] = torch.tensor(answer)
            mask[row, :size] = 1
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()


def _card(task: Task) -> str:
    """A model card as people write them, with the task's own first description."""
    return f"---\n{json.dumps({'library_name': 'peft'})}\n---\n\n# {task.name}\n\n{task.descriptions[0]}\n"
