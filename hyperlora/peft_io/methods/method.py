"""The registry of methods: a function that computes a weight change, under the name PEFT gives its method."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from torch import Tensor

from hyperlora.peft_io.methods.method_config import MethodConfig

F = TypeVar("F", bound=Callable[..., Tensor])


@dataclass(frozen=True)
class Method:
    """One method that can be converted.

    Attributes:
        peft_type: its name in `adapter_config.json`.
        feature: for a variant of LoRA, the field of the config that turns it on.
        title: its name as its authors write it.
        reference: URL of its paper.
        config: the strict config it is read by.
        change: ``(config, site, tensors[, W]) -> (out_features, in_features)`` in float64.
        needs_base: whether `change` takes the base model's weight W.
    """

    peft_type: str
    feature: str | None
    title: str
    reference: str
    config: type[MethodConfig]
    change: Callable[..., Tensor]
    needs_base: bool

    @property
    def name(self) -> str:
        """PEFT's name, e.g. `LOHA` or `LORA with use_dora`."""
        return self.peft_type if self.feature is None else f"{self.peft_type} with {self.feature}"


_METHODS: dict[str, Method] = {}


def method(peft_type: str, *, title: str, reference: str, feature: str | None = None) -> Callable[[F], F]:
    """Register a pure function as the weight change of a method; its signature says which config and whether W.

    Args:
        peft_type, title, reference, feature: see `Method`.
    """

    def register(function: F) -> F:
        config = get_type_hints(function)["config"]
        needs_base = "W" in inspect.signature(function).parameters
        entry = Method(peft_type, feature, title, reference, config, function, needs_base)
        if entry.name in _METHODS:
            raise ValueError(f"{entry.name} is registered twice")
        _METHODS[entry.name] = entry
        return function

    return register


def methods() -> tuple[Method, ...]:
    """Every method, by name."""
    return tuple(_METHODS[name] for name in sorted(_METHODS))


def find_method(raw: Mapping[str, Any]) -> Method | None:
    """The method that wrote an `adapter_config.json`; None for plain LoRA and for methods that are not known."""
    return next(
        (
            entry
            for entry in methods()
            if raw.get("peft_type") == entry.peft_type
            and (entry.feature is None or raw.get(entry.feature) not in (None, False))
        ),
        None,
    )
