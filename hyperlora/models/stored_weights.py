"""A checkpoint's tensors, found by name in its safetensors headers and read one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from torch import Tensor

from hyperlora.errors import BaseModelError
from hyperlora.files.safetensors_header import TensorEntry, read_header
from hyperlora.files.stored_floats import FLOATS, read_tensor

_IN_A_LAYER = re.compile(r"\.\d+\.")


class StoredWeights:
    """The tensors of a model folder; the constructor reads headers only.

    Args:
        folder: holds config.json and safetensors files.

    Attributes:
        files: the header of each safetensors file.

    Raises:
        BaseModelError: the folder holds no safetensors weights.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path: read_header(path) for path in sorted(folder.glob("*.safetensors"))}
        if not self.files:
            raise BaseModelError(f"{folder} holds no safetensors weights", "Save the base model with save_pretrained.")
        self._places = {name: (path, entry) for path, header in self.files.items() for name, entry in header.items()}

    def find(self, name: str) -> tuple[Path, TensorEntry] | None:
        """The file and place of a tensor; of a tied one that is not stored itself, those of its partner."""
        if name in self._places:
            return self._places[name]
        return next((self._places[other] for other in self.tied_with(name) if other in self._places), None)

    def has(self, name: str) -> bool:
        """Whether a tensor is stored under this very name."""
        return name in self._places

    def tied_with(self, name: str) -> frozenset[str]:
        """The other tensors that the model shares one memory with, e.g. the embedding with the language model head."""
        # asking transformers takes seconds of imports, and no tensor of a decoder layer is tied
        if _IN_A_LAYER.search(name):
            return frozenset()
        return next((group - {name} for group in self._tied if name in group), frozenset())

    def read(self, name: str) -> Tensor:
        """A float tensor in the dtype it is stored in.

        Raises:
            BaseModelError: it is not there, or no float tensor.
        """
        place = self.find(name)
        if place is None or place[1].dtype not in FLOATS:
            found = "is not" if place is None else f"is {place[1].dtype}, not a float tensor,"
            raise BaseModelError(f"{name} {found} in {self.folder}", "Save the base model unquantised.")
        path, entry = place
        try:
            return read_tensor(path, entry)
        except EOFError as error:
            raise BaseModelError(f"{path} ends inside {name}", "Leave the base model's files as they are.") from error

    @cached_property
    def _tied(self) -> tuple[frozenset[str], ...]:
        from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig

        try:
            config = AutoConfig.from_pretrained(self.folder, trust_remote_code=False)
        except (OSError, ValueError, KeyError) as error:
            raise BaseModelError(
                f"{self.folder}/config.json is none that transformers knows", "Upgrade transformers."
            ) from error
        model = MODEL_FOR_CAUSAL_LM_MAPPING.get(type(config), None)
        if model is None or not config.get_text_config().tie_word_embeddings:
            return ()
        return tuple(_groups((model._tied_weights_keys or {}).items()))


def _groups(pairs: Iterable[tuple[str, str]]) -> Iterable[frozenset[str]]:
    """Pairs of (tied tensor, tensor it is tied to) as sets of equals."""
    groups: dict[str, set[str]] = {}
    for target, source in pairs:
        groups.setdefault(source, {source}).add(target)
    return map(frozenset, groups.values())
