"""Truncation of dense matrices: the search for few directions, and the whole decomposition where it does not settle."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from retrieval.compose import dense
from retrieval.compose.dense import truncated_matrices
from retrieval.compose.sparse import dropped, largest


def best(matrix: torch.Tensor, rank: int) -> np.ndarray:
    U, S, Vt = np.linalg.svd(matrix.double().numpy(), full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vt[:rank]


def matrices(kind: str) -> torch.Tensor:
    """Three matrices, 160 by 200: twelve directions stand out of noise, nothing does, or there are only two."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(3, 160, 200, generator=generator)
    signal = torch.randn(3, 160, 12, generator=generator) @ torch.randn(3, 12, 200, generator=generator)
    few = torch.randn(3, 160, 2, generator=generator) @ torch.randn(3, 2, 200, generator=generator)
    return {"signal": signal + 0.3 * noise, "noise": noise, "few": few}[kind]


@pytest.mark.parametrize("kind", ["signal", "noise", "few"])
@pytest.mark.parametrize("tall", [False, True])
def test_large_matrices_are_truncated_as_by_a_whole_svd(kind: str, tall: bool) -> None:
    given = matrices(kind).mT if tall else matrices(kind)
    A, B = truncated_matrices(given, 5, signals=12)
    assert (A.shape[1], B.shape[2], A.dtype) == (5, 5, torch.float64)
    for position, matrix in enumerate(given):
        wanted = best(matrix, 5)
        assert np.linalg.norm((B[position] @ A[position]).numpy() - wanted) <= 1e-6 * np.linalg.norm(wanted)


def test_the_search_settles_where_directions_stand_out_and_gives_up_where_none_do() -> None:
    assert dense._leading(matrices("signal"), 5, 20) is not None
    assert dense._leading(matrices("noise"), 5, 13) is None


def test_exactly_the_asked_share_of_entries_is_kept() -> None:
    changes = torch.randn(2, 30, 40, generator=torch.Generator().manual_seed(1))
    kept = largest(changes, 0.25)
    assert (kept != 0).flatten(1).sum(1).tolist() == [300, 300]
    for change, own in zip(changes, kept, strict=True):
        assert float(own[own != 0].abs().min()) > float(change[own == 0].abs().max())
    assert torch.equal(largest(changes, 1.0), changes)


def test_draws_depend_on_seed_module_and_place_and_keep_their_share() -> None:
    changes = torch.ones(2, 200, 200)
    one = dropped(changes, 0.3, 0, "q")
    assert torch.equal(one, dropped(changes, 0.3, 0, "q"))
    for other in (dropped(changes, 0.3, 1, "q"), dropped(changes, 0.3, 0, "v"), one.flip(0)):
        assert not torch.equal(one, other)
    assert float((one != 0).float().mean()) == pytest.approx(0.3, abs=0.01)
    assert float(one.max()) == pytest.approx(1 / 0.3, rel=1e-4)
