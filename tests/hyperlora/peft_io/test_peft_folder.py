"""Adapter folders: ours read by PEFT, PEFT's read by us, the same numbers both ways."""

from __future__ import annotations

import json
import logging
import math
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora.config import MontecloraConfig, VeloraConfig
from safetensors.torch import load_file
from torch import Tensor
from transformers import AutoModelForCausalLM

from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card, CardExample
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import read_adapter, read_card, write_adapter

FILES = ["README.md", "adapter_config.json", "adapter_model.safetensors", "hyperlora.json"]
LoadPeft = Callable[[Path], PeftModel]
IDS = torch.tensor([[1, 40, 50, 60, 70, 80, 90, 11], [300, 200, 100, 50, 25, 12, 6, 3]])


def bank_logits(bank: AdapterBank, model: torch.nn.Module, adapter: Adapter) -> Tensor:
    with torch.no_grad(), bank.run(stack_adapters([adapter]), Route.select([0, 0])):
        return model(IDS).logits


@torch.no_grad()
def assert_same_logits(bank: AdapterBank, base: BaseModel, adapter: Adapter, peft: PeftModel) -> None:
    """Ours equal PEFT's, and both differ from the base's by much more than that."""
    ours = bank_logits(bank, base.model, adapter)
    assert (ours - peft(IDS).logits).abs().max() <= 1e-5 * ours.abs().max()
    assert (ours - base.model(IDS).logits).abs().max() > 1e-2


def assert_same_modules(one: Adapter, other: Adapter) -> None:
    assert list(one.modules) == list(other.modules)
    for name, factors in one.modules.items():
        assert torch.equal(factors.A, other.modules[name].A)
        assert torch.equal(factors.B, other.modules[name].B)
        assert factors.scaling == pytest.approx(other.modules[name].scaling, rel=1e-12)


@contextmanager
def no_notices() -> Iterator[None]:
    """Fail on any Python warning, and on any log record of warning level or above."""
    records: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record.getMessage())

    handler = Collect(level=logging.WARNING)
    loggers = [logging.getLogger(name) for name in (None, "transformers", "peft")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # PEFT asks every transformers model for this attribute, whatever the adapter
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
            yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    assert [str(warning.message) for warning in caught] + records == []


# --- ours, read by PEFT --------------------------------------------------------------------------------


def mixed(make_adapter: Callable) -> Adapter:
    """Unequal ranks and scalings, on some layers only."""
    wide = make_adapter(1, rank=6, modules=("q_proj",), scaling=1.5)
    narrow = make_adapter(2, rank=2, modules=("layers.1.self_attn.v_proj", "layers.0.mlp.down_proj"), scaling=0.25)
    return replace(wide, modules={**wide.modules, **narrow.modules})


SHAPES: dict[str, Callable[[Callable], Adapter]] = {
    "attention": lambda make: make(),
    "rank 1": lambda make: make(rank=1, scaling=16.0),
    "every linear": lambda make: make(
        modules=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"), scaling=0.5
    ),
    "one layer": lambda make: make(modules=("layers.1.self_attn.q_proj", "layers.1.self_attn.v_proj")),
    "one module": lambda make: make(modules=("layers.0.mlp.up_proj",)),
    "mixed": mixed,
    "scaling that is no ratio": lambda make: make(rank=5, scaling=8 / math.sqrt(5)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_peft_loads_our_folder_silently_and_gives_the_banks_logits(
    shape: str, make_adapter: Callable, load_peft: LoadPeft, tiny_base: BaseModel, bank: AdapterBank, tmp_path: Path
) -> None:
    adapter = SHAPES[shape](make_adapter)
    folder = write_adapter(adapter, tmp_path / "adapter")
    with no_notices():
        peft = load_peft(folder)
    assert_same_logits(bank, tiny_base, adapter, peft)


@pytest.mark.parametrize("shape", SHAPES)
def test_from_us_to_peft_to_us_nothing_changes(
    shape: str, make_adapter: Callable, load_peft: LoadPeft, tmp_path: Path
) -> None:
    adapter = SHAPES[shape](make_adapter)
    peft = load_peft(write_adapter(adapter, tmp_path / "ours"))
    peft.save_pretrained(tmp_path / "theirs")
    assert_same_modules(read_adapter(tmp_path / "theirs", adapter.base), adapter)


@settings(max_examples=50, deadline=None)
@given(rank=st.integers(1, 24), alpha=st.sampled_from([1, 2, 8, 16, 24.5, 32]), rslora=st.booleans())
def test_an_adapter_read_back_is_the_same_adapter_with_the_same_card(
    make_adapter: Callable, rank: int, alpha: float, rslora: bool
) -> None:
    card = Card(
        description="Write 'the' plural — of {noun}\n---\nand more",
        paraphrases=("a", "b"),
        prompt_template="Q: {input}\nA:",
        examples=(CardExample(input="a|b", output="c"),),
        origin="composed",
        parents=("registry:a@1", "registry:b@2"),
        metrics={"exact_match": 0.5},
        recipe_hash="ab" * 32,
        decision={"reason": "the closest", "candidates": [{"score": 1.0}]},
        licence="mit",
    )
    scaling = alpha / math.sqrt(rank) if rslora else alpha / rank
    adapter = make_adapter(rank, rank, ("layers.1.self_attn.v_proj",), scaling, card)
    with tempfile.TemporaryDirectory() as folder:
        read = read_adapter(write_adapter(adapter, Path(folder) / "adapter"))
    assert (read.card, read.base) == (card, adapter.base)
    assert read.content_hash == adapter.content_hash


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 1e-3), (torch.bfloat16, 8e-3)])
def test_factors_can_be_stored_in_half_precision(
    make_adapter: Callable, tmp_path: Path, dtype: torch.dtype, tolerance: float
) -> None:
    adapter = make_adapter()
    folder = write_adapter(adapter, tmp_path / "adapter", dtype)
    assert {tensor.dtype for tensor in load_file(folder / "adapter_model.safetensors").values()} == {dtype}
    for name, factors in read_adapter(folder).modules.items():
        torch.testing.assert_close(factors.A.float(), adapter.modules[name].A, rtol=tolerance, atol=1e-6)


# --- PEFT's, read by us --------------------------------------------------------------------------------


def save_with_peft(base_folder: Path, folder: Path, config: LoraConfig) -> None:
    """Have PEFT make an adapter, fill its factors at random, and save it."""
    torch.manual_seed(0)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base_folder), config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.2)
    model.save_pretrained(folder)


CONFIGS = {
    "plain": LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"),
    "no task type, dropout": LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj"], lora_dropout=0.5),
    "rsLoRA": LoraConfig(r=9, lora_alpha=6, target_modules=["q_proj", "o_proj"], use_rslora=True),
    "rank pattern": LoraConfig(
        r=4,
        lora_alpha=8,
        target_modules=["q_proj", "v_proj"],
        rank_pattern={"v_proj": 2, "layers.1.self_attn.q_proj": 7},
    ),
    "alpha pattern": LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], alpha_pattern={"self_attn.q_proj": 1, "v_proj": 32}
    ),
    "all patterns and rsLoRA": LoraConfig(
        r=4,
        lora_alpha=8,
        target_modules=["q_proj", "v_proj"],
        use_rslora=True,
        rank_pattern={"layers.0.self_attn.v_proj": 3},
        alpha_pattern={"model.layers.1.self_attn.q_proj": 3, "layers.0.self_attn.v_proj": 5},
    ),
    "two patterns for one module": LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj"], alpha_pattern={"q_proj": 2, "layers.1.self_attn.q_proj": 64}
    ),
    "a subset of layers": LoraConfig(r=4, target_modules=["q_proj", "up_proj"], layers_to_transform=[1]),
    "a regular expression of targets": LoraConfig(r=4, target_modules=r".*\.(0|1)\.self_attn\.(q|k)_proj"),
    "all linear": LoraConfig(r=4, lora_alpha=2, target_modules="all-linear"),
    "patterns as regular expressions": LoraConfig(
        r=4,
        lora_alpha=8,
        target_modules=["q_proj", "v_proj"],
        rank_pattern={r"^model\.layers\.0\.self_attn\.q_proj$": 2, r".*\.v_proj": 3},
        alpha_pattern={r"layers.[1-9]\d*.self_attn.(k|q)_proj": 5, r"(?:up|v)_proj": 3},
    ),
    "the output head": LoraConfig(r=4, target_modules=["q_proj", "lm_head"]),
    "MiCA, some excluded": LoraConfig(
        r=4, target_modules=["q_proj", "up_proj"], exclude_modules=["layers.0.mlp.up_proj"], init_lora_weights="mica"
    ),
    "VeLoRA": LoraConfig(r=4, target_modules=["q_proj"], velora_config=VeloraConfig()),
    "MonteCLoRA": LoraConfig(r=4, target_modules=["q_proj"], monteclora_config=MontecloraConfig()),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_what_peft_saved_acts_in_the_bank_as_it_does_in_peft(
    name: str, tiny_base: BaseModel, tiny_base_folder: Path, bank: AdapterBank, load_peft: LoadPeft, tmp_path: Path
) -> None:
    save_with_peft(tiny_base_folder, tmp_path / "theirs", CONFIGS[name])
    adapter = read_adapter(tmp_path / "theirs", tiny_base.identity)
    assert_same_logits(bank, tiny_base, adapter, load_peft(tmp_path / "theirs"))
    # and on to a folder of ours, which PEFT reads as the same adapter
    folder = write_adapter(adapter, tmp_path / "ours")
    # PEFT warns of every adapter on a tied head
    with nullcontext() if name == "the output head" else no_notices():
        again = load_peft(folder)
    again.save_pretrained(tmp_path / "theirs again")
    assert_same_modules(read_adapter(tmp_path / "theirs again", tiny_base.identity), adapter)
    assert_same_logits(bank, tiny_base, adapter, again)


def test_a_folder_of_pefts_needs_its_base_named(tiny_base: BaseModel, tiny_base_folder: Path, tmp_path: Path) -> None:
    save_with_peft(tiny_base_folder, tmp_path / "theirs", CONFIGS["plain"])
    with pytest.raises(AdapterFormatError, match="its base model is unknown") as caught:
        read_adapter(tmp_path / "theirs")
    assert "--base" in caught.value.remedy
    with pytest.raises(AdapterFormatError, match=r"no hyperlora\.json"):
        read_card(tmp_path / "theirs")
    adapter = read_adapter(tmp_path / "theirs", tiny_base.identity)
    assert (adapter.base, adapter.card.origin) == (tiny_base.identity, "imported")


# --- the folder ----------------------------------------------------------------------------------------


def test_a_folder_holds_exactly_four_files_and_its_parent_nothing_else(make_adapter: Callable, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "adapter"
    assert write_adapter(make_adapter(), folder) == folder
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert list(folder.parent.iterdir()) == [folder]


def test_the_config_is_what_other_servers_expect(make_adapter: Callable, tmp_path: Path) -> None:
    everywhere = write_adapter(make_adapter(rank=4, scaling=4.0), tmp_path / "everywhere")
    config = json.loads((everywhere / "adapter_config.json").read_text())
    assert config["target_modules"] == ["q_proj", "v_proj"]
    assert (config["peft_type"], config["r"], config["lora_alpha"]) == ("LORA", 4, 16)
    assert (config["rank_pattern"], config["alpha_pattern"]) == ({}, {})
    partly = write_adapter(make_adapter(modules=("q_proj", "layers.1.self_attn.v_proj")), tmp_path / "partly")
    config = json.loads((partly / "adapter_config.json").read_text())
    assert config["target_modules"] == ["q_proj", "model.layers.1.self_attn.v_proj"]


def test_the_model_card_names_base_licence_and_template(make_adapter: Callable, tmp_path: Path) -> None:
    card = Card(
        description="---\nbase_model: evil/model\n---\nPlural: of the 'noun'",
        examples=(CardExample(input="cat", output="cats"),),
        licence="mit",
        parents=("registry:a@1",),
    )
    adapter = make_adapter(card=card)
    text = (write_adapter(adapter, tmp_path / "adapter") / "README.md").read_text()
    empty, front, body = text.split("---\n", 2)
    matter = yaml.safe_load(front)
    assert (empty, matter["base_model"], matter["license"]) == ("", adapter.base.hub_id, "mit")
    assert (matter["library_name"], matter["pipeline_tag"]) == ("peft", "text-generation")
    assert "| `cat` | `cats` |" in body
    assert "registry:a@1" in body
    assert json.dumps(card.prompt_template) in body


@pytest.mark.parametrize("content", [["file"], [".hidden"], ["sub/file"]])
def test_a_target_that_is_not_empty_is_refused_and_left_alone(
    make_adapter: Callable, tmp_path: Path, content: list[str]
) -> None:
    folder = tmp_path / "adapter"
    for name in content:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        write_adapter(make_adapter(), folder)
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()] == content
    assert list(tmp_path.glob(".staging*")) == []


def test_a_target_that_is_a_file_is_refused(make_adapter: Callable, tmp_path: Path) -> None:
    (tmp_path / "adapter").write_text("mine")
    with pytest.raises(InputError):
        write_adapter(make_adapter(), tmp_path / "adapter")
    assert (tmp_path / "adapter").read_text() == "mine"


def test_an_empty_target_is_filled(make_adapter: Callable, tmp_path: Path) -> None:
    (tmp_path / "adapter").mkdir()
    write_adapter(make_adapter(), tmp_path / "adapter")
    assert sorted(path.name for path in (tmp_path / "adapter").iterdir()) == FILES


def with_first_value(adapter: Adapter, value: float) -> Adapter:
    name, factors = next(iter(adapter.modules.items()))
    A = factors.A.clone()
    A[0, 0] = value
    return replace(adapter, modules={**adapter.modules, name: LoraFactors(A, factors.B, factors.scaling)})


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.0, torch.float64),
        (1.0, torch.int8),
        (float("nan"), torch.float32),
        (float("inf"), torch.float32),
        (1e6, torch.float16),
        (1e38, torch.float32),
    ],
    ids=["float64", "int8", "NaN", "Inf", "too large for float16", "overflow in the product"],
)
def test_what_could_not_be_read_back_is_not_written(
    make_adapter: Callable, tmp_path: Path, value: float, dtype: torch.dtype
) -> None:
    with pytest.raises((InputError, AdapterFormatError)):
        write_adapter(with_first_value(make_adapter(), value), tmp_path / "deep" / "adapter", dtype)
    assert list(tmp_path.rglob("adapter*")) == []


def test_a_write_that_fails_halfway_leaves_nothing(
    make_adapter: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(adapter: Adapter) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hyperlora.peft_io.folder.writing._model_card", broken)
    with pytest.raises(OSError, match="No space"):
        write_adapter(make_adapter(), tmp_path / "adapter")
    assert list(tmp_path.iterdir()) == []


def test_another_base_is_refused(make_adapter: Callable, tmp_path: Path) -> None:
    adapter = make_adapter()
    folder = write_adapter(adapter, tmp_path / "adapter")
    other = adapter.base.model_copy(update={"fingerprint": "0" * 64})
    with pytest.raises(BaseModelError, match="the adapter was made for"):
        read_adapter(folder, other)
    assert read_adapter(folder, adapter.base).content_hash == adapter.content_hash


def test_the_card_is_read_without_the_weights(make_adapter: Callable, tmp_path: Path) -> None:
    adapter = make_adapter()
    folder = write_adapter(adapter, tmp_path / "adapter")
    (folder / "adapter_model.safetensors").unlink()
    assert read_card(folder) == adapter.card
