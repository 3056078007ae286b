"""Adapters as MLflow models: `mlflow.pyfunc.load_model` answers with them, and MLflow's UI shows their cards.

The `loader_module` of every stored adapter names `hyperlora.mlflow_model`, which forwards here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperlora.registry.mlflow_model.markdown import card_markdown
from hyperlora.registry.mlflow_model.mlmodel import MLMODEL_FILE, verify_model_folder, write_mlmodel

if TYPE_CHECKING:
    from hyperlora.registry.mlflow_model.answering import AnsweringModel

__all__ = ["MLMODEL_FILE", "card_markdown", "verify_model_folder", "write_mlmodel"]


def _load_pyfunc(path: str, model_config: Mapping[str, Any] | None = None) -> AnsweringModel:
    """What MLflow calls with the folder that it downloaded; see `answering.load_model`."""
    # writing MLmodel at registration does without transformers
    from hyperlora.registry.mlflow_model.answering import load_model

    return load_model(Path(path), model_config)
