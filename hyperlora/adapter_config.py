"""A strict reader of PEFT's `adapter_config.json`: what is understood is listed, all else is refused by name."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hyperlora.errors import AdapterFormatError

# A plain module path. PEFT reads pattern keys as regular expressions; one from a stranger is never run here.
_MODULE_PATH = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_LARGEST_CONFIG = 2**20

# Fields that change nothing for a LoRA adapter that is only read.
_IGNORED = {
    "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "lora_dropout",
    "loftq_config", "eva_config", "corda_config", "peft_version", "target_modules", "exclude_modules",
    "layers_to_transform", "layers_pattern", "runtime_config", "qalora_group_size", "ensure_weight_tying",
    "arrow_config", "lora_ga_config", "monteclora_config", "velora_config",
}  # fmt: skip
# Features that change what the tensors mean; any value but these defaults is refused.
_REFUSED_UNLESS: dict[str, tuple[Any, ...]] = {
    "use_dora": (False, None),
    "use_qalora": (False, None),
    "use_bdlora": (False, None),
    "kasa_config": (None,),
    # the others (PiSSA, OLoRA, CorDA, LoftQ, LoRA-GA) rewrite the base weights when they are loaded
    "init_lora_weights": (True, False, None, "gaussian", "eva", "orthogonal"),
    "modules_to_save": (None, []),
    "bias": ("none", None),
    "lora_bias": (False, None),
    "fan_in_fan_out": (False, None),
    "layer_replication": (None, []),
    "target_parameters": (None, []),
    "trainable_token_indices": (None, [], {}),
    "alora_invocation_tokens": (None, []),
    "megatron_config": (None, {}),
    "megatron_core": (None, "megatron.core"),
}


_Alpha = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]


class LoraConfig(BaseModel):
    """What an `adapter_config.json` says about ranks and scalings."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    peft_type: Literal["LORA"]
    task_type: Literal["CAUSAL_LM"] | None = None
    r: int = Field(ge=1, le=4096)
    lora_alpha: _Alpha
    use_rslora: bool = False
    rank_pattern: dict[str, int] = Field(default_factory=dict)
    alpha_pattern: dict[str, _Alpha] = Field(default_factory=dict)

    def rank_of(self, module: str) -> int:
        """The rank the config gives a module."""
        return _by_suffix(self.rank_pattern, module, self.r)

    def scaling_of(self, module: str) -> float:
        """alpha / rank, or alpha / sqrt(rank) under rsLoRA (Kalajdzievski 2023, section 3)."""
        rank, alpha = self.rank_of(module), _by_suffix(self.alpha_pattern, module, self.lora_alpha)
        return alpha / (math.sqrt(rank) if self.use_rslora else rank)


def _by_suffix(pattern: dict[str, Any], module: str, default: Any) -> Any:
    return next((value for key, value in pattern.items() if f".{module}".endswith(f".{key}")), default)


def read_config_json(path: Path) -> dict[str, Any]:
    """The JSON object in an `adapter_config.json`, nothing in it checked yet.

    Raises:
        AdapterFormatError: missing, larger than 1 MiB, or not a JSON object.
    """
    if not path.is_file():
        raise AdapterFormatError(f"{path} is missing", "Point to a folder saved with PEFT's save_pretrained.")
    if path.stat().st_size > _LARGEST_CONFIG:
        raise AdapterFormatError(f"{path} is larger than 1 MiB", "Save the adapter again with PEFT.")
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise AdapterFormatError(f"{path} is not JSON: {error}", "Save the adapter again with PEFT.") from error
    if not isinstance(raw, dict):
        raise AdapterFormatError(f"{path} is not a JSON object", "Save the adapter again with PEFT.")
    return raw


def read_adapter_config(path: Path) -> LoraConfig:
    """Read and check an `adapter_config.json`.

    Raises:
        AdapterFormatError: unreadable, not LoRA, or using features that are not supported; all of them named.
    """
    raw = read_config_json(path)
    problems = _feature_problems(raw)
    if not problems:
        try:
            return LoraConfig.model_validate({key: value for key, value in raw.items() if value is not None})
        except ValidationError as error:
            problems = [f"{'.'.join(map(str, issue['loc']))}: {issue['msg']}" for issue in error.errors()]
    raise AdapterFormatError(
        f"{path}: {'; '.join(problems)}", "Convert or retrain it as a plain LoRA adapter (no extra features)."
    )


def _feature_problems(raw: dict[str, Any]) -> list[str]:
    known = set(LoraConfig.model_fields) | _IGNORED | set(_REFUSED_UNLESS)
    problems = [f"unknown field {key!r}" for key in sorted(raw) if key not in known and raw[key] not in (None, False)]
    problems += [
        f"{key}={raw[key]!r} is not supported"
        for key, defaults in _REFUSED_UNLESS.items()
        if key in raw and raw[key] not in defaults
    ]
    for field in ("rank_pattern", "alpha_pattern"):
        keys = raw.get(field) if isinstance(raw.get(field), dict) else {}
        problems += [
            f"{field} key {key[:80]!r} is not a plain module path"
            for key in keys or {}
            if not _MODULE_PATH.fullmatch(key)
        ]
    return problems
