"""Low-rank algebra on adapters: everything from the factors, nothing from the dense weight change.

An adapter's weight change in a module is ``s · B A`` of rank r, far smaller than the (out, in) matrix itself. Inner
products need only (r, r) products of factors, and an SVD of the change needs two thin QR decompositions and the SVD of
an (r, r) core. Modules of equal shape are handled in one batched call, in float64 on the factors' device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card

T = TypeVar("T")


def inner_product(left: Adapter, right: Adapter) -> float:
    """The Frobenius inner product of two adapters' weight changes, summed over modules.

    ``<s B A, t D C> = s t · sum((B^T D) * (A C^T))``: (r, r) work instead of (out, in).

    Raises:
        BaseModelError: the adapters were made for different base models.
    """
    return sum(module_inner_products(left, right).values())


def module_inner_products(left: Adapter, right: Adapter) -> dict[str, float]:
    """`inner_product` by module; a module that one of the two does not change is left out."""
    right.require_base(left.base)
    shared = {name: (factors, right.modules[name]) for name, factors in left.modules.items() if name in right.modules}
    products: dict[str, float] = {}
    for names in _groups(shared, lambda pair: (pair[0].A.shape, pair[0].B.shape, pair[1].A.shape, pair[1].B.shape)):
        A, B = _stack([shared[name][0] for name in names])
        C, D = _stack([shared[name][1] for name in names])
        values = ((B.mT @ D) * (A @ C.mT)).sum(dim=(1, 2)).tolist()
        products |= dict(zip(names, values, strict=True))
    return products


def norm(adapter: Adapter) -> float:
    """The Frobenius norm of the weight change over all modules."""
    return max(inner_product(adapter, adapter), 0.0) ** 0.5


def cosine(left: Adapter, right: Adapter) -> float:
    """The cosine between two weight changes, in [-1, 1]; 0 if one of them is zero."""
    scale = norm(left) * norm(right)
    return 0.0 if scale == 0 else min(1.0, max(-1.0, inner_product(left, right) / scale))


def principal_angles(left: Adapter, right: Adapter, side: str = "out") -> dict[str, Tensor]:
    """Principal angles between the subspaces two adapters act in, by module (Björck and Golub 1973).

    Args:
        side: `out` compares the column spaces of B, where changes go; `in` the row spaces of A, what they read.

    Returns:
        For every shared module min(rank, rank') angles in radians, ascending, in [0, π/2]. Meaningful for factors of
        full rank; a zero factor has no subspace.
    """
    if side not in ("out", "in"):
        raise InputError(f"side is {side!r}", "Use 'out' or 'in'.")
    right.require_base(left.base)
    angles = {}
    for name, factors in left.modules.items():
        if other := right.modules.get(name):
            first, second = (factors.B, other.B) if side == "out" else (factors.A.mT, other.A.mT)
            basis, other_basis = (torch.linalg.qr(matrix.double()).Q for matrix in (first, second))
            angles[name] = torch.linalg.svdvals(basis.mT @ other_basis).clamp(0, 1).acos()
    return angles


@dataclass(frozen=True)
class Recompressed:
    """An adapter in balanced SVD form, with what truncation cost.

    Attributes:
        adapter: scaling 1; in every module ``A = sqrt(S) V^T`` and ``B = U sqrt(S)``.
        energy: share of the squared norm that was kept, over all modules, in [0, 1].
        singular_values: all singular values of each module's weight change, descending.
    """

    adapter: Adapter
    energy: float
    singular_values: Mapping[str, Tensor]


def recompress(adapter: Adapter, rank: int | None = None) -> Recompressed:
    """The best approximation of each module's weight change of at most `rank`, in balanced SVD form.

    By Eckart and Young (1936) truncating the SVD is optimal. QR of both factors leaves an (r, r) core to decompose.

    Args:
        rank: the largest rank kept in any module; None keeps each module's own and changes nothing but the form.

    Raises:
        InputError: the rank is below 1.
    """
    if rank is not None and rank < 1:
        raise InputError(f"rank is {rank}", "Ask for a rank of at least 1.")
    modules: dict[str, LoraFactors] = {}
    values: dict[str, Tensor] = {}
    kept = total = 0.0
    for names in _groups(adapter.modules, lambda factors: (factors.A.shape, factors.B.shape)):
        new_A, new_B, S = truncated_product(*_stack([adapter.modules[name] for name in names]), rank)
        k = new_A.shape[1]
        kept += float((S[:, :k] ** 2).sum())
        total += float((S**2).sum())
        for position, name in enumerate(names):
            dtype = adapter.modules[name].A.dtype
            modules[name] = LoraFactors(new_A[position].to(dtype), new_B[position].to(dtype), 1.0)
            values[name] = S[position]
    return Recompressed(Adapter(modules, adapter.base, adapter.card), 1.0 if total == 0 else kept / total, values)


def truncated_product(A: Tensor, B: Tensor, rank: int | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """The best approximations of products ``B A`` of at most `rank`, in balanced SVD form.

    Args:
        A: (modules, r, in_features).
        B: (modules, out_features, r).
        rank: the products' own, min(r, in_features, out_features), when None.

    Returns:
        A (modules, rank, in_features), B (modules, out_features, rank) and all singular values, descending.
    """
    Q_out, R_out = torch.linalg.qr(B)
    Q_in, R_in = torch.linalg.qr(A.mT)
    U, S, Vh = torch.linalg.svd(R_out @ R_in.mT, full_matrices=False)
    root = S[:, :rank].sqrt()
    k = root.shape[1]
    return root[:, :, None] * (Vh[:, :k] @ Q_in.mT), (Q_out @ U[:, :, :k]) * root[:, None, :], S


def weighted_sum(adapters: Sequence[Adapter], weights: Sequence[float], card: Card) -> Adapter:
    """The exact weighted sum of weight changes, as one adapter whose rank in a module is the sum of theirs.

    Factors are put side by side along the rank, each adapter's weight and scaling in its A; so ranks, scalings and
    modules may differ, and rsLoRA needs no special case. `recompress` brings the rank down again.

    Raises:
        InputError: no adapters, or not as many weights.
        BaseModelError: the adapters were made for different base models.
    """
    if not adapters or len(adapters) != len(weights):
        raise InputError(f"{len(adapters)} adapters and {len(weights)} weights", "Give one weight per adapter.")
    for adapter in adapters[1:]:
        adapter.require_base(adapters[0].base)
    parts: dict[str, list[tuple[Tensor, Tensor]]] = {}
    for adapter, weight in zip(adapters, weights, strict=True):
        for name, factors in adapter.modules.items():
            parts.setdefault(name, []).append((factors.A * (weight * factors.scaling), factors.B))
    modules = {
        name: LoraFactors(torch.cat([A for A, _ in pairs]), torch.cat([B for _, B in pairs], dim=1), 1.0)
        for name, pairs in parts.items()
    }
    return Adapter(modules, adapters[0].base, card)


def _groups(items: Mapping[str, T], shape: Callable[[T], object]) -> list[list[str]]:
    groups: dict[object, list[str]] = {}
    for name, item in items.items():
        groups.setdefault(shape(item), []).append(name)
    return list(groups.values())


def _stack(factors: Sequence[LoraFactors]) -> tuple[Tensor, Tensor]:
    """A with the scaling in it, (modules, rank, in), and B, (modules, out, rank), in float64."""
    A = torch.stack([part.A.double() * part.scaling for part in factors])
    return A, torch.stack([part.B.double() for part in factors])
