"""Which modules of a base model an adapter changes, in one fixed order, with their shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from hyperlora.errors import InputError

_LAYER = re.compile(r"\.(\d+)\.")


@dataclass(frozen=True)
class ModuleSlot:
    """One adapted module.

    Attributes:
        name: its path in the base model.
        kind: the last part of the path, e.g. `q_proj`.
        layer: index of the decoder layer it sits in.
        in_features, out_features: its linear map's sizes.
    """

    name: str
    kind: str
    layer: int
    in_features: int
    out_features: int


def find_slots(model: Any, targets: Sequence[str]) -> tuple[ModuleSlot, ...]:
    """The model's linear modules whose last name is in `targets`, by layer and then in the order of `targets`.

    Raises:
        InputError: a target names no linear module of a decoder layer.
    """
    slots = []
    for name, module in model.named_modules():
        kind, match = name.rpartition(".")[2], _LAYER.search(name)
        if kind in targets and match and isinstance(module, nn.Linear):
            slots.append(ModuleSlot(name, kind, int(match.group(1)), module.in_features, module.out_features))
    if missing := sorted(set(targets) - {slot.kind for slot in slots}):
        raise InputError(
            f"the base model has no linear modules named {', '.join(missing)}",
            "Correct target_modules, e.g. [q_proj, v_proj].",
        )
    return tuple(sorted(slots, key=lambda slot: (slot.layer, list(targets).index(slot.kind))))
