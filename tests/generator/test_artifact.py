"""A generator on disk: bit for bit the one that was written, or a one-line error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from generator.artifact import read_generator, write_generator
from generator.cvae import Cvae, CvaeConfig
from generator.hypernet import Hypernet, HypernetConfig
from hyperlora.errors import AdapterFormatError
from hyperlora.lora.target_modules import find_target_modules
from hyperlora.models import BaseModel

A_KEY = "A.model/layers/0/self_attn/q_proj"


@pytest.fixture
def network(tiny_base: BaseModel) -> Hypernet:
    config = HypernetConfig(
        base=tiny_base.identity,
        encoder="all-minilm-l6-v2-0123",
        condition_size=12,
        modules=find_target_modules(tiny_base.model, ["q_proj", "v_proj"]),
        rank=3,
        alpha=6,
        width=16,
        embedding_size=4,
        prompt_template="Q: {input}\nA:",
        tasks=("plural", "capital"),
    )
    torch.manual_seed(1)
    network = Hypernet(config)
    for head in network.heads.values():
        torch.nn.init.normal_(head.weight)
    return network


@pytest.fixture
def folder(network: Hypernet, tmp_path: Path) -> Path:
    write_generator(network, tmp_path)
    return tmp_path


def test_what_was_written_is_read_bit_for_bit(network: Hypernet, folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["generator.json", "generator.safetensors"]
    read = read_generator(folder)
    assert read.config == network.config
    assert not read.training
    assert not any(parameter.requires_grad for parameter in read.parameters())
    conditions = torch.randn(3, 12)
    with torch.no_grad():
        expected, got = network.eval()(conditions), read(conditions)
    for name, stack in expected.items():
        assert torch.equal(got[name].A, stack.A)
        assert torch.equal(got[name].B, stack.B)
        assert torch.equal(got[name].scaling, stack.scaling)


def test_writing_what_was_read_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_generator(read_generator(folder), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def config(**changes: Any) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "generator.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


def first_module(**changes: Any) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "generator.json"
        fields = json.loads(path.read_text())
        fields["modules"][0] |= changes
        path.write_text(json.dumps(fields))

    return spoil


def tensors(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        stored = load_file(folder / "generator.safetensors")
        change(stored)
        save_file(stored, folder / "generator.safetensors")

    return spoil


SPOILED: dict[str, Callable[[Path], object]] = {
    "no config": lambda folder: (folder / "generator.json").unlink(),
    "no weights": lambda folder: (folder / "generator.safetensors").unlink(),
    "config not JSON": lambda folder: (folder / "generator.json").write_text("{"),
    "config of another tool": lambda folder: (folder / "generator.json").write_text('{"model_type": "llama"}'),
    "another kind": config(kind="cvae"),
    "a field nobody knows": config(extra=1),
    "another rank": config(rank=4),
    "another width": config(width=32),
    "another condition": config(condition_size=13),
    "no modules": config(modules=[]),
    "a template without input": config(prompt_template="Q:"),
    "a module of another size": first_module(in_features=65),
    "a module of another name": first_module(name="model.layers.0.self_attn.o_proj"),
    "a module of another kind": first_module(kind="o_proj"),
    "a module in layer 4000": first_module(layer=4000),
    "a kind with a dot": first_module(kind="q.proj"),
    "a kind without a name": first_module(kind=""),
    "a kind that is a method": first_module(kind="keys"),
    "two modules of one name": first_module(name="model.layers.1.self_attn.q_proj"),
    "NaN": tensors(lambda stored: stored[A_KEY].view(-1).__setitem__(0, float("nan"))),
    "Inf": tensors(lambda stored: stored["norm.bias"].__setitem__(0, float("inf"))),
    "a tensor too few": tensors(lambda stored: stored.pop("norm.bias")),
    "a tensor too many": tensors(lambda stored: stored.__setitem__("more", torch.ones(1))),
    "a tensor of another shape": tensors(lambda stored: stored.__setitem__("norm.bias", torch.ones(15))),
    "whole numbers": tensors(lambda stored: stored.__setitem__("norm.bias", torch.ones(16, dtype=torch.int64))),
    "double precision": tensors(lambda stored: stored.__setitem__("norm.bias", stored["norm.bias"].double())),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_generator_is_a_one_line_error_that_names_the_file(name: str, folder: Path) -> None:
    read_generator(folder)
    SPOILED[name](folder)
    with pytest.raises(AdapterFormatError, match=r"generator\.(json|safetensors)") as caught:
        read_generator(folder)
    assert "\n" not in str(caught.value)


def test_a_cvae_is_read_bit_for_bit_with_what_it_took_from_its_pool(tiny_base: BaseModel, tmp_path: Path) -> None:
    config = CvaeConfig(
        base=tiny_base.identity,
        encoder="all-minilm-l6-v2-0123",
        condition_size=12,
        modules=find_target_modules(tiny_base.model, ["q_proj", "v_proj"]),
        rank=2,
        alpha=2,
        latent_size=3,
        width=8,
        hidden_size=8,
        embedding_size=4,
    )
    network = Cvae(config)
    common = {module.name: torch.randn(2, module.in_features) for module in config.modules}
    network.fit(torch.randn(5, network.layout.size), common)
    write_generator(network, tmp_path)
    read = read_generator(tmp_path)
    assert isinstance(read, Cvae)
    assert read.config == config
    assert {name: tensor.tolist() for name, tensor in read.state_dict().items()} == {
        name: tensor.tolist() for name, tensor in network.state_dict().items()
    }
    conditions, latent = torch.randn(2, 12), torch.randn(2, 3)
    with torch.no_grad():
        expected, got = network.eval()(conditions, latent), read(conditions, latent)
    assert all(
        torch.equal(got[name].B, stack.B) and torch.equal(got[name].A, stack.A) for name, stack in expected.items()
    )
    assert config.kind == "cvae"
    (tmp_path / "generator.json").write_text(
        json.dumps({**json.loads((tmp_path / "generator.json").read_text()), "kind": "oracle"})
    )
    with pytest.raises(AdapterFormatError, match="not a generator's config"):
        read_generator(tmp_path)
