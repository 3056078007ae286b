"""Routes: which adapters act on each sample or token, and with what weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Mix = tuple[tuple[int, float], ...]
"""Adapters by their positions in the stack, each with its weight; hashable, so that rows of one mix can be found."""

Choice = int | Mix | None
"""What acts on one row: the adapter at a position in the stack, a mix of several, or the bare base model."""


@dataclass(frozen=True)
class Route:
    """Which adapters act on each row of a batch, and with what weight.

    Routes made from Python values stay on the CPU; the bank moves what it needs, and so never waits for a GPU to
    learn which adapters are asked for.

    Attributes:
        index: (rows, k), long; positions in the stack.
        weight: (rows, k); 0 where a place is unused, so that a row of zeros is the bare base model. May require a
            gradient.
        per_token: rows are the tokens of the flattened (batch · sequence), not samples.
    """

    index: Tensor
    weight: Tensor
    per_token: bool = False

    @classmethod
    def select(cls, choices: Sequence[int | None], *, per_token: bool = False) -> Route:
        """One adapter a row; None is the bare base model."""
        index = torch.tensor([choice or 0 for choice in choices], dtype=torch.long).view(-1, 1)
        weight = torch.tensor([0.0 if choice is None else 1.0 for choice in choices]).view(-1, 1)
        return cls(index, weight, per_token)

    @classmethod
    def mix(cls, rows: Sequence[Mapping[int, float]], *, per_token: bool = False) -> Route:
        """A weighted mix a row: position in the stack → weight; an empty row is the bare base model."""
        return cls.of([tuple(row.items()) for row in rows], per_token=per_token)

    @classmethod
    def of(cls, choices: Sequence[Choice], *, per_token: bool = False) -> Route:
        """A choice a row, single adapters and mixes in any order."""
        rows = [_as_mix(choice) for choice in choices]
        k = max(map(len, rows), default=0) or 1
        index = torch.zeros(len(rows), k, dtype=torch.long)
        weight = torch.zeros(len(rows), k)
        for line, row in enumerate(rows):
            for place, (position, share) in enumerate(row):
                index[line, place], weight[line, place] = position, share
        return cls(index, weight, per_token)

    def repeated(self, times: int) -> Route:
        """The route of a batch in which every row stands `times` times in succession.

        So transformers lays out beams and `num_return_sequences`; reordering beams moves them only within their
        sample, which leaves the route true.
        """
        return Route(
            self.index.repeat_interleave(times, 0), self.weight.repeat_interleave(times, 0), per_token=self.per_token
        )

    def take(self, rows: Tensor, *, per_token: bool | None = None) -> Route:
        """The route of these rows, in this order; a row may be left out or taken many times.

        Args:
            rows: (new rows,), long.
            per_token: what the new rows are; the same as now when None.
        """
        rows = rows.to(self.index.device)
        return Route(
            self.index.index_select(0, rows),
            self.weight.index_select(0, rows),
            self.per_token if per_token is None else per_token,
        )

    def __len__(self) -> int:
        return self.index.shape[0]


def _as_mix(choice: Choice) -> Mix:
    if choice is None:
        return ()
    return choice if isinstance(choice, tuple) else ((choice, 1.0),)
