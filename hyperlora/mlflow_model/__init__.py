"""Where the `loader_module` of every stored adapter points: a door to `hyperlora.registry.mlflow_model`, for good."""

from hyperlora.registry.mlflow_model import _load_pyfunc as _load_pyfunc
