"""How near two weight changes are by what they do to the base model's own inputs, instead of number by number.

``E |ΔW x|^2`` over inputs x with second moments M is ``|ΔW M^(1/2)|^2``. The inputs of a language model's modules lie
mostly along a few directions, so that changes with nothing in common in their rows do much the same; adapters of other
inits, whose rows are random, keep on a few common directions most of what they do if these are chosen, and they are
put on them, in this metric; and each keeps more of what it does at a low rank. The same metric cuts down whole models
in SVD-LLM (Wang et al. 2024, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from generator.canonical import Weights, balanced
from hyperlora.lora.adapter import LoraFactors
from hyperlora.lora.target_modules import TargetModule

# What no input was seen along still counts so much of the mean along a direction, since others may be.
_UNSEEN = 1e-4


class InputMetric:
    """The metric of some modules.

    Args:
        moments: second moments of each module's inputs, (in_features, in_features) by name.
    """

    def __init__(self, moments: Mapping[str, Tensor]) -> None:
        known: dict[int, tuple[Tensor, Tensor]] = {}  # modules may share theirs
        self._roots: dict[str, tuple[Tensor, Tensor]] = {}
        for name, moment in moments.items():
            if id(moment) not in known:
                known[id(moment)] = _roots(moment)
            self._roots[name] = known[id(moment)]

    def measured(self, pool: Sequence[Weights]) -> list[Weights]:
        """Adapters whose plain Frobenius norms are those of the metric: ``A M^(1/2)``, in the metric's modules."""
        return [
            {
                name: replace(part, A=(part.A.double() @ self._roots[name][0]).float())
                for name, part in weights.items()
                if name in self._roots
            }
            for weights in pool
        ]

    def as_read(self, rows: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rows A (rank, in_features) of measured adapters as the modules read them: ``A M^(-1/2)``."""
        return {name: (part.double() @ self._roots[name][1]).float() for name, part in rows.items()}

    def cut(self, pool: Sequence[Weights], modules: Sequence[TargetModule], rank: int) -> list[Weights]:
        """Adapters at a rank at which they lose least of what they do, as the modules read them; of scaling 1.

        Args:
            modules: of the metric's, those that are kept.

        Raises:
            InputError: factors do not fit their module, or are not finite.
        """
        factors = balanced(self.measured(pool), modules, rank).factors
        read = {name: stack.A.double() @ self._roots[name][1] for name, stack in factors.items()}
        return [
            {name: LoraFactors(read[name][place].float(), stack.B[place], 1.0) for name, stack in factors.items()}
            for place in range(len(pool))
        ]


def _roots(moment: Tensor) -> tuple[Tensor, Tensor]:
    """The symmetric square root, and its inverse, in float64."""
    values, vectors = torch.linalg.eigh(moment.double())
    values = values.clamp(min=0) + _UNSEEN * values.clamp(min=0).mean().clamp(min=torch.finfo(torch.float32).tiny)
    return vectors * values.sqrt() @ vectors.mT, vectors / values.sqrt() @ vectors.mT
