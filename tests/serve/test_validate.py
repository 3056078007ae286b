"""`hyperlora validate`: a summary and exit 0, or everything that is wrong and exit 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import write_adapter

Run = Callable[..., Any]


@pytest.fixture
def folder(make_adapter: Callable[..., Adapter], tmp_path: Path) -> Path:
    return write_adapter(make_adapter(), tmp_path / "adapter")


def spoil(folder: Path) -> None:
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps(config | {"use_dora": True, "lora_alpha": None}))
    stored = load_file(folder / "adapter_model.safetensors")
    next(iter(stored.values()))[0, 0] = float("nan")
    save_file(stored, folder / "adapter_model.safetensors")


def test_a_sound_folder_is_summed_up(folder: Path, tiny_is_base: str, run: Run) -> None:
    outcome = run("validate", f"file:{folder}")
    assert outcome.code == 0
    assert outcome.out.startswith(f"{folder}: sound, 4 modules (q_proj, v_proj)\n  rank 4\n  alpha 8, scaling 2\n")
    value = run("validate", f"file:{folder}", "--base", tiny_is_base, "--json").value
    assert (value["ok"], value["summary"]["ranks"], value["unsupported"]) == (True, [4], [])


def test_a_plain_peft_folder_says_the_base_model_of_its_config(folder: Path, run: Run) -> None:
    (folder / "hyperlora.json").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    for named, shown in (("org/some-base", "'org/some-base'"), (None, "not said"), ("", "not said")):
        (folder / "adapter_config.json").write_text(json.dumps(config | {"base_model_name_or_path": named}))
        assert run("validate", f"file:{folder}").out.splitlines()[4] == f"  base model: {shown}"
        assert run("validate", f"file:{folder}", "--json").value["summary"]["base"] == (named or None)


def test_every_problem_is_listed_with_its_remedy(folder: Path, run: Run) -> None:
    spoil(folder)
    outcome = run("validate", f"file:{folder}")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert lines[0] == f"{folder}: 3 problems"
    assert lines[1].startswith("  unsupported: adapter_config.json: use_dora=True")
    assert "hyperlora import" in lines[1]
    assert lines[2].startswith("  malformed: adapter_config.json: lora_alpha: ")
    assert lines[3].startswith("  non_finite: adapter_model.safetensors: tensor base_model.")
    assert len(lines) == 4


def test_with_json_the_problems_are_lists_by_kind(folder: Path, run: Run) -> None:
    spoil(folder)
    outcome = run("validate", f"file:{folder}", "--json")
    assert outcome.code == 1
    assert outcome.value["ok"] is False
    assert [len(outcome.value[kind]) for kind in ("unsupported", "malformed", "non_finite", "missing")] == [1, 1, 1, 0]
    assert outcome.value["non_finite"][0].keys() == {"kind", "file", "text", "remedy"}


def test_an_adapter_of_another_base_model_is_a_problem(
    make_adapter: Callable[..., Adapter], tiny_base_folder: Path, tmp_path: Path, run: Run
) -> None:
    folder = write_adapter(make_adapter(modules=("layers.1.mlp.up_proj",)), tmp_path / "adapter")
    (folder / "hyperlora.json").unlink()
    stored = load_file(folder / "adapter_model.safetensors")
    save_file(
        {name.replace("up_proj", "k_proj"): value for name, value in stored.items()},
        folder / "adapter_model.safetensors",
    )
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps(config | {"target_modules": ["k_proj"]}))
    assert run("validate", f"file:{folder}").code == 0
    outcome = run("validate", f"file:{folder}", "--base", f"file:{tiny_base_folder}")
    assert outcome.code == 1
    assert "mismatched: adapter_model.safetensors: model.layers.1.self_attn.k_proj" not in outcome.out
    assert "model.layers.1.mlp.k_proj is not in the base model" in outcome.out


@pytest.mark.parametrize(
    ("reference", "words"), [("my-lora", "known scheme"), ("registry:x", "does not fit"), ("file:none", "not a folder")]
)
def test_what_is_no_folder_is_an_error(reference: str, words: str, run: Run) -> None:
    outcome = run("validate", reference)
    assert (outcome.code, outcome.out) == (1, "")
    assert words in outcome.err
