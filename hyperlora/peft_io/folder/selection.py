"""Which modules an `adapter_config.json` chooses, by PEFT's rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyperlora.peft_io.folder.patterns import ModulePattern, parse_pattern

_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")

Choice = frozenset[str] | ModulePattern | None


@dataclass(frozen=True)
class TargetSelection:
    """A config's choice of modules.

    Attributes:
        targets: names or last parts of names, a pattern for whole paths, or None where the choice is PEFT's default
            or a pattern that is not understood.
        excluded: the same for those left out; None leaves out nothing.
        layers: only these; None for all.
        layer_lists: the names of the lists that hold the layers; empty for any.
        known: False where a pattern is not understood, so that nothing can be said of any module.
    """

    targets: Choice
    excluded: Choice
    layers: frozenset[int] | None
    layer_lists: tuple[str, ...]
    known: bool

    def chooses(self, module: str) -> bool | None:
        """Whether PEFT would give the module factors; None if that cannot be said."""
        if not self.known:
            return None
        if self.excluded is not None and _named(self.excluded, module):
            return False
        if isinstance(self.targets, ModulePattern):
            return self.targets.is_path(module)
        assert self.targets is not None
        # PEFT applies the choice of layers to short names only
        if module in self.targets:
            return True
        return _named(self.targets, module) and (self.layers is None or self._layer(module) in self.layers)

    def _layer(self, module: str) -> int | None:
        """The first number that follows the name of a list of layers; of any list when none is named."""
        parts = module.split(".")
        inner = range(1, len(parts) - 1)
        if not self.layer_lists:
            return next((int(parts[at]) for at in inner if at > 1 and parts[at].isdecimal()), None)
        places = ((name, at) for name in self.layer_lists for at in inner)
        return next((int(parts[at]) for name, at in places if parts[at - 1] == name and parts[at].isdecimal()), None)


def read_selection(raw: Mapping[str, Any]) -> tuple[TargetSelection, list[tuple[str, str]]]:
    """The choice a config makes, and for every field of it that is malformed its name and what it should be."""
    problems: list[tuple[str, str]] = []

    def field(name: str, kind: type) -> Any:
        value = raw.get(name)
        listed = isinstance(value, list) and all(type(item) is kind for item in value)
        if value is None or type(value) is kind or listed:
            return value
        problems.append((name, f"should be a {kind.__name__}, a list of them or null"))
        return None

    targets, understood = _choice(field("target_modules", str))
    excluded, also = _choice(field("exclude_modules", str) or None)
    layers = field("layers_to_transform", int)
    lists = field("layers_pattern", str) or ()
    lists = (lists,) if isinstance(lists, str) else tuple(lists)
    selection = TargetSelection(
        targets,
        excluded,
        None if layers is None or layers == [] else frozenset([layers] if isinstance(layers, int) else layers),
        lists,
        understood and also and targets is not None and all(map(_SEGMENT.fullmatch, lists)) and not problems,
    )
    return selection, problems


def _choice(value: Any) -> tuple[Choice, bool]:
    if isinstance(value, str):
        pattern = None if value == "all-linear" else parse_pattern(value)
        return pattern, pattern is not None
    return None if value is None else frozenset(value), True


def _named(choice: frozenset[str] | ModulePattern, module: str) -> bool:
    if isinstance(choice, ModulePattern):
        return choice.is_path(module)
    parts = module.split(".")
    return any(".".join(parts[first:]) in choice for first in range(len(parts)))
