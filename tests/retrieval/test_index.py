"""The index: the adapter whose task was asked for comes first, and only pool adapters come at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hyperlora.adapter import Adapter
from hyperlora.card import Card
from hyperlora.encoder import TextEncoder
from hyperlora.errors import InputError, RegistryError
from hyperlora.registry import Registry
from retrieval.index import AdapterIndex, build_index, pool_entries

TASKS = {
    "noun-plural": ("Write the plural of the noun", "Turn the word into its plural form"),
    "country-capital": ("Name the capital city of the country", "Which city is the seat of government?"),
    "number-words": ("Spell the number out in English words", "Write the digits as words"),
    "antonym": ("Give a word that means the opposite", "What is the antonym?"),
}
BASE = "f" * 64


def fill(registry: Registry, make_adapter: Callable[..., Adapter]) -> Registry:
    for seed, (name, (description, paraphrase)) in enumerate(TASKS.items()):
        card = Card(description=description, paraphrases=(paraphrase,), origin="trained")
        adapter = make_adapter(seed, rank=1, modules=("layers.0.self_attn.q_proj",), card=card)
        registry.register(adapter, name)
    return registry


@pytest.fixture
def pool(registry: Registry, make_adapter: Callable[..., Adapter]) -> Registry:
    """A pool of this test's own, to be changed."""
    return fill(registry, make_adapter)


@pytest.fixture(scope="module")
def index(
    _empty_registry: Path,
    make_adapter: Callable[..., Adapter],
    encoder: TextEncoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> AdapterIndex:
    """The pool's index, which a search leaves as it is."""
    home = shutil.copytree(_empty_registry, tmp_path_factory.mktemp("index") / "home")
    pool = fill(Registry(home), make_adapter)
    return build_index(pool_entries(pool, pool.entries()[0].base), encoder)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Please pluralise the noun", "noun-plural"),
        ("Tell me the capital of this nation", "country-capital"),
        ("Convert numerals into written English", "number-words"),
        ("Find the word with the contrary meaning", "antonym"),
    ],
)
def test_a_paraphrase_nobody_indexed_finds_its_adapter_first(index: AdapterIndex, query: str, name: str) -> None:
    hits = index.search(query, k=2)
    assert hits[0].entry.name == name
    assert hits[0].similarity > hits[1].similarity
    assert hits[0].wording in TASKS[name]


def test_hits_are_the_cosines_of_the_closest_wordings_best_first(index: AdapterIndex, encoder: TextEncoder) -> None:
    query = "Write the digits as words"
    hits = index.search(query, k=10)
    reference = {
        name: max(float(encoder.encode([query])[0] @ vector) for vector in encoder.encode(wordings))
        for name, wordings in TASKS.items()
    }
    assert [hit.entry.name for hit in hits] == sorted(reference, key=reference.__getitem__, reverse=True)
    np.testing.assert_allclose([hit.similarity for hit in hits], sorted(reference.values(), reverse=True), atol=1e-5)
    assert hits[0].similarity == pytest.approx(1, abs=1e-5)
    assert hits[0].similarity <= 1
    assert hits[0].wording == query


def test_each_adapter_comes_once_and_no_more_than_there_are(index: AdapterIndex) -> None:
    assert len(index) == 4
    assert sorted(hit.entry.name for hit in index.search("word", k=100)) == sorted(TASKS)
    assert [len(index.search("word", k)) for k in (1, 2, 4)] == [1, 2, 4]


def test_an_empty_pool_has_no_hits(registry: Registry, encoder: TextEncoder) -> None:
    index = build_index(pool_entries(registry, BASE), encoder)
    assert len(index) == 0
    assert index.search("plural", k=3) == []


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_query_is_refused_also_of_an_empty_pool(index: AdapterIndex, encoder: TextEncoder, text: str) -> None:
    for each in (index, AdapterIndex(encoder, [], [])):
        with pytest.raises(InputError, match="the description is empty"):
            each.search(text)


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_hit_cannot_be_asked_for(index: AdapterIndex, k: int) -> None:
    with pytest.raises(InputError, match=f"k is {k}"):
        index.search("plural", k)


def test_the_newest_version_of_each_pool_adapter_of_this_base_is_indexed(
    pool: Registry, encoder: TextEncoder, make_adapter: Callable[..., Adapter]
) -> None:
    base = pool.entries()[0].base
    one = make_adapter(9, rank=1, modules=("layers.0.self_attn.q_proj",))
    pool.register(one.with_card(Card(description="Sort the list of words", origin="imported")), "antonym")
    pool.register(one.with_card(Card(description="Made by adapt", origin="generated")), "generated-one")
    pool.register(one.with_card(Card(description="Found by adapt", origin="retrieved")), "retrieved-one")
    other = replace(one, base=one.base.model_copy(update={"fingerprint": BASE}))
    pool.register(other.with_card(Card(description="For another base", origin="trained")), "other-base")
    hits = build_index(pool_entries(pool, base), encoder).search("Sort the words", k=10)
    assert sorted(hit.entry.reference for hit in hits) == [
        "registry:antonym@2",
        "registry:country-capital@1",
        "registry:noun-plural@1",
        "registry:number-words@1",
    ]
    assert hits[0].entry.name == "antonym"
    others = build_index(pool_entries(pool, BASE), encoder).search("x", k=10)
    assert [hit.entry.name for hit in others] == ["other-base"]


def test_a_damaged_adapter_is_found_by_its_record_and_refused_when_it_is_loaded(
    pool: Registry, encoder: TextEncoder
) -> None:
    entry = pool.get("registry:antonym")
    (entry.folder / "hyperlora.json").write_text("{}")
    hits = build_index(pool_entries(pool, entry.base), encoder).search(entry.description, k=1)
    assert hits[0].entry.reference == entry.reference
    with pytest.raises(RegistryError, match=r"hyperlora\.json"):
        pool.load(hits[0].entry.reference)
