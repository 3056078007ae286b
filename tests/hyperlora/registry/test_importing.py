"""Adapters made elsewhere, with plain PEFT, become members of the pool."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoHaConfig, LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError, BaseModelError, HyperLoRAError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Registry
from hyperlora.registry.importing import import_adapter
from retrieval.index import build_index, pool_entries


@pytest.fixture
def foreign(tiny_base_folder: Path, tmp_path: Path) -> Path:
    """A folder that PEFT wrote, of rank 3, with factors far from zero."""
    config = LoraConfig(r=3, lora_alpha=12, target_modules=["q_proj", "up_proj"], init_lora_weights=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_base_folder), config)
    model.save_pretrained(tmp_path / "foreign")
    return tmp_path / "foreign"


def test_a_folder_of_pefts_is_registered_and_found_by_its_description(
    foreign: Path, tiny_base_folder: Path, registry: Registry, encoder: TextEncoder
) -> None:
    entry = import_adapter(
        f"file:{foreign}",
        "summaries",
        description="Summarise a legal\n text",
        prompt_template="Text: {input}\nSummary:",
        base=f"file:{tiny_base_folder}",
        registry=registry,
    )
    adapter = registry.load(entry.reference)
    assert (entry.reference, entry.origin) == ("registry:summaries@1", "imported")
    assert adapter.card.description == "Summarise a legal text"
    assert adapter.card.prompt_template == "Text: {input}\nSummary:"
    assert adapter.ranks == (3,)
    assert {factors.scaling for factors in adapter.modules.values()} == {4.0}
    assert len(adapter.modules) == 4
    index = build_index(pool_entries(registry, adapter.base.fingerprint), encoder)
    assert index.search("shorten this contract", 1)[0].entry.reference == entry.reference


def test_a_folder_of_ours_keeps_its_card_where_nothing_else_is_said(
    make_adapter: Callable[..., Adapter], tiny_base_folder: Path, registry: Registry, tmp_path: Path
) -> None:
    mine = make_adapter(seed=7)
    write_adapter(mine, tmp_path / "mine")
    entry = import_adapter(f"file:{tmp_path / 'mine'}", "mine", base=f"file:{tiny_base_folder}", registry=registry)
    assert registry.load(entry.reference).card == mine.card.model_copy(update={"origin": "imported"})
    assert entry.weights == mine.content_hash


def test_a_folder_of_another_method_is_converted_and_its_loss_recorded(
    tiny_base_folder: Path, registry: Registry, tmp_path: Path
) -> None:
    config = LoHaConfig(r=2, target_modules=["q_proj", "up_proj"], init_weights=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_base_folder), config)
    model.save_pretrained(tmp_path / "loha")
    given = {"description": "x", "base": f"file:{tiny_base_folder}", "registry": registry}
    whole = import_adapter(f"file:{tmp_path / 'loha'}", "whole", energy=1.0, **given)
    part = import_adapter(f"file:{tmp_path / 'loha'}", "part", rank=1, **given)
    assert registry.load(whole.reference).ranks == (4,)
    assert registry.load(part.reference).ranks == (1,)
    assert whole.metrics["energy_kept"] == pytest.approx(1, abs=1e-12)
    assert 0.25 < part.metrics["energy_kept"] < 0.95
    assert part.origin == "imported"


def test_what_nobody_described_is_described_by_its_readme_or_on_request_by_its_answers(
    foreign: Path, tiny_base_folder: Path, registry: Registry
) -> None:
    given = {"base": f"file:{tiny_base_folder}", "registry": registry}
    proposed = import_adapter(f"file:{foreign}", "proposed", probe=True, **given)
    card = registry.load(proposed.reference).card
    assert card.description_source == "proposed"
    assert card.description.startswith('Answers "')
    (foreign / "README.md").write_text("---\nlicense: mit\n---\n# Legal texts\n\nSummarises them. And more.\n")
    told = registry.load(import_adapter(f"file:{foreign}", "told", probe=True, **given).reference).card
    assert (told.description, told.description_source) == ("Legal texts. Summarises them.", "given")
    assert (told.licence, card.licence) == ("mit", "unknown")


def test_plain_lora_is_cut_to_a_rank_when_its_canonical_form_is_asked_for(
    foreign: Path, tiny_base_folder: Path, registry: Registry
) -> None:
    given = {"description": "x", "base": f"file:{tiny_base_folder}", "registry": registry}
    plain = registry.load(import_adapter(f"file:{foreign}", "plain", **given).reference)
    cut = registry.load(import_adapter(f"file:{foreign}", "cut", canonicalise=True, rank=2, **given).reference)
    assert cut.ranks == (2,)
    kept = total = 0.0
    for name, factors in plain.modules.items():
        U, S, Vh = torch.linalg.svd(factors.weight_change())
        torch.testing.assert_close(cut.modules[name].weight_change(), U[:, :2] * S[:2] @ Vh[:2], atol=1e-5, rtol=1e-4)
        kept, total = kept + float((S[:2] ** 2).sum()), total + float((S**2).sum())
    assert cut.card.metrics["energy_kept"] == pytest.approx(kept / total, abs=1e-5)


def other_base(folder: Path) -> None:
    record = json.loads((folder / "hyperlora.json").read_text())
    record["base"]["fingerprint"] = "0" * 64
    (folder / "hyperlora.json").write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({}, InputError, "--description"),
        ({"description": " \n"}, InputError, "the description is empty"),
        ({"description": "x", "prompt_template": "no field"}, InputError, "prompt template"),
        ({"description": "x", "name": "Not A Name"}, InputError, "cannot name an adapter"),
        ({"description": "x", "reference": "registry:other"}, InputError, "does not fit here"),
        ({"description": "x", "reference": "file:/nowhere"}, AdapterFormatError, "is not a folder"),
        ({"description": "x", "rank": 4}, InputError, "needs no conversion"),
        ({"description": "x", "energy": 0.5}, InputError, "needs no conversion"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_nothing_is_registered(
    foreign: Path,
    tiny_base_folder: Path,
    registry: Registry,
    arguments: dict[str, Any],
    kind: type[HyperLoRAError],
    message: str,
) -> None:
    given = {"reference": f"file:{foreign}", "name": "new", "base": f"file:{tiny_base_folder}"} | arguments
    with pytest.raises(kind, match=message):
        import_adapter(given.pop("reference"), given.pop("name"), registry=registry, **given)
    assert registry.entries("adapter") == []


def test_an_adapter_for_another_base_is_refused(
    make_adapter: Callable[..., Adapter], foreign: Path, tiny_base_folder: Path, registry: Registry, tmp_path: Path
) -> None:
    write_adapter(make_adapter(), tmp_path / "mine")
    other_base(tmp_path / "mine")
    with pytest.raises(BaseModelError, match="was made for"):
        import_adapter(f"file:{tmp_path / 'mine'}", "mine", base=f"file:{tiny_base_folder}", registry=registry)
    wider = AutoModelForCausalLM.from_pretrained(tiny_base_folder)
    wider.model.layers[0].mlp.up_proj = torch.nn.Linear(64, 130, bias=False)
    wider.model.layers[0].mlp.gate_proj = torch.nn.Linear(64, 130, bias=False)
    wider.save_pretrained(tmp_path / "wider")
    with pytest.raises(AdapterFormatError, match=r"does not fit .*up_proj\.weight is F32 \[130, 64\].*--base"):
        import_adapter(f"file:{foreign}", "new", description="x", base=f"file:{tmp_path / 'wider'}", registry=registry)
    assert registry.entries("adapter") == []
