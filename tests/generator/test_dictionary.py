"""The dictionary: begins at its pool, mixes atoms module by module."""

from __future__ import annotations

import pytest
import torch

from generator.dictionary import Dictionary
from generator.layout import WeightLayout
from hyperlora.lora.target_modules import TargetModule

MODULES = [
    TargetModule(name=f"l.{layer}.{kind}", kind=kind, layer=layer, in_features=6, out_features=size)
    for layer in range(3)
    for kind, size in (("q_proj", 6), ("v_proj", 4))
]
LAYOUT = WeightLayout(MODULES, 2, scaling=2.0, sides="B")


def dictionary(atoms: int) -> Dictionary:
    torch.manual_seed(0)
    return Dictionary(LAYOUT, atoms, width=5)


def pool(count: int = 7) -> torch.Tensor:
    return torch.randn(count, LAYOUT.size, generator=torch.Generator().manual_seed(1)) + 3


def test_before_training_it_writes_nothing() -> None:
    made = dictionary(4)
    assert not made(torch.randn(2, 5), torch.randn(2, len(MODULES), 5)).any()


@pytest.mark.parametrize("atoms", [3, 6, 9])
def test_it_begins_as_close_to_its_pool_as_its_atoms_allow(atoms: int) -> None:
    weights = pool()
    made = dictionary(atoms)
    coefficients = made.fit(weights)
    assert coefficients.shape == (7, atoms)
    assert coefficients[:, : min(atoms, 6)].square().mean(dim=0).tolist() == pytest.approx([1.0] * min(atoms, 6))
    written = coefficients @ made.atoms / atoms**0.5 + made.mean
    U, S, Vh = torch.linalg.svd(weights - weights.mean(dim=0), full_matrices=False)
    kept = min(atoms, 6)
    best = U[:, :kept] * S[:kept] @ Vh[:kept] + weights.mean(dim=0)
    torch.testing.assert_close(written, best, atol=1e-4, rtol=1e-4)


def test_a_module_mixes_the_same_atoms_by_its_own_features() -> None:
    made = dictionary(4)
    made.fit(pool())
    torch.nn.init.normal_(made.part.weight)
    condition, features = torch.randn(2, 5), torch.randn(2, len(MODULES), 5)
    factors = LAYOUT.factors(made(condition, features), {module.name: torch.zeros(2, 6) for module in MODULES})
    atoms = LAYOUT.factors(made.atoms, {module.name: torch.zeros(2, 6) for module in MODULES})
    mean = LAYOUT.factors(made.mean[None], {module.name: torch.zeros(2, 6) for module in MODULES})
    for place, module in enumerate(MODULES):
        shares = (made.whole(condition) + made.part(features[:, place])) / 2
        by_hand = torch.einsum("nk,kor->nor", shares, atoms[module.name].B) + mean[module.name].B
        torch.testing.assert_close(factors[module.name].B, by_hand)
