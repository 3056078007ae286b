"""Base models: where one comes from, its cached converted form, its fingerprint, and loading it.

What is computed with a loaded one is in `inference` and `embeddings`, what changes its weights in `lora`.
"""

from hyperlora.models.identity import BaseIdentity
from hyperlora.models.loading import BaseModel, load_base_model
from hyperlora.models.sources import locate_base
from hyperlora.references.base_names import DEFAULT_BASE

__all__ = ["DEFAULT_BASE", "BaseIdentity", "BaseModel", "load_base_model", "locate_base"]
