"""Base models: where one comes from, its cached converted form, its fingerprint, and loading it."""

from hyperlora.base_models.identity import BaseIdentity
from hyperlora.base_models.loading import BaseModel, load_base_model
from hyperlora.base_models.sources import locate_base
from hyperlora.base_names import DEFAULT_BASE

__all__ = ["DEFAULT_BASE", "BaseIdentity", "BaseModel", "load_base_model", "locate_base"]
