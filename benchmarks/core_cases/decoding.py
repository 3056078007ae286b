"""Greedy decoding of a batch with many adapters: `generate` beside PEFT's mixed batch and the bare base model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core_cases.inputs import QUERY_VALUE, Inputs
from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.inference.decoding import Generated, generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from side_by_side import Comparison, Prepared


def comparisons(inputs: Inputs) -> Iterator[Comparison]:
    """One a number of distinct adapters in the batch."""
    base = inputs.load_base()
    bank = AdapterBank(base.model)
    sizes = inputs.sizes
    adapters = [inputs.adapter(base, seed, rank=sizes.rank) for seed in range(max(sizes.adapters))]
    for distinct in sizes.adapters:
        prompts = inputs.prompts(max(sizes.prompts, distinct))
        choices = [position % distinct for position in range(len(prompts))]
        folders = [inputs.folder(adapter) for adapter in adapters[:distinct]]
        yield Comparison(
            f"decode, {distinct} adapters",
            partial(_ours, base, bank, adapters[:distinct], prompts, choices, sizes.new_tokens),
            {
                "peft": partial(_peft, inputs, base, folders, prompts, choices),
                "base": partial(_base, inputs, base, prompts),
            },
            {
                "adapters": distinct,
                "prompts": len(prompts),
                "new_tokens": sizes.new_tokens,
                "rank": sizes.rank,
                "modules": QUERY_VALUE,
            },
        )


def _ours(
    base: BaseModel,
    bank: AdapterBank,
    adapters: Sequence[Adapter],
    prompts: Sequence[str],
    choices: Sequence[int],
    new_tokens: int,
) -> Prepared:
    factors = stack_adapters(adapters, base.device)
    sampling = Sampling(max_new_tokens=new_tokens, ignore_stop=True)

    def run() -> list[Generated]:
        return generate(
            base,
            prompts,
            bank=bank,
            factors=factors,
            choices=choices,
            sampling=sampling,
            batch_size=len(prompts),
        )

    return Prepared("generate", run, lambda answers: torch.tensor([answer.tokens for answer in answers]))


def _peft(
    inputs: Inputs, base: BaseModel, folders: Sequence[Path], prompts: Sequence[str], choices: Sequence[int]
) -> Prepared:
    from peft import PeftModel

    model = PeftModel.from_pretrained(inputs.load_peer_model(base, "sdpa"), folders[0], adapter_name="0")
    for position, folder in enumerate(folders[1:], start=1):
        model.load_adapter(folder, str(position), autocast_adapter_dtype=False, low_cpu_mem_usage=True)
    batch, names = _tokenised(base, prompts), [str(choice) for choice in choices]
    return Prepared(
        "model.generate(adapter_names=...), sdpa, tokenised before",
        partial(_transformers_generate, model, base, batch, inputs.sizes.new_tokens, adapter_names=names),
        lambda output: output[:, batch["input_ids"].shape[1] :],
    )


def _base(inputs: Inputs, base: BaseModel, prompts: Sequence[str]) -> Prepared:
    model = inputs.load_peer_model(base, "sdpa")
    batch = _tokenised(base, prompts)
    run = partial(_transformers_generate, model, base, batch, inputs.sizes.new_tokens)
    return Prepared("the bare base model's generate, sdpa, tokenised before", run)


def _tokenised(base: BaseModel, prompts: Sequence[str]) -> Any:
    padding = {"padding": True, "padding_side": "left", "return_tensors": "pt"}
    return base.tokenizer(list(prompts), **padding).to(base.device)


@torch.inference_mode()
def _transformers_generate(model: Any, base: BaseModel, batch: Any, new_tokens: int, **kwargs: Any) -> Tensor:
    model.generation_config.eos_token_id = None
    output: Tensor = model.generate(
        input_ids=batch["input_ids"],
        attention_mask=batch["attention_mask"],
        max_new_tokens=new_tokens,
        do_sample=False,
        pad_token_id=base.pad_id,
        **kwargs,
    )
    return output
