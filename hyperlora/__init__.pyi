"""What `hyperlora` forwards to, for type checkers; nothing is imported from here when code runs."""

from hyperlora.lora.adapter import Adapter as Adapter
from hyperlora.registry import Registry as Registry
from hyperlora.registry.importing import import_adapters as import_adapters
from pipelines.api import adapt as adapt
from pipelines.api import compose as compose
from pipelines.api import evaluate_adapter as evaluate_adapter
from pipelines.api import generate as generate
from pipelines.api import merge as merge
from pipelines.api import route as route
from pipelines.api import run as run
from pipelines.api import search as search

__version__: str
