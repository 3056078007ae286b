"""The CVAE: shapes, the loss's numbers, what a latent does, and that what is stored is all there is to it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load, save
from torch.nn.functional import normalize

from generator.canonical import leading_directions, projected
from generator.cvae import Cvae, CvaeConfig, kl_divergence
from generator.latents import between, sample
from generator.weight_coders import DictionaryCoder, Form
from hyperlora.bank import AdapterBank, Route
from hyperlora.errors import InputError
from hyperlora.lora.adapter import LoraFactors
from hyperlora.lora.target_modules import TargetModule, find_target_modules
from hyperlora.models import BaseIdentity, BaseModel

FORMS: tuple[Form, ...] = ("conv", "tokens", "dictionary")
BOTH = list(itertools.product(FORMS, ("B", "AB")))
BASE = BaseIdentity(id="file:x", hub_id="x", revision="1", fingerprint="f" * 64, num_layers=2)
MODULES = tuple(
    TargetModule(name=f"model.layers.{n}.{kind}", kind=kind, layer=n, in_features=20, out_features=out)
    for n in range(2)
    for kind, out in (("q_proj", 20), ("v_proj", 12))
)


def config_for(form: str = "dictionary", sides: str = "B", **changes: object) -> CvaeConfig:
    fields = {
        "base": BASE,
        "encoder": "all-minilm-l6-v2-0123",
        "condition_size": 12,
        "modules": MODULES,
        "rank": 2,
        "alpha": 4,
        "sides": sides,
        "form": form,
        "latent_size": 3,
        "width": 16,
        "hidden_size": 16,
        "embedding_size": 4,
    }
    return CvaeConfig.model_validate(fields | changes)


def stirred(form: str = "dictionary", sides: str = "B", seed: int = 1, **changes: object) -> Cvae:
    """A CVAE with statistics of a pool and weights far from zero."""
    torch.manual_seed(seed)
    network = Cvae(config_for(form, sides, **changes))
    network.fit(
        torch.randn(5, network.layout.size) * 0.1 + 0.5, {name: A.detach() for name, A in network.common().items()}
    )
    return network.eval()


def conditions(n: int) -> torch.Tensor:
    return normalize(torch.randn(n, 12, generator=torch.Generator().manual_seed(0)), dim=-1)


@pytest.mark.parametrize(("form", "sides"), BOTH)
def test_factors_have_the_shapes_of_the_modules_and_the_scaling_of_the_config(form: str, sides: str) -> None:
    network = stirred(form, sides)
    factors = network(conditions(5))
    assert list(factors) == [module.name for module in MODULES]
    for module in MODULES:
        stack = factors[module.name]
        assert stack.A.shape == (5, 2, module.in_features)
        assert stack.B.shape == (5, module.out_features, 2)
        assert stack.scaling.tolist() == [2.0] * 5
        shared = torch.equal(stack.A[0], stack.A[4])
        assert shared == (sides == "B")
        assert (stack.B[0] - stack.B[4]).abs().max() > 1e-5


@pytest.mark.parametrize(("form", "sides"), BOTH)
@torch.no_grad()
def test_a_batch_equals_its_members_one_by_one(form: str, sides: str) -> None:
    network = stirred(form, sides)
    latent = torch.randn(4, 3)
    weights = torch.randn(4, network.layout.size)
    decoded = network.decode(latent, conditions(4))
    encoded = network.encode(weights, conditions(4))
    for row in range(4):
        one = slice(row, row + 1)
        torch.testing.assert_close(network.decode(latent[one], conditions(4)[one])[0], decoded[row])
        for whole, alone in zip(encoded, network.encode(weights[one], conditions(4)[one]), strict=True):
            assert whole.shape == (4, 3)
            torch.testing.assert_close(alone[0], whole[row])


@torch.no_grad()
def test_without_a_latent_the_priors_mean_is_decoded() -> None:
    network = stirred()
    bare, zero = network(conditions(2)), network(conditions(2), torch.zeros(2, 3))
    other = network(conditions(2), torch.ones(2, 3))
    for name, stack in bare.items():
        assert torch.equal(stack.B, zero[name].B)
        assert (stack.B - other[name].B).abs().max() > 1e-3


@torch.no_grad()
@pytest.mark.parametrize("form", FORMS)
def test_the_encoder_reads_weights_and_condition(form: str) -> None:
    network = stirred(form)
    weights = torch.randn(2, network.layout.size, generator=torch.Generator().manual_seed(3))
    mean, log_variance = network.encode(weights, conditions(2))
    for changed in ((weights.flip(0), conditions(2)), (weights, conditions(2).flip(0))):
        assert (network.encode(*changed)[0] - mean).abs().max() > 1e-4
        assert (network.encode(*changed)[1] - log_variance).abs().max() > 1e-4


@torch.no_grad()
def test_losses_are_the_papers_formulas() -> None:
    network = stirred()
    weights, decoded = torch.randn(2, 3, network.layout.size).unbind()
    deviation = np.repeat(network.standardiser.deviation.double().numpy(), network.layout.group_sizes)
    expected = (((decoded - weights).double().numpy() / deviation) ** 2).mean(axis=1)
    np.testing.assert_allclose(network.reconstruction_loss(decoded, weights).numpy(), expected, rtol=1e-5)

    mean, log_variance = torch.tensor([[0.5, -2.0], [0.0, 0.0]]), torch.tensor([[0.3, -1.0], [0.0, 0.0]])
    found = kl_divergence(mean, log_variance)
    own = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    reference = torch.distributions.kl_divergence(own, torch.distributions.Normal(0.0, 1.0)).sum(dim=-1)
    torch.testing.assert_close(found, reference)
    assert found[1] == 0 and found[0] > 1


@pytest.mark.parametrize(("form", "sides"), BOTH)
def test_both_losses_reach_every_learned_number(form: str, sides: str) -> None:
    network = stirred(form, sides).train()
    weights = torch.randn(4, network.layout.size)
    mean, log_variance = network.encode(weights, conditions(4))
    decoded = network.decode(mean + torch.randn(4, 3) * (0.5 * log_variance).exp(), conditions(4))
    (network.reconstruction_loss(decoded, weights).sum() + kl_divergence(mean, log_variance).sum()).backward()
    silent = {name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()}
    assert silent == {f"A.{name}" for name in network.A}  # the common A is the pool's


def test_the_gradient_through_the_base_reaches_all_that_generates(tiny_base: BaseModel, bank: AdapterBank) -> None:
    modules = find_target_modules(tiny_base.model, ["q_proj", "v_proj"])
    network = stirred(base=tiny_base.identity, modules=modules).train()
    ids = torch.arange(5, 29).view(2, 12)
    with bank.run(network(conditions(2)), Route.select([0, 1])):
        logits = tiny_base.model(ids).logits
    with torch.no_grad():
        assert (logits - tiny_base.model(ids).logits).abs().max() > 1e-3
    torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).backward()
    silent = {name.split(".")[0] for name, value in network.named_parameters() if value.grad is None}
    assert silent == {"posterior"}


@pytest.mark.parametrize(("form", "sides"), BOTH)
@torch.no_grad()
def test_what_is_stored_is_all_there_is(form: str, sides: str) -> None:
    network = stirred(form, sides)
    stored = load(save({name: tensor.contiguous() for name, tensor in network.state_dict().items()}))
    assert sum(tensor.numel() for tensor in stored.values()) == network.num_parameters
    with torch.device("meta"):
        read = Cvae(CvaeConfig.model_validate_json(network.config.model_dump_json()))
    read.load_state_dict(stored, assign=True)
    read.eval()
    for name, stack in network(conditions(3)).items():
        again = read(conditions(3))[name]
        assert torch.equal(again.A, stack.A) and torch.equal(again.B, stack.B)


@torch.no_grad()
def test_samples_of_a_condition_differ_lie_beside_each_other_and_depend_on_the_generator_alone() -> None:
    network = stirred()
    first, again, other = (sample(network, conditions(2), 3, torch.Generator().manual_seed(seed)) for seed in (5, 5, 6))
    latent = torch.randn(6, 3, generator=torch.Generator().manual_seed(5))
    expected = network(conditions(2).repeat_interleave(3, dim=0), latent)
    for name, stack in first.items():
        assert len(stack) == 6
        assert torch.equal(stack.B, again[name].B) and torch.equal(stack.B, expected[name].B)
        assert (stack.B - other[name].B).abs().max() > 1e-3
        assert (stack.B[0] - stack.B[1]).abs().max() > 1e-3


def test_between_goes_along_the_circle_with_even_lengths() -> None:
    start, end = torch.tensor([2.0, 0, 0]), torch.tensor([0, 4.0, 0])
    points = between(start, end, 5)
    assert torch.equal(points[0], start) and torch.equal(points[-1], end)
    torch.testing.assert_close(points.norm(dim=1), torch.tensor([2.0, 2.5, 3.0, 3.5, 4.0]))
    angles = torch.atan2(points[:, 1], points[:, 0])
    torch.testing.assert_close(angles, torch.linspace(0, np.pi / 2, 5))


def test_between_a_vector_and_itself_or_zero_is_a_straight_line() -> None:
    vector = torch.tensor([0.6, 0.8])
    torch.testing.assert_close(between(vector, vector * 3, 3), vector * torch.tensor([[1.0], [2.0], [3.0]]))
    torch.testing.assert_close(between(torch.zeros(2), vector, 3), vector * torch.tensor([[0.0], [0.5], [1.0]]))


def test_between_refuses_what_has_no_way() -> None:
    vector = torch.tensor([0.6, 0.8])
    with pytest.raises(InputError, match="opposite"):
        between(vector, -vector, 3)
    with pytest.raises(InputError, match="1 points"):
        between(vector, vector, 1)


def test_a_dictionary_begins_where_principal_components_end() -> None:
    weights = torch.randn(12, 60, generator=torch.Generator().manual_seed(0)) * torch.linspace(0.1, 2, 60)
    weights -= weights.mean(0)
    coder = DictionaryCoder(60, 8)
    coder.fit(weights)
    U, S, Vh = np.linalg.svd(weights.double().numpy(), full_matrices=False)
    best = (U[:, :8] * S[:8]) @ Vh[:8]
    atoms = coder.atoms.detach().double().numpy()
    coefficients = np.linalg.lstsq(atoms.T, weights.double().numpy().T, rcond=None)[0].T
    np.testing.assert_allclose(coefficients @ atoms, best, atol=1e-5)
    # decoding such coefficients of unit variance gives the components back
    assert (coefficients * 8**0.5).var(axis=0) == pytest.approx(np.ones(8), rel=0.15)
    np.testing.assert_allclose(
        coder.decode(torch.tensor(coefficients * 8**0.5).float()).detach().numpy(), best, atol=1e-5
    )


def test_a_dictionary_larger_than_its_pool_keeps_the_rest_small() -> None:
    weights = torch.randn(3, 60)
    coder = DictionaryCoder(60, 8)
    coder.fit(weights)
    assert coder.atoms[3:].abs().max() < 0.1 < coder.atoms[:3].abs().max()
    assert coder.atoms[3:].any(dim=1).all()
    coder.fit(torch.zeros(3, 60))
    assert coder.atoms.isfinite().all()


@pytest.mark.parametrize("size", [9, 64, 65, 1000])
def test_convolutions_cover_every_length(size: int) -> None:
    modules = [TargetModule(name="model.layers.0.q", kind="q", layer=0, in_features=1, out_features=size)]
    network = stirred("conv", modules=modules, rank=1)
    decoded = network.decode(torch.zeros(2, 3), conditions(2))
    assert decoded.shape == (2, size)
    (decoded[:, -1] - decoded[:, 0]).sum().backward()
    assert network.features[0].weight.grad is not None and network.features[0].weight.grad.any()


@torch.no_grad()
def test_a_pool_on_its_leading_directions_comes_back_through_the_layout() -> None:
    generator = torch.Generator().manual_seed(0)
    A = {module.name: torch.randn(2, module.in_features, generator=generator) for module in MODULES}
    pool = [
        {m.name: LoraFactors(A[m.name], torch.randn(m.out_features, 2, generator=generator), 3.0) for m in MODULES}
        for _ in range(4)
    ]
    network = Cvae(config_for())
    common = leading_directions(pool, MODULES, 2)
    flat = network.layout.flat(projected(pool, MODULES, common).factors)
    network.fit(flat, common)
    factors = network.layout.factors(flat, network.common())
    for row, own in enumerate(pool):
        for name, part in own.items():
            found = factors[name].scaling[row] * factors[name].B[row] @ factors[name].A[row]
            torch.testing.assert_close(found, part.weight_change(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": 0},
        {"rank": 10**6},
        {"width": 2**30},
        {"width": 4},
        {"hidden_size": 2**30},
        {"latent_size": 0},
        {"alpha": float("nan")},
        {"condition_size": 0},
        {"modules": ()},
        {"modules": (MODULES[0], MODULES[0])},
        {"kind": "hypernet"},
        {"form": "transformer"},
        {"sides": "A"},
        {"code": "import os"},
    ],
)
def test_sizes_beyond_reason_and_unknown_fields_are_refused(changes: dict[str, object]) -> None:
    config_for()
    with pytest.raises(ValidationError):
        config_for(**changes)  # type: ignore[arg-type]
