"""What composition promises whatever the method: clear errors, one form, the same bytes, folders that PEFT loads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel

from hyperlora.errors import BaseModelError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import cosine, norm
from hyperlora.peft_io.folder import read_adapter, write_adapter
from retrieval.compose import METHODS, compose, explain, find_method
from retrieval.compose.fitting import fit_weights
from retrieval.compose.method import composition

SAME_BYTES = """
import sys, torch
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.models import BaseIdentity
from hyperlora.lora.card import Card
from retrieval.compose import METHODS, compose

base = BaseIdentity(id="file:x", hub_id="x", revision="1", fingerprint="f" * 64, num_layers=1)
draws = torch.Generator().manual_seed(0)
names = [f"m.layers.{i}.q" for i in range(3)]
pool = [
    Adapter(
        {n: LoraFactors(torch.randn(r, 9, generator=draws), torch.randn(7, r, generator=draws), 2.0) for n in names},
        base, Card(description="x"),
    )
    for r in (2, 3, 3)
]
for method in sorted(METHODS):
    print(method, compose(pool, [0.5, 0.2, 0.3], method=method).content_hash)
"""


def test_a_composition_has_the_same_bytes_under_any_hash_seed() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", SAME_BYTES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == len(METHODS)


@pytest.mark.parametrize(
    ("weights", "changes", "problem"),
    [
        ([1.0], {}, "2 adapters and 1 weights"),
        ([1.0, float("nan")], {}, "a weight is no number"),
        ([0.0, 0.0], {}, "all weights are 0"),
        (None, {"rank": 0}, "rank is 0"),
        (None, {"method": "slerp"}, "there is no composition method 'slerp'"),
        (None, {"method": "svd", "options": {"density": 0.5}}, "svd has no option 'density'"),
        (None, {"method": "ties", "options": {"density": 0.0}}, "density is 0.0"),
        (None, {"method": "dare", "options": {"elect": 1}}, "elect is 1"),
        (None, {"method": "dare", "options": {"seed": 0.5}}, "seed is 0.5"),
        ([1.0, -0.5], {"method": "lego"}, "lego cannot subtract"),
    ],
)
def test_what_cannot_be_composed_is_said(
    make_adapter: Callable[..., Adapter], weights: list[float] | None, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(InputError) as caught:
        compose([make_adapter(1), make_adapter(2)], weights, **changes)  # type: ignore[arg-type]
    assert problem in caught.value.problem
    assert caught.value.remedy


def test_nothing_and_adapters_of_unlike_bases_are_refused(make_adapter: Callable[..., Adapter]) -> None:
    with pytest.raises(InputError, match="no adapters"):
        compose([])
    adapter = make_adapter(1)
    other = replace(adapter, base=adapter.base.model_copy(update={"fingerprint": "0" * 64}))
    with pytest.raises(BaseModelError, match="was made for"):
        compose([adapter, other])


def test_a_second_method_of_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="two composition methods are named svd"):
        composition("svd", title="again")(find_method("svd").combine)


def test_every_method_says_what_it_is_and_where_it_is_from() -> None:
    for method in METHODS.values():
        assert method.summary.endswith(".")
        assert method.title
        assert method.paper.startswith("https://")


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_composed_folder_is_loaded_by_peft_and_by_us_as_it_was(
    method: str,
    make_adapter: Callable[..., Adapter],
    load_peft: Callable[[Path], PeftModel],
    tmp_path: Path,
) -> None:
    composed = compose([make_adapter(1), make_adapter(2)], [0.7, 0.3], method=method)
    write_adapter(composed, tmp_path / "composed")
    again = read_adapter(tmp_path / "composed")
    assert again.content_hash == composed.content_hash
    assert again.card.origin == "composed"
    loaded = load_peft(tmp_path / "composed")
    name, factors = next(iter(composed.modules.items()))
    theirs = loaded.get_submodule(f"base_model.model.{name}").get_delta_weight("default")
    assert torch.allclose(theirs, factors.weight_change(), atol=1e-6 * float(factors.weight_change().abs().max()))


def test_an_explanation_tells_what_was_kept_and_where_adapters_meet(make_adapter: Callable[..., Adapter]) -> None:
    first, second = make_adapter(1), make_adapter(2)
    weights = [0.6, 0.4]
    whole = explain(compose([first, second], weights, method="cat"), [first, second], weights)
    assert whole.energy_kept == pytest.approx(1, abs=1e-6)
    assert whole.cosines[0][1] == pytest.approx(cosine(first, second))
    assert whole.norms == pytest.approx((norm(first), norm(second)))
    # at rank 1, what is kept of a module is its largest singular value's share of all their squares
    cut = explain(compose([first, second], weights, rank=1), [first, second], weights)
    for name, kept in cut.energy_kept_by_module.items():
        change = 0.6 * first.modules[name].weight_change() + 0.4 * second.modules[name].weight_change()
        values = torch.linalg.svdvals(change.double())
        assert kept == pytest.approx(float(values[0] ** 2 / (values**2).sum()), abs=1e-5)
    cancelling = explain(compose([first], [1.0]), [first, first], [0.5, -0.5])
    assert all(value == pytest.approx(1) for value in cancelling.interference.values())
    agreeing = explain(compose([first], [1.0]), [first, first], [0.5, 0.5])
    assert all(value == pytest.approx(-1) for value in agreeing.interference.values())


def test_the_search_finds_the_weights_of_the_smallest_loss_and_finds_them_again() -> None:
    steps: list[None] = []

    def loss(weights: object) -> float:
        first, second = weights  # type: ignore[misc]
        return float((first - 0.7) ** 2 + (second + 0.2) ** 2)

    found = fit_weights(loss, 2, l1=0.0, seed=3, on_step=lambda: steps.append(None))
    assert found == pytest.approx((0.7, -0.2), abs=0.1)
    assert found == fit_weights(loss, 2, l1=0.0, seed=3)
    assert len(steps) == 40
    held = fit_weights(lambda weights: -100 * sum(weights), 3, l1=0.0)
    assert all(abs(weight) <= 1.5 for weight in held)
