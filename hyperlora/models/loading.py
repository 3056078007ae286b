"""Load a base model with its tokenizer, frozen and ready for a bank."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hyperlora.errors import BaseModelError
from hyperlora.models.identity import BaseIdentity
from hyperlora.models.quiet import quiet_transformers
from hyperlora.models.sources import locate_base
from hyperlora.settings import get_settings


@dataclass(frozen=True)
class BaseModel:
    """A loaded, frozen base model.

    Attributes:
        identity: its name.
        folder: where its files are.
        model: the transformers causal LM in evaluation mode; no parameter requires a gradient.
        tokenizer: its tokenizer.
    """

    identity: BaseIdentity
    folder: Path
    model: Any
    tokenizer: Any

    @property
    def device(self) -> torch.device:
        """Where the model's weights are."""
        return self.model.device

    @property
    def pad_id(self) -> int:
        """The token that fills batches; the attention mask hides it."""
        pad = self.tokenizer.pad_token_id
        return int(pad if pad is not None else self.tokenizer.eos_token_id)

    @property
    def stop_ids(self) -> frozenset[int]:
        """Tokens that end an answer: every end-of-sequence token of the generation config."""
        eos = self.model.generation_config.eos_token_id
        if eos is None:
            eos = self.tokenizer.eos_token_id
        return frozenset(eos if isinstance(eos, list) else [eos])


def load_base_model(name: str | None = None, *, training: bool = False, dtype: torch.dtype | None = None) -> BaseModel:
    """Load a base model on the configured device.

    Args:
        name: see `locate_base`.
        training: use the training dtype, and eager attention on CPU, whose bfloat16 backward is about twice as
            fast as that of scaled-dot-product attention there.
        dtype: instead of the setting's.

    Raises:
        BaseModelError: the folder is not a loadable causal LM.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    settings = get_settings()
    device = settings.torch_device()
    located = locate_base(name)
    try:
        with quiet_transformers():
            model, report = AutoModelForCausalLM.from_pretrained(
                located.folder,
                dtype=dtype or (settings.base_training_dtype() if training else settings.inference_dtype()),
                attn_implementation="eager" if training and device.type == "cpu" else "sdpa",
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
        if missing := sorted(report["missing_keys"]):
            raise ValueError(f"the weights lack {', '.join(missing[:4])}")
        tokenizer = AutoTokenizer.from_pretrained(located.folder, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first_line = str(error).partition("\n")[0]
        raise BaseModelError(
            f"{located.folder} could not be loaded as a causal language model: {first_line}",
            "Check that the folder holds config.json, tokenizer.json and safetensors weights.",
        ) from error
    model.to(device).eval().requires_grad_(False)
    return BaseModel(located.identity, located.folder, model, tokenizer)
