"""HyperLoRA's core: adapters, the bank, decoding, merging, base models, tasks and the registry.

What lives here knows nothing of retrieval, generation, pipelines or servers and imports none of them; the one
exception is `doorway`, whose calls reach `pipelines` when they are made.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Adapter",
    "Registry",
    "adapt",
    "compose",
    "evaluate_adapter",
    "generate",
    "import_adapters",
    "merge",
    "route",
    "run",
    "search",
]

if TYPE_CHECKING:
    from hyperlora.adapter import Adapter
    from hyperlora.doorway import adapt, compose, evaluate_adapter, generate, merge, route, run, search
    from hyperlora.importing import import_adapters
    from hyperlora.registry import Registry

_HOMES = {"Adapter": "adapter", "Registry": "registry", "import_adapters": "importing"} | dict.fromkeys(
    ("adapt", "compose", "evaluate_adapter", "generate", "merge", "route", "run", "search"), "doorway"
)


def __getattr__(name: str) -> Any:
    # torch and transformers take seconds to import: `import hyperlora` and `hyperlora --help` do without them
    if name not in _HOMES:
        raise AttributeError(f"module 'hyperlora' has no attribute {name!r}")
    return getattr(import_module(f"hyperlora.{_HOMES[name]}"), name)
