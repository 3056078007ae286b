"""Second moments of what enters a base model's modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from hyperlora.embeddings.input_moments import input_moments
from hyperlora.errors import InputError
from hyperlora.lora.target_modules import find_target_modules

if TYPE_CHECKING:
    from hyperlora.models import BaseModel

TEXTS = ["Input: fox\nOutput: barks", "Input: a longer one\nOutput: x", "x"]


def test_they_are_of_the_tokens_of_all_texts_without_padding(tiny_base: BaseModel) -> None:
    modules = find_target_modules(tiny_base.model, ["q_proj", "v_proj", "o_proj"])
    found = input_moments(tiny_base, modules, TEXTS, batch_size=2)
    assert set(found) == {module.name for module in modules}
    by_kind = {module.kind: module.name for module in modules if module.layer == 1}
    assert found[by_kind["q_proj"]] is found[by_kind["v_proj"]], "they read the same"
    assert found[by_kind["o_proj"]] is not found[by_kind["q_proj"]]

    entered: list[torch.Tensor] = []
    module = tiny_base.model.get_submodule(by_kind["o_proj"])
    handle = module.register_forward_pre_hook(lambda _, arguments: entered.append(arguments[0][0].float()))
    with torch.no_grad():
        for text in TEXTS:
            tiny_base.model(input_ids=torch.tensor([tiny_base.tokenizer(text)["input_ids"]]))
    handle.remove()
    x = torch.cat(entered)
    torch.testing.assert_close(found[by_kind["o_proj"]], x.mT @ x / len(x), rtol=1e-3, atol=1e-5)
    assert not module._forward_pre_hooks, "nothing stays on the model"


def test_without_texts_there_are_none(tiny_base: BaseModel) -> None:
    with pytest.raises(InputError, match="no texts"):
        input_moments(tiny_base, find_target_modules(tiny_base.model, ["q_proj"]), [])
