"""Which modules of a base model an adapter changes, in one fixed order, with their shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from torch import nn

from hyperlora.errors import InputError

_LAYER = re.compile(r"\.(\d+)\.")


class TargetModule(BaseModel):
    """One adapted linear module.

    Attributes:
        name: its path in the base model.
        kind: the last part of the path, e.g. `q_proj`.
        layer: index of the decoder layer it sits in.
        in_features, out_features: its linear map's sizes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=256)
    kind: str = Field(pattern=r"^[A-Za-z0-9_]{1,64}$")
    layer: int = Field(ge=0, lt=4096)
    in_features: int = Field(ge=1, le=2**18)
    out_features: int = Field(ge=1, le=2**18)


def find_target_modules(model: Any, targets: Sequence[str]) -> tuple[TargetModule, ...]:
    """The model's linear modules whose last name is in `targets`, by layer and then in the order of `targets`.

    Raises:
        InputError: a target names no linear module of a decoder layer.
    """
    modules = []
    for name, module in model.named_modules():
        kind, match = name.rpartition(".")[2], _LAYER.search(name)
        if kind in targets and match and isinstance(module, nn.Linear):
            modules.append(
                TargetModule(
                    name=name,
                    kind=kind,
                    layer=int(match.group(1)),
                    in_features=module.in_features,
                    out_features=module.out_features,
                )
            )
    if missing := sorted(set(targets) - {module.kind for module in modules}):
        raise InputError(
            f"the base model has no linear modules named {', '.join(missing)}",
            "Correct target_modules, e.g. [q_proj, v_proj].",
        )
    return tuple(sorted(modules, key=lambda module: (module.layer, list(targets).index(module.kind))))
