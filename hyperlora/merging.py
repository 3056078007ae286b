"""Merge an adapter into a loaded base model's weights, in place, with exact restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from hyperlora.adapter import Adapter
from hyperlora.bank import AdapterBank
from hyperlora.base_models import BaseModel


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
