"""The names of base models: which spellings mean the same one, before any file is looked at."""

from __future__ import annotations

import re

from hyperlora.errors import InputError
from hyperlora.references import parse_reference

DEFAULT_BASE = "smollm2-135m-instruct"
# what the hub calls the default base model, which comes from a package
_HUB_NAMES_OF_DEFAULT = frozenset(
    {DEFAULT_BASE, f"huggingfacetb/{DEFAULT_BASE}", f"unsloth/{DEFAULT_BASE}", f"huggingfacetb/{DEFAULT_BASE}-gguf"}
)
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")


def is_hub_id(text: str) -> bool:
    """Whether a text has the form `ORG/NAME`, by which any tool finds a model of the hub."""
    return len(text) <= 200 and _REPOSITORY.fullmatch(text) is not None


def is_default_base(name: str) -> bool:
    """Whether a name is one of the default base model's."""
    return name.removeprefix("hf:").rstrip("/").casefold() in _HUB_NAMES_OF_DEFAULT


def base_names(text: str) -> tuple[str, ...]:
    """What a base model may be registered under that somebody calls `text`: a name, a path, a hub id or a fingerprint.

    A name of the hub goes without `hf:`, too, and a relative path means the whole one that is stored.
    """
    names = [text]
    if is_default_base(text):
        names.append(DEFAULT_BASE)
    if is_hub_id(text):
        names.append(f"hf:{text}")
    try:
        reference = parse_reference(text, ("file", "hf", "gguf"))
    except InputError:
        return tuple(dict.fromkeys(names))
    if reference.scheme == "hf":
        names.append(f"hf:{reference.target}")  # a revision is not part of what is stored as its name
    elif "\0" not in text:
        names.append(str(reference.absolute()))
    return tuple(dict.fromkeys(names))
