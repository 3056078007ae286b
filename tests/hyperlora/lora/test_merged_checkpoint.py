"""A merged checkpoint: a transformers folder that needs nothing of ours, written in little memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

import hyperlora.lora.merged_checkpoint
from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.merged_checkpoint import export_merged
from hyperlora.models import BaseModel, load_base_model

IDS = torch.arange(5, 37).view(2, 16)
PROMPTS = ["Input: cat\nOutput:", "the quick brown", "Name"]


def all_tensors(folder: Path) -> dict[str, torch.Tensor]:
    return {name: tensor for path in folder.glob("*.safetensors") for name, tensor in load_file(path).items()}


@torch.no_grad()
def bank_logits(base: BaseModel, bank: AdapterBank, adapter: Adapter) -> torch.Tensor:
    with bank.run(stack_adapters([adapter]), Route.select([0, 0])):
        return base.model(IDS).logits


@torch.no_grad()
def plain_logits(folder: Path) -> torch.Tensor:
    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(report.values())
    return model(IDS).logits


@pytest.fixture
def adapter(make_adapter: Callable[..., Adapter]) -> Adapter:
    return make_adapter(5, rank=6, modules=("q_proj", "v_proj", "down_proj"), scaling=1.3)


@pytest.fixture
def head(make_adapter: Callable[..., Adapter]) -> Adapter:
    return make_adapter(6, rank=3, modules=("v_proj", "lm_head"))


def test_an_exported_checkpoint_answers_alike_in_plain_transformers(
    tiny_base: BaseModel, bank: AdapterBank, adapter: Adapter, tmp_path: Path
) -> None:
    folder = export_merged(tiny_base, adapter, tmp_path / "merged")
    expected = bank_logits(tiny_base, bank, adapter)
    assert (plain_logits(folder) - expected).abs().max() <= 1e-5 * expected.abs().max()
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    stack, sampling = stack_adapters([adapter]), Sampling(max_new_tokens=12)
    answers = generate(tiny_base, PROMPTS, bank=bank, factors=stack, choices=[0] * 3, sampling=sampling)
    for prompt, answer in zip(PROMPTS, answers, strict=True):
        ids = tokenizer(prompt, return_tensors="pt")
        tokens = model.generate(**ids, max_new_tokens=12, do_sample=False)[0, ids["input_ids"].shape[1] :].tolist()
        assert tuple(token for token in tokens if token not in tiny_base.stop_ids) == answer.tokens


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_adapted_tensors_hold_the_rounded_sum_and_all_others_the_old_bytes(
    tiny_base: BaseModel, adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype
) -> None:
    shutil.copytree(tiny_base.folder, tmp_path / "base")
    path = tmp_path / "base" / "model.safetensors"
    old = {name: tensor.to(dtype) for name, tensor in load_file(path).items()}
    save_file(old, path, metadata={"format": "pt", "note": "kept"})
    monkeypatch.setattr(hyperlora.lora.merged_checkpoint, "_BLOCK", 1000)  # a few rows at a time, and some left over
    merged = export_merged(replace(tiny_base, folder=tmp_path / "base"), adapter, tmp_path / "merged")
    new = load_file(merged / "model.safetensors")
    assert new.keys() == old.keys()
    for name, tensor in old.items():
        factors = adapter.modules.get(name.removesuffix(".weight"))
        if factors is None:
            assert torch.equal(new[name], tensor)
            continue
        expected = tensor.double() + factors.scaling * factors.B.double() @ factors.A.double()
        assert new[name].dtype == dtype
        half_ulp = torch.finfo(dtype).eps / 2
        assert ((new[name].double() - expected).abs() <= expected.abs() * half_ulp * 1.01 + 1e-6).all()
    with safe_open(merged / "model.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt", "note": "kept"}


def in_shards(folder: Path) -> None:
    AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder, max_shard_size="200KB")
    (folder / "model.safetensors").unlink()


def under_the_heads_name_only(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"] = tensors.pop("model.embed_tokens.weight")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def under_both_names(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("store", [lambda _: None, in_shards, under_the_heads_name_only, under_both_names])
def test_a_head_tied_to_the_embedding_is_exported_as_a_tensor_of_its_own(
    tiny_base: BaseModel,
    bank: AdapterBank,
    head: Adapter,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    store: Callable[[Path], None],
) -> None:
    shutil.copytree(tiny_base.folder, tmp_path / "base")
    store(tmp_path / "base")
    embedding = load_file(tiny_base.folder / "model.safetensors")["model.embed_tokens.weight"]
    folder = export_merged(replace(tiny_base, folder=tmp_path / "base"), head, tmp_path / "merged")

    tensors, factors = all_tensors(folder), head.modules["lm_head"]
    assert torch.equal(tensors["model.embed_tokens.weight"], embedding)
    expected = embedding.double() + factors.scaling * factors.B.double() @ factors.A.double()
    torch.testing.assert_close(tensors["lm_head.weight"].double(), expected, rtol=0, atol=1e-6)
    assert json.loads((folder / "config.json").read_text())["tie_word_embeddings"] is False
    for path in folder.glob("*.index.json"):
        index = json.loads(path.read_text())
        assert index["weight_map"].keys() == tensors.keys()
        assert all(name in load_file(folder / file) for name, file in index["weight_map"].items())
        assert index["metadata"]["total_size"] == sum(tensor.nbytes for tensor in tensors.values())
        assert index["metadata"]["total_parameters"] == sum(tensor.numel() for tensor in tensors.values())

    expected = bank_logits(tiny_base, bank, head)
    assert (plain_logits(folder) - expected).abs().max() <= 1e-5 * expected.abs().max()
    assert "tie" not in caplog.text
    assert torch.equal(load_base_model(f"file:{folder}").model.model.embed_tokens.weight, embedding)


def test_memory_stays_far_below_the_largest_tensor(
    tiny_base: BaseModel, adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, columns = 4096, 4096
    spec = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [0, rows * columns * 4]}
    header = json.dumps({"model.layers.0.mlp.up_proj.weight": spec}).encode()
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    with (tmp_path / "base" / "model.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + rows * columns * 4)  # zeros that take no memory
    factors = LoraFactors(torch.ones(2, columns), torch.ones(rows, 2), 0.5)

    resident = []

    class Bar:
        def update(self, _: int) -> None:
            resident.append(psutil.Process().memory_info().rss)

    monkeypatch.setattr(hyperlora.lora.merged_checkpoint, "progress", lambda *_, **__: nullcontext(Bar()))
    merged = export_merged(
        replace(tiny_base, folder=tmp_path / "base"),
        replace(adapter, modules={"model.layers.0.mlp.up_proj": factors}),
        tmp_path / "merged",
    )
    assert max(resident) - resident[0] < 24 * 2**20  # of 64 MiB
    with safe_open(merged / "model.safetensors", "pt") as file:
        assert file.get_slice("model.layers.0.mlp.up_proj.weight")[4090:].unique().tolist() == [1.0]


def test_an_exported_checkpoint_says_what_it_is_made_of_and_is_a_base_of_its_own(
    tiny_base: BaseModel, adapter: Adapter, tmp_path: Path
) -> None:
    folder = export_merged(tiny_base, adapter, tmp_path / "merged")
    record = json.loads((folder / "hyperlora_merge.json").read_text())
    assert record == {
        "base": tiny_base.identity.model_dump(),
        "adapter": adapter.content_hash,
        "card": adapter.card.model_dump(mode="json"),
    }
    assert {"config.json", "model.safetensors", "tokenizer.json", "generation_config.json"} <= {
        path.name for path in folder.iterdir()
    }
    assert not list(folder.glob("*.bin"))
    assert load_base_model(f"file:{folder}").identity.fingerprint != tiny_base.identity.fingerprint


def test_another_base_is_refused_with_nothing_written(tiny_base: BaseModel, adapter: Adapter, tmp_path: Path) -> None:
    other = replace(adapter, base=adapter.base.model_copy(update={"fingerprint": "0" * 64}))
    with pytest.raises(BaseModelError, match="the adapter was made for"):
        export_merged(tiny_base, other, tmp_path / "deep" / "merged")
    assert list(tmp_path.glob("deep*")) == []


def test_tensors_the_checkpoint_lacks_are_refused_with_nothing_written(
    tiny_base: BaseModel, adapter: Adapter, tmp_path: Path
) -> None:
    factors = next(iter(adapter.modules.values()))
    wrong = {"model.layers.9.mlp.up_proj": factors, "model.layers.0.self_attn.o_proj": factors, "head": factors}
    with pytest.raises(AdapterFormatError) as raised:
        export_merged(tiny_base, replace(adapter, modules=wrong), tmp_path / "merged")
    for problem in (
        "no tensor model.layers.9.mlp.up_proj.weight",
        "no tensor head.weight",
        "o_proj.weight is F32 [64, 64], the adapter's change [64, 128]",
    ):
        assert problem in str(raised.value)
    assert list(tmp_path.glob("merged*")) == []


def test_a_folder_that_holds_something_is_refused_and_left_alone(
    tiny_base: BaseModel, adapter: Adapter, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(InputError, match="is not empty"):
        export_merged(tiny_base, adapter, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["mine"]


def test_an_export_that_fails_halfway_leaves_nothing(
    tiny_base: BaseModel, adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hyperlora.lora.merged_checkpoint.write_json", full_disk)
    with pytest.raises(OSError, match="No space"):
        export_merged(tiny_base, adapter, tmp_path / "merged")
    assert list(tmp_path.iterdir()) == []
