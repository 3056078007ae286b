"""What LoHa and LoKr share: the fields of the LyCORIS family."""

from __future__ import annotations

from typing import ClassVar

from hyperlora.peft_io.folder.config import LoraConfig
from hyperlora.peft_io.methods.method_config import Alpha, PatternedConfig, Understood


class LycorisConfig(PatternedConfig):
    """The fields of both."""

    ignored: ClassVar[frozenset[str]] = frozenset(
        {"rank_dropout", "rank_dropout_scale", "module_dropout", "init_weights", "use_effective_conv2d"}
    )
    only: ClassVar[Understood] = {"modules_to_save": ([],)}

    alpha: Alpha

    def as_lora(self) -> LoraConfig:
        """The same ranks and alphas as LoRA's."""
        return LoraConfig(
            peft_type="LORA",
            r=self.r,
            lora_alpha=self.alpha,
            rank_pattern=self.rank_pattern,
            alpha_pattern=self.alpha_pattern,
        )
