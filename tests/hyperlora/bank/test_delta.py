"""What the adapters of a route add, against loops in float64; its gradients, against autograd through dense weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from hyperlora.bank import ModuleFactors, RankBuckets, Route, StackedFactors, delta, stack_adapters
from hyperlora.bank.delta import TokenGroups, add, place
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.models.identity import BaseIdentity

Choice = tuple[int, float]
WEIGHTS = st.sampled_from([0.0, 1.0, 0.25, -0.5, 1.5])


@dataclass(frozen=True)
class Case:
    """One module's adapters (None leaves it alone), a batch, and k choices for each sample or token."""

    ranks: list[int | None]
    choices: list[list[Choice]]
    per_token: bool
    batch: int
    sequence: int
    sizes: tuple[int, int]
    seed: int

    @property
    def route(self) -> Route:
        return Route(
            torch.tensor([[index for index, _ in row] for row in self.choices]),
            torch.tensor([[weight for _, weight in row] for row in self.choices], dtype=torch.float64),
            self.per_token,
        )

    def parts(self) -> list[LoraFactors | None]:
        generator = torch.Generator().manual_seed(self.seed)
        out_features, in_features = self.sizes
        return [
            rank
            and LoraFactors(
                torch.randn(rank, in_features, generator=generator),
                torch.randn(out_features, rank, generator=generator),
                (-1) ** position * (0.5 + position),
            )
            for position, rank in enumerate(self.ranks)
        ]

    def inputs(self) -> tuple[Tensor, Tensor]:
        """What the linear layer was given, and what it gave."""
        generator = torch.Generator().manual_seed(self.seed + 1)
        out_features, in_features = self.sizes
        x = torch.randn(self.batch, self.sequence, in_features, generator=generator)
        return x, torch.randn(self.batch, self.sequence, out_features, generator=generator)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    ranks = draw(st.lists(st.sampled_from([None, 1, 3, 8, 12, 20]), min_size=1, max_size=5).filter(any))
    batch, sequence, per_token = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.booleans())
    k, rows = draw(st.integers(1, 3)), batch * sequence if per_token else batch
    row = st.lists(st.tuples(st.integers(0, len(ranks) - 1), WEIGHTS), min_size=k, max_size=k)
    choices = draw(st.lists(row, min_size=rows, max_size=rows))
    # one that grouped products take, and two that are not aligned
    sizes = draw(st.sampled_from([(8, 12), (7, 12), (8, 6)]))
    return Case(ranks, choices, per_token, batch, sequence, sizes, draw(st.integers(0, 99)))


def stacked(parts: Sequence[LoraFactors | None]) -> ModuleFactors:
    """As a bank gets them: through whole adapters."""
    base = BaseIdentity(id="made-up", hub_id="made-up", revision="1", fingerprint="0" * 64, num_layers=1)
    adapters = [Adapter({} if part is None else {"m": part}, base, Card(description="x")) for part in parts]
    return stack_adapters(adapters)["m"]


def looped(case: Case, parts: Sequence[LoraFactors | None]) -> np.ndarray:
    """The formula, one row and one place after the other, in float64."""
    x, output = (tensor.double().numpy() for tensor in case.inputs())
    result = output.copy()
    for row, chosen in enumerate(case.choices):
        at = np.unravel_index(row, (case.batch, case.sequence)) if case.per_token else (row,)
        for index, weight in chosen:
            part = parts[index]
            if part is not None:
                A, B = part.A.double().numpy(), part.B.double().numpy()
                result[at] += weight * part.scaling * (x[at] @ A.T) @ B.T
    return result


def assert_near(got: Tensor, expected: np.ndarray, share: float) -> None:
    assert np.abs(got.double().numpy() - expected).max() <= share * max(1.0, np.abs(expected).max())


def test_delta_is_its_formula() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    A, B = torch.randn(3, 4, 6, dtype=torch.float64), torch.randn(3, 7, 4, dtype=torch.float64)
    scaling = torch.tensor([0.5, 2.0, -1.0], dtype=torch.float64)
    route = Route(torch.tensor([[2, 0], [1, 1]]), torch.tensor([[0.3, 1.0], [0.5, 0.0]], dtype=torch.float64))
    expected = torch.zeros(2, 5, 7, dtype=torch.float64)
    for sample in range(2):
        for slot in range(2):
            n = int(route.index[sample, slot])
            expected[sample] += route.weight[sample, slot] * scaling[n] * (x[sample] @ A[n].T) @ B[n].T
    torch.testing.assert_close(delta(x, A, B, scaling, route), expected, atol=1e-12, rtol=0)


@settings(max_examples=120, deadline=None)
@example(Case([3], [[(0, 0.0)]] * 2, True, 1, 2, (7, 12), 0))
@given(cases())
def test_what_is_added_is_the_formula_whatever_the_route_and_the_ranks(case: Case) -> None:
    """Duplicates in a row add up; zero weights, empty rows and adapters that leave the module alone add nothing."""
    parts = case.parts()
    factors = stacked(parts)
    bounds = {max(8, 1 << (rank - 1).bit_length()) for rank in case.ranks if rank is not None}
    assert isinstance(factors, RankBuckets) == (len(bounds) > 1)
    x, output = case.inputs()
    expected = looped(case, parts)
    bound = place(factors, case.route, torch.float32)
    before = output.clone()
    assert_near(add(output, x, bound), expected, 1e-5)
    assert torch.equal(output, before)


def test_only_the_buckets_and_the_rows_in_use_are_gathered() -> None:
    """A rank 64 in the bank costs a sample of rank 4 nothing."""
    case = Case([4, 64, None], [], False, 4, 2, (8, 12), 0)
    factors = stacked(case.parts())
    [only] = place(factors, Route.select([0, 2, 0, None]), torch.float32).parts
    assert only.A.shape == (2, 12, 4)
    assert only.samples.tolist() == [0, 2]
    small, large = place(factors, Route.select([1, 0, 0, 1]), torch.float32).parts
    assert (small.A.shape, large.A.shape) == ((2, 12, 4), (2, 12, 64))
    [tokens] = place(factors, Route.select([2, 0, 2, 0, 0], per_token=True), torch.float32).parts
    assert isinstance(tokens, TokenGroups)
    assert (tokens.A.shape, tokens.tokens.tolist(), tokens.ends.tolist()) == ((1, 12, 4), [1, 3, 4], [3])
    assert place(factors, Route.select([2, None]), torch.float32).parts == ()


# --- gradients -----------------------------------------------------------------------------------------


def leaves_of(factors: ModuleFactors) -> tuple[ModuleFactors, list[Tensor]]:
    """The same factors in float64 with A and B as leaves."""

    def leaf(stack: StackedFactors) -> StackedFactors:
        A, B = (tensor.double().requires_grad_() for tensor in (stack.A, stack.B))
        return StackedFactors(A, B, stack.scaling.double())

    if isinstance(factors, StackedFactors):
        own = leaf(factors)
        return own, [own.A, own.B]
    buckets = tuple(leaf(stack) for stack in factors.buckets)
    return RankBuckets(buckets, factors.bucket, factors.place), [t for own in buckets for t in (own.A, own.B)]


def dense_change(factors: ModuleFactors, n: int) -> Tensor | None:
    """``s B A`` of the n-th adapter, in the graph of the leaves."""
    if isinstance(factors, RankBuckets):
        if factors.bucket[n] < 0:
            return None
        factors, n = factors.buckets[int(factors.bucket[n])], int(factors.place[n])
    return factors.scaling[n] * factors.B[n] @ factors.A[n]


@settings(max_examples=50, deadline=None)
@given(cases())
def test_gradients_of_factors_weights_and_inputs_are_those_of_the_dense_formula(case: Case) -> None:
    factors, leaves = leaves_of(stacked(case.parts()))
    route = case.route
    weight = route.weight.requires_grad_()
    x, output = (tensor.double().requires_grad_() for tensor in case.inputs())
    leaves += [weight, x, output]
    direction = torch.randn(output.shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    ours = add(output, x, place(factors, route, torch.float64))
    reference = output
    for row, chosen in enumerate(case.choices):
        at = torch.zeros(case.batch, case.sequence, 1, dtype=torch.float64)
        at.view(-1, 1 if case.per_token else case.sequence)[row] = 1
        for slot, (index, _) in enumerate(chosen):
            change = dense_change(factors, index)
            if change is not None:
                reference = reference + at * weight[row, slot] * (x @ change.T)
    torch.testing.assert_close(ours, reference, atol=1e-10, rtol=1e-10)
    expected = torch.autograd.grad((reference * direction).sum(), leaves, materialize_grads=True)
    for got, wanted in zip(
        torch.autograd.grad((ours * direction).sum(), leaves, materialize_grads=True), expected, strict=True
    ):
        torch.testing.assert_close(got, wanted, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("sizes", [(8, 16), (7, 16)], ids=["grouped", "unaligned"])
def test_gradients_through_grouped_products_are_those_of_a_sample_at_a_time(sizes: tuple[int, int]) -> None:
    """float32, so that the kernel for groups is what runs where sizes allow it; its backward has alignments too."""
    case = Case([3, 3, 3], [], True, 2, 3, sizes, 5)
    parts, (x, output) = case.parts(), case.inputs()
    A = torch.stack([part.A for part in parts if part])
    B = torch.stack([part.B for part in parts if part])
    scaling = torch.tensor([part.scaling for part in parts if part])
    rows: list[Mapping[int, float]] = [{2: 1.0}, {0: 0.5, 2: 1.5}, {}, {2: -1.0}, {0: 1.0}, {0: 2.0, 2: 0.5}]

    def gradients(run: bool) -> tuple[Tensor, ...]:
        leaves = [tensor.clone().requires_grad_() for tensor in (A, B, scaling, x)]
        route = Route.mix(rows, per_token=True)
        if run:
            change = delta(leaves[3], *leaves[:3], route)
        else:
            changes = torch.einsum("n,nor,nri->noi", leaves[2], leaves[1], leaves[0])
            dense = torch.zeros(6, 3)
            for row, mix in enumerate(rows):
                for index, share in mix.items():
                    dense[row, index] = share
            change = torch.einsum("tn,noi,ti->to", dense, changes, leaves[3].flatten(0, 1)).view(output.shape)
        return torch.autograd.grad((change * output).sum(), leaves)

    for got, expected in zip(gradients(True), gradients(False), strict=True):
        assert expected.abs().max() > 0.1
        torch.testing.assert_close(got, expected, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("sizes", [(8, 16), (7, 16)], ids=["grouped", "unaligned"])
def test_a_batch_of_bare_tokens_has_gradients_of_zero(sizes: tuple[int, int]) -> None:
    """A training step in which no row chose an adapter must not end the training."""
    A, B = (torch.ones(2, *shape, requires_grad=True) for shape in ((3, 16), (sizes[0], 3)))
    x = torch.ones(1, 4, 16)
    delta(x, A, B, torch.ones(2), Route.select([None] * 4, per_token=True)).sum().backward()
    for leaf in (A, B):
        assert leaf.grad is not None
        assert not leaf.grad.any()


# --- dtypes and paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize(("rank", "sizes"), [(8, (16, 24)), (3, (16, 24)), (8, (15, 24)), (3, (16, 9))])
@pytest.mark.parametrize("per_token", [False, True], ids=["samples", "tokens"])
def test_every_dtype_gives_the_formula_to_its_own_precision(
    dtype: torch.dtype, rank: int, sizes: tuple[int, int], per_token: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Aligned and unaligned sizes; float32 factors may meet a model in bfloat16."""
    choices = [[(0, 1.0), (2, 0.5)], [(1, -1.0), (1, 1.0)], [(2, 0.0), (0, 2.0)], [(0, 0.0), (0, 0.0)]]
    case = Case([rank] * 3, choices * 2 if per_token else choices, per_token, 4, 2, sizes, 7)
    calls: list[torch.dtype] = []
    grouped = torch.nn.functional.grouped_mm

    def counted(x: Tensor, W: Tensor, **options: Tensor) -> Tensor:
        calls.append(W.dtype)
        return grouped(x, W, **options)

    monkeypatch.setattr(torch.nn.functional, "grouped_mm", counted)
    x, output = (tensor.to(dtype) for tensor in case.inputs())
    result = add(output, x, place(stacked(case.parts()), case.route, dtype))
    assert result.dtype == dtype
    assert_near(result, looped(case, case.parts()), {torch.bfloat16: 3e-2}.get(dtype, 1e-5))
    aligned = dtype is not torch.float64 and all(size * dtype.itemsize % 16 == 0 for size in sizes)
    if not per_token:
        assert calls == []
    elif aligned:
        assert calls == [dtype, dtype]
    else:
        assert len(calls) < 2
