"""Writing: all conditions in one forward pass, each adapter as if it were alone; latents where there are some."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import Tensor

from generator.cvae import Cvae, CvaeConfig
from generator.hypernet import Hypernet, HypernetConfig
from generator.writing import latent_size, write
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel

SIZE = 12


def fields(base: BaseModel) -> dict[str, object]:
    return {
        "base": base.identity,
        "encoder": "all-minilm-l6-v2-0123",
        "condition_size": SIZE,
        "modules": find_target_modules(base.model, ("q_proj", "v_proj")),
        "rank": 3,
        "alpha": 6,
    }


def hypernet(base: BaseModel) -> Hypernet:
    torch.manual_seed(1)
    network = Hypernet(HypernetConfig(**fields(base), width=16, embedding_size=4))
    for head in network.heads.values():
        torch.nn.init.normal_(head.weight, std=0.1)
    return network.eval().requires_grad_(False)


def conditions(n: int) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(n, SIZE, generator=torch.Generator().manual_seed(0)), dim=-1)


def test_many_conditions_are_one_forward_and_give_what_each_gives_alone(tiny_base: BaseModel) -> None:
    network = hypernet(tiny_base)
    calls: list[int] = []
    counting = SimpleNamespace(
        config=network.config, forward=lambda given: calls.append(len(given)) or network.forward(given)
    )
    together = write(counting, conditions(4))
    assert calls == [4]
    assert len(together) == 4
    for position, factors in enumerate(together):
        [alone] = write(network, conditions(4)[position : position + 1])
        assert factors.keys() == alone.keys() == {module.name for module in network.config.modules}
        for name, part in factors.items():
            torch.testing.assert_close(part.B, alone[name].B, atol=1e-6, rtol=1e-5)
            assert torch.equal(part.A, alone[name].A)
            assert part.scaling == 2.0
            assert not part.B.requires_grad


def test_what_was_written_is_apart_from_the_network_and_can_be_trained(tiny_base: BaseModel) -> None:
    network = hypernet(tiny_base)
    [first] = write(network, conditions(1))
    [second] = write(network, conditions(1))
    name = next(iter(first))
    first[name].A.zero_()
    assert second[name].A.any()
    assert network.A[name.replace(".", "/")].any()
    leaf = second[name].B.requires_grad_()
    (leaf * 2).sum().backward()
    assert leaf.grad is not None


def test_a_latent_decides_what_a_sampling_network_leaves_open(tiny_base: BaseModel) -> None:
    torch.manual_seed(0)
    config = CvaeConfig(**fields(tiny_base), latent_size=5, width=16, hidden_size=16, embedding_size=4)
    network = Cvae(config)
    network.fit(torch.randn(6, network.layout.size), {m.name: torch.randn(3, m.in_features) for m in config.modules})
    network.eval()
    assert (latent_size(network), latent_size(hypernet(tiny_base))) == (5, 0)
    same = conditions(1).repeat(2, 1)
    likeliest, again = write(network, same)
    one, other = write(network, same, torch.randn(2, 5))
    name = config.modules[0].name
    torch.testing.assert_close(likeliest[name].B, again[name].B)
    assert (one[name].B - other[name].B).abs().max() > 1e-3
