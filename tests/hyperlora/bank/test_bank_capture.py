"""A forward keeps its route: under activation checkpointing and when transformers multiplies the batch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from hyperlora.bank import AdapterBank, Route, StackedFactors, stack_adapters
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import write_adapter

IDS = torch.tensor([[5, 9, 30, 7], [40, 8, 9, 11], [3, 3, 21, 50]])


def test_checkpointed_gradients_are_those_of_the_plain_backward(
    tiny_base_folder: Path, make_adapter: Callable[..., Adapter]
) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny_base_folder).requires_grad_(False)
    bank = AdapterBank(model)
    stack = stack_adapters([make_adapter(seed=1), make_adapter(seed=2)])
    route = Route.select([1, 0, None])

    def gradients() -> list[torch.Tensor]:
        leaves = {
            name: StackedFactors(s.A.clone().requires_grad_(), s.B.clone().requires_grad_(), s.scaling)
            for name, s in stack.items()
        }
        with bank.run(leaves, route):
            loss = model(IDS).logits.square().mean()
        # outside the context, and with another one open: what the recomputation must not see
        with bank.run(stack, Route.select([None, None, None])):
            loss.backward()
        return [tensor.grad for s in leaves.values() for tensor in (s.A, s.B)]

    model.eval()
    plain = gradients()
    model.activation_checkpointing_enable(
        activation_checkpointing_kwargs={"use_reentrant": False, "context_fn": bank.checkpoint_contexts}
    )
    model.train()
    recomputed = gradients()
    assert any(gradient.abs().max() > 0 for gradient in plain)
    for left, right in zip(plain, recomputed, strict=True):
        torch.testing.assert_close(left, right, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("extra", [{"num_beams": 3}, {"num_beams": 3, "num_return_sequences": 3}])
def test_beams_keep_their_samples_adapter(
    tiny_base: BaseModel,
    bank: AdapterBank,
    make_adapter: Callable[..., Adapter],
    load_peft: Callable[[Path], torch.nn.Module],
    tmp_path: Path,
    extra: dict[str, int],
) -> None:
    adapters = [make_adapter(seed=3), make_adapter(seed=4)]
    options = {"max_new_tokens": 6, "do_sample": False, "pad_token_id": tiny_base.pad_id, **extra}
    with bank.run(stack_adapters(adapters), Route.select([0, 1, 0]).repeated(extra["num_beams"])):
        mixed = tiny_base.model.generate(IDS, attention_mask=torch.ones_like(IDS), **options)
    returned = extra.get("num_return_sequences", 1)
    for row, choice in enumerate([0, 1, 0]):
        folder = tmp_path / f"{row}"
        write_adapter(adapters[choice], folder)
        ids = IDS[row : row + 1]
        alone = load_peft(folder).generate(input_ids=ids, attention_mask=torch.ones_like(ids), **options)
        width = min(alone.shape[1], mixed.shape[1])
        assert mixed[row * returned : (row + 1) * returned, :width].tolist() == alone[:, :width].tolist()
