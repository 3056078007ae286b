"""Merge an adapter into the base model's weights: in place with exact restore, or as an exported checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from hyperlora.adapter import Adapter
from hyperlora.bank import AdapterBank
from hyperlora.base_models import BaseModel
from hyperlora.durable import staged_folder, write_json
from hyperlora.peft_folder import require_free
from hyperlora.quiet import quiet_transformers

MERGE_RECORD = "hyperlora_merge.json"


@contextmanager
def merged(base: BaseModel, adapter: Adapter) -> Iterator[Any]:
    """Inside the body the base model's own weights hold ``W + scaling · B A``; afterwards the exact old bits.

    The touched weights are kept aside meanwhile: subtracting the change again would not give the old bits back.

    Raises:
        BaseModelError: the adapter was made for another base model.
        AdapterFormatError: it names modules the model does not have.
    """
    adapter.require_base(base.identity)
    shapes = {name: (factors.B.shape[0], factors.A.shape[1]) for name, factors in adapter.modules.items()}
    AdapterBank(base.model).check(shapes)
    originals = {name: base.model.get_submodule(name).weight.detach().clone() for name in adapter.modules}
    try:
        for name, factors in adapter.modules.items():
            weight = base.model.get_submodule(name).weight
            A, B = factors.A.to(weight.device, torch.float32), factors.B.to(weight.device, torch.float32)
            with torch.no_grad():
                if weight.dtype == torch.float32:
                    weight.addmm_(B, A, alpha=factors.scaling)
                else:
                    weight.copy_(weight.float().addmm_(B, A, alpha=factors.scaling))
        yield base.model
    finally:
        with torch.no_grad():
            for name, original in originals.items():
                base.model.get_submodule(name).weight.copy_(original)


def export_merged(base: BaseModel, adapter: Adapter, folder: Path) -> Path:
    """Write a checkpoint with the adapter merged in, which plain transformers loads.

    Besides transformers' files the folder holds `hyperlora_merge.json`: base, adapter content hash and card.

    Raises:
        InputError: the folder is not empty.
        BaseModelError: the adapter was made for another base model.
    """
    require_free(folder)
    with merged(base, adapter) as model, quiet_transformers():
        if folder.is_dir():
            folder.rmdir()
        with staged_folder(folder.absolute()) as staging:
            model.save_pretrained(staging)
            base.tokenizer.save_pretrained(staging)
            record = {
                "base": adapter.base.model_dump(mode="json"),
                "adapter": adapter.content_hash,
                "card": adapter.card.model_dump(mode="json"),
            }
            write_json(staging / MERGE_RECORD, record)
    return folder
