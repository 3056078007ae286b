"""A base model of which only its config is here: enough to check an adapter's shapes, not to answer or to merge.

Its fingerprint is of the config, marked as such, so that it is never taken for that of weights: adapters imported on it
belong together, and are completed by `base_completion` once the weights are there.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn

from hyperlora.errors import BaseModelError
from hyperlora.files.safetensors_header import TensorEntry
from hyperlora.identity import content_hash
from hyperlora.models.identity import BaseIdentity
from hyperlora.models.stored_weights import StoredWeights

_MARK = "config:"
# what tools write into a config that says nothing of the model
_INCIDENTAL = frozenset({"_name_or_path", "transformers_version", "torch_dtype", "dtype", "use_cache"})
_CONFIG = "config.json"


def is_config_only(identity: BaseIdentity) -> bool:
    """Whether nobody saw the base model's weights."""
    return identity.fingerprint.startswith(_MARK)


def config_fingerprint(folder: Path) -> str:
    """`config:` and the SHA-256 (hex) of what a model folder's config says of the model.

    Raises:
        BaseModelError: there is no readable config.
    """
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BaseModelError(f"{folder / _CONFIG} is not JSON", "Save the model again.") from error
    return _MARK + content_hash({key: value for key, value in config.items() if key not in _INCIDENTAL})


class ConfiguredShapes(StoredWeights):
    """The weights that a config gives its model, by name and shape; there are no values.

    Args:
        folder: holds a config.json that transformers knows.

    Raises:
        BaseModelError: it does not, or its model is no causal language model.
    """

    def __init__(self, folder: Path) -> None:
        from transformers import AutoConfig, AutoModelForCausalLM

        self.folder = folder
        self.files = {}
        try:
            config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
            with torch.device("meta"):
                model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            problem = f"{folder / _CONFIG} is none of a causal language model that transformers knows"
            raise BaseModelError(problem, "Upgrade transformers, or name a folder that holds the weights.") from error
        # as modules, not as a state dict: PEFT names modules, and a tied head is one of them
        self._places = {
            f"{name}.weight": (folder / _CONFIG, TensorEntry("F32", tuple(module.weight.shape), 0, 0))
            for name, module in model.named_modules()
            if isinstance(getattr(module, "weight", None), nn.Parameter)
        }

    def read(self, name: str) -> torch.Tensor:
        """Raise `BaseModelError`: there are no values."""
        raise BaseModelError(
            f"{self.folder} holds a config alone, and this needs the weights of {name[:120]}",
            "Name a folder of the base model that holds its weights with --base.",
        )


def shapes_of(identity: BaseIdentity, folder: Path) -> StoredWeights:
    """The tensors of a located base model, from its weights' headers, or from its config where there is no more."""
    return ConfiguredShapes(folder) if is_config_only(identity) else StoredWeights(folder)
