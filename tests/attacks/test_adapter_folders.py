"""Adapter folders that are damaged, hostile or beyond us: each maker spoils a sound one, and the reader says how."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig
from safetensors.torch import load_file, save_file

from hyperlora.errors import AdapterFormatError
from hyperlora.peft_io.folder import read_adapter
from hyperlora.peft_io.folder.features import KNOWN_FIELDS

WEIGHTS = "adapter_model.safetensors"
KEY = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
Spoil = Callable[[Path], object]


def config(**changes: Any) -> Spoil:
    """Change fields of adapter_config.json."""

    def spoil(folder: Path) -> None:
        path = folder / "adapter_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


def text(name: str, content: str | bytes) -> Spoil:
    """Overwrite or add a file."""
    return lambda folder: (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def tensors(change: Callable[[dict[str, torch.Tensor]], object]) -> Spoil:
    """Change the stored tensors."""

    def spoil(folder: Path) -> None:
        stored = load_file(folder / WEIGHTS)
        change(stored)
        save_file({name: tensor.contiguous() for name, tensor in stored.items()}, folder / WEIGHTS)

    return spoil


def value(number: float) -> Spoil:
    return tensors(lambda stored: stored[KEY].view(-1).__setitem__(5, number))


def record(**changes: Any) -> Spoil:
    """Change fields of hyperlora.json."""

    def spoil(folder: Path) -> None:
        path = folder / "hyperlora.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


# maker, and what the message must name
SPOILED: dict[str, tuple[Spoil, str]] = {
    # features
    "DoRA": (config(use_dora=True), "use_dora"),
    "modules to save": (config(modules_to_save=["lm_head"]), "modules_to_save"),
    "bias": (config(bias="lora_only"), "bias"),
    "LoRA bias": (config(lora_bias=True), "lora_bias"),
    "PiSSA": (config(init_lora_weights="pissa"), "init_lora_weights='pissa'"),
    "PiSSA with steps": (config(init_lora_weights="pissa_niter_16"), "init_lora_weights"),
    "OLoRA": (config(init_lora_weights="olora"), "init_lora_weights"),
    "LoftQ": (config(init_lora_weights="loftq"), "init_lora_weights"),
    "fan in fan out": (config(fan_in_fan_out=True), "fan_in_fan_out"),
    "layer replication": (config(layer_replication=[[0, 1], [0, 2]]), "layer_replication"),
    "target parameters": (config(target_parameters=["experts.w"]), "target_parameters"),
    "trained tokens": (config(trainable_token_indices=[1, 2]), "trainable_token_indices"),
    "aLoRA": (config(alora_invocation_tokens=[1]), "alora_invocation_tokens"),
    "QALoRA": (config(use_qalora=True), "use_qalora"),
    "BD-LoRA": (config(use_bdlora={"nblocks": 2}), "use_bdlora"),
    "KaSA": (config(kasa_config={}), "kasa_config"),
    "Arrow": (config(arrow_config={"top_k": 1}), "arrow_config"),
    "Megatron": (config(megatron_config={"tp": 2}), "megatron_config"),
    "CorDA": (config(init_lora_weights="corda"), "init_lora_weights='corda'"),
    "LoRA-GA": (config(init_lora_weights="lora_ga"), "init_lora_weights='lora_ga'"),
    "an initialisation nobody knows": (config(init_lora_weights="magic"), "init_lora_weights='magic'"),
    "a field nobody knows": (config(use_magic={"x": 1}), "'use_magic'"),
    "another method": (config(peft_type="IA3"), "peft_type"),
    "another task": (config(task_type="SEQ_CLS"), "task_type"),
    "regular expression as rank pattern": (config(rank_pattern={"(a+)+$": 4}), "'(a+)+$'"),
    "regular expression as alpha pattern": (config(alpha_pattern={"(q|v)+_proj": 4}), "'(q|v)+_proj'"),
    # numbers
    "rank 0": (config(r=0), "r:"),
    "rank as text": (config(r="4"), "r:"),
    "rank true": (config(r=True), "r:"),
    "rank of a million": (config(r=10**6), "r:"),
    "alpha NaN": (config(lora_alpha=float("nan")), "lora_alpha"),
    "alpha Infinity": (config(lora_alpha=float("inf")), "lora_alpha"),
    "alpha 1e300": (config(lora_alpha=1e300), "lora_alpha"),
    "alpha pattern NaN": (config(alpha_pattern={"q_proj": float("nan")}), "alpha_pattern"),
    "alpha pattern Infinity": (config(alpha_pattern={"q_proj": float("inf")}), "alpha_pattern"),
    "alpha pattern 1e300": (config(alpha_pattern={"q_proj": 1e300}), "alpha_pattern"),
    "alpha pattern is text": (config(alpha_pattern={"q_proj": "8"}), "alpha_pattern"),
    "rank pattern is a list": (config(rank_pattern=[4]), "rank_pattern"),
    "rank pattern 0": (config(rank_pattern={"q_proj": 0}), "q_proj"),
    "rank that is not the tensors'": (config(r=8), "the config says rank 8"),
    # the choice of modules
    "another choice of modules": (config(target_modules=["q_proj"]), "v_proj has factors, but the config does not"),
    "a pattern of other modules": (config(target_modules=r".*\.(k|v)_proj"), "q_proj has factors, but the config"),
    "another choice of layers": (config(layers_to_transform=[0]), "layers.1.self_attn.q_proj has factors, but"),
    "excluded modules": (config(exclude_modules=["q_proj"]), "q_proj has factors, but the config does not"),
    "targets as a number": (config(target_modules=4), "target_modules: should be"),
    "layers as text": (config(layers_to_transform=["0"]), "layers_to_transform: should be"),
    # the config as a file
    "config missing": (lambda folder: (folder / "adapter_config.json").unlink(), "adapter_config.json is missing"),
    "config not JSON": (text("adapter_config.json", "{'r': 4}"), "is not JSON"),
    "config not UTF-8": (text("adapter_config.json", b'{"r": "\xff"}'), "is not JSON"),
    "config a list": (text("adapter_config.json", "[]"), "is not a JSON object"),
    "config nests without end": (text("adapter_config.json", "[" * 200_000), "is not JSON"),
    "config of 2 MiB": (text("adapter_config.json", " " * 2**21), "larger than 1 MiB"),
    "config a folder": (
        lambda folder: ((folder / "adapter_config.json").unlink(), (folder / "adapter_config.json").mkdir()),
        "adapter_config.json is missing",
    ),
    # pickles
    **{
        f"a {suffix} file": (text(f"weights.{suffix}", b"\x80\x04."), f"weights.{suffix}")
        for suffix in ("bin", "pt", "pth", "pkl", "pickle", "ckpt")
    },
    # tensors
    "weights missing": (lambda folder: (folder / WEIGHTS).unlink(), f"{WEIGHTS} is missing"),
    "weights cut short": (lambda folder: os.truncate(folder / WEIGHTS, 2000), WEIGHTS),
    "no tensors": (tensors(dict.clear), "there are no tensors"),
    "NaN": (value(float("nan")), f"{KEY} holds NaN or Inf"),
    "Inf": (value(float("inf")), f"{KEY} holds NaN or Inf"),
    "minus Inf": (value(float("-inf")), f"{KEY} holds NaN or Inf"),
    "A without B": (
        tensors(lambda stored: stored.pop(KEY.replace("lora_A", "lora_B"))),
        "model.layers.0.self_attn.q_proj has no lora_B",
    ),
    "B without A": (tensors(lambda stored: stored.pop(KEY)), "model.layers.0.self_attn.q_proj has no lora_A"),
    "A and B of unlike ranks": (
        tensors(lambda stored: stored.__setitem__(KEY, stored[KEY][:3])),
        "the config says rank 4",
    ),
    "a vector": (tensors(lambda stored: stored.__setitem__(KEY, stored[KEY][0])), "not a float matrix"),
    "whole numbers": (tensors(lambda stored: stored.__setitem__(KEY, stored[KEY].int())), "not a float matrix"),
    "an empty matrix": (tensors(lambda stored: stored.__setitem__(KEY, stored[KEY][:, :0])), "not a float matrix"),
    "a full weight": (
        tensors(lambda stored: stored.__setitem__("base_model.model.lm_head.weight", torch.ones(2, 2))),
        "'base_model.model.lm_head.weight' is not a LoRA factor",
    ),
    "an embedding factor": (
        tensors(lambda stored: stored.__setitem__("base_model.model.embed.lora_embedding_A", torch.ones(4, 2))),
        "changes an embedding",
    ),
    "a bias of a factor": (
        tensors(lambda stored: stored.__setitem__(KEY.replace("lora_A.weight", "lora_B.bias"), torch.ones(4))),
        "adds a bias",
    ),
    "training's own tensors without its config": (
        tensors(lambda stored: stored.__setitem__(KEY.replace("lora_A.weight", "lora_velora_embed"), torch.ones(4))),
        "lora_velora_embed' is not a LoRA factor",
    ),
    "a magnitude vector": (
        tensors(lambda stored: stored.__setitem__(KEY.replace("lora_A", "lora_magnitude_vector"), torch.ones(4))),
        "rescales each row",
    ),
    # the record
    "record not JSON": (text("hyperlora.json", "{"), "hyperlora.json"),
    "record from the future": (record(format_version=99), "format version 99"),
    "record without a base": (record(base={}), "base"),
    "record with a field nobody knows": (record(code="import os"), "code"),
    "record with an empty description": (record(card={"description": ""}), "card.description"),
    "record with a template without input": (record(card={"description": "x", "prompt_template": "x"}), "card"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_folder_is_refused_in_one_line_that_names_the_fault(name: str, folder: Path) -> None:
    spoil, named = SPOILED[name]
    spoil(folder)
    with pytest.raises(AdapterFormatError, match=re.escape(named)) as caught:
        read_adapter(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in caught.value.problem


def test_no_folder_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AdapterFormatError, match="is not a folder"):
        read_adapter(tmp_path / "nowhere")


def test_every_feature_of_a_config_is_named_at_once(folder: Path) -> None:
    config(use_dora=True, bias="all", use_magic=1, rank_pattern={"x|y": 1})(folder)
    with pytest.raises(AdapterFormatError) as caught:
        read_adapter(folder)
    assert all(name in caught.value.problem for name in ("use_dora", "bias", "'use_magic'", "'x|y'"))


def test_every_wrong_number_of_a_config_is_named_at_once(folder: Path) -> None:
    config(r=0, lora_alpha="x", use_rslora="maybe")(folder)
    with pytest.raises(AdapterFormatError) as caught:
        read_adapter(folder)
    assert all(f"{name}:" in caught.value.problem for name in ("r", "lora_alpha", "use_rslora"))


def test_every_wrong_tensor_is_named_at_once_up_to_eight(folder: Path) -> None:
    tensors(lambda stored: stored.update({f"odd_{number}": torch.ones(2, 2) for number in range(5)}))(folder)
    tensors(lambda stored: stored.pop(KEY))(folder)
    with pytest.raises(AdapterFormatError) as caught:
        read_adapter(folder)
    assert all(f"odd_{number}" in caught.value.problem for number in range(5))
    assert "q_proj has no lora_A" in caught.value.problem
    tensors(lambda stored: stored.update({f"odd_{number}": torch.ones(2, 2) for number in range(50)}))(folder)
    with pytest.raises(AdapterFormatError, match="and 43 more"):
        read_adapter(folder)


def test_every_field_of_pefts_config_is_known_so_that_none_is_refused_for_being_new(folder: Path) -> None:
    """A newer PEFT writes fields of its own with values that change nothing; they must not make folders unreadable."""
    fields = LoraConfig(r=4).to_dict()
    assert set(fields) - KNOWN_FIELDS == set()
    ours = json.loads((folder / "adapter_config.json").read_text())
    plain = {name: value for name, value in fields.items() if name not in ours and not isinstance(value, set)}
    config(**plain)(folder)
    assert len(read_adapter(folder).modules) == 4
