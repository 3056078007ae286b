"""A pool as a user may have it: hundreds of folders made with plain PEFT, of several methods and forms, some broken."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from peft import LoHaConfig, LoKrConfig, LoraConfig, PeftConfig, get_peft_model
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

Broken = Callable[[Path], None]

_TARGETS = ["q_proj", "v_proj"]


def make_tiny_base(folder: Path) -> Path:
    """A random Llama of two layers with a tokenizer of bytes, as transformers saves them."""
    letters = {letter: place for place, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab={**letters, "<end>": len(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>").save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(letters) + 1,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        initializer_range=0.2,
        eos_token_id=len(letters),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def make_mixed_pool(base: Path, pool: Path, count: int) -> Mapping[str, str]:
    """Fill a folder with adapters of a base model, twelve kinds in turn; every fourth has no description.

    Returns:
        What an import should make of each, by folder.
    """
    model = AutoModelForCausalLM.from_pretrained(base)
    expected: dict[str, str] = {}
    sound = ""
    for seed in range(count):
        kind, (config, damage, status) = list(_KINDS.items())[seed % len(_KINDS)]
        name = f"{seed:03d}-{kind}"
        if kind == "rewritten":
            _rewrite(pool / sound, pool / name)
        else:
            _save(model, config(seed), pool / name, seed)
        if seed % 4 and status != "duplicate":
            (pool / name / "README.md").write_text(f"# Do task number {seed}\n", encoding="utf-8")
        if damage is not None:
            damage(pool / name)
        if kind == "lora":
            sound = name
        expected[name] = status
    return expected


def _save(model: Any, config: PeftConfig, folder: Path, seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        # some ways to begin change the base model's weights
        adapted = get_peft_model(copy.deepcopy(model), config)
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.2)
    adapted.save_pretrained(folder)


def _lora(**fields: Any) -> LoraConfig:
    return LoraConfig(**{"r": 4, "lora_alpha": 8, "target_modules": _TARGETS} | fields)


def _truncate(folder: Path) -> None:
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-64])


def _edit(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def _poison(folder: Path) -> None:
    _edit(folder, lambda tensors: next(iter(tensors.values())).fill_(torch.nan))


def _disown(folder: Path) -> None:
    _configure(folder, base_model_name_or_path="someone/another-model")


def _configure(folder: Path, **fields: object) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def _rewrite(source: Path, target: Path) -> None:
    """The same weight change at a larger rank, its alpha moved into B."""
    shutil.copytree(source, target)
    config = json.loads((source / "adapter_config.json").read_text())
    rank, scaling = config["r"] + 2, config["lora_alpha"] / config["r"]

    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name, tensor in tensors.items():
            if "lora_A" in name:
                tensors[name] = torch.cat([tensor, torch.zeros(2, tensor.shape[1])])
            else:
                tensors[name] = torch.cat([tensor * scaling, torch.zeros(len(tensor), 2)], dim=1)

    _edit(target, change)
    _configure(target, r=rank, lora_alpha=rank)


_KINDS: Mapping[str, tuple[Callable[[int], PeftConfig], Broken | None, str]] = {
    "lora": (lambda seed: _lora(r=2 + seed % 15, lora_alpha=16), None, "accepted"),
    "rslora": (lambda _: _lora(r=8, use_rslora=True), None, "accepted"),
    "ranks": (lambda _: _lora(rank_pattern={"q_proj": 2}, alpha_pattern={"v_proj": 16}), None, "accepted"),
    "gaussian": (lambda _: _lora(init_lora_weights="gaussian", target_modules="all-linear"), None, "accepted"),
    "orthogonal": (lambda _: _lora(init_lora_weights="orthogonal"), None, "accepted"),
    "loha": (lambda _: LoHaConfig(r=2, target_modules=_TARGETS), None, "converted"),
    "lokr": (lambda _: LoKrConfig(r=2, target_modules=["q_proj"]), None, "converted"),
    "rewritten": (lambda _: _lora(), None, "duplicate"),
    "pissa": (lambda _: _lora(init_lora_weights="pissa"), None, "quarantined"),
    "truncated": (lambda _: _lora(), _truncate, "quarantined"),
    "nan": (lambda _: _lora(), _poison, "quarantined"),
    "disowned": (lambda _: _lora(), _disown, "quarantined"),
}
