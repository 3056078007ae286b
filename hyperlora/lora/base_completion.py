"""An adapter that was imported for a base model's config alone, once that base model's weights are there."""

from __future__ import annotations

from dataclasses import replace

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.merged_checkpoint import check_fits
from hyperlora.models.config_only import is_config_only
from hyperlora.models.sources import LocatedBase


def complete_base(adapter: Adapter, base: LocatedBase) -> Adapter:
    """The same factors on a base model with weights; an adapter that knows its weights stays as it is.

    Raises:
        InputError: this one's weights are not there either.
        AdapterFormatError: a module is missing in the base model, or of another shape.
    """
    if not is_config_only(adapter.base):
        return adapter
    if is_config_only(base.identity):
        raise InputError(f"{base.folder} holds no weights", "Name a folder of the base model that holds its weights.")
    check_fits(base, adapter)
    return replace(adapter, base=base.identity)
