"""The bank and the decode loop on the real base model, against PEFT and dense weights one at a time."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.func import functional_call

from hyperlora.bank import AdapterBank, AdapterSlots, RankBuckets, Route, StackedFactors, stack_adapters
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.peft_io.folder import read_adapter

if TYPE_CHECKING:
    from hyperlora.models import BaseModel

pytestmark = pytest.mark.real

KINDS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PROMPTS = [
    "The capital of France is",
    "Input: cat\nOutput:",
    "Write the plural of the noun.\nInput: a box of old maps\nOutput:",
    "One, two, three,",
    "def add(a, b):",
]


@pytest.fixture(scope="module")
def other_model(real_base: BaseModel) -> Any:
    """The same weights in a model of its own, which PEFT may wrap and weights may be replaced in."""
    return copy.deepcopy(real_base.model)


def made_adapter(base: BaseModel, position: int) -> Adapter:
    """Of rank `position` + 1, in some modules of some layers, strong enough to be heard and not so as to be noise."""
    generator = torch.Generator().manual_seed(position)
    kinds = [KINDS[position % 7], KINDS[(position + 3) % 7]]
    rank, modules = position + 1, {}
    for target in find_target_modules(base.model, kinds):
        if target.layer % 5 == position % 5:
            A = torch.randn(rank, target.in_features, generator=generator) / target.in_features**0.5
            B = torch.randn(target.out_features, rank, generator=generator) * 0.03
            scaling = (-1.0) ** position * (8 / rank if position % 2 else 8 / rank**0.5)
            modules[target.name] = LoraFactors(A, B, scaling)
    return Adapter(modules, base.identity, Card(description=f"{position}"))


def saved_by_peft(model: Any, folder: Path, seed: int) -> None:
    """An adapter folder that PEFT itself wrote, with random factors."""
    import peft

    torch.manual_seed(seed)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM",
        r=4 + 20 * seed,
        lora_alpha=16,
        use_rslora=seed % 2 == 1,
        target_modules=KINDS[seed : seed + 3],
        rank_pattern={r"layers\.\d\.self_attn.q_proj": 3},
        alpha_pattern={"v_proj": 5},
    )
    adapted = peft.get_peft_model(model, config)
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    adapted.save_pretrained(folder)
    adapted.unload()


@torch.no_grad()
def test_64_adapters_of_ranks_1_to_64_in_one_batch_are_each_alone_with_dense_weights(
    real_base: BaseModel, other_model: Any
) -> None:
    adapters = [made_adapter(real_base, position) for position in range(64)]
    ids = torch.randint(1000, 9000, (64, 5), generator=torch.Generator().manual_seed(0))
    factors = stack_adapters(adapters)
    assert all(isinstance(stack, RankBuckets) for stack in factors.values())
    bank = AdapterBank(real_base.model)
    with bank.run(factors, Route.select(list(range(64)))):
        logits = real_base.model(ids).logits
    bank.close()
    bare = real_base.model(ids).logits
    for position, adapter in enumerate(adapters):
        dense = {}
        for name, part in adapter.modules.items():
            weight = other_model.get_parameter(f"{name}.weight")
            dense[f"{name}.weight"] = weight + part.scaling * part.B @ part.A
        expected = functional_call(other_model, dense, (ids[position : position + 1],)).logits[0]
        largest = expected.abs().max()
        assert (logits[position] - expected).abs().max() <= 1e-5 * largest
        assert (logits[position] - bare[position]).abs().max() >= 2e-3 * largest


def test_folders_that_peft_wrote_answer_from_slots_in_one_batch_as_peft_answers_one_at_a_time(
    real_base: BaseModel, other_model: Any, tmp_path: Path
) -> None:
    """Logits and greedy tokens; slots of two sizes; the bare base model and unlike lengths among the rows."""
    from peft import PeftModel

    slots = AdapterSlots(find_target_modules(real_base.model, KINDS), {8: 1, 64: 3})
    for seed in range(4):
        saved_by_peft(other_model, tmp_path / f"{seed}", seed)
        slots.put(f"{seed}", read_adapter(tmp_path / f"{seed}", real_base.identity))
    names = ["2", "0", None, "1", "3"]
    bank = AdapterBank(real_base.model)
    ids = [real_base.tokenizer(prompt, return_tensors="pt")["input_ids"] for prompt in PROMPTS]
    with slots.lease(names) as route:
        batch = real_base.tokenizer(PROMPTS, padding=True, padding_side="right", return_tensors="pt")
        with torch.no_grad(), bank.run(slots.factors, route):
            logits = real_base.model(**batch).logits
        sampling = Sampling(max_new_tokens=6, ignore_stop=True)
        answers = generate(
            real_base, PROMPTS, bank=bank, factors=slots.factors, choices=route, sampling=sampling, batch_size=4
        )
    bank.close()
    for row, name in enumerate(names):
        model = other_model if name is None else PeftModel.from_pretrained(other_model, tmp_path / name).eval()
        with torch.no_grad():
            expected = model(input_ids=ids[row]).logits[0]
            written = model.generate(
                input_ids=ids[row],
                attention_mask=torch.ones_like(ids[row]),
                do_sample=False,
                max_new_tokens=6,
                eos_token_id=-1,
                pad_token_id=real_base.pad_id,
            )
        if name is not None:
            model.unload()
        got = logits[row, : ids[row].shape[1]]
        assert (got - expected).abs().max() <= 1e-5 * expected.abs().max()
        assert answers[row].tokens == tuple(written[0, ids[row].shape[1] :].tolist())


def test_layers_that_torch_compiled_keep_their_numbers_as_routes_change() -> None:
    """With torch's own compiler, which the unit tests leave out."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Linear(16, 24), nn.SiLU(), nn.Linear(24, 16))
    bank, x = AdapterBank(layers), torch.randn(3, 4, 16)
    factors = {
        name: StackedFactors(torch.randn(2, 5, size), torch.randn(2, 40 - size, 5), torch.tensor([0.1, -0.2]))
        for name, size in (("0", 16), ("2", 24))
    }
    bank.attach(list(factors))
    compiled = torch.compile(layers, fullgraph=True)
    seen = []
    for choices in ([0, 1, None], [1, 1, 0], [None, 0, 1]):
        with torch.no_grad(), bank.run(factors, Route.select(choices)):
            seen.append(compiled(x))
            torch.testing.assert_close(seen[-1], layers(x), atol=1e-5, rtol=1e-5)
    assert not torch.allclose(seen[0][0], seen[1][0])
    torch._dynamo.reset()
