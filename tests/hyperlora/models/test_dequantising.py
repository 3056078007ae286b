"""Quantised base models: merged into only in their plain form, which is made once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from hyperlora.errors import BaseModelError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.merged_checkpoint import export_merged
from hyperlora.models import locate_base
from hyperlora.models.dequantising import dequantised, quantisation_of
from hyperlora.models.sources import LocatedBase
from hyperlora.settings import reload_settings

IDS = torch.arange(5, 37).view(2, 16)
BLOCK = 32


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, so that nothing was de-quantised before."""
    monkeypatch.setenv("HYPERLORA_CACHE", str(tmp_path / "cache"))
    return reload_settings().cache_dir


def set_quantisation(folder: Path, **quantisation: Any) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "quantization_config": quantisation}))


@pytest.fixture
def fp8(tiny_base_folder: Path, tmp_path: Path) -> tuple[LocatedBase, dict[str, torch.Tensor]]:
    """The tiny model in 8-bit floats with a scale a block, as DeepSeek and Qwen publish; and what these stand for."""
    folder = tmp_path / "fp8"
    shutil.copytree(tiny_base_folder, folder)
    stored, meant = {}, {}
    for name, weight in load_file(folder / "model.safetensors").items():
        stored[name], meant[name] = weight, weight.double()
        if name.endswith("_proj.weight"):
            rows, columns = weight.shape
            blocks = weight.view(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
            scale = blocks.abs().amax((1, 3), keepdim=True) / 448
            quantised = (blocks / scale).to(torch.float8_e4m3fn)
            stored[name], stored[f"{name}_scale_inv"] = quantised.view(rows, columns), scale[:, 0, :, 0].contiguous()
            meant[name] = (quantised.double() * scale.double()).view(rows, columns)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    set_quantisation(folder, quant_method="fp8", activation_scheme="dynamic", weight_block_size=[BLOCK, BLOCK])
    return locate_base(f"file:{folder}"), meant


@pytest.fixture
def adapter(fp8: tuple[LocatedBase, Any], make_adapter: Callable[..., Adapter]) -> Adapter:
    return replace(make_adapter(5, modules=("q_proj", "down_proj", "lm_head")), base=fp8[0].identity)


def test_a_quantised_base_is_refused_with_the_flag_named(
    fp8: tuple[LocatedBase, Any], adapter: Adapter, tmp_path: Path
) -> None:
    with pytest.raises(BaseModelError, match=r"fp8 is quantised \(fp8\).*--dequantise"):
        export_merged(fp8[0], adapter, tmp_path / "merged")
    assert list(tmp_path.glob("merged*")) == []


def test_a_quantised_base_is_exported_plain_with_the_change_on_what_its_weights_stand_for(
    fp8: tuple[LocatedBase, dict[str, torch.Tensor]], adapter: Adapter, tmp_path: Path
) -> None:
    base, meant = fp8
    folder = export_merged(base, adapter, tmp_path / "merged", dequantise=True)

    meant["lm_head.weight"] = meant["model.embed_tokens.weight"]
    stored = load_file(folder / "model.safetensors")
    assert stored.keys() == meant.keys()
    for name, weight in meant.items():
        factors = adapter.modules.get(name.removesuffix(".weight"))
        expected = weight if factors is None else weight + factors.scaling * factors.B.double() @ factors.A.double()
        torch.testing.assert_close(stored[name].double(), expected, rtol=1e-6, atol=1e-6)
    assert "quantization" not in (folder / "config.json").read_text()

    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(report.values())
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert model.generation_config.eos_token_id == AutoTokenizer.from_pretrained(folder).eos_token_id


def test_the_plain_form_is_made_once_in_the_dtype_the_config_names(fp8: tuple[LocatedBase, Any], cache: Path) -> None:
    base, _ = fp8
    config = json.loads((base.folder / "config.json").read_text())
    (base.folder / "config.json").write_text(json.dumps({**config, "dtype": "bfloat16"}))
    (base.folder / "model.safetensors.index.json").write_text("{}")
    folder = dequantised(base.identity, base.folder)
    assert not list(folder.glob("*.index.json"))  # that of the quantised files is not true of these
    assert folder.parent == cache / "base_models"
    for name, tensor in load_file(folder / "model.safetensors").items():
        assert tensor.dtype == (torch.bfloat16 if name.endswith("_proj.weight") else torch.float32)
    assert quantisation_of(folder) is None
    files = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert dequantised(base.identity, base.folder) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == files
    other = base.identity.model_copy(update={"fingerprint": "9" * 64})
    assert dequantised(other, base.folder) != folder


@pytest.mark.parametrize(
    ("quantisation", "problem"),
    [
        ({"quant_method": "aqlm"}, "fp8 (aqlm) could not be de-quantised"),
        ({"quant_method": "homemade"}, "fp8 (homemade) could not be de-quantised: Unknown quantization type"),
        ({"quant_method": "fp8", "weight_block_size": [0, 0]}, "must be a tuple of two positive integers"),
    ],
)
def test_what_transformers_cannot_dequantise_is_refused_and_leaves_nothing(
    fp8: tuple[LocatedBase, Any],
    adapter: Adapter,
    cache: Path,
    tmp_path: Path,
    quantisation: dict[str, Any],
    problem: str,
) -> None:
    set_quantisation(fp8[0].folder, **quantisation)
    with pytest.raises(BaseModelError) as raised:
        export_merged(fp8[0], adapter, tmp_path / "merged", dequantise=True)
    assert problem in raised.value.problem
    assert list(tmp_path.glob("merged*")) == list((cache / "base_models").iterdir()) == []


def test_a_checkpoint_of_torchaos_is_exported_by_what_its_tensors_stand_for(
    fp8: tuple[LocatedBase, Any], tiny_base_folder: Path, adapter: Adapter, tmp_path: Path
) -> None:
    torchao = pytest.importorskip("torchao.quantization", reason="torchao is not installed")
    from transformers import TorchAoConfig

    config = TorchAoConfig(torchao.Int8WeightOnlyConfig())
    quantised = AutoModelForCausalLM.from_pretrained(tiny_base_folder, quantization_config=config)
    quantised.save_pretrained(tmp_path / "int8")
    folder = export_merged(
        LocatedBase(fp8[0].identity, tmp_path / "int8"), adapter, tmp_path / "merged", dequantise=True
    )
    stored = load_file(folder / "model.safetensors")
    for name, linear in quantised.named_modules():
        if isinstance(linear, torch.nn.Linear) and name != "lm_head":
            expected = linear.weight.dequantize()
            if factors := adapter.modules.get(name):
                expected = expected + factors.weight_change()
            torch.testing.assert_close(stored[f"{name}.weight"], expected, rtol=1e-6, atol=1e-6)


def test_a_plain_base_needs_no_dequantising_and_one_without_a_config_is_refused(
    tiny_base_folder: Path, tmp_path: Path
) -> None:
    assert quantisation_of(tiny_base_folder) is None
    with pytest.raises(BaseModelError, match=r"has no readable config\.json"):
        quantisation_of(tmp_path)
