"""HyperLoRA's core: adapters, the bank, decoding, merging, base models, tasks and the registry.

What lives here knows nothing of retrieval, generation, pipelines or servers and imports none of them. Only this file
names a module above: the calls of the public surface are forwarded to `pipelines.api` when somebody asks for them.
`docs/architecture.md` has a line on each room; loose beside them lies what all of them need.
"""

from importlib import import_module
from typing import Any

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

_HOMES = {
    "Adapter": "hyperlora.lora.adapter",
    "Registry": "hyperlora.registry",
    "adapt": "pipelines.api",
    "compose": "pipelines.api",
    "evaluate_adapter": "pipelines.api",
    "generate": "pipelines.api",
    "import_adapters": "hyperlora.registry.importing",
    "merge": "pipelines.api",
    "route": "pipelines.api",
    "run": "pipelines.api",
    "search": "pipelines.api",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"Any", "import_module", "_HOMES"})


def __getattr__(name: str) -> Any:
    # torch and transformers take seconds to import: `import hyperlora` and `hyperlora --help` do without them
    if name not in _HOMES:
        raise AttributeError(f"module 'hyperlora' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
