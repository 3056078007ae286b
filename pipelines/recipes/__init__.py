"""Recipes: validated descriptions of runs. The YAML files beside this module are the shipped ones.

Nothing here runs anything.
"""

from pipelines.recipes.cvae_recipe import CvaeRecipe
from pipelines.recipes.models import (
    AdapterRecipe,
    EvaluationRecipe,
    FewExamplesRecipe,
    HypernetRecipe,
    MultitaskRecipe,
    QuickstartRecipe,
    RetrieverRecipe,
    Start,
    TrainingRecipe,
    chosen_recipe,
    load_recipe,
    read_recipe,
    shipped_recipe,
)

__all__ = [
    "AdapterRecipe",
    "CvaeRecipe",
    "EvaluationRecipe",
    "FewExamplesRecipe",
    "HypernetRecipe",
    "MultitaskRecipe",
    "QuickstartRecipe",
    "RetrieverRecipe",
    "Start",
    "TrainingRecipe",
    "chosen_recipe",
    "load_recipe",
    "read_recipe",
    "shipped_recipe",
]
