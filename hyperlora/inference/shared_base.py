"""The base model of an adapter: where it is, loaded once in a process for all adapters on it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from hyperlora.bank import AdapterBank
from hyperlora.errors import BaseModelError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel, load_base_model, locate_base
from hyperlora.settings import get_settings


@dataclass(frozen=True)
class SharedBase:
    """A base model of this process and the one bank on it."""

    base: BaseModel
    bank: AdapterBank


_loaded: dict[tuple[str, ...], SharedBase] = {}
_loading = Lock()


def shared_base(reference: str) -> SharedBase:
    """The base model of this reference, loaded at its first use in this process.

    Raises:
        BaseModelError: it is not there or cannot be loaded.
    """
    located = locate_base(reference)
    settings = get_settings()
    key = (str(located.folder), located.identity.fingerprint, settings.device, settings.dtype)
    with _loading:
        if key not in _loaded:
            base = load_base_model(reference)
            _loaded[key] = SharedBase(base, AdapterBank(base.model))
        return _loaded[key]


def base_of_adapter(adapter: Adapter, named: str, remedy: str) -> str:
    """Where an adapter's base model is: as named, else in the setting if that has its weights, else as recorded.

    Args:
        named: a reference; empty for none.
        remedy: what to do where it is not found.

    Raises:
        BaseModelError: it is not found, or what is named is another one.
    """
    if named:
        adapter.require_base(locate_base(named).identity)
        return named
    settings = get_settings()
    if "base_model" in settings.model_fields_set:
        try:
            identity = locate_base(settings.base_model).identity
        except BaseModelError:
            identity = None
        if identity is not None and identity.fingerprint == adapter.base.fingerprint:
            return settings.base_model
    try:
        adapter.require_base(locate_base(adapter.base.id).identity)
    except (BaseModelError, InputError) as error:
        raise BaseModelError(
            f"the adapter's base model {adapter.base.id} is not here: {error.problem}", remedy
        ) from error
    return adapter.base.id
