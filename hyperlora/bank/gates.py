"""Gates: each token of a sample weighs the sample's adapters anew in every module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Gates:
    """By module, how a token's input tells which of its sample's adapters act on it, and how much.

    An adapter's score is ``|x · d|`` with its direction d; the `top` highest share the weight by a softmax over scores
    divided by `temperature`.

    Attributes:
        directions: by module (n, in_features), for the n adapters of the stack, zeros for one that leaves the
            module alone; a module without directions is not gated.
        top: how many of its sample's adapters act on a token, at most.
        temperature: what scores are divided by.
    """

    directions: Mapping[str, Tensor]
    top: int
    temperature: float = 1.0

    def shares(self, x: Tensor, directions: Tensor, closed: Tensor) -> Tensor:
        """The weight of each candidate for each token, (batch, sequence, k).

        Args:
            x: (batch, sequence, in_features).
            directions: (batch, in_features, k), of each sample's candidates.
            closed: (batch, k), bool; candidates that are none.
        """
        scores = torch.bmm(x.float(), directions).abs().masked_fill(closed[:, None], float("-inf"))
        if self.top < scores.shape[-1]:
            least = scores.topk(self.top, dim=-1).values[..., -1:]
            scores = scores.masked_fill(scores < least, float("-inf"))
        # a sample without candidates has no weight to share
        return (scores / self.temperature).softmax(-1).nan_to_num(0.0)
