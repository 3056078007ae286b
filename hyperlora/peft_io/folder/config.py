"""A strict reader of PEFT's `adapter_config.json`: what is understood is listed, all else is refused by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hyperlora.errors import AdapterFormatError
from hyperlora.files.strict_json import parse_json
from hyperlora.peft_io.folder.features import KNOWN_FIELDS, refused_features, shown
from hyperlora.peft_io.folder.patterns import ModulePattern, first_match, parse_pattern
from hyperlora.peft_io.folder.selection import TargetSelection, read_selection

_LARGEST_CONFIG = 2**20
_SAVE_AGAIN = "Save the adapter again with PEFT."
_CORRECT = "Correct the field, or save the adapter again with PEFT."
_PATTERN_REMEDY = (
    r"Write the module's path, or a pattern of plain text, ., .*, \., \d+, [0-9] and (a|b) without repeated groups."
)

_Alpha = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]


class LoraConfig(BaseModel):
    """What an `adapter_config.json` says about ranks and scalings."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    peft_type: Literal["LORA"]
    task_type: Literal["CAUSAL_LM"] | None = None
    r: int = Field(ge=1, le=4096)
    lora_alpha: _Alpha
    use_rslora: bool = False
    rank_pattern: dict[str, Annotated[int, Field(ge=1, le=4096)]] = Field(default_factory=dict)
    alpha_pattern: dict[str, _Alpha] = Field(default_factory=dict)

    def rank_of(self, module: str) -> int:
        """The rank the config gives a module."""
        key = first_match(self._rank_patterns, module)
        return self.r if key is None else self.rank_pattern[key]

    def alpha_of(self, module: str) -> float:
        """The alpha the config gives a module."""
        key = first_match(self._alpha_patterns, module)
        return self.lora_alpha if key is None else self.alpha_pattern[key]

    def scaling_of(self, module: str) -> float:
        """alpha / rank, or alpha / sqrt(rank) under rsLoRA (Kalajdzievski 2023, section 3)."""
        rank = self.rank_of(module)
        return self.alpha_of(module) / (math.sqrt(rank) if self.use_rslora else rank)

    @cached_property
    def _rank_patterns(self) -> list[tuple[str, ModulePattern]]:
        return _parsed(self.rank_pattern)

    @cached_property
    def _alpha_patterns(self) -> list[tuple[str, ModulePattern]]:
        return _parsed(self.alpha_pattern)


@dataclass(frozen=True)
class ConfigProblem:
    """One fault of a config.

    Attributes:
        kind: `unsupported` for a feature or pattern that is sound but not read, else `malformed`.
        text: field and fault.
        remedy: what to do next.
    """

    kind: Literal["unsupported", "malformed"]
    text: str
    remedy: str


def read_config_json(path: Path) -> dict[str, Any]:
    """The JSON object in an `adapter_config.json`, nothing in it checked yet but that no field is there twice.

    Raises:
        AdapterFormatError: missing, not a regular file, larger than 1 MiB, or not a JSON object.
    """
    if not path.is_file():
        what = "is not a regular file" if path.exists() and not path.is_dir() else "is missing"
        raise AdapterFormatError(f"{path} {what}", "Point to a folder saved with PEFT's save_pretrained.")
    if path.stat().st_size > _LARGEST_CONFIG:
        raise AdapterFormatError(f"{path} is larger than 1 MiB", _SAVE_AGAIN)
    try:
        raw = parse_json(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise AdapterFormatError(f"{path} is not JSON: {error}", _SAVE_AGAIN) from error
    if not isinstance(raw, dict):
        raise AdapterFormatError(f"{path} is not a JSON object", _SAVE_AGAIN)
    return raw


def check_config(raw: Mapping[str, Any]) -> tuple[LoraConfig | None, TargetSelection, list[ConfigProblem]]:
    """Check what an `adapter_config.json` says.

    Returns:
        Its ranks and scalings (None if they cannot be made out), its choice of modules, and every problem: fields
        nobody knows, features that are not supported, and malformed values.
    """
    problems = [
        ConfigProblem("unsupported", f"unknown field {shown(name)}", "Remove it, if the adapter is plain LoRA.")
        for name in sorted(raw)
        if name not in KNOWN_FIELDS and raw[name] not in (None, False)
    ]
    features = refused_features(raw)
    problems += [ConfigProblem("unsupported", f"{where} {row.reason}", row.remedy) for row, where in features]
    for field in ("rank_pattern", "alpha_pattern"):
        keys = raw[field] if isinstance(raw.get(field), dict) else {}
        problems += [
            ConfigProblem(
                "unsupported",
                f"{field} key {shown(key)} is not a plain module path, nor a pattern that is matched here",
                _PATTERN_REMEDY,
            )
            for key in keys
            if parse_pattern(key) is None
        ]
    selection, malformed = read_selection(raw)
    problems += [ConfigProblem("malformed", f"{name}: {text}", _CORRECT) for name, text in malformed]
    config = None
    try:
        config = LoraConfig.model_validate({key: value for key, value in raw.items() if value is not None})
    except ValidationError as error:
        refused = {row.field for row, _ in features}
        problems += [
            ConfigProblem("malformed", f"{_place(issue['loc'])}: {issue['msg']}", _CORRECT)
            for issue in error.errors(include_input=False, include_url=False)
            if issue["loc"][0] not in refused
        ]
    return config, selection, problems


def other_method(raw: Mapping[str, Any]) -> ConfigProblem | None:
    """The one fault of a config of another PEFT method, whose fields and tensors mean nothing to LoRA's rules."""
    found = [(row, where) for row, where in refused_features(raw) if row.field == "peft_type"]
    return next((ConfigProblem("unsupported", f"{where} {row.reason}", row.remedy) for row, where in found), None)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join([str(location[0]), *map(shown, location[1:])])


def _parsed(pattern: Mapping[str, object]) -> list[tuple[str, ModulePattern]]:
    return [(key, parsed) for key in pattern if (parsed := parse_pattern(key)) is not None]
