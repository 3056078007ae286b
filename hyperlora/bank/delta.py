"""The one primitive: what the adapters of a route add to a linear layer's output.

`place` brings factors and route together once per batch composition; `add` is what every forward then pays. A route
per sample gathers each sample's own factors and multiplies them batched, which suits decoding and padded batches
alike. A route per token sorts the tokens by adapter and multiplies them group by group, so that no factor is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from hyperlora.bank.factors import ModuleFactors, RankBuckets, StackedFactors
from hyperlora.bank.gates import Gates
from hyperlora.bank.route import Route
from hyperlora.errors import InputError

_ALIGNMENT = 16  # bytes; what grouped matrix products ask of every stride
_GROUPED = (torch.float32, torch.bfloat16, torch.float16)


@dataclass(frozen=True)
class SampleFactors:
    """Each sample's own factors, its k adapters side by side along the rank.

    A weighted sum of adapters is one adapter of rank k·rank, so a mixture costs what a larger rank costs and is
    exact. Scaling and route weight are in A.

    Attributes:
        samples: (chosen,), the samples these factors are of; None for all, in order.
        A: (chosen, in_features, k·rank).
        B: (chosen, k·rank, out_features).
    """

    samples: Tensor | None
    A: Tensor
    B: Tensor

    def add_to(self, output: Tensor, x: Tensor) -> Tensor:
        """``output + x A B`` for each sample; (batch, sequence, out_features)."""
        if self.samples is not None:
            x = x.index_select(0, self.samples)
        inner = torch.bmm(x.to(self.A.dtype), self.A)
        if self.samples is not None:
            return output.index_add(0, self.samples, torch.bmm(inner, self.B).to(output.dtype))
        if output.dtype != self.B.dtype:
            return output + torch.bmm(inner, self.B).to(output.dtype)
        return torch.baddbmm(output, inner, self.B)


@dataclass(frozen=True)
class GatedFactors:
    """Each sample's own factors as in `SampleFactors`, weighed anew for every token.

    Attributes:
        A: (batch, in_features, k·rank).
        B: (batch, k·rank, out_features).
        directions: (batch, in_features, k), float32.
        closed: (batch, k), bool; places of the route that are unused.
        gates: how shares come of scores.
    """

    A: Tensor
    B: Tensor
    directions: Tensor
    closed: Tensor
    gates: Gates

    def add_to(self, output: Tensor, x: Tensor) -> Tensor:
        """``output + sum_k share_k x A_k B_k`` for each token; (batch, sequence, out_features)."""
        shares = self.gates.shares(x, self.directions, self.closed).to(self.A.dtype)
        inner = torch.bmm(x.to(self.A.dtype), self.A).unflatten(-1, (shares.shape[-1], -1)) * shares[..., None]
        return output + torch.bmm(inner.flatten(-2), self.B).to(output.dtype)


@dataclass(frozen=True)
class TokenGroups:
    """Tokens sorted by adapter, with the factors of the adapters in use.

    Attributes:
        tokens: (pairs,), the token of each (token, adapter) pair; pairs of one adapter are neighbours.
        strength: (pairs, 1), route weight times scaling.
        ends: (used,), int32; where each adapter's pairs end.
        A: (used, in_features, rank).
        B: (used, rank, out_features).
    """

    tokens: Tensor
    strength: Tensor
    ends: Tensor
    A: Tensor
    B: Tensor

    def add_to(self, output: Tensor, x: Tensor) -> Tensor:
        """``output + strength · x A B``, summed over each token's adapters; in the shape of `output`."""
        flat = x.reshape(-1, x.shape[-1]).index_select(0, self.tokens).to(self.A.dtype)
        inner = _grouped(flat, self.A, self.ends) * self.strength
        change = _grouped(inner, self.B, self.ends).to(output.dtype)
        return output.reshape(-1, output.shape[-1]).index_add(0, self.tokens, change).view(output.shape)


@dataclass(frozen=True)
class BoundFactors:
    """One module's factors, brought together with a route.

    Attributes:
        rows: how many samples, or tokens, the route has.
        per_token: which of the two.
        parts: one for each bucket of ranks that the route uses.
    """

    rows: int
    per_token: bool
    parts: tuple[SampleFactors | GatedFactors | TokenGroups, ...]


def place(factors: ModuleFactors, route: Route, dtype: torch.dtype) -> BoundFactors:
    """Bring one module's factors and a route together, in `dtype`, on the factors' device.

    Differentiable with respect to factors and route weights.
    """
    if isinstance(factors, StackedFactors):
        parts: Iterable[tuple[StackedFactors, Route, Tensor | None]] = [(factors, route, None)]
    else:
        parts = _by_bucket(factors, route)
    make = _token_groups if route.per_token else _sample_factors
    return BoundFactors(len(route), route.per_token, tuple(make(stack, own, rows, dtype) for stack, own, rows in parts))


def place_gated(
    factors: StackedFactors, route: Route, gates: Gates, directions: Tensor, dtype: torch.dtype
) -> BoundFactors:
    """As `place`, for factors of one rank and a route per sample whose adapters each token weighs by itself."""
    batch, k = route.index.shape
    own = _sample_factors(factors, route, None, dtype)
    chosen = directions.index_select(0, route.index.reshape(-1).to(directions.device)).float()
    chosen = chosen.view(batch, k, -1)
    # neither a place of the route that is unused nor an adapter that leaves the module alone may take a share
    closed = (route.weight == 0).to(chosen.device) | ~chosen.any(-1)
    return BoundFactors(len(route), False, (GatedFactors(own.A, own.B, chosen.mT, closed, gates),))


def add(output: Tensor, x: Tensor, bound: BoundFactors) -> Tensor:
    """`output` with the changes of all parts added; `x` is what the linear layer was given.

    Raises:
        InputError: the batch does not have a row for each row of the route.
    """
    rows = x.shape[:-1].numel() if bound.per_token else x.shape[0]
    if rows != bound.rows or (x.dim() != 3 and not bound.per_token):
        raise InputError(
            f"a batch of {rows} {'tokens' if bound.per_token else 'samples'} met a route of {bound.rows}",
            "Give one route row a sample, or one a token with per_token.",
        )
    for part in bound.parts:
        output = part.add_to(output, x)
    return output


def delta(x: Tensor, A: Tensor, B: Tensor, scaling: Tensor, route: Route) -> Tensor:
    """What the adapters add to a linear layer's output: ``sum_k w_k s_k (x A_k^T) B_k^T`` for each row.

    Args:
        x: (batch, sequence, in_features).
        A: (n, rank, in_features).
        B: (n, out_features, rank).
        scaling: (n,).
        route: k choices among the n adapters a sample, or a token.

    Returns:
        (batch, sequence, out_features), in the dtype of `x`.
    """
    nothing = x.new_zeros(*x.shape[:-1], B.shape[1])
    return add(nothing, x, place(StackedFactors(A, B, scaling), route, x.dtype))


def _by_bucket(factors: RankBuckets, route: Route) -> Iterator[tuple[StackedFactors, Route, Tensor]]:
    """For every bucket that the route uses: its stack, the route into it, and the rows that use it."""
    index, used = route.index.cpu(), _used(route).cpu()
    bucket, within = factors.bucket[index], factors.place[index]
    for position, stack in enumerate(factors.buckets):
        inside = used & (bucket == position)
        rows = inside.any(dim=1).nonzero()[:, 0]
        if len(rows):
            weight = route.weight.index_select(0, rows.to(route.weight.device))
            inside = inside[rows]
            own = Route(within[rows] * inside, weight * inside.to(weight), route.per_token)
            yield stack, own, rows.to(stack.A.device)


def _used(route: Route) -> Tensor:
    """(rows, k), bool; places whose weight is not a constant zero."""
    if route.weight.requires_grad:
        return torch.ones_like(route.index, dtype=torch.bool)
    return route.weight != 0


def _sample_factors(stack: StackedFactors, route: Route, rows: Tensor | None, dtype: torch.dtype) -> SampleFactors:
    batch, k = route.index.shape
    index = route.index.reshape(-1).to(stack.A.device)
    strength = stack.scaling.index_select(0, index) * route.weight.reshape(-1).to(stack.A.device)
    A = (stack.A.index_select(0, index) * strength.view(-1, 1, 1)).to(dtype)
    B = stack.B.index_select(0, index).to(dtype)
    rank, features = A.shape[1:]
    A = A.reshape(batch, k * rank, features)
    B = B.view(batch, k, -1, rank).permute(0, 1, 3, 2).reshape(batch, k * rank, -1)
    return SampleFactors(rows, A.transpose(1, 2), B)


def _token_groups(stack: StackedFactors, route: Route, rows: Tensor | None, dtype: torch.dtype) -> TokenGroups:
    device, k = stack.A.device, route.index.shape[1]
    chosen = _used(route).reshape(-1).nonzero()[:, 0].to(route.index.device)
    adapters, order = route.index.reshape(-1).index_select(0, chosen).sort(stable=True)
    pairs = chosen[order]
    used, counts = adapters.unique_consecutive(return_counts=True)
    adapters, pairs, used = adapters.to(device), pairs.to(device), used.to(device)
    tokens = pairs // k
    strength = stack.scaling.index_select(0, adapters) * route.weight.reshape(-1).to(device).index_select(0, pairs)
    A, B = stack.A.index_select(0, used).to(dtype), stack.B.index_select(0, used).to(dtype)
    if spare := -A.shape[1] % (_ALIGNMENT // dtype.itemsize):
        A, B = nn.functional.pad(A, (0, 0, 0, spare)), nn.functional.pad(B, (0, spare))
    return TokenGroups(
        tokens=tokens if rows is None else rows.index_select(0, tokens),
        strength=strength.to(dtype)[:, None],
        ends=counts.cumsum(0).to(device, torch.int32),
        A=A.transpose(1, 2),
        B=B.transpose(1, 2),
    )


def _grouped(x: Tensor, W: Tensor, ends: Tensor) -> Tensor:
    """(pairs, in) times each group's own (in, out)."""
    if W.dtype in _GROUPED and all(side * W.element_size() % _ALIGNMENT == 0 for side in W.shape[1:]):
        return nn.functional.grouped_mm(x, W, offs=ends)
    starts = [0, *ends.tolist()]
    parts = [x[start:end] @ W[group] for group, (start, end) in enumerate(pairwise(starts))]
    return torch.cat(parts or [x @ W.sum(0)])  # without a group there is no token either
