"""The index of adapters: the closest come first, only pool adapters come at all, and it keeps up with the registry."""

from __future__ import annotations

import hashlib
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import InputError, RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Entry, Event, Registry
from hyperlora.registry.catalogue import Catalogue
from hyperlora.registry.entry import NameState, Tombstone
from retrieval.index import (
    POOL_ORIGINS,
    READS_TAG,
    AdapterIndex,
    Hit,
    Passage,
    Where,
    WordingEmbedder,
    build_index,
    pool_entries,
)

TASKS = {
    "noun-plural": ("Write the plural of the noun", "Turn the word into its plural form"),
    "country-capital": ("Name the capital city of the country", "Which city is the seat of government?"),
    "number-words": ("Spell the number out in English words", "Write the digits as words"),
    "antonym": ("Give a word that means the opposite", "What is the antonym?"),
}
BASE = "f" * 64
D = 12


# --- with the real encoder and the real registry ------------------------------------------------------------


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


def test_many_texts_find_what_each_finds_alone(index: AdapterIndex, encoder: TextEncoder) -> None:
    texts = ["Say it in the plural", "capital?", "the opposite"]
    together = index.search_many(texts, 2)
    for own, text in zip(together, texts, strict=True):
        alone = index.search(text, 2)
        assert [hit.entry.reference for hit in own] == [hit.entry.reference for hit in alone]
        assert [hit.similarity for hit in own] == pytest.approx([hit.similarity for hit in alone], abs=1e-5)
    assert together == index.search_vectors(encoder.encode(texts), 2)
    assert index.search_many([], 2) == []


def test_an_empty_pool_has_no_hits(registry: Registry, encoder: TextEncoder) -> None:
    for index in (
        build_index(pool_entries(registry, BASE), encoder),
        AdapterIndex.open(registry, WordingEmbedder(encoder)),
    ):
        assert len(index) == 0
        assert index.search("plural", k=3) == []
        assert index.search_vectors(encoder.encode(["plural"]), 3) == [[]]


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_query_is_refused_also_of_an_empty_pool(index: AdapterIndex, encoder: TextEncoder, text: str) -> None:
    for each in (index, build_index([], encoder)):
        with pytest.raises(InputError, match="the description is empty"):
            each.search(text)
        with pytest.raises(InputError, match="the description is empty"):
            each.search_many(["plural", text])


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_hit_cannot_be_asked_for(index: AdapterIndex, encoder: TextEncoder, k: int) -> None:
    for each in (index, build_index([], encoder)):
        with pytest.raises(InputError, match=f"k is {k}"):
            each.search("plural", k)
        with pytest.raises(InputError, match=f"k is {k}"):
            each.search_vectors(encoder.encode(["plural"]), k)


def test_the_newest_version_of_each_pool_adapter_of_this_base_is_indexed(
    pool: Registry, encoder: TextEncoder, make_adapter: Callable[..., Adapter]
) -> None:
    base = pool.entries()[0].base
    followed = AdapterIndex.open(pool, WordingEmbedder(encoder))
    one = make_adapter(9, rank=1, modules=("layers.0.self_attn.q_proj",))
    pool.register(one.with_card(Card(description="Sort the list of words", origin="imported")), "antonym")
    pool.register(one.with_card(Card(description="Made by adapt", origin="generated")), "generated-one")
    pool.register(one.with_card(Card(description="Found by adapt", origin="retrieved")), "retrieved-one")
    other = replace(one, base=one.base.model_copy(update={"fingerprint": BASE}))
    pool.register(other.with_card(Card(description="For another base", origin="trained")), "other-base")
    assert followed.catch_up()
    for index in (
        build_index(pool_entries(pool, base), encoder),
        followed.within(Where(base=base)),
        AdapterIndex.open(pool, WordingEmbedder(encoder)).within(Where(base=base)),
    ):
        hits = index.search("Sort the words", k=10)
        assert sorted(hit.entry.reference for hit in hits) == [
            "registry:antonym@2",
            "registry:country-capital@1",
            "registry:noun-plural@1",
            "registry:number-words@1",
        ]
        assert hits[0].entry == pool.get("registry:antonym")
    for index in (build_index(pool_entries(pool, BASE), encoder), followed.within(Where(base=BASE))):
        assert [hit.entry.name for hit in index.search("x", k=10)] == ["other-base"]
    assert len(followed) == 5


def test_a_damaged_adapter_is_found_by_its_record_and_refused_when_it_is_loaded(
    pool: Registry, encoder: TextEncoder
) -> None:
    entry = pool.get("registry:antonym")
    (entry.folder / "hyperlora.json").write_text("{}")
    hits = AdapterIndex.open(pool, WordingEmbedder(encoder)).search(entry.description, k=1)
    assert hits[0].entry.reference == entry.reference
    with pytest.raises(RegistryError, match=r"hyperlora\.json"):
        pool.load(hits[0].entry.reference)


# --- with an embedder that costs nothing, on a real catalogue without MLflow --------------------------------


class Counting:
    """A random vector for each text, always the same; knows what it was asked to embed."""

    def __init__(self, name: str = "counting") -> None:
        self.id = name
        self.dimensions = D
        self.embedded: list[str] = []
        self.refuses = False

    def passages(self, entry: Entry) -> list[Passage]:
        return [Passage(text, (text,)) for text in (entry.description, *entry.paraphrases) if text != "nothing"]

    def embed(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        if self.refuses:
            raise ConnectionError("the encoder went away")
        self.embedded += [passage.wording for passage in passages]
        return self.embed_queries([passage.wording for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([vector_of(text) for text in texts]) if texts else np.zeros((0, D), dtype=np.float32)


@cache
def vector_of(text: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    drawn = np.random.default_rng(seed).standard_normal(D)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


class Names:
    """What an index reads of a registry, over a real catalogue that is written to at once."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.catalogue = Catalogue(home / "catalogue.db", lambda content: home / content)
        self.catalogue.replace([])

    def watermark(self) -> str:
        return self.catalogue.watermark()

    def events(self, since: str | None = None) -> list[Event]:
        return self.catalogue.events(since, limit=10**6)

    def put(self, name: str, version: int, *wordings: str, **fields: Any) -> Entry:
        """Register a version, or change it."""
        made = {"origin": "trained", "base": "base-a", "base_id": "a", "created": 1} | fields
        entry = Entry(
            kind=made.pop("kind", "adapter"),
            name=name,
            version=version,
            description=wordings[0],
            paraphrases=wordings[1:],
            content=f"{name}-{version}",
            manifest={},
            folder=self.home / f"{name}-{version}",
            **made,
        )
        self._apply(name, entry.kind, {**self.versions(name), version: entry})
        return entry

    def change(self, name: str, version: int, **fields: Any) -> None:
        versions = self.versions(name)
        self._apply(name, "adapter", {**versions, version: replace(versions[version], **fields)})

    def delete(self, name: str, version: int) -> None:
        left = {number: entry for number, entry in self.versions(name).items() if number != version}
        self._apply(name, "adapter", left, version)

    def forget(self, name: str) -> None:
        self.catalogue.apply([], gone=[name])

    def versions(self, name: str) -> Mapping[int, Entry]:
        state = self.catalogue.state(name)
        return {} if state is None else state.entries

    def _apply(self, name: str, kind: Any, entries: Mapping[int, Entry], buried: int = 0) -> None:
        state = self.catalogue.state(name)
        tombstones = dict({} if state is None else state.tombstones)
        if buried:
            tombstones[buried] = Tombstone("x", 1, "deleted")
        self.catalogue.apply([NameState(kind, name, entries, {}, tombstones)])

    def anew(self) -> None:
        """Fill the catalogue anew, after which older watermarks mean nothing."""
        names = sorted(self.catalogue.names())
        self.catalogue.replace([state for name in names if (state := self.catalogue.state(name)) is not None])

    def pool(self) -> list[Entry]:
        """The pool by its rules, read from what every name has."""
        found = []
        for name in self.catalogue.names():
            newest: dict[str, Entry] = {}
            for version in sorted(self.versions(name)):
                entry = self.versions(name)[version]
                if entry.kind == "adapter" and entry.origin in POOL_ORIGINS and READS_TAG not in entry.tags:
                    newest |= {} if entry.archived else {entry.base: entry}
            found += newest.values()
        return found


@pytest.fixture
def names(tmp_path: Path) -> Iterator[Names]:
    names = Names(tmp_path)
    yield names
    names.catalogue.close()


def opened(names: Names, embedder: Counting | None = None, **options: Any) -> AdapterIndex:
    return AdapterIndex.open(names, embedder or Counting(), **options)  # type: ignore[arg-type]


def brute_force(entries: Sequence[Entry], query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
    """References with similarities by plain NumPy, ties by reference."""
    scored = []
    for entry in entries:
        texts = [text for text in (entry.description, *entry.paraphrases) if text != "nothing"]
        if texts:
            scored.append((entry.reference, max(float(vector_of(text) @ query) for text in texts)))
    return sorted(scored, key=lambda pair: (-round(pair[1], 6), pair[0]))[:k]


def answers_as(index: AdapterIndex, entries: Sequence[Entry], where: Where | None = None) -> None:
    """Assert that the index answers as brute force over these entries does."""
    queries = np.stack([vector_of(f"query {number}") for number in range(2)])
    for k in (2, 50):
        for query, hits in zip(queries, index.search_vectors(queries, k, where), strict=True):
            expected = brute_force(entries, query, k)
            assert [hit.entry.reference for hit in hits] == [reference for reference, _ in expected]
            np.testing.assert_allclose([hit.similarity for hit in hits], [score for _, score in expected], atol=1e-5)
            for hit in hits:
                assert hit.entry in entries
                assert float(vector_of(hit.wording) @ query) == pytest.approx(hit.similarity, abs=1e-5)
    assert index.count(where) == len(entries)


WORDS = [f"wording {number}" for number in range(7)] + ["nothing"]
NAMES = ["one", "two", "three"]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put again", "archive", "restore", "delete", "forget", "tag", "anew"]),
        st.sampled_from(NAMES),
        st.integers(0, 2),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
        st.sampled_from([*POOL_ORIGINS, "trained", "generated"]),
        st.sampled_from(["base-a", "base-a", "base-b"]),
        st.sampled_from([{}, {"team": "x"}, {"team": "y"}, {READS_TAG: "x"}]),
        st.sampled_from(["nothing", "catch up", "catch up", "open"]),
    ),
    min_size=3,
    max_size=15,
)


def act_on(names: Names, change: tuple[Any, ...]) -> None:
    """Do one thing; to the version of a name with this number, counted from the newest, if it has so many."""
    act, name, number, wordings, origin, base, tags, _ = change
    versions = sorted(names.versions(name))
    version = versions[-1 - number] if number < len(versions) else None
    if act == "put" or version is None:
        fields = {"origin": origin, "base": base, "base_id": base[-1], "tags": tags}
        state = names.catalogue.state(name)
        used = [*versions, *({} if state is None else state.tombstones)]
        names.put(name, max(used, default=0) + 1, *wordings, **fields)
    elif act == "put again":
        names.change(name, version, description=wordings[0], paraphrases=tuple(wordings[1:]))
    elif act == "forget":
        names.forget(name)
    elif act == "delete":
        names.delete(name, version)
    elif act == "tag":
        names.change(name, version, tags=tags)
    elif act == "anew":
        names.anew()
    else:
        names.change(name, version, archived=5 if act == "archive" else None)


@contextmanager
def names_elsewhere() -> Iterator[Names]:
    with TemporaryDirectory() as folder:
        names = Names(Path(folder))
        yield names
        names.catalogue.close()


# a history is found again by its seed; to make it shorter would take minutes
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(changes=CHANGES)
def test_any_history_gives_the_answers_of_a_rebuilt_index_and_of_numpy(changes: list[tuple[Any, ...]]) -> None:
    with names_elsewhere() as names:
        index = opened(names)
        for change in changes:
            act_on(names, change)
            if change[-1] == "open":
                index = opened(names)
            if change[-1] != "nothing":
                index.catch_up()
                answers_as(index, names.pool())
                some = [entry for entry in names.pool() if entry.base == "base-a"]
                answers_as(index, some, Where(base="base-a"))
        index.catch_up()
        assert not index.catch_up()
        pool = names.pool()
        conditions = {
            Where(base="base-a"): [entry for entry in pool if entry.base == "base-a"],
            Where(base="b", origins=("trained", "composed")): [
                entry for entry in pool if entry.base_id == "b" and entry.origin in ("trained", "composed")
            ],
            Where(tags={"team": "x"}): [entry for entry in pool if entry.tags.get("team") == "x"],
            Where(tags={"team": None}, without=frozenset({"registry:one@1"})): [
                entry for entry in pool if "team" in entry.tags and entry.reference != "registry:one@1"
            ],
            Where(without=frozenset({"registry:two@2", "registry:nobody@1", "nonsense"})): [
                entry for entry in pool if entry.reference != "registry:two@2"
            ],
        }
        for rebuilt in (False, True):
            if rebuilt:
                index.rebuild()
            for each in (index, opened(names)):
                answers_as(each, pool)
                for where, fitting in conditions.items():
                    answers_as(each, fitting, where)
                    answers_as(each.within(where), fitting)
            assert len(index._pool.vectors) == sum(len(member.keys) for member in index._pool.members)


# --- what is embedded, and what is not ----------------------------------------------------------------------


def test_only_what_is_new_is_embedded(names: Names) -> None:
    embedder = Counting()
    names.put("one", 1, "first", "common")
    names.put("two", 1, "second", "common")
    index = opened(names, embedder)
    assert sorted(embedder.embedded) == ["common", "first", "second"]
    embedder.embedded.clear()
    names.put("one", 2, "first", "other")  # a new version with one new wording
    names.put("two", 1, "second", "common", tags={"team": "x"})
    assert index.catch_up()
    assert embedder.embedded == ["other"]
    assert index.search("first", 1)[0].entry.version == 2
    assert index.search("second", 1)[0].entry.tags == {"team": "x"}
    names.put("three", 1, "made by adapt", origin="generated")
    assert not index.catch_up()
    again = opened(names, embedder)
    names.anew()
    assert not index.catch_up()
    assert not again.catch_up()
    assert embedder.embedded == ["other"]
    assert len(again) == 2


def test_a_base_model_of_its_own_keeps_an_older_version_in_the_index(names: Names) -> None:
    names.put("one", 1, "same words", base="base-a")
    names.put("one", 2, "same words", base="base-b", base_id="b")
    embedder = Counting()
    index = opened(names, embedder)
    assert embedder.embedded == ["same words"]
    versions = {base: index.search("x", 9, Where(base=base))[0].entry.version for base in ("base-a", "base-b")}
    assert versions == {"base-a": 1, "base-b": 2}
    names.put("one", 3, "same words", base="base-a")
    index.catch_up()
    assert [hit.entry.version for hit in index.search("x", 9)] == [2, 3]
    assert embedder.embedded == ["same words"]


def test_another_embedder_has_an_index_of_its_own(names: Names) -> None:
    names.put("one", 1, "words")
    first, second = Counting("first"), Counting("second")
    for _ in range(2):
        opened(names, first)
        opened(names, second)
    assert (first.embedded, second.embedded) == (["words"], ["words"])


def test_a_damaged_index_is_built_anew(names: Names) -> None:
    names.put("one", 1, "words")
    opened(names)
    [stored] = (names.home / "index").glob("*/*/beside.json")
    stored.write_text(stored.read_text().replace("words", "swords"))
    embedder = Counting()
    assert opened(names, embedder).search("words", 1)[0].wording == "words"
    assert embedder.embedded == ["words"]
    opened(names, embedder)
    assert embedder.embedded == ["words"]  # and stored again


@pytest.mark.parametrize(
    "beside",
    [
        [],
        {},
        {"watermark": 3, "members": []},
        {"watermark": "", "members": [[]]},
        {"watermark": "", "members": [["one", "1", "b", "b", "trained", [], "f", ["w"], ["d"], [0]]]},
        {"watermark": "", "members": [["one", 1, "b", "b", "trained", [], "f", ["w"], ["d"], [7]]]},
        {"watermark": "", "members": [["one", 1, "b", "b", "trained", [], "f", ["w"], ["d"], [-1]]]},
        {"watermark": "", "members": [["one", 1, "b", "b", "trained", [], "f", ["w", "v"], ["d"], [0]]]},
        {"watermark": "", "members": [["one", 1, "b", "b", "trained", 5, "f", ["w"], ["d"], [0]]]},
        {"watermark": "", "members": [["one", 1, "b", None, "trained", [], "f", ["w"], ["d"], [0]]]},
        {"watermark": "", "members": []},
    ],
    ids=str,
)
def test_members_that_do_not_fit_the_vectors_are_read_anew(names: Names, beside: Any) -> None:
    from retrieval.index import stored

    names.put("one", 1, "words")
    index = opened(names)
    stored.save(names.home / "index", index._pool.vectors, "counting", beside)
    answers_as(opened(names), names.pool())


def test_what_was_embedded_before_a_long_building_broke_off_is_not_embedded_again(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, number in (("_BATCH", 4), ("_SMALL", 8), ("_MANY", 20)):
        monkeypatch.setattr(f"retrieval.index.indexed_pool.{limit}", number)

    class Tiring(Counting):
        def embed(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
            self.refuses = len(self.embedded) >= 40
            return super().embed(passages)

    for number in range(30):
        names.put(f"name-{number:02}", 1, f"wording {number}", f"words {number}")
    tiring, fresh = Tiring(), Counting()
    with pytest.raises(ConnectionError):
        opened(names, tiring)
    answers_as(opened(names, fresh), names.pool())
    assert len(tiring.embedded) == 40
    assert len(fresh.embedded) == 20
    assert not set(fresh.embedded) & set(tiring.embedded)


def test_a_failing_embedder_leaves_the_index_as_it_was(names: Names) -> None:
    names.put("one", 1, "words")
    embedder = Counting()
    index = opened(names, embedder)
    before = names.pool()
    names.put("one", 2, "other words")
    embedder.refuses = True
    for _ in range(2):
        with pytest.raises(ConnectionError):
            index.catch_up()
        answers_as(index, before)
    embedder.refuses = False
    assert index.catch_up()
    answers_as(index, names.pool())


def test_what_was_deleted_since_is_not_found_and_the_next_one_is(names: Names) -> None:
    for number in range(20):
        names.put(f"name-{number}", 1, f"wording {number}")
    index = opened(names)
    names.delete("name-3", 1)
    names.change("name-5", 1, archived=7)
    assert index.search("wording 3", 1)[0].entry.name != "name-3"
    assert index.search("wording 5", 1)[0].entry.name != "name-5"
    assert len(index.search("wording 5", 50)) == 18


def test_an_index_that_cannot_be_stored_answers_all_the_same(names: Names, caplog: pytest.LogCaptureFixture) -> None:
    names.put("one", 1, "words")
    (names.home / "file").write_text("x")
    index = opened(names, folder=names.home / "file" / "index")
    answers_as(index, names.pool())
    assert "cannot be stored" in caplog.text


def test_a_kill_while_it_is_stored_costs_nothing_but_time(
    start_apart: Callable[..., Any], pool: Registry, encoder: TextEncoder
) -> None:
    source = (
        "from pathlib import Path\n"
        "from hyperlora.embeddings.encoder import TextEncoder\n"
        "from hyperlora.registry import Registry\n"
        "from retrieval.index import AdapterIndex, WordingEmbedder\n"
        f"AdapterIndex.open(Registry(Path({str(pool.home.parent)!r})), WordingEmbedder(TextEncoder({encoder.name!r})))"
    )
    killed = start_apart(source, HYPERLORA_FAULT="index-committed")
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    index = AdapterIndex.open(pool, WordingEmbedder(encoder))
    assert {hit.entry.name for hit in index.search("word", 9)} == set(TASKS)


# --- ties, filters, graphs, threads -------------------------------------------------------------------------


def test_equal_descriptions_tie_and_the_references_order_decides(names: Names) -> None:
    for number in reversed(range(30)):
        names.put(f"name-{number:02}", 1, "the same", "common")
    index = opened(names)
    assert [hit.entry.name for hit in index.search("the same", 3)] == ["name-00", "name-01", "name-02"]
    names.delete("name-01", 1)
    index.catch_up()
    index.rebuild()
    assert [hit.entry.name for hit in index.search("the same", 3)] == ["name-00", "name-02", "name-03"]


def test_an_adapter_of_many_wordings_does_not_crowd_out_the_others(names: Names) -> None:
    names.put("crowd", 1, *(f"wording {number}" for number in range(400)))
    for number in range(40):
        names.put(f"name-{number}", 1, f"word {number}")
    answers_as(opened(names), names.pool())


def test_graphs_and_filters_that_leave_few_answer_as_numpy(names: Names) -> None:
    for number in range(900):
        names.put(
            f"name-{number}",
            1,
            f"wording {number}",
            f"words {number}",
            base=f"base-{number % 3}",
            tags={"rare": "yes"} if number % 300 == 7 else {},
        )
    index = opened(names, hnsw_from=1000)
    index.wait()
    assert index._pool.vectors.kind == "hnsw"
    pool = names.pool()
    answers_as(index, pool)
    answers_as(index, [entry for entry in pool if entry.tags], Where(tags={"rare": "yes"}))
    answers_as(index, [entry for entry in pool if entry.base == "base-1"], Where(base="base-1"))
    answers_as(index, [], Where(base="base-1", tags={"rare": "no"}))
    index.catch_up()  # the graph, which came after the first save, is worth another
    again = opened(names, hnsw_from=1000)
    assert (again._pool.vectors.kind, again._pool.vectors.rebuilding) == ("hnsw", False)
    answers_as(again, pool)


def test_searches_beside_changes_find_what_is_there_and_nothing_that_is_not(names: Names) -> None:
    for number in range(60):
        names.put(f"name-{number}", 1, f"wording {number}", f"words {number}")
    index = opened(names)
    done, wrong = threading.Event(), []
    caught_up = [0]

    def search() -> None:
        while not done.is_set():
            least = caught_up[0]
            hits: list[Hit] = index.search("wording 59", 200)
            found = {hit.entry.name for hit in hits}
            if len(found) != len(hits) or hits[0].wording != "wording 59":
                wrong.append("twice, or not the best")
            # names are changed in order: those before `least` are gone and have their successors
            if stale := [name for name in found if name.startswith("name-") and int(name[5:]) < least]:
                wrong.append(f"stale {stale}")
            if lost := {f"next-{number}" for number in range(least)} - found:
                wrong.append(f"lost {lost}")

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(50):
        names.delete(f"name-{number}", 1)
        names.put(f"next-{number}", 1, f"wording {number}", f"next words {number}")
        index.catch_up()
        caught_up[0] = number + 1
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    answers_as(index, names.pool())


def test_two_that_follow_one_registry_share_the_folder(names: Names) -> None:
    one, two = opened(names), opened(names)
    for number in range(10):
        names.put(f"name-{number}", 1, f"wording {number}")
        (one if number % 2 else two).catch_up()
        answers_as(opened(names), names.pool())
    one.catch_up()
    two.catch_up()
    for index in (one, two, opened(names)):
        answers_as(index, names.pool())
