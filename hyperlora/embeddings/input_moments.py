"""What enters a base model's linear modules: the second moments of their inputs over the tokens of texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from hyperlora.errors import InputError
from hyperlora.inference.batching import length_buckets
from hyperlora.lora.target_modules import TargetModule
from hyperlora.models import BaseModel

_LONGEST = 512


@torch.inference_mode()
def input_moments(
    base: BaseModel, modules: Sequence[TargetModule], texts: Sequence[str], *, batch_size: int = 32
) -> dict[str, Tensor]:
    """``E[x x^T]`` of each module's input, no adapter acting; (in_features, in_features) in float32 by name, on CPU.

    Modules that read the same tensor, as the projections of one attention do, share theirs.

    Raises:
        InputError: there are no texts.
    """
    tokens = [ids[-_LONGEST:] for ids in base.tokenizer(list(texts))["input_ids"] if ids] if texts else []
    if not tokens:
        raise InputError("there are no texts to run the base model on", "Give at least one.")
    sums: dict[str, Tensor] = {}
    owner: dict[str, str] = {}  # whose sum a module shares
    first: dict[int, str] = {}  # by input, in the first batch
    kept: list[Tensor] = []
    mask = torch.zeros(0, dtype=torch.bool)

    def add(name: str, _: nn.Module, arguments: tuple[Any, ...]) -> None:
        states = arguments[0]
        if name not in owner:
            owner[name] = first.setdefault(id(states), name)
            kept.append(states)  # as long as it lives no other has its id
        if owner[name] == name:
            seen = states[mask].float()
            sums[name] = sums.get(name, torch.zeros(())) + (seen.mT @ seen).cpu()

    named = dict(base.model.named_modules())
    handles = [named[module.name].register_forward_pre_hook(partial(add, module.name)) for module in modules]
    try:
        for rows in length_buckets([len(ids) for ids in tokens], batch_size):
            longest = max(len(tokens[row]) for row in rows)
            ids = torch.full((len(rows), longest), base.pad_id, dtype=torch.long)
            for place, row in enumerate(rows):
                ids[place, : len(tokens[row])] = torch.tensor(tokens[row])
            lengths = torch.tensor([len(tokens[row]) for row in rows])
            mask = (torch.arange(longest) < lengths[:, None]).to(base.device)
            base.model.base_model(input_ids=ids.to(base.device), attention_mask=mask.long(), use_cache=False)
            kept.clear()
    finally:
        for handle in handles:
            handle.remove()
    total = sum(map(len, tokens))
    shared = {name: moment / total for name, moment in sums.items()}
    return {module.name: shared[owner[module.name]] for module in modules}
