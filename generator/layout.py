"""Between adapters and what a generator learns: one flat vector an adapter, or tokens, for any base, targets and rank.

A token is one row of A or one column of B: one side of one rank-component of one module. Tokens of equal width are
held together, so nothing is padded; the flat vector holds the groups of tokens one after the other, and each form is
a view of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from hyperlora.bank import StackedFactors
from hyperlora.errors import InputError
from hyperlora.lora.target_modules import TargetModule

Side = Literal["A", "B"]
Sides = Literal["B", "AB"]


@dataclass(frozen=True)
class TokenGroup:
    """The tokens of one side of the modules of one kind and shape.

    Attributes:
        kind: of the modules, e.g. `q_proj`.
        side: whether tokens are rows of A or columns of B.
        features: numbers in a token: in_features for A, out_features for B.
        modules: positions of the modules in the layout, by layer as they come there.
    """

    kind: str
    side: Side
    features: int
    modules: tuple[int, ...]


class WeightLayout:
    """Which number of a flat vector is which weight.

    Args:
        modules: the modules that are written, in order.
        rank: of the adapters.
        scaling: of the adapters; factors of another scaling enter with the ratio in their B.
        sides: the factors that are in the vector; with B alone, A is one for all adapters.

    Attributes:
        groups: the groups of tokens in the order of the vector; inside a group come modules, then rank-components,
            then features.
        size: numbers in a vector.
    """

    def __init__(
        self, modules: Sequence[TargetModule], rank: int, *, scaling: float = 1.0, sides: Sides = "AB"
    ) -> None:
        self.modules = tuple(modules)
        self.rank = rank
        self.scaling = scaling
        self.sides = sides
        alike: dict[tuple[str, int, int], list[int]] = {}
        for position, module in enumerate(self.modules):
            alike.setdefault((module.kind, module.in_features, module.out_features), []).append(position)
        written: tuple[Side, ...] = ("B",) if sides == "B" else ("A", "B")
        self.groups = tuple(
            TokenGroup(kind, side, in_features if side == "A" else out_features, tuple(positions))
            for (kind, in_features, out_features), positions in alike.items()
            for side in written
        )
        self.size = sum(self.group_sizes)

    @property
    def group_sizes(self) -> list[int]:
        """Numbers in each group."""
        return [len(group.modules) * self.rank * group.features for group in self.groups]

    @property
    def places(self) -> list[tuple[int, int, int]]:
        """For every token in the order of the vector its layer, its group and its rank-component."""
        return [
            (self.modules[position].layer, number, component)
            for number, group in enumerate(self.groups)
            for position in group.modules
            for component in range(self.rank)
        ]

    def flat(self, factors: Mapping[str, StackedFactors]) -> Tensor:
        """Write n adapters as vectors; lower ranks are filled up with zeros, which change nothing.

        Where the vector is of B alone, A is not read: the factors have to be on the common A already, as
        `generator.canonical.projected` puts them.

        Args:
            factors: of every module of the layout.

        Returns:
            (n, size), float32.

        Raises:
            InputError: a module is missing, has another shape or a rank above the layout's.
        """
        parts = []
        for group in self.groups:
            tokens = [self._tokens(factors, self.modules[position], group.side) for position in group.modules]
            parts.append(torch.stack(tokens, dim=1).flatten(1))
        return torch.cat(parts, dim=1)

    def tokens(self, flat: Tensor) -> list[Tensor]:
        """View vectors (n, size) as tokens: for each group (n, modules, rank, features)."""
        return [
            part.view(-1, len(group.modules), self.rank, group.features)
            for group, part in zip(self.groups, flat.split(self.group_sizes, dim=1), strict=True)
        ]

    def join(self, tokens: Sequence[Tensor]) -> Tensor:
        """Put the tokens of all groups, as `tokens` gives them, back into vectors (n, size)."""
        return torch.cat([part.flatten(1) for part in tokens], dim=1)

    def factors(self, flat: Tensor, common_A: Mapping[str, Tensor] | None = None) -> dict[str, StackedFactors]:
        """Read n vectors as factors, by module in the layout's order; gradients flow through.

        Args:
            flat: (n, size).
            common_A: A (rank, in_features) by module, if the vectors are of B alone.

        Raises:
            InputError: they are, and none is given.
        """
        if self.sides == "B" and common_A is None:
            raise InputError("the vectors leave A out", "Pass the common A of their pool.")
        parts: dict[tuple[int, Side], Tensor] = {}
        for group, tokens in zip(self.groups, self.tokens(flat), strict=True):
            for place, position in enumerate(group.modules):
                parts[position, group.side] = tokens[:, place]
        scaling = torch.full((flat.shape[0],), self.scaling, device=flat.device)
        factors = {}
        for position, module in enumerate(self.modules):
            A = parts[position, "A"] if common_A is None else common_A[module.name].expand(flat.shape[0], -1, -1)
            factors[module.name] = StackedFactors(A, parts[position, "B"].mT, scaling)
        return factors

    def _tokens(self, factors: Mapping[str, StackedFactors], module: TargetModule, side: Side) -> Tensor:
        """(n, rank, features) of one side of a module."""
        stack = factors.get(module.name)
        if stack is None:
            raise InputError(f"{module.name} has no factors", "Canonicalise the adapters to the layout's modules.")
        if stack.shape != (module.out_features, module.in_features) or stack.A.shape[1] > self.rank:
            raise InputError(
                f"{module.name} has factors of shape {tuple(stack.B.shape[1:])} and {tuple(stack.A.shape[1:])}, which "
                f"do not fit ({module.out_features}, {module.in_features}) at rank {self.rank}",
                "Canonicalise the adapters to the layout's rank, or use adapters of the same base model.",
            )
        ratio = stack.scaling.float() / self.scaling
        rows = stack.A.float() if side == "A" else stack.B.float().mT * ratio[:, None, None]
        missing = self.rank - rows.shape[1]
        return torch.nn.functional.pad(rows, (0, 0, 0, missing)) if missing else rows
