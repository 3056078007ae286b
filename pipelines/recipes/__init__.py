"""Recipes: validated descriptions of runs. The YAML files beside this module are the shipped ones."""

from pipelines.recipes.models import AdapterRecipe, EvaluationRecipe, HypernetRecipe, QuickstartRecipe, load_recipe

__all__ = ["AdapterRecipe", "EvaluationRecipe", "HypernetRecipe", "QuickstartRecipe", "load_recipe"]
