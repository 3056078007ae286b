"""What the configs of all methods share: a strict allow-list of fields, and what they say of the stored tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from hyperlora.errors import AdapterFormatError
from hyperlora.peft_io.folder.config import LoraConfig
from hyperlora.peft_io.folder.features import shown
from hyperlora.peft_io.folder.patterns import parse_pattern


def _matchable(key: str) -> str:
    if parse_pattern(key) is None:
        raise ValueError("neither a plain module path nor a pattern that is matched here")
    return key


Shape = tuple[int, ...]
# The values of a field that are understood.
Understood = Mapping[str, tuple[Any, ...]]
Rank = Annotated[int, Field(ge=1, le=4096)]
Alpha = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
ModuleKey = Annotated[str, AfterValidator(_matchable)]
# What torch takes as a seed.
Seed = Annotated[int, Field(ge=-(2**63), lt=2**64)]
C = TypeVar("C", bound="MethodConfig")

# Fields of every method that change nothing for an adapter that is only read.
_IGNORED = {
    "peft_type", "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "peft_version",
    "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "runtime_config",
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """One linear module of the base model that an adapter changes.

    Attributes:
        module: its path, e.g. `model.layers.0.self_attn.q_proj`.
        out_features, in_features: its weight is (out_features, in_features).
    """

    module: str
    out_features: int
    in_features: int

    @property
    def shape(self) -> tuple[int, int]:
        """(out_features, in_features)."""
        return self.out_features, self.in_features


class MethodConfig(BaseModel):
    """What an `adapter_config.json` of one method says.

    Attributes:
        ignored: its fields that change nothing for an adapter that is only read.
        only: its fields that change what the tensors mean, with the values that are understood.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    ignored: ClassVar[frozenset[str]] = frozenset()
    only: ClassVar[Understood] = {}

    task_type: Literal["CAUSAL_LM"] | None = None
    r: Rank

    @classmethod
    def known_fields(cls) -> set[str]:
        """Every field that is understood, or does not matter."""
        return set(cls.model_fields) | cls.ignored | set(cls.only) | _IGNORED

    @classmethod
    def feature_problems(cls, given: Mapping[str, Any]) -> list[str]:
        """Fields that ask for what is not supported, each with its value."""
        return [
            f"{field}={shown(given[field])} is not supported"
            for field, understood in cls.only.items()
            if field in given and given[field] not in understood
        ]

    def tensor_names(self) -> frozenset[str]:
        """Every tensor the method may store for a module, by the end of its name."""
        raise NotImplementedError

    def layout(self, site: Site) -> dict[str, Shape]:
        """The tensors that must be stored for a module, and no others, with their shapes."""
        raise NotImplementedError

    def misfit(self, site: Site) -> str | None:
        """Why the method cannot change a module of this shape; None if it can."""
        return None

    def rank_bound(self, site: Site) -> int:
        """A rank that the module's weight change cannot exceed."""
        return min(site.shape)

    def pattern_length(self) -> int:
        """How many characters there are to match with every module's path."""
        return 0

    def shared_layout(self, sites: Sequence[Site]) -> dict[str, Shape]:
        """The tensors stored once for all modules, with their shapes."""
        return {}

    def regenerated(self, sites: Sequence[Site]) -> dict[str, Tensor]:
        """The tensors all modules share that are not stored but drawn from a seed."""
        return {}


class PatternedConfig(MethodConfig):
    """A method whose rank and alpha may differ by module, under LoRA's rules."""

    rank_pattern: dict[ModuleKey, Rank] = Field(default_factory=dict)
    alpha_pattern: dict[ModuleKey, Alpha] = Field(default_factory=dict)

    def as_lora(self) -> LoraConfig:
        """The same ranks and alphas as LoRA's."""
        raise NotImplementedError

    def rank_of(self, module: str) -> int:
        """The rank the config gives a module."""
        return self._matched(module)[0]

    def scaling_of(self, module: str) -> float:
        """alpha / rank, or alpha / sqrt(rank) under rsLoRA."""
        return self._matched(module)[1]

    def pattern_length(self) -> int:
        """Of both patterns' keys."""
        return sum(map(len, chain(self.rank_pattern, self.alpha_pattern)))

    def _matched(self, module: str) -> tuple[int, float]:
        if module not in self._found:
            self._found[module] = self._lora.rank_of(module), self._lora.scaling_of(module)
        return self._found[module]

    @cached_property
    def _lora(self) -> LoraConfig:
        return self.as_lora()

    @cached_property
    def _found(self) -> dict[str, tuple[int, float]]:
        return {}


def check_config(kind: type[C], raw: Mapping[str, Any], path: Path) -> C:
    """The config of a method, from the JSON object at `path`.

    Raises:
        AdapterFormatError: unknown fields, features that are not supported, bad values; all of them named.
    """
    given = {key: value for key, value in raw.items() if value is not None}
    known = kind.known_fields()
    problems = [f"unknown field {shown(key)}" for key in sorted(given) if key not in known and given[key] is not False]
    problems += kind.feature_problems(given)
    try:
        config = kind.model_validate(given)
    except ValidationError as error:
        problems += [f"{'.'.join(map(str, issue['loc']))[:120]}: {issue['msg']}" for issue in error.errors()]
    if problems:
        raise AdapterFormatError(
            f"{path}: {'; '.join(problems)}", "Train it again without these features, or as a plain LoRA adapter."
        )
    return config
