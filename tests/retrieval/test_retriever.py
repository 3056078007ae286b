"""The retriever over a registry: means of texts, words that decide, examples, confidence, and what changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.hidden_states import text_states
from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card, CardExample
from hyperlora.models import BaseModel
from hyperlora.registry import Entry, Registry
from hyperlora.tasks.task import Example
from retrieval.calibration import Calibration
from retrieval.documents import QueryKind, document_of
from retrieval.index import Where
from retrieval.retriever import Retriever
from retrieval.state_projection import StateProjectionEncoder, fit_state_projection
from retrieval.weight_similarity import adapters_like

Register = Callable[..., Entry]
CAPITALS = ("Name the capital of the country.", "Which city governs this nation?", "Give the seat of government.")
PLURALS = ("Write the plural of the noun.", "Pluralise this word.", "What are many of these called?")


@pytest.fixture
def register(registry: Registry, make_adapter: Callable[..., Adapter], tiny_base: BaseModel) -> Register:
    def call(name: str, texts: Sequence[str], examples: Sequence[tuple[str, str]] = (), seed: int = 0) -> Entry:
        card = Card(
            description=texts[0],
            paraphrases=tuple(texts[1:]),
            examples=tuple(CardExample(input=asked, output=answer) for asked, answer in examples),
            origin="trained",
        )
        return registry.register(Adapter(make_adapter(seed).modules, tiny_base.identity, card), name)

    return call


@pytest.fixture
def retriever(registry: Registry, encoder: TextEncoder) -> Retriever:
    return Retriever(registry, encoder)


def names(found: Sequence[object]) -> list[str]:
    return [match.entry.name for match in found]  # type: ignore[attr-defined]


def test_the_similarity_is_that_to_the_mean_of_the_wordings(
    register: Register, retriever: Retriever, encoder: TextEncoder
) -> None:
    register("capital", CAPITALS)
    register("plural", PLURALS)
    query = "Tell me the main city of a state"
    found = {match.entry.name: match for match in retriever.search(query, 2)}
    asked = encoder.encode([query])[0]
    for name, texts in (("capital", CAPITALS), ("plural", PLURALS)):
        mean = encoder.encode(texts).mean(axis=0)
        assert found[name].similarity == pytest.approx(float(asked @ mean / np.linalg.norm(mean)), abs=1e-5)
    assert names(retriever.search(query, 1)) == ["capital"]


def test_prompts_are_compared_with_wordings_that_have_inputs(
    register: Register, retriever: Retriever, encoder: TextEncoder
) -> None:
    entry = register("capital", CAPITALS, [("Peru", "Lima"), ("Chad", "N'Djamena")])
    assert document_of(entry).prompts == [f"{CAPITALS[0]}\nInput: Peru", f"{CAPITALS[1]}\nInput: Chad"]
    [match] = retriever.search("Which capital?\nInput: Fiji", 1, kind="prompt")
    mean = encoder.encode(document_of(entry).prompts).mean(axis=0)
    asked = encoder.encode(["Which capital?\nInput: Fiji"])[0]
    assert match.similarity == pytest.approx(float(asked @ mean / np.linalg.norm(mean)), abs=1e-5)
    # without inputs the wordings must do
    bare = register("plural", PLURALS)
    assert document_of(bare).texts("prompt") == list(PLURALS)
    assert names(retriever.search("Pluralise: horse", 1, kind="prompt")) == ["plural"]


def test_words_decide_between_wordings_that_mean_the_same(register: Register, retriever: Retriever) -> None:
    register("french", ["Translate the number word into French."])
    register("dutch", ["Translate the number word into Dutch."])
    register("german", ["Translate the number word into German."])
    for language in ("French", "Dutch", "German"):
        best, *others = retriever.search(f"the {language} word for a number", 3)
        assert best.entry.name == language.lower()
        assert best.score > others[0].score >= others[1].score


def test_examples_find_the_adapter_with_such_examples(
    register: Register, retriever: Retriever, tiny_base: BaseModel
) -> None:
    register("capital", CAPITALS, [("Peru", "Lima"), ("Chad", "N'Djamena")])
    register("plural", PLURALS, [("dog", "dogs"), ("box", "boxes")])
    register("silent", ["Say nothing."])
    for shown, expected in (([Example("dog", "dogs")], "plural"), ([Example("Peru", "Lima")], "capital")):
        assert names(retriever.search_examples(tiny_base, shown, 3))[0] == expected
    assert set(names(retriever.search_examples(tiny_base, [Example("dog", "dogs")], 9))) == {"capital", "plural"}
    with pytest.raises(InputError, match="without examples"):
        retriever.search_examples(tiny_base, [])


def test_what_changes_in_the_registry_is_found(register: Register, registry: Registry, retriever: Retriever) -> None:
    assert retriever.search("plural") == []
    register("plural", PLURALS)
    assert names(retriever.search("plural of the noun")) == ["plural"]
    register("capital", CAPITALS)
    assert names(retriever.search("the capital of a country", 1)) == ["capital"]
    registry.archive("registry:capital")
    assert names(retriever.search("the capital of a country", 2)) == ["plural"]
    assert retriever.count() == 1


def test_filters_hold_of_everything_found(register: Register, registry: Registry, retriever: Retriever) -> None:
    for name, texts in (("capital", CAPITALS), ("plural", PLURALS), ("other", ["Name the country's money."])):
        register(name, texts)
    registry.set_tags("registry:plural", {"team": "words"})
    assert names(retriever.search("the capital", 3, where=Where(tags={"team": None}))) == ["plural"]
    assert "capital" not in names(
        retriever.search("the capital", 3, where=Where(without=frozenset({"registry:capital@1"})))
    )
    assert retriever.search("the capital", 3, where=Where(base="another")) == []
    assert len(retriever.search("the capital", 99)) == 3


def test_the_base_model_reads_prompts_and_no_descriptions(
    register: Register, registry: Registry, encoder: TextEncoder, tiny_base: BaseModel
) -> None:
    entries = [
        register("capital", CAPITALS, [("Peru", "Lima"), ("Chad", "N'Djamena")]),
        register("plural", PLURALS, [("ox", "oxen"), ("cat", "cats")]),
    ]
    prompts = [document_of(entry).prompts for entry in entries]
    states = text_states(tiny_base, [text for own in prompts for text in own], 1, "mean")
    reading = fit_state_projection(states, [0, 0, 1, 1], base=tiny_base.identity.fingerprint, layer=1, weight=0.8)
    loads: list[int] = []

    def base() -> BaseModel:
        loads.append(1)
        return tiny_base

    both = StateProjectionEncoder(encoder, reading, base)
    words: dict[QueryKind, float] = {"description": 0.3, "prompt": 0.0}
    retriever = Retriever(registry, encoder, prompts=both, words=words)
    plain = Retriever(registry, encoder, folder=registry.home / "plain")
    query = "Tell me the main city.\nInput: Spain"
    assert [match.score for match in retriever.search(query, 2)] == [match.score for match in plain.search(query, 2)]
    assert not loads, "nothing was read"

    asked = both.encode([query])[0]
    for match in retriever.search(query, 2, kind="prompt"):
        mean = both.encode(prompts[[entry.name for entry in entries].index(match.entry.name)]).mean(axis=0)
        assert match.similarity == pytest.approx(float(asked @ mean / np.linalg.norm(mean)), abs=1e-5)
        assert match.score == match.similarity, "shared words have no weight"
    assert retriever.id == f"{encoder.id}, {both.id}"


def test_confidence_is_the_calibration_s(register: Register, registry: Registry, encoder: TextEncoder) -> None:
    register("capital", CAPITALS)
    register("plural", PLURALS)
    model = Calibration(intercept=-3, score=6, lead=10, queries=1, brier=0.1)
    calibrated = Retriever(registry, encoder, {"description": model})
    found = calibrated.search("Which city is the capital of this country?", 2)
    assert [match.confidence for match in found] == model.confidence([match.score for match in found])
    nonsense = calibrated.search("amber ember quarry saddle umber velvet", 2)
    assert nonsense[0].confidence is not None and found[0].confidence is not None
    assert nonsense[0].confidence < 0.5 < found[0].confidence
    assert all(match.confidence is None for match in calibrated.search("Input: Peru", 2, kind="prompt"))


def test_bad_queries_are_refused(register: Register, retriever: Retriever) -> None:
    register("plural", PLURALS)
    with pytest.raises(InputError, match="the description is empty"):
        retriever.search_many(["plural", " \n"])
    with pytest.raises(InputError, match="k is 0"):
        retriever.search("plural", 0)
    assert retriever.search_many([]) == []


def test_adapters_are_alike_by_their_weight_changes(
    registry: Registry, make_adapter: Callable[..., Adapter], tiny_base: BaseModel
) -> None:
    from hyperlora.lora.algebra import cosine

    pool = {f"a-{seed}": make_adapter(seed) for seed in range(6)}
    for name, adapter in pool.items():
        registry.register(adapter, name)
    copy = pool["a-3"].with_card(pool["a-3"].card.model_copy(update={"origin": "retrieved"}))
    registry.register(copy, "made-by-adapt")
    query = pool["a-3"]
    twice = query.with_card(query.card.model_copy(update={"description": "the same weights"}))
    registry.register(twice, "twin")
    hits = adapters_like(registry, query, 4, leave_out=["registry:a-3@1"])
    found = [(entry.reference, value) for entry, value in hits]
    assert found[0] == ("registry:twin@1", pytest.approx(1.0, abs=1e-5))
    exact = {f"registry:{name}@1": cosine(query, adapter) for name, adapter in pool.items() if name != "a-3"}
    for reference, value in found[1:]:
        assert value == pytest.approx(exact[reference], abs=1e-6)
    assert [value for _, value in found[1:]] == sorted(exact.values(), reverse=True)[:3]
    foreign = replace(query, base=query.base.model_copy(update={"fingerprint": "0" * 64}))
    assert adapters_like(registry, foreign, 3) == []
