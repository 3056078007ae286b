"""The adapter that a reference names, from the registry or from a folder."""

from __future__ import annotations

from hyperlora.lora.adapter import Adapter
from hyperlora.models import locate_base
from hyperlora.peft_io.folder import RECORD_FILE, read_adapter
from hyperlora.references import parse_reference
from hyperlora.registry import Registry


def open_adapter(reference: str, base: str | None = None) -> Adapter:
    """The adapter a `registry:` or `file:` reference, or a path, names.

    A plain PEFT folder is read as `import` reads it: its base model is recognised, another method than LoRA converted.

    Args:
        base: base model of a folder that does not say it itself, or says one that is not known here.
    """
    from hyperlora.registry.pool_import import open_folder

    parsed = parse_reference(reference, ("registry", "file"))
    if parsed.scheme == "registry":
        return Registry().load(reference)
    if (parsed.path / RECORD_FILE).exists() or not parsed.path.is_dir():
        return read_adapter(parsed.path, None if base is None else locate_base(base).identity)
    return open_folder(parsed.path, base)
