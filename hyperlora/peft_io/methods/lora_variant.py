"""What the variants of LoRA share: LoRA's own fields and features, all but the one that makes the variant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from hyperlora.peft_io.folder.config import LoraConfig
from hyperlora.peft_io.folder.features import KNOWN_FIELDS, refused_features
from hyperlora.peft_io.methods.method_config import Alpha, PatternedConfig, Shape, Site


class LoraVariantConfig(PatternedConfig):
    """LoRA's fields.

    Attributes:
        feature: the field that makes the variant.
    """

    feature: ClassVar[str]

    peft_type: Literal["LORA"]
    lora_alpha: Alpha
    use_rslora: bool = False

    @classmethod
    def known_fields(cls) -> set[str]:
        """LoRA's."""
        return KNOWN_FIELDS

    @classmethod
    def feature_problems(cls, given: Mapping[str, Any]) -> list[str]:
        """What plain LoRA refuses too, with the reason."""
        return [f"{where} {row.reason}" for row, where in refused_features(given) if row.field != cls.feature]

    def as_lora(self) -> LoraConfig:
        """The same ranks and alphas as plain LoRA's."""
        return LoraConfig(
            peft_type="LORA",
            r=self.r,
            lora_alpha=self.lora_alpha,
            use_rslora=self.use_rslora,
            rank_pattern=self.rank_pattern,
            alpha_pattern=self.alpha_pattern,
        )

    def tensor_names(self) -> frozenset[str]:
        """Both factors."""
        return frozenset({"lora_A.weight", "lora_B.weight"})

    def layout(self, site: Site) -> dict[str, Shape]:
        """(r, in) and (out, r)."""
        rank = self.rank_of(site.module)
        return {"lora_A.weight": (rank, site.in_features), "lora_B.weight": (site.out_features, rank)}
