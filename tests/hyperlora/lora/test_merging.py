"""Merging in place: the bank's numbers while it lasts, the old bits and the old parameters afterwards."""

from __future__ import annotations

import gc
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import FineGrainedFP8Config, LlamaForCausalLM
from transformers.integrations.finegrained_fp8 import replace_with_fp8_linear

from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.errors import AdapterFormatError, BaseModelError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.merging import merged
from hyperlora.models import BaseModel, load_base_model
from hyperlora.peft_io.folder import write_adapter
from hyperlora.settings import reload_settings

IDS = torch.arange(5, 37).view(2, 16)
KINDS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head")


def bits(base: BaseModel) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in base.model.state_dict().items()}


def assert_same_bits(base: BaseModel, before: dict[str, torch.Tensor]) -> None:
    after = base.model.state_dict()
    assert [name for name, tensor in after.items() if not torch.equal(tensor, before[name])] == []
    assert base.model.lm_head.weight is base.model.model.embed_tokens.weight


def summed(base: BaseModel, name: str, *adapters: Adapter) -> torch.Tensor:
    """The weight that merging should give, in float64."""
    weight = base.model.get_submodule(name).weight.detach().double()
    for adapter in adapters:
        if factors := adapter.modules.get(name):
            weight = weight + factors.scaling * (factors.B.double() @ factors.A.double())
    return weight


@pytest.fixture
def adapter(make_adapter: Callable[..., Adapter]) -> Adapter:
    return make_adapter(5, rank=6, modules=("q_proj", "v_proj", "down_proj"), scaling=1.3)


@pytest.fixture
def head(make_adapter: Callable[..., Adapter]) -> Adapter:
    return make_adapter(6, rank=3, modules=("v_proj", "lm_head"))


@pytest.fixture
def bfloat16_base(tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch) -> BaseModel:
    monkeypatch.setenv("HYPERLORA_DTYPE", "bfloat16")
    reload_settings()
    return load_base_model(f"file:{tiny_base_folder}")


@torch.no_grad()
@pytest.mark.parametrize("modules", [("q_proj", "v_proj", "down_proj"), ("v_proj", "lm_head")])
def test_merged_weights_give_the_banks_logits_and_then_the_old_bits(
    tiny_base: BaseModel, bank: AdapterBank, make_adapter: Callable[..., Adapter], modules: tuple[str, ...]
) -> None:
    adapter = make_adapter(5, rank=6, modules=modules, scaling=1.3)
    before, plain = bits(tiny_base), tiny_base.model(IDS).logits
    with bank.run(stack_adapters([adapter]), Route.select([0, 0])):
        expected = tiny_base.model(IDS).logits
    with merged(tiny_base, adapter) as model:
        logits = model(IDS).logits
    assert (logits - expected).abs().max() <= 1e-5 * expected.abs().max()
    assert (logits - plain).abs().max() > 1e-2
    assert_same_bits(tiny_base, before)
    assert torch.equal(tiny_base.model(IDS).logits, plain)


def test_merged_weights_are_pefts(
    tiny_base: BaseModel, adapter: Adapter, load_peft: Callable[[Path], PeftModel], tmp_path: Path
) -> None:
    peft = load_peft(write_adapter(adapter, tmp_path / "adapter")).merge_and_unload()
    with merged(tiny_base, adapter) as model:
        for name, weight in peft.state_dict().items():
            torch.testing.assert_close(model.state_dict()[name], weight, rtol=0, atol=1e-6)


def test_a_thousand_random_merges_with_random_errors_change_no_bit(
    tiny_base: BaseModel, bfloat16_base: BaseModel, make_adapter: Callable[..., Adapter]
) -> None:
    chance = random.Random(0)
    whole = [make_adapter(seed, rank=seed + 1, modules=KINDS) for seed in range(6)]
    broken = LoraFactors(torch.ones(2, 64), torch.ones(64, 3), 1.0)
    for base in (tiny_base, bfloat16_base):
        before = bits(base)
        for _ in range(500):
            with suppress(RuntimeError, KeyboardInterrupt), ExitStack() as stack:
                for adapter in chance.sample(whole, chance.choice((1, 1, 1, 2))):
                    modules = dict(chance.sample(sorted(adapter.modules.items()), chance.randint(1, 6)))
                    if chance.random() < 0.1:  # its matrices do not go together: an error amid the merge
                        modules["model.layers.1.self_attn.q_proj"] = broken
                    stack.enter_context(merged(base, replace(adapter, modules=modules)))
                assert any(not torch.equal(tensor, before[name]) for name, tensor in base.model.state_dict().items())
                if chance.random() < 0.3:
                    raise chance.choice((RuntimeError, KeyboardInterrupt))
            assert_same_bits(base, before)


def test_an_error_at_the_second_module_restores_the_first(tiny_base: BaseModel, adapter: Adapter) -> None:
    second = list(adapter.modules)[1]
    factors = adapter.modules[second]
    broken = replace(adapter, modules={**adapter.modules, second: replace(factors, A=factors.A[:-1])})
    before = bits(tiny_base)
    with pytest.raises(RuntimeError, match="shapes"), merged(tiny_base, broken):
        pytest.fail("the body must not run")
    assert_same_bits(tiny_base, before)
    with merged(tiny_base, adapter) as model:  # nothing of the failed merge is left to be merged again
        expected = before[f"{second}.weight"].double() + factors.weight_change().double()
        torch.testing.assert_close(model.get_submodule(second).weight.double(), expected, rtol=0, atol=1e-6)


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


@pytest.mark.parametrize("closing_order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("kept", [True, False])
def test_open_merges_add_up_and_end_in_any_order(
    tiny_base: BaseModel, make_adapter: Callable[..., Adapter], closing_order: tuple[int, ...], kept: bool
) -> None:
    adapters = [make_adapter(seed, modules=modules) for seed, modules in enumerate((("q_proj", "lm_head"),) * 2)]
    adapters.append(adapters[0])  # the same adapter twice is twice its change
    before = bits(tiny_base)
    names = adapters[0].modules
    expected = {n: [summed(tiny_base, n, *adapters[:i], *adapters[i + 1 :]) for i in range(3)] for n in names}
    alone = {n: [summed(tiny_base, n, adapter) for adapter in adapters] for n in names}
    stacks = [ExitStack() for _ in adapters]
    for stack, adapter in zip(stacks, adapters, strict=True):
        stack.enter_context(merged(tiny_base, adapter, keep_originals=kept))
    first, second, last = closing_order
    for closing, wanted in ((first, lambda n: expected[n][first]), (second, lambda n: alone[n][last])):
        stacks[closing].close()
        for name in names:
            got = tiny_base.model.get_submodule(name).weight
            torch.testing.assert_close(got.double(), wanted(name), rtol=0, atol=1e-5)
    stacks[last].close()
    assert_same_bits(tiny_base, before)


def test_a_bfloat16_base_is_merged_in_float32_and_rounded_once(bfloat16_base: BaseModel, adapter: Adapter) -> None:
    before = bits(bfloat16_base)
    name = "model.layers.1.mlp.down_proj"
    expected = summed(bfloat16_base, name, adapter)
    twice = summed(bfloat16_base, name, adapter, adapter)
    with merged(bfloat16_base, adapter) as model:
        got = model.get_submodule(name).weight
        assert got.dtype == torch.bfloat16
        # half a unit in the last place of bfloat16's 8 bits
        assert ((got.double() - expected).abs() <= expected.abs() * 2**-8 * 1.01 + 1e-6).all()
        with merged(bfloat16_base, adapter):
            got = model.get_submodule(name).weight
            assert ((got.double() - twice).abs() <= twice.abs() * 2**-8 * 1.01 + 1e-6).all()
    assert_same_bits(bfloat16_base, before)


@torch.no_grad()
def test_a_head_tied_to_the_embedding_is_merged_without_it(tiny_base: BaseModel, head: Adapter) -> None:
    before = bits(tiny_base)
    embedding = tiny_base.model.model.embed_tokens.weight
    expected = summed(tiny_base, "lm_head", head)
    with merged(tiny_base, head) as model:
        assert model.model.embed_tokens.weight is embedding
        assert torch.equal(embedding, before["model.embed_tokens.weight"])
        # not through output_hidden_states, for which transformers leaves hooks on the shared model
        reference = model.get_decoder()(IDS).last_hidden_state.double() @ expected.T
        assert (model(IDS).logits.double() - reference).abs().max() <= 1e-5 * reference.abs().max()
    assert_same_bits(tiny_base, before)
    assert tiny_base.model.lm_head.weight is embedding


def test_parameters_keep_their_identity_so_that_optimisers_still_see_them(
    tiny_base: BaseModel, adapter: Adapter
) -> None:
    before = {name: id(parameter) for name, parameter in tiny_base.model.named_parameters()}
    with merged(tiny_base, adapter) as model:
        assert {name: id(parameter) for name, parameter in model.named_parameters()} == before
    assert {name: id(parameter) for name, parameter in tiny_base.model.named_parameters()} == before


def test_a_merge_under_inference_mode_leaves_weights_that_can_be_trained_through(
    tiny_base: BaseModel, head: Adapter
) -> None:
    with ExitStack() as stack:
        with torch.inference_mode():
            stack.enter_context(merged(tiny_base, head))
        hidden = torch.ones(64, requires_grad=True)
        tiny_base.model.lm_head(hidden).sum().backward()
        assert hidden.grad is not None
        assert hidden.grad.any()


@contextmanager
def counted_tensors(model: nn.Module) -> Iterator[Callable[[], int]]:
    """Gives the bytes of the model's tensors and of all that were made inside the body and live."""

    def count() -> int:
        made = [each for each in gc.get_objects() if issubclass(type(each), torch.Tensor)]
        storages = [tensor.untyped_storage() for tensor in (*made, *model.parameters())]
        return sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())

    gc.collect()
    gc.freeze()  # what was there before is not looked through
    try:
        yield count
    finally:
        gc.unfreeze()


def test_memory_grows_by_the_touched_weights_or_not_at_all(tiny_base: BaseModel, adapter: Adapter) -> None:
    touched = sum(tiny_base.model.get_submodule(name).weight.nbytes for name in adapter.modules)
    with counted_tensors(tiny_base.model) as count:
        before = count()
        for keep_originals, growth in ((True, touched), (False, 0)):
            with merged(tiny_base, adapter, keep_originals=keep_originals):
                assert count() - before == growth
            assert count() == before


def test_without_kept_originals_the_old_bits_are_read_from_the_files_again(
    tiny_base_folder: Path, bfloat16_base: BaseModel, adapter: Adapter, head: Adapter, tmp_path: Path
) -> None:
    folder = tmp_path / "base"
    shutil.copytree(tiny_base_folder, folder)
    base = replace(bfloat16_base, folder=folder)
    before = bits(base)
    both = replace(adapter, modules={**adapter.modules, **head.modules})
    with merged(base, both, keep_originals=False) as model:
        assert not torch.equal(model.state_dict()["lm_head.weight"], before["lm_head.weight"])
    assert_same_bits(base, before)

    # proof that the file is what comes back: other values in it come back as well
    name = "model.layers.0.self_attn.q_proj.weight"
    weights = load_file(folder / "model.safetensors")
    with merged(base, adapter, keep_originals=False):
        save_file({**weights, name: weights[name] * 2}, folder / "model.safetensors", metadata={"format": "pt"})
    assert torch.equal(base.model.state_dict()[name], before[name] * 2)


def test_bits_that_the_files_do_not_hold_are_refused_without_kept_originals(
    tiny_base_folder: Path, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = load_base_model(f"file:{tiny_base_folder}")
    with torch.no_grad():
        base.model.get_submodule("model.layers.1.self_attn.v_proj").weight[0, 0] += 1
    before = bits(base)
    with (
        pytest.raises(BaseModelError, match=r"layers\.1\.self_attn\.v_proj.*keep_originals=True"),
        merged(base, adapter, keep_originals=False),
    ):
        pytest.fail("the body must not run")
    assert_same_bits(base, before)


def test_another_base_is_refused(tiny_base: BaseModel, adapter: Adapter) -> None:
    other = replace(adapter, base=adapter.base.model_copy(update={"fingerprint": "0" * 64}))
    with pytest.raises(BaseModelError, match="the adapter was made for"), merged(tiny_base, other):
        pytest.fail("the body must not run")


def test_all_that_does_not_fit_is_named_and_nothing_changed(tiny_base: BaseModel, adapter: Adapter) -> None:
    some = next(iter(adapter.modules.values()))
    wrong = {
        "model.layers.9.mlp.up_proj": some,
        "model.embed_tokens": some,
        "model.layers.0.mlp.up_proj": LoraFactors(torch.ones(2, 128), torch.ones(64, 2), 1.0),
    }
    before = bits(tiny_base)
    with (
        pytest.raises(AdapterFormatError) as raised,
        merged(tiny_base, replace(adapter, modules={**adapter.modules, **wrong})),
    ):
        pytest.fail("the body must not run")
    for problem in (
        "no linear module model.layers.9.mlp.up_proj",
        "model.embed_tokens is no linear module but of class Embedding",
        "model.layers.0.mlp.up_proj is 128x64, the adapter's 64x128",
    ):
        assert problem in str(raised.value)
    assert_same_bits(tiny_base, before)


class Int8Weight(torch.Tensor):
    """A weight that says float32 and holds int8, as torchao's do."""

    @staticmethod
    def __new__(cls, values: torch.Tensor) -> Int8Weight:
        return torch.Tensor._make_wrapper_subclass(cls, values.shape, dtype=torch.float32)

    def __init__(self, values: torch.Tensor) -> None:
        self.scale = values.abs().amax() / 127
        self.stored = (values / self.scale).round().to(torch.int8)

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if operation is torch.ops.aten.detach.default:
            return args[0]
        raise NotImplementedError(operation)


def int8_tensors(model: LlamaForCausalLM) -> nn.Module:
    linear = model.model.layers[0].self_attn.v_proj
    linear.weight = nn.Parameter(Int8Weight(linear.weight.detach()), requires_grad=False)
    return model


def fp8_modules(model: LlamaForCausalLM) -> nn.Module:
    with torch.device("meta"):
        return replace_with_fp8_linear(model, quantization_config=FineGrainedFP8Config(weight_block_size=(32, 32)))


def dynamic_modules(model: LlamaForCausalLM) -> nn.Module:
    return torch.ao.quantization.quantize_dynamic(model, {nn.Linear})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("quantise", "naming"),
    [(int8_tensors, "Int8Weight"), (fp8_modules, "torch.float8_e4m3fn"), (dynamic_modules, "dynamic")],
)
def test_a_quantised_module_is_refused_by_name_and_kind(
    tiny_base: BaseModel,
    tiny_base_folder: Path,
    adapter: Adapter,
    quantise: Callable[[LlamaForCausalLM], nn.Module],
    naming: str,
) -> None:
    base = replace(tiny_base, model=quantise(LlamaForCausalLM.from_pretrained(tiny_base_folder)))
    with pytest.raises(BaseModelError, match="--dequantise") as raised, merged(base, adapter):
        pytest.fail("the body must not run")
    problem = raised.value.problem
    assert "model.layers.0.self_attn.v_proj" in problem
    assert naming in problem
