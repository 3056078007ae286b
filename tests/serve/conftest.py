"""A small pool on the tiny model, which the settings name as base model, and the command line called in-process."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hyperlora.settings import reload_settings
from serve.cli import main

if TYPE_CHECKING:
    from hyperlora.embeddings.encoder import TextEncoder
    from hyperlora.lora.adapter import Adapter
    from hyperlora.models import BaseModel
    from hyperlora.registry import Registry

POOL = {
    "plural": ("Give the plural of the noun", "Turn the word into its plural"),
    "capital": ("Name the capital of the country", "Which city governs this country?"),
    "spelled": ("Spell the number in words", "Write the numeral out"),
}


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run `hyperlora` with these arguments."""

    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return Outcome(caught.value.code, printed.out, printed.err)

    return call


@pytest.fixture
def tiny_is_base(tiny_base_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings name the tiny model; its reference."""
    reference = f"file:{tiny_base_folder}"
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", reference)
    reload_settings()
    return reference


def copy_home(source: Path, target: Path) -> None:
    """Copy a HYPERLORA_HOME to where it is used; MLflow keeps the path of its artifacts."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    with closing(sqlite3.connect(target / "registry" / "mlflow.db")) as database, database:
        database.execute(
            "UPDATE experiments SET artifact_location = replace(artifact_location, ?, ?)", (str(source), str(target))
        )


@pytest.fixture(scope="session")
def pool_home(
    _empty_registry: Path,
    tiny_base: BaseModel,
    encoder: TextEncoder,
    make_adapter: Callable[..., Adapter],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A home with three untrained adapters and a generator. Shared: copy it before changing anything."""
    import torch

    from generator.artifact import write_generator
    from generator.hypernet import Hypernet, HypernetConfig
    from hyperlora.lora.card import Card, CardExample
    from hyperlora.lora.target_modules import find_target_modules
    from hyperlora.registry import Registry
    from retrieval.retriever import Retriever

    home = tmp_path_factory.mktemp("pool")
    copy_home(_empty_registry, home)
    registry = Registry(home)
    for seed, (name, (description, paraphrase)) in enumerate(POOL.items()):
        card = Card(
            description=description,
            paraphrases=(paraphrase,),
            examples=(CardExample(input="cat", output="cats"),),
            metrics={"exact_match.validation": 0.75},
            origin="trained",
        )
        entry = registry.register(make_adapter(seed, card=card), name)
        registry.set_alias(entry.reference, "champion")
    config = HypernetConfig(
        base=tiny_base.identity,
        encoder=encoder.id,
        condition_size=encoder.dimensions,
        modules=find_target_modules(tiny_base.model, ("q_proj", "v_proj")),
        rank=2,
        alpha=4,
        width=8,
        embedding_size=2,
    )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        network = Hypernet(config)
        for head in network.heads.values():
            torch.nn.init.normal_(head.weight, std=0.2)
    fields = {"base": tiny_base.identity.fingerprint, "encoder": encoder.id, "origin": "trained", "description": "All"}
    registry.put("generator", "writer", lambda folder: write_generator(network, folder), fields)
    # so that none of the tests that nothing is written in is the first to search, which leaves the index
    Retriever(registry, encoder).search("anything", 1)
    return home


@pytest.fixture
def pool(pool_home: Path, hyperlora_home: Path, tiny_is_base: str) -> Registry:
    """A copy of the pool in this test's HYPERLORA_HOME."""
    from hyperlora.registry import Registry

    copy_home(pool_home, hyperlora_home)
    return Registry(hyperlora_home)


@pytest.fixture
def shared_pool(pool_home: Path, tiny_is_base: str, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The pool itself as HYPERLORA_HOME, for tests that end by asserting that nothing was written to it."""
    from hyperlora.registry import Registry

    monkeypatch.setenv("HYPERLORA_HOME", str(pool_home))
    reload_settings()
    return Registry(pool_home)
