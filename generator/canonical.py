"""One form for adapters that were written in different ways, so that a generator can compare them number by number.

``s B A`` stays the same when B becomes ``B M^-1`` and A ``M A`` for any invertible M; adapters of other inits, alphas,
ranks or rsLoRA differ in that, too. Three forms, all with scaling 1, all from the weight change alone:

- `balanced`: the SVD of the change, half of each singular value on either side;
- `aligned`: the balanced form, turned towards a reference;
- `projected`: B alone, on an A that all adapters share, as near to the change as that A allows.

The first two change nothing of an adapter whose rank fits. A mixing M by least squares instead of a rotation would
bring A nearer to the reference, but a foreign adapter reads almost none of the reference's directions, so M is all but
singular and B explodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperlora.bank import StackedFactors
from hyperlora.errors import InputError
from hyperlora.lora.adapter import LoraFactors
from hyperlora.lora.algebra import truncated_product
from hyperlora.lora.target_modules import TargetModule

Weights = Mapping[str, LoraFactors]


@dataclass(frozen=True)
class CanonicalPool:
    """Adapters in one form.

    Attributes:
        factors: float32 factors by module, stacked over the adapters, of one rank and scaling 1.
        energy: (adapters,); the share of each adapter's squared norm that is kept, in [0, 1]. What it changes in
            modules that are not asked for is lost.
    """

    factors: dict[str, StackedFactors]
    energy: Tensor


def balanced(pool: Sequence[Weights], modules: Sequence[TargetModule], rank: int) -> CanonicalPool:
    """Write adapters in balanced SVD form: ``A = sqrt(S) V^T``, ``B = U sqrt(S)``, components by falling size.

    The sign of a component is that which makes the largest number of its row of A positive. Larger ranks are cut, the
    best way there is (Eckart and Young 1936); smaller ones are filled up with zeros, as are modules that an adapter
    leaves alone.

    Args:
        pool: factors by module of each adapter; ranks and scalings may differ.
        rank: of the form.

    Raises:
        InputError: factors do not fit their module, or are not finite.
    """
    factors = {}
    kept = torch.zeros(len(pool), dtype=torch.float64)
    for module in modules:
        A, B, S = truncated_product(*_stack(pool, module), rank)
        kept += (S[:, :rank] ** 2).sum(dim=1)
        largest = A.gather(2, A.abs().argmax(dim=2, keepdim=True))
        sign = torch.where(largest < 0, -1.0, 1.0)
        factors[module.name] = _stacked(_filled(A * sign, rank), _filled((B.mT * sign), rank).mT)
    return CanonicalPool(factors, _shares(kept, pool))


def aligned(
    pool: Sequence[Weights], modules: Sequence[TargetModule], rank: int, reference: Mapping[str, Tensor]
) -> CanonicalPool:
    """Write adapters in balanced form, then rotate each module's components so that A comes closest to a reference.

    The rotation is the solution of the orthogonal Procrustes problem (Schönemann 1966): with ``U S W^T`` the SVD of
    ``reference A^T`` it is ``U W^T``. It leaves the change as it is, whatever the rank of the factors.

    Args:
        reference: A (rank, in_features) by module; only directions matter, not size.

    Raises:
        InputError: as `balanced`.
    """
    form = balanced(pool, modules, rank)
    return CanonicalPool(_rotated(form.factors, reference), form.energy)


def mean_reference(
    pool: Sequence[Weights], modules: Sequence[TargetModule], rank: int, *, rounds: int = 4
) -> dict[str, Tensor]:
    """The A that a pool has in common: the mean after mutual alignment (generalised Procrustes, Gower 1975).

    Args:
        rounds: of aligning to the mean and taking the mean again, beginning with the first adapter's A.

    Returns:
        (rank, in_features) by module.

    Raises:
        InputError: the pool is empty, or as `balanced`.
    """
    _require_some(pool)
    factors = balanced(pool, modules, rank).factors
    reference = {name: stack.A[0] for name, stack in factors.items()}
    for _ in range(rounds):
        factors = _rotated(factors, reference)
        reference = {name: stack.A.mean(dim=0) for name, stack in factors.items()}
    return reference


def leading_directions(pool: Sequence[Weights], modules: Sequence[TargetModule], rank: int) -> dict[str, Tensor]:
    """The A on which the adapters of a pool lose least: the leading input directions of all their changes together.

    Changes count alike, whatever their norms: the directions are the leading right singular vectors of all changes,
    each divided by its adapter's norm, put below each other.

    Returns:
        Orthonormal rows (rank, in_features) by module, float32; zero rows beyond the rank of the whole pool.

    Raises:
        InputError: the pool is empty, factors do not fit their module, or are not finite.
    """
    _require_some(pool)
    norms = _squared_norms(pool).sqrt()
    directions = {}
    for module in modules:
        A, B = _stack(pool, module)
        rows = torch.linalg.qr(B).R @ A  # has the inner products of the rows of the change, in r rows
        rows = rows / torch.where(norms > 0, norms, 1.0)[:, None, None]
        V = torch.linalg.svd(rows.flatten(0, 1), full_matrices=False).Vh[:rank]
        largest = V.gather(1, V.abs().argmax(dim=1, keepdim=True))
        directions[module.name] = _filled(V * torch.where(largest < 0, -1.0, 1.0), rank).float()
    return directions


def projected(pool: Sequence[Weights], modules: Sequence[TargetModule], common: Mapping[str, Tensor]) -> CanonicalPool:
    """Write adapters on a common A: ``B = ΔW C^+`` brings ``B C`` closest to the change in the Frobenius norm.

    Args:
        common: C (rank, in_features) by module.

    Raises:
        InputError: factors do not fit their module, or are not finite.
    """
    factors = {}
    kept = torch.zeros(len(pool), dtype=torch.float64)
    for module in modules:
        A, B = _stack(pool, module)
        C = common[module.name].double()
        on_common = B @ (A @ torch.linalg.pinv(C))
        kept += ((on_common.mT @ on_common) * (C @ C.mT)).sum(dim=(1, 2))
        factors[module.name] = _stacked(C.expand(len(pool), -1, -1), on_common)
    return CanonicalPool(factors, _shares(kept, pool))


def _rotated(factors: Mapping[str, StackedFactors], reference: Mapping[str, Tensor]) -> dict[str, StackedFactors]:
    turned = {}
    for name, stack in factors.items():
        A, B = stack.A.double(), stack.B.double()
        U, _, Wh = torch.linalg.svd(reference[name].double() @ A.mT)
        turned[name] = _stacked(U @ Wh @ A, B @ (U @ Wh).mT)
    return turned


def _stacked(A: Tensor, B: Tensor) -> StackedFactors:
    return StackedFactors(A.float(), B.float(), torch.ones(A.shape[0]))


def _filled(rows: Tensor, rank: int) -> Tensor:
    return torch.nn.functional.pad(rows, (0, 0, 0, rank - rows.shape[-2]))


def _require_some(pool: Sequence[Weights]) -> None:
    if not pool:
        raise InputError("the pool has no adapters", "Give at least one.")


def _shares(kept: Tensor, pool: Sequence[Weights]) -> Tensor:
    total = _squared_norms(pool)
    return torch.where(total > 0, kept / torch.where(total > 0, total, 1.0), 1.0).clamp(0, 1)


def _squared_norms(pool: Sequence[Weights]) -> Tensor:
    """Squared Frobenius norms of the whole changes, (adapters,)."""
    totals = []
    for weights in pool:
        total = 0.0
        for part in weights.values():
            A, B = part.A.double() * part.scaling, part.B.double()
            total += float(((B.mT @ B) * (A @ A.mT)).sum())
        totals.append(max(total, 0.0))
    return torch.tensor(totals, dtype=torch.float64)


def _stack(pool: Sequence[Weights], module: TargetModule) -> tuple[Tensor, Tensor]:
    """A with the scaling in it, (adapters, r, in), and B, (adapters, out, r), in float64, r the largest rank."""
    parts = [weights.get(module.name) for weights in pool]
    ranks = [part.rank for part in parts if part is not None]
    A = torch.zeros(len(pool), max(ranks, default=1), module.in_features, dtype=torch.float64)
    B = torch.zeros(len(pool), module.out_features, max(ranks, default=1), dtype=torch.float64)
    for position, part in enumerate(parts):
        if part is None:
            continue
        if part.A.shape != (part.rank, module.in_features) or part.B.shape != (module.out_features, part.rank):
            raise InputError(
                f"{module.name} has factors {tuple(part.B.shape)} and {tuple(part.A.shape)}, which do not fit "
                f"({module.out_features}, {module.in_features})",
                "Use adapters of the same base model.",
            )
        A[position, : part.rank] = part.A.double() * part.scaling
        B[position, :, : part.rank] = part.B.double()
    if not (A.isfinite().all() and B.isfinite().all()):
        raise InputError(f"{module.name} has factors with NaN or Inf", "Leave the adapter out of the pool.")
    return A, B
