"""Validation of adapter folders: everything that is wrong at once, each under its kind."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora.config import BdLoraConfig, KasaConfig
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from hyperlora.errors import AdapterFormatError
from hyperlora.files.safetensors_header import read_header
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.models.sources import LocatedBase, locate_base
from hyperlora.peft_io.folder import read_adapter, validate_folder, write_adapter
from hyperlora.peft_io.folder.blocks import read_blocks
from hyperlora.peft_io.folder.features import KNOWN_FIELDS, as_markdown
from hyperlora.peft_io.folder.validation import Summary

DOCS = Path(__file__).parents[3] / "docs"
WEIGHTS = "adapter_model.safetensors"
MODULE = "model.layers.0.self_attn.q_proj"
KEY = f"base_model.model.{MODULE}.lora_A.weight"


@pytest.fixture
def folder(make_adapter: Callable[..., Adapter], tmp_path: Path) -> Path:
    return write_adapter(make_adapter(), tmp_path / "adapter")


@pytest.fixture(scope="module")
def base(tiny_base: BaseModel) -> LocatedBase:
    return locate_base(tiny_base.identity.id)


def configure(folder: Path, **changes: Any) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def restore(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    stored = load_file(folder / WEIGHTS)
    change(stored)
    save_file(stored, folder / WEIGHTS)


# --- results -------------------------------------------------------------------------------------------


def test_a_sound_folder_is_summed_up(make_adapter: Callable[..., Adapter], tmp_path: Path) -> None:
    adapter = make_adapter(rank=4, scaling=2.0)
    found = validate_folder(write_adapter(adapter, tmp_path / "adapter", torch.bfloat16))
    assert found.ok
    assert (found.problems, found.notes) == ((), ())
    assert found.summary == Summary(
        modules=4,
        targets=("q_proj", "v_proj"),
        ranks=(4,),
        alphas=(8.0,),
        scalings=(2.0,),
        dtypes=("BF16",),
        parameters=adapter.num_parameters,
        base=adapter.base.id,
    )


def test_everything_wrong_is_found_at_once_whatever_file_it_is_in(folder: Path) -> None:
    (folder / "weights.bin").write_bytes(b"\x80\x04.")
    configure(folder, use_dora=True, use_magic=1, lora_alpha="x", rank_pattern={"(a+)+": 1}, layers_to_transform="1")
    (folder / "hyperlora.json").write_text('{"format_version": 1}')

    def spoil(stored: dict[str, torch.Tensor]) -> None:
        stored[KEY][0, 0] = float("nan")
        stored["base_model.model.lm_head.lora_embedding_A"] = torch.ones(2, 2)
        stored["odd"] = torch.ones(2, 2)
        stored[KEY.replace("q_proj", "k_proj")] = torch.ones(4, 64)
        stored[KEY.replace("q_proj", "v_proj")] = torch.ones(3, 64)
        stored[KEY.replace("layers.0", "layers.1")] = torch.ones(4)

    restore(folder, spoil)
    found = validate_folder(folder)
    assert not found.ok
    assert found.summary is None
    texts = {
        kind: [problem.text for problem in found.of_kind(kind)] for kind in ("missing", "unexpected", "mismatched")
    }
    assert texts["missing"] == [
        f"{WEIGHTS}: {MODULE.replace('q_proj', 'k_proj')} has no lora_B",
        f"{WEIGHTS}: {MODULE.replace('layers.0', 'layers.1')} has no lora_A",
    ]
    assert [text.partition(" is not")[0] for text in texts["unexpected"][:1]] == [f"{WEIGHTS}: tensor 'odd'"]
    assert any("A [3, 64] and B [32, 4], which are unlike ranks" in text for text in texts["mismatched"])
    assert any("is F32 [4], not a float matrix" in text for text in texts["mismatched"])
    assert [problem.text for problem in found.non_finite] == [f"{WEIGHTS}: tensor {KEY} holds NaN or Inf"]
    named = " ".join(problem.text for problem in found.unsupported)
    fields = ("weights.bin", "use_dora=True", "'use_magic'", "'(a+)+'", "changes an embedding")
    assert all(field in named for field in fields)
    named = " ".join(problem.text for problem in found.malformed)
    assert all(field in named for field in ("lora_alpha: ", "layers_to_transform: ", "base: ", "card: "))
    assert len(found.problems) == sum(len(getattr(found, kind)) for kind in found.as_json() if kind in KINDS)
    assert all(problem.remedy.endswith(".") for problem in found.problems)


KINDS = ("missing", "unexpected", "mismatched", "non_finite", "unsupported", "malformed")


def test_reading_raises_what_validation_finds(folder: Path) -> None:
    configure(folder, bias="all")
    restore(folder, lambda stored: stored.pop(KEY))
    found = validate_folder(folder)
    with pytest.raises(AdapterFormatError) as caught:
        read_adapter(folder)
    assert len(found.problems) == 2
    assert all(problem.text in caught.value.problem for problem in found.problems)
    assert all(problem.remedy in caught.value.remedy for problem in found.problems)


def test_a_feature_is_one_problem_however_often_it_shows_in_the_config(folder: Path) -> None:
    configure(folder, peft_type="IA3", task_type="SEQ_CLS")
    problems = validate_folder(folder).problems
    assert [(problem.kind, problem.text.split("=")[0]) for problem in problems] == [
        ("unsupported", "adapter_config.json: peft_type")
    ]


def test_what_is_wrong_in_every_layer_is_written_once_for_people_and_listed_in_full_for_programs(folder: Path) -> None:
    stored = load_file(folder / WEIGHTS)
    names = [name for name in stored if name.endswith("q_proj.lora_A.weight")]
    assert len(names) == 2
    save_file(stored | {name: torch.full_like(stored[name], torch.nan) for name in names}, folder / WEIGHTS)
    found = validate_folder(folder)
    assert len(found.as_json()["non_finite"]) == 2
    assert found.as_text().count("holds NaN or Inf") == 1
    assert "holds NaN or Inf (and 1 more like it)" in found.as_text()
    with pytest.raises(AdapterFormatError, match=r"layers\.0.*\(and 1 more like it\)"):
        read_adapter(folder)


def test_a_folder_of_another_method_is_told_so_and_not_judged_by_loras_rules(folder: Path) -> None:
    configure(folder, peft_type="LOHA", alpha=3, rank_dropout=0.5)
    save_file({"base_model.model.lm_head.hada_w1_a": torch.ones(2, 2)}, folder / WEIGHTS)
    [problem] = validate_folder(folder).problems
    assert "peft_type='LOHA'" in problem.text
    assert "hyperlora import" in problem.remedy


def test_a_file_that_is_not_there_is_missing(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / "adapter_config.json").unlink()
    assert [problem.file for problem in validate_folder(folder).missing] == ["adapter_config.json", WEIGHTS]


# --- features ------------------------------------------------------------------------------------------

# PEFT's config, and what names the feature in the message
REFUSED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "DoRA": ({"use_dora": True}, ("use_dora=True (DoRA)", "lora_magnitude_vector' is not")),
    "KaSA": ({"kasa_config": KasaConfig()}, ("kasa_config={", "lora_diag' is not")),
    "PiSSA": ({"init_lora_weights": "pissa"}, ("init_lora_weights='pissa' starts from base weights",)),
    "OLoRA": ({"init_lora_weights": "olora"}, ("init_lora_weights='olora' starts from base weights",)),
    "aLoRA": ({"alora_invocation_tokens": [1]}, ("alora_invocation_tokens=[1] (aLoRA)",)),
    "whole modules": ({"modules_to_save": ["lm_head"]}, ("modules_to_save=['lm_head'] stores full weights",)),
    "trained tokens": ({"trainable_token_indices": [1]}, ("trainable_token_indices=[1]", "changes rows")),
    "embeddings": ({"target_modules": ["embed_tokens"]}, ("lora_embedding_A' is not", "changes an embedding")),
    "biases": ({"bias": "lora_only"}, ("bias='lora_only' changes biases",)),
    "LoRA's bias": ({"lora_bias": True}, ("lora_bias=True adds a bias", "lora_B.bias' is not")),
    "parameters": (
        {"target_parameters": ["q_proj.weight"], "target_modules": []},
        ("target_parameters=['q_proj.weight'] changes",),
    ),
    "repeated layers": ({"layer_replication": [[0, 2], [0, 2]]}, ("layer_replication=[[0, 2], [0, 2]] gives",)),
    "BD-LoRA": (
        {"use_bdlora": BdLoraConfig(target_modules_bd_a=["q_proj"], nblocks=2)},
        ("use_bdlora={", "stores block-diagonal factors"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore")
def test_a_feature_that_peft_saved_is_refused_by_name_with_a_remedy(
    name: str, tiny_base_folder: Path, tmp_path: Path
) -> None:
    changes, named = REFUSED[name]
    config = LoraConfig(**({"r": 4, "target_modules": ["q_proj"], "task_type": "CAUSAL_LM"} | changes))
    get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_base_folder), config).save_pretrained(tmp_path / "theirs")
    found = validate_folder(tmp_path / "theirs")
    text = " ".join(problem.text for problem in found.unsupported)
    assert all(words in text for words in named), text
    assert all(problem.remedy != "Save or train the adapter again." for problem in found.unsupported)


def test_the_documentation_lists_every_feature() -> None:
    assert as_markdown() in (DOCS / "adapters.md").read_text()
    assert all(f"`{field}`" in as_markdown() for field in KNOWN_FIELDS if field)


def test_the_heads_copy_of_the_base_must_fit_its_factors(
    make_adapter: Callable[..., Adapter], tmp_path: Path, tiny_base: BaseModel
) -> None:
    folder = write_adapter(make_adapter(modules=("lm_head",)), tmp_path / "adapter")
    head, copy = tiny_base.model.lm_head.weight.detach(), "base_model.model.lm_head.base_layer.weight"
    restore(folder, lambda stored: stored.update({copy: head.clone()}))
    assert "tensors that reading does not need: 1, e.g. " in validate_folder(folder).notes[0]
    assert list(read_adapter(folder).modules) == ["lm_head"]
    restore(folder, lambda stored: stored.update({copy: head[1:].clone()}))
    assert [problem.kind for problem in validate_folder(folder).problems] == ["unexpected"]
    restore(folder, lambda stored: stored.update({copy.replace("lm_head", MODULE): stored.pop(copy)}))
    assert [problem.kind for problem in validate_folder(folder).problems] == ["unexpected"]


# --- with the base model -------------------------------------------------------------------------------


def test_factors_are_compared_with_the_base_models_headers(folder: Path, base: LocatedBase) -> None:
    assert validate_folder(folder, base).ok
    key = KEY.replace("q_proj", "v_proj")

    def spoil(stored: dict[str, torch.Tensor]) -> None:
        stored[key] = torch.ones(4, 65)
        for factor in "AB":
            name = KEY.replace("lora_A", f"lora_{factor}")
            stored[name.replace("layers.0", "layers.7")] = stored.pop(name)

    restore(folder, spoil)
    assert validate_folder(folder).ok
    found = validate_folder(folder, base)
    texts = [problem.text for problem in found.mismatched]
    assert any(f"{MODULE.replace('q_proj', 'v_proj')} is [32, 64] in the base model" in text for text in texts)
    assert any("layers.7.self_attn.q_proj is not in the base model" in text for text in texts)
    assert len(found.problems) == len(texts) == 2
    assert all("--base" in problem.remedy for problem in found.problems)


def test_modules_the_config_targets_but_the_file_lacks_are_a_note(
    folder: Path, base: LocatedBase, load_peft: Callable[[Path], Any]
) -> None:
    """PEFT warns of them and leaves them as they are in the base model, and so does reading."""
    configure(folder, target_modules=["q_proj", "v_proj", "o_proj"])
    found = validate_folder(folder, base)
    assert found.ok
    assert re.search("targets 2 modules that have no factors, e.g. model.layers.0.self_attn.o_proj", found.notes[0])
    with pytest.warns(UserWarning, match="missing adapter keys"):
        peft = load_peft(folder)
    projection = peft.base_model.model.model.layers[0].self_attn.o_proj
    assert projection.lora_B["default"].weight.count_nonzero() == 0


def test_factors_that_the_config_does_not_choose_are_refused_because_peft_drops_them(
    folder: Path, load_peft: Callable[[Path], Any]
) -> None:
    configure(folder, target_modules=["q_proj"])
    assert [problem.kind for problem in validate_folder(folder).problems] == ["unexpected"] * 2
    assert not hasattr(load_peft(folder).base_model.model.model.layers[0].self_attn.v_proj, "lora_A")


def test_a_tied_head_has_the_embeddings_shape(
    make_adapter: Callable[..., Adapter], tmp_path: Path, base: LocatedBase
) -> None:
    folder = write_adapter(make_adapter(modules=("lm_head",)), tmp_path / "adapter")
    assert validate_folder(folder, base).ok
    key = "base_model.model.lm_head.lora_A.weight"
    restore(folder, lambda stored: stored.update({key: stored[key][:, :3].contiguous()}))
    assert len(validate_folder(folder, base).mismatched) == 1


def test_another_base_model_than_the_record_names_is_a_mismatch(
    folder: Path, base: LocatedBase, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(base.folder, other)
    weights = load_file(other / "model.safetensors")
    weights["model.norm.weight"] *= 2
    save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
    found = validate_folder(folder, locate_base(f"file:{other}"))
    assert [problem.file for problem in found.mismatched] == ["hyperlora.json"]


# --- values --------------------------------------------------------------------------------------------


def test_tensors_of_mixed_dtypes_in_any_order_are_read_as_safetensors_reads_them(tmp_path: Path) -> None:
    """Odd half-precision tensors put what follows them at odd places."""
    torch.manual_seed(0)
    shapes = {"a": (3, 1), "b": (2, 5), "c": (1, 1), "d": (7, 3), "e": (1, 9)}
    dtypes = [torch.float16, torch.float32, torch.bfloat16, torch.float32, torch.float16]
    values = {name: torch.randn(shape).to(dtype) for (name, shape), dtype in zip(shapes.items(), dtypes, strict=True)}
    names = {torch.float16: "F16", torch.float32: "F32", torch.bfloat16: "BF16"}
    entries, data = {}, b""
    for name, value in values.items():
        stored = bytes(value.view(torch.uint8).flatten().tolist())
        offsets = [len(data), len(data) + len(stored)]
        entries[name] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": offsets}
        data += stored
    text = json.dumps(entries).encode()
    (tmp_path / "file").write_bytes(len(text).to_bytes(8, "little") + text + data)
    wanted = {name: entry for name, entry in read_header(tmp_path / "file").items() if name != "d"}
    blocks = read_blocks(tmp_path / "file", wanted)
    assert {name: value.dtype for name, value in blocks.tensors.items()} == {
        name: values[name].dtype for name in wanted
    }
    assert all(torch.equal(value, values[name]) for name, value in blocks.tensors.items())
    assert blocks.largest == pytest.approx(max(values[name].float().abs().max().item() for name in wanted), rel=1e-6)
    assert read_header(tmp_path / "file").keys() == load_file(tmp_path / "file").keys()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_one_value_that_is_no_number_is_found_wherever_it_is(
    value: float, dtype: torch.dtype, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    folder = write_adapter(make_adapter(), tmp_path / "adapter", dtype)
    for name in list(load_file(folder / WEIGHTS))[::3]:
        spoilt = Path(shutil.copytree(folder, tmp_path / name))
        restore(spoilt, lambda stored, name=name: stored[name].view(-1).__setitem__(-1, value))
        assert [problem.text for problem in validate_folder(spoilt).problems] == [
            f"{WEIGHTS}: tensor {name} holds NaN or Inf"
        ]


def test_what_a_trainer_leaves_beside_the_weights_is_neither_opened_nor_refused(folder: Path) -> None:
    for name in ("training_args.bin", "optimizer.pt", "scheduler.pt", "scaler.pt", "rng_state.pth", "rng_state_1.pth"):
        (folder / name).write_bytes(b"not even a pickle")
    assert validate_folder(folder).ok
    (folder / "adapter_model.bin").write_bytes(b"")
    assert not validate_folder(folder).ok
