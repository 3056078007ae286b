"""Training that leaves the finite numbers stops: what comes after is noise that looks like a result."""

from __future__ import annotations

import math
from typing import Protocol

from torch import nn

from hyperlora.errors import TrainingError

_DATA = "look for texts in the data that are odd, or train in float32: HYPERLORA_TRAINING_DTYPE=float32"


class Descends(Protocol):
    """A recipe of gradient descent."""

    @property
    def learning_rate(self) -> float:
        """Its peak."""


def require_finite_loss(loss: float, what: str, step: int, recipe: Descends | None = None) -> None:
    """Raise `TrainingError` unless a step's loss is finite.

    Args:
        what: is trained.
        step: its number from 1.
        recipe: whose learning rate may be too high; None where nobody chooses one.
    """
    if math.isfinite(loss):
        return
    if step == 1 or recipe is None:
        # nothing was changed yet, so that no learning rate is to blame
        raise TrainingError(
            f"{what}: the loss of step {step} is {loss}; nothing is registered", f"{_DATA[0].upper()}{_DATA[1:]}."
        )
    lower = f"{recipe.learning_rate / 10:.1g}"
    raise TrainingError(
        f"{what}: the loss of step {step} is {loss} at a learning rate of {recipe.learning_rate:g}; nothing is "
        "registered",
        f"Lower it, e.g. learning_rate: {lower} in a recipe of your own (--recipe FILE); else {_DATA}.",
    )


def require_finite_parameters(module: nn.Module, step: int) -> None:
    """Raise `TrainingError` unless all that is trained is finite.

    Args:
        step: optimiser steps done.
    """
    bad = sorted(name for name, tensor in module.state_dict().items() if not tensor.isfinite().all())
    if bad:
        raise TrainingError(
            f"after step {step} {', '.join(bad[:3])} hold NaN or Inf; nothing is registered",
            f"Lower learning_rate in a recipe of your own (--recipe FILE); else {_DATA}.",
        )
