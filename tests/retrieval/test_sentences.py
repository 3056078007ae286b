"""Descriptions of several sentences: how they are taken apart, and that their core is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Registry
from retrieval.documents import Document
from retrieval.measuring import rank_queries
from retrieval.ranking import combined
from retrieval.retriever import Retriever
from retrieval.sentences import MOST_SENTENCES, sentences, with_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Give the plural of the noun", []),
        ("Give the plural of the noun.", []),
        ("Hi there! Give the plural.", ["Hi there!", "Give the plural."]),
        ("Convert dates, e.g. 3 May 2021, to ISO.", []),
        ("Use rule No. 3 of the list", []),
        ("First line\n\n- second point\nthird", ["First line", "second point", "third"]),
        ("Is it urgent? (Say yes or no.) Thanks.", ["Is it urgent?", "(Say yes or no.", "Thanks."]),
        ("複数形にしてください。一語だけ。", ["複数形にしてください。", "一語だけ。"]),
        ("...\n\n---\nGive the plural", []),
    ],
)
def test_a_text_is_taken_apart_at_ends_of_sentences_and_lines(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
    assert with_sentences(text) == [text, *expected]


def test_a_very_long_text_is_not_searched_by_each_of_its_sentences() -> None:
    assert len(sentences("Another sentence of context. " * 500)) == MOST_SENTENCES


def test_half_of_a_score_is_the_whole_texts_and_half_the_best_parts() -> None:
    whole = {"a": 0.6, "b": 0.5}
    assert combined(whole, []) == whole
    parts = [{"a": 0.2, "b": 0.9}, {"c": 0.8}]
    scores = combined(whole, parts)
    assert list(scores) == ["b", "c", "a"]
    # c was not found by the whole text: it counts as little as the last that was
    assert scores == pytest.approx({"b": (0.5 + 0.9) / 2, "c": (0.5 + 0.8) / 2, "a": (0.6 + 0.6) / 2})
    assert combined({}, []) == {}


CONTEXT = (
    "We run a small shop for garden furniture in the north of England and sell to most of Europe. A colleague has left "
    "us a spreadsheet that nobody understands, and the season begins next week. Every row of it has a customer, what "
    "they ordered and when the lorry is to come, and the people in the warehouse want to print labels. "
)


def test_three_paragraphs_find_what_their_core_finds(
    registry: Registry, make_adapter: Callable[..., Adapter], encoder: TextEncoder
) -> None:
    said = {
        "plural": "Give the plural form of a noun.",
        "capital": "Name the capital of a country.",
        "customers": "Say which customer ordered furniture from the shop.",
        "lorries": "Tell when the lorry comes to the warehouse.",
    }
    for seed, (name, text) in enumerate(said.items()):
        registry.register(make_adapter(seed, card=Card(description=text, origin="trained")), name)
    long = f"{CONTEXT}\n\nPlease give the plural of the noun.\n\n{CONTEXT * 3}"
    assert encoder.tokens(long) > encoder.most_tokens == 256
    retriever = Retriever(registry, encoder)
    assert retriever.search(CONTEXT * 4, 1)[0].entry.name != "plural"
    [hit, second] = retriever.search(long, 2)
    assert hit.entry.name == "plural"
    assert hit.score > second.score
    # what is measured in memory is what the index does
    documents = [Document((text,)) for text in said.values()]
    [ranking] = rank_queries(encoder, documents, [long], "description")
    assert list(said)[ranking.order[0]] == "plural"
    assert ranking.scores[:2] == pytest.approx([hit.score, second.score], abs=1e-5)
