"""How the next token is chosen: greedily, or by temperature, top-k and top-p, each row of a batch in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperlora.errors import InputError


@dataclass(frozen=True)
class Sampling:
    """How one answer is written.

    Attributes:
        max_new_tokens: at most so many tokens.
        temperature: 0 is greedy.
        top_k: choose among so many likeliest tokens; 0 for all.
        top_p: choose among the likeliest tokens that together reach this share of what top_k leaves (Holtzman et al.
            2019); 1 for all.
        seed: of this answer's random numbers. Equal seeds give equal answers, whatever else is in the batch.
        ignore_stop: go on after a stop token, to `max_new_tokens`.
    """

    max_new_tokens: int = 32
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    ignore_stop: bool = False

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise InputError(f"max_new_tokens is {self.max_new_tokens}", "Ask for at least 1.")
        if not 0 <= self.temperature < float("inf"):
            raise InputError(f"temperature is {self.temperature}", "Use 0 for greedy, or a positive number.")
        if not 0 <= self.top_k < 2**63:
            raise InputError(f"top_k is {self.top_k}", "Use 0 for all tokens, or a positive number below 2**63.")
        if not 0 < self.top_p <= 1:
            raise InputError(f"top_p is {self.top_p}", "Use a number above 0 and at most 1.")
        if not -(2**63) <= self.seed < 2**64:
            raise InputError(f"seed is {self.seed}", "Use a number of at most 64 bits.")


class Sampler:
    """Chooses the next token of every row; rows may leave.

    Args:
        samplings: one a row.
        device: where the logits will be.
    """

    def __init__(self, samplings: Sequence[Sampling], device: torch.device | str) -> None:
        self._samplings = list(samplings)
        self._generators = [torch.Generator().manual_seed(sampling.seed) for sampling in samplings]
        self._device = device
        self._spread()

    def _spread(self) -> None:
        rows, device = self._samplings, self._device
        self._random = [line for line, sampling in enumerate(rows) if sampling.temperature > 0]
        chosen = [rows[line] for line in self._random]
        self._lines = torch.tensor(self._random, device=device)
        smallest = torch.finfo(torch.float32).tiny
        self._temperature = torch.tensor([[max(sampling.temperature, smallest)] for sampling in chosen], device=device)
        self._top_p = torch.tensor([[sampling.top_p] for sampling in chosen], device=device)
        self._top_k = torch.tensor([[sampling.top_k or torch.iinfo(torch.int64).max] for sampling in chosen])
        self._top_k = self._top_k.to(device)

    def keep(self, lines: Sequence[int]) -> None:
        """Go on with these rows only, in this order."""
        self._samplings = [self._samplings[line] for line in lines]
        self._generators = [self._generators[line] for line in lines]
        self._spread()

    def choose(self, logits: Tensor) -> Tensor:
        """The next token of each row.

        Args:
            logits: (rows, vocabulary).

        Returns:
            (rows,), long.
        """
        tokens = logits.argmax(-1)
        if self._random:
            draws = torch.stack([torch.rand((), generator=self._generators[line]) for line in self._random])
            tokens[self._lines] = self._draw(logits[self._lines].float(), draws.to(logits.device)[:, None])
        return tokens

    def _draw(self, logits: Tensor, draws: Tensor) -> Tensor:
        """The token at which each row's cumulative probability, likeliest first, passes its draw from [0, 1)."""
        logits = logits - logits.amax(-1, keepdim=True)  # so that no temperature is small enough for infinity
        probabilities, order = (logits / self._temperature).softmax(-1).sort(dim=-1, descending=True, stable=True)
        rank = torch.arange(probabilities.shape[1], device=logits.device)
        kept = probabilities * (rank < self._top_k)
        before = kept.cumsum(-1) - kept
        # the likeliest token always stays, whatever rounding says
        allowed = (before < self._top_p * kept.sum(-1, keepdim=True)) | (rank == 0)
        total = (kept * allowed).cumsum(-1)
        chosen = (total <= draws * total[:, -1:]).sum(-1, keepdim=True).clamp(max=probabilities.shape[1] - 1)
        return order.gather(1, chosen)[:, 0]
