"""Low-rank changes of an encoder: what is kept of a training, and what they do to another copy of the encoder."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.encoder_change import EncoderChange, change_between
from hyperlora.errors import AdapterFormatError
from hyperlora.lora.adapter import LoraFactors


def network() -> torch.nn.Sequential:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))


def changed(model: torch.nn.Module) -> torch.nn.Module:
    other = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    return other


def weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: model.get_submodule(name).weight.detach().clone() for name in ("0", "2")}


def test_a_full_rank_change_brings_the_trained_weights_back() -> None:
    model = network()
    trained = changed(model)
    change_between("e", weights(model), trained, 8).apply(model)
    for name, weight in weights(trained).items():
        torch.testing.assert_close(model.get_submodule(name).weight, weight, atol=1e-5, rtol=0)


@pytest.mark.parametrize("rank", [1, 2, 5])
def test_a_smaller_rank_keeps_the_best_part(rank: int) -> None:
    model = network()
    trained = changed(model)
    kept = change_between("e", weights(model), trained, rank).modules["0"]
    whole = (trained[0].weight - model[0].weight).detach().double().numpy()
    lost = np.linalg.norm(whole - kept.weight_change().numpy())
    assert kept.rank == rank
    assert lost == pytest.approx(np.sqrt((np.linalg.svd(whole, compute_uv=False)[rank:] ** 2).sum()), rel=1e-5)


def test_a_change_of_another_encoder_is_refused() -> None:
    factors = LoraFactors(torch.ones(1, 6), torch.ones(8, 1), 1.0)
    for name in ("1", "2", "9"):
        with pytest.raises(AdapterFormatError, match=f"no linear module {name} of 8x6"):
            EncoderChange("other", {name: factors}).apply(network())


def test_a_changed_encoder_has_another_id_and_other_vectors(encoder: TextEncoder) -> None:
    name = "0.model.encoder.layer.0.attention.self.query"
    size = encoder.dimensions
    draw = torch.Generator().manual_seed(0)
    factors = LoraFactors(torch.randn(2, size, generator=draw), torch.randn(size, 2, generator=draw), 0.05)
    one, other = (EncoderChange(encoder.id, {name: each}) for each in (factors, LoraFactors(factors.A, factors.B, 0.1)))
    tuned = TextEncoder(encoder.name, one)
    assert tuned.id.startswith(f"{encoder.id}+")
    assert tuned.id != TextEncoder(encoder.name, other).id
    before, after = (each.encode(["Name the capital of the country."])[0] for each in (encoder, tuned))
    assert np.abs(before - after).max() > 1e-3
    assert np.linalg.norm(after) == pytest.approx(1, abs=1e-5)
