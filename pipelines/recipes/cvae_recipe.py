"""The recipe of a conditional variational autoencoder over adapters."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from generator.layout import Sides
from generator.weight_coders import Form
from pipelines.recipes.models import Recipe


class CvaeRecipe(Recipe):
    """Train a CVAE on the adapters of a pool, as they were along their training.

    Attributes:
        rank, alpha: of the adapters that are written; scaling is alpha / rank.
        metric: in which adapters are cut down to the rank, or brought onto the A they share: that of their `weights`,
            or that of what they do to the base model's own `inputs`, in which adapters of other inits lose far less.
        sides, form, latent_size, width, hidden_size, embedding_size: as in `CvaeConfig`. A dictionary that is given no
            width has as many atoms as there are directions in which the adapters differ.
        kl_weight: of the latent's divergence, in nats, beside the mean squared error of a normalised weight.
        condition_noise: length of the random vector that is added to a condition before it is brought to unit length
            again, so that wordings nobody thought of lie where something was learned.
        prior_share: share of samples that are decoded from the prior's mean, as a generator is used, and not from
            their own latent.
        steps: optimiser steps.
        tasks_per_step: how many of the tasks, in turn, are in one step, with one sample each; all when None.
        learning_rate: peak of AdamW, reached after `warmup_steps` and falling linearly to zero.
        checkpoint_steps: steps between checkpoints, the most that a kill loses.
        seed: of initialisation and sampling.
    """

    rank: int = Field(1, ge=1, le=256)
    alpha: float = Field(1, gt=0)
    sides: Sides = "B"
    metric: Literal["weights", "inputs"] = "weights"
    form: Form = "dictionary"
    latent_size: int = Field(16, ge=1)
    width: int | None = Field(None, ge=8)
    hidden_size: int = Field(128, ge=8)
    embedding_size: int = Field(32, ge=1)
    kl_weight: float = Field(1e-4, ge=0)
    condition_noise: float = Field(0.7, ge=0)
    prior_share: float = Field(0.5, ge=0, le=1)
    steps: int = Field(ge=1)
    tasks_per_step: int | None = Field(None, ge=1)
    learning_rate: float = Field(gt=0, lt=1)
    warmup_steps: int = Field(0, ge=0)
    checkpoint_steps: int = Field(100, ge=1)
    seed: int = 0

    @model_validator(mode="after")
    def _warmup_ends(self) -> CvaeRecipe:
        if self.warmup_steps >= self.steps:
            raise ValueError(f"warmup_steps ({self.warmup_steps}) must be below steps ({self.steps})")
        return self

    @model_validator(mode="after")
    def _only_a_dictionary_has_a_width_of_its_own(self) -> CvaeRecipe:
        if self.width is None and self.form != "dictionary":
            raise ValueError(f"form: {self.form} needs a width")
        return self
