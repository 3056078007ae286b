"""The layout: which number is which weight, in both forms, and that the way back loses nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.layout import WeightLayout
from hyperlora.bank import StackedFactors
from hyperlora.errors import InputError
from hyperlora.lora.target_modules import TargetModule


def module(kind: str, layer: int, in_features: int, out_features: int) -> TargetModule:
    name = f"model.layers.{layer}.{kind}"
    return TargetModule(name=name, kind=kind, layer=layer, in_features=in_features, out_features=out_features)


MODULES = (module("q", 0, 3, 4), module("v", 0, 3, 2), module("q", 1, 3, 4), module("v", 1, 3, 2))


def random_factors(
    modules: Sequence[TargetModule], n: int, rank: int, scaling: float = 1.0, seed: int = 0
) -> dict[str, StackedFactors]:
    generator = torch.Generator().manual_seed(seed)
    return {
        each.name: StackedFactors(
            torch.randn(n, rank, each.in_features, generator=generator),
            torch.randn(n, each.out_features, rank, generator=generator),
            torch.full((n,), scaling),
        )
        for each in modules
    }


def test_a_vector_holds_groups_then_modules_then_components_then_features() -> None:
    layout = WeightLayout(MODULES, 2)
    factors = random_factors(MODULES, 3, 2)
    assert [(group.kind, group.side, group.features, group.modules) for group in layout.groups] == [
        ("q", "A", 3, (0, 2)),
        ("q", "B", 4, (0, 2)),
        ("v", "A", 3, (1, 3)),
        ("v", "B", 2, (1, 3)),
    ]
    flat = layout.flat(factors).numpy()
    for row in range(3):
        expected = []
        for kind in ("q", "v"):
            for side in ("A", "B"):
                for layer in (0, 1):
                    stack = factors[f"model.layers.{layer}.{kind}"]
                    for component in range(2):
                        A, B = stack.A.numpy()[row], stack.B.numpy()[row]
                        expected += list(A[component] if side == "A" else B[:, component])
        np.testing.assert_array_equal(flat[row], np.array(expected))
    assert layout.size == flat.shape[1] == 2 * (2 * (3 + 4) + 2 * (3 + 2))


def test_tokens_are_rows_of_a_and_columns_of_b_and_know_their_place() -> None:
    layout = WeightLayout(MODULES, 2)
    factors = random_factors(MODULES, 3, 2)
    tokens = layout.tokens(layout.flat(factors))
    assert [tuple(part.shape) for part in tokens] == [(3, 2, 2, 3), (3, 2, 2, 4), (3, 2, 2, 3), (3, 2, 2, 2)]
    assert torch.equal(tokens[0][1, 1, 0], factors["model.layers.1.q"].A[1, 0])
    assert torch.equal(tokens[3][2, 0, 1], factors["model.layers.0.v"].B[2, :, 1])
    # layer, group, component of layer 1's second component of v's B
    assert layout.places[-1] == (1, 3, 1)
    assert len(layout.places) == len(set(layout.places)) == sum(part[0, ..., 0].numel() for part in tokens)


shapes = st.tuples(st.integers(0, 3), st.sampled_from("qkv"), st.integers(1, 5), st.integers(1, 5))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(shapes, min_size=1, max_size=6, unique_by=lambda shape: shape[:2]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from(["AB", "B"]),
)
def test_vectors_tokens_and_factors_come_back_bit_for_bit(
    shapes: list[tuple[int, str, int, int]], rank: int, n: int, sides: str
) -> None:
    modules = [module(kind, layer, inner, outer) for layer, kind, inner, outer in shapes]
    layout = WeightLayout(modules, rank, scaling=0.5, sides=sides)  # type: ignore[arg-type]
    factors = random_factors(modules, n, rank, scaling=0.5)
    common = {name: stack.A[0] for name, stack in factors.items()}
    flat = layout.flat(factors)
    assert flat.shape == (n, layout.size)
    assert torch.equal(layout.join(layout.tokens(flat)), flat)
    back = layout.factors(flat, common if sides == "B" else None)
    assert list(back) == [each.name for each in modules]
    for name, stack in factors.items():
        expected = stack.A if sides == "AB" else common[name].expand_as(stack.A)
        assert torch.equal(back[name].A, expected)
        assert torch.equal(back[name].B, stack.B)
        assert torch.equal(back[name].scaling, stack.scaling)


@pytest.mark.parametrize("sides", ["AB", "B"])
def test_another_scaling_and_a_lower_rank_enter_with_the_same_change(sides: str) -> None:
    layout = WeightLayout(MODULES, 4, scaling=0.25, sides=sides)  # type: ignore[arg-type]
    factors = random_factors(MODULES, 2, 3, scaling=2.0)
    padded = {name: torch.nn.functional.pad(stack.A[0], (0, 0, 0, 1)) for name, stack in factors.items()}
    back = layout.factors(layout.flat(factors), padded if sides == "B" else None)
    for name, stack in factors.items():
        read = back[name]
        assert read.A.shape[1] == 4
        for row in range(2 if sides == "AB" else 1):  # on the common A only the first has its own A
            expected = 2.0 * stack.B[row].numpy() @ stack.A[row].numpy()
            found = 0.25 * read.B[row].numpy() @ read.A[row].numpy()
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_gradients_flow_from_factors_to_the_vector() -> None:
    layout = WeightLayout(MODULES, 2)
    flat = layout.flat(random_factors(MODULES, 2, 2)).requires_grad_()
    sum((stack.A * 2).sum() + (stack.B * 3).sum() for stack in layout.factors(flat).values()).backward()  # type: ignore[union-attr]
    assert flat.grad is not None
    assert sorted(flat.grad.unique().tolist()) == [2.0, 3.0]


def test_what_does_not_fit_is_refused_by_its_module() -> None:
    layout = WeightLayout(MODULES, 2)
    factors = random_factors(MODULES, 1, 2)
    with pytest.raises(InputError, match=r"model\.layers\.0\.v has no factors"):
        layout.flat({name: stack for name, stack in factors.items() if name != "model.layers.0.v"})
    with pytest.raises(InputError, match=r"model\.layers\.0\.q has factors .* do not fit \(4, 3\) at rank 2"):
        layout.flat(random_factors(MODULES, 1, 3))
    wrong = factors | {"model.layers.1.q": factors["model.layers.0.v"]}
    with pytest.raises(InputError, match=r"model\.layers\.1\.q has factors"):
        layout.flat(wrong)
    with pytest.raises(InputError, match="leave A out"):
        WeightLayout(MODULES, 2, sides="B").factors(torch.zeros(1, 2 * 2 * 6))
