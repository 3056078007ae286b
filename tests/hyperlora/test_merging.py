"""Merging: the bank's numbers while it lasts, the old bits afterwards, and a checkpoint that needs nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from hyperlora.adapter import Adapter
from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.base_models import BaseModel, load_base_model
from hyperlora.decoding import generate
from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.merged_checkpoint import export_merged
from hyperlora.merging import merged
from hyperlora.settings import reload_settings

IDS = torch.arange(5, 37).view(2, 16)
PROMPTS = ["Input: cat\nOutput:", "the quick brown", "Name"]


def bits(base: BaseModel) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in base.model.state_dict().items()}


def assert_same_bits(base: BaseModel, before: dict[str, torch.Tensor]) -> None:
    assert [name for name, tensor in base.model.state_dict().items() if not torch.equal(tensor, before[name])] == []


@pytest.fixture
def adapter(make_adapter: Callable[..., Adapter]) -> Adapter:
    return make_adapter(5, rank=6, modules=("q_proj", "v_proj", "down_proj"), scaling=1.3)


@torch.no_grad()
def test_merged_weights_give_the_banks_logits_and_then_the_old_bits(
    tiny_base: BaseModel, bank: AdapterBank, adapter: Adapter
) -> None:
    before, plain = bits(tiny_base), tiny_base.model(IDS).logits
    with bank.run(stack_adapters([adapter]), Route.select([0, 0])):
        expected = tiny_base.model(IDS).logits
    with merged(tiny_base, adapter) as model:
        logits = model(IDS).logits
    assert (logits - expected).abs().max() <= 1e-5 * expected.abs().max()
    assert (logits - plain).abs().max() > 1e-2
    assert_same_bits(tiny_base, before)
    assert torch.equal(tiny_base.model(IDS).logits, plain)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_the_old_bits_come_back_when_the_body_raises(
    tiny_base: BaseModel, adapter: Adapter, error: type[BaseException]
) -> None:
    before = bits(tiny_base)
    with pytest.raises(error), merged(tiny_base, adapter):
        name = "model.layers.0.mlp.down_proj.weight"
        assert not torch.equal(tiny_base.model.state_dict()[name], before[name])
        raise error
    assert_same_bits(tiny_base, before)


def test_a_bfloat16_base_is_merged_in_float32_and_rounded_once(
    tiny_base_folder: Path, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERLORA_DTYPE", "bfloat16")
    reload_settings()
    base = load_base_model(f"file:{tiny_base_folder}")
    before = bits(base)
    name = "model.layers.1.mlp.down_proj"
    with merged(base, adapter) as model:
        expected = before[f"{name}.weight"].double() + adapter.modules[name].weight_change().double()
        got = model.get_submodule(name).weight
        assert got.dtype == torch.bfloat16
        # half a unit in the last place of bfloat16's 8 bits
        assert ((got.double() - expected).abs() <= expected.abs() * 2**-8 * 1.01 + 1e-6).all()
    assert_same_bits(base, before)


def test_an_exported_checkpoint_answers_alike_in_plain_transformers(
    tiny_base: BaseModel, bank: AdapterBank, adapter: Adapter, tmp_path: Path
) -> None:
    before = bits(tiny_base)
    folder = export_merged(tiny_base, adapter, tmp_path / "merged")
    assert_same_bits(tiny_base, before)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.no_grad(), bank.run(stack_adapters([adapter]), Route.select([0, 0])):
        expected = tiny_base.model(IDS).logits
        assert (model(IDS).logits - expected).abs().max() <= 1e-5 * expected.abs().max()
    answers = generate(
        tiny_base, PROMPTS, bank=bank, factors=stack_adapters([adapter]), choices=[0] * 3, max_new_tokens=12
    )
    for prompt, answer in zip(PROMPTS, answers, strict=True):
        ids = tokenizer(prompt, return_tensors="pt")
        tokens = model.generate(**ids, max_new_tokens=12, do_sample=False)[0, ids["input_ids"].shape[1] :].tolist()
        assert tuple(token for token in tokens if token not in tiny_base.stop_ids) == answer.tokens


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
    before = bits(tiny_base)
    with pytest.raises(BaseModelError, match="the adapter was made for"):
        export_merged(tiny_base, other, tmp_path / "deep" / "merged")
    assert list(tmp_path.glob("deep*")) == []
    assert_same_bits(tiny_base, before)


def test_modules_the_base_lacks_are_refused_with_nothing_changed(tiny_base: BaseModel, adapter: Adapter) -> None:
    factors = next(iter(adapter.modules.values()))
    wrong = replace(adapter, modules={**adapter.modules, "model.layers.9.mlp.up_proj": factors})
    before = bits(tiny_base)
    with pytest.raises(AdapterFormatError, match=r"model\.layers\.9\.mlp\.up_proj"), merged(tiny_base, wrong):
        pytest.fail("the body must not run")
    assert_same_bits(tiny_base, before)


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

    before = bits(tiny_base)
    monkeypatch.setattr("hyperlora.merged_checkpoint.write_json", full_disk)
    with pytest.raises(OSError, match="No space"):
        export_merged(tiny_base, adapter, tmp_path / "merged")
    assert list(tmp_path.iterdir()) == []
    assert_same_bits(tiny_base, before)
