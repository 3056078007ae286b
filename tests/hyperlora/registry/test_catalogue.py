"""The catalogue: the same answers as a plain search of a list, cursors that stay put, events that miss nothing."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import re
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hyperlora.errors import InputError, RegistryError
from hyperlora.files.durable import FAULT_VARIABLE
from hyperlora.registry.catalogue import FACETS, Catalogue, Event, MetricRange, Query, parse_metric, planning
from hyperlora.registry.entry import Entry, NameState, Tombstone

WORDS = ("plural", "plumage", "Capital", "café", "of", "noun-phrase", "the", "x")


def make_entry(name: str = "plural", version: int = 1, **fields: Any) -> Entry:
    content = fields.pop("content", f"{name}-{version}")
    made = {"kind": "adapter", "description": f"the task of {name}", "created": 1000 + version} | fields
    return Entry(
        name=name, version=version, content=content, manifest={"README.md": "ab"}, folder=Path("/f", content), **made
    )


def state_of(*entries: Entry, aliases: dict[str, int] | None = None, **more: Any) -> NameState:
    found = {entry.version: entry for entry in entries}
    return NameState(entries[0].kind, entries[0].name, found, aliases or {}, **more)


def with_own_aliases(states: Iterable[NameState]) -> list[Entry]:
    return [
        replace(entry, aliases=tuple(sorted(alias for alias, at in state.aliases.items() if at == entry.version)))
        for state in states
        for entry in state.entries.values()
    ]


def open_catalogue(path: Path) -> Catalogue:
    return Catalogue(path, lambda content: Path("/f", content))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = open_catalogue(tmp_path / "catalogue.db")
    yield catalogue
    catalogue.close()


def run_forked(act: Callable[[], None]) -> int | None:
    process = multiprocessing.get_context("fork").Process(target=act)
    process.start()
    process.join(30)
    return process.exitcode


def references(entries: Iterable[Entry]) -> list[str]:
    return [f"{entry.name}@{entry.version}" for entry in entries]


def traversal(catalogue: Catalogue, query: Query, limit: int) -> list[Entry]:
    page = catalogue.page(query, limit=limit)
    found = list(page.entries)
    while page.next is not None:
        assert len(page.entries) == limit
        page = catalogue.page(query, limit=limit, cursor=page.next)
        found += page.entries
    return found


# --- against a plain search of a list ------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("é", "e"))


def is_found(entry: Entry, text: str) -> bool:
    wanted, named = words_of(text), [*words_of(entry.name), "".join(words_of(entry.name))]
    there = [*named, *words_of(" ".join((entry.description, *entry.paraphrases, entry.family, *entry.tags.values())))]
    last = wanted[-1]
    ends = any(word.startswith(last) if len(last) > 1 else word == last for word in there)
    in_one_word = len(wanted) > 1 and any(word.startswith("".join(wanted)) for word in named)
    return (set(wanted[:-1]) <= set(there) and ends) or in_one_word


def holds(entry: Entry, query: Query, newest: set[str], same_base: set[str]) -> bool:
    return all(
        (
            query.kind in (None, entry.kind),
            query.archived in (None, entry.archived is not None),
            not query.newest or entry.reference in newest,
            query.text is None or is_found(entry, query.text),
            query.name in (None, entry.name),
            entry.name.startswith(query.name_prefix or ""),
            query.base is None or entry.base in same_base or (not entry.base and entry.base_id == query.base),
            not query.origins or entry.origin in query.origins,
            not query.families or entry.family in query.families,
            all(key in entry.tags and value in (None, entry.tags[key]) for key, value in query.tags.items()),
            query.alias is None or query.alias in entry.aliases,
            all(
                wanted.name in entry.metrics
                and (wanted.low is None or entry.metrics[wanted.name] >= wanted.low)
                and (wanted.high is None or entry.metrics[wanted.name] <= wanted.high)
                for wanted in query.metrics
            ),
            query.since is None or entry.created >= query.since,
            query.until is None or entry.created <= query.until,
            query.identity in (None, entry.identity),
            query.weights in (None, entry.weights),
            query.recipe in (None, entry.recipe),
            query.parent is None or query.parent in entry.parents,
            query.licence in (None, entry.licence),
            query.expired_before is None or (entry.expires is not None and entry.expires < query.expired_before),
            query.order_metric is None or query.order_metric in entry.metrics,
        )
    )


def searched(entries: list[Entry], query: Query) -> list[Entry]:
    latest: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.version):
        if entry.archived is None:
            latest[entry.name] = entry
    # by whatever id a base model is asked for, its adapters under other ids are found, too
    same = {entry.base for entry in entries if entry.base and entry.base_id == query.base} | {query.base or "-"}
    newest = {entry.reference for entry in latest.values()}
    found = [entry for entry in entries if holds(entry, query, newest, same)]
    keys: dict[str, Callable[[Entry], Any]] = {
        "name": lambda entry: (entry.name, entry.version),
        "kept": lambda entry: (entry.expires is not None and not entry.aliases, entry.name, entry.version),
        "created": lambda entry: (entry.created, entry.name, entry.version),
        "metric:accuracy": lambda entry: entry.metrics["accuracy"],
    }
    return sorted(found, key=keys[query.order.removeprefix("-")], reverse=query.order.startswith("-"))


def counted(entries: list[Entry]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {field: Counter() for field in FACETS}
    for entry in entries:
        for field in set(FACETS) - {"alias", "tag"}:
            counts[field][getattr(entry, field)] += 1
        counts["alias"].update(entry.aliases)
        counts["tag"].update(list(entry.tags))
    return {field: {value: number for value, number in count.items() if value} for field, count in counts.items()}


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
few_letters = st.sampled_from(("", "a", "b"))
tags = st.dictionaries(st.sampled_from(("team", "use")), st.sampled_from(("red", "of")), max_size=2)
metrics = st.dictionaries(st.sampled_from(("accuracy", "loss")), st.sampled_from((0.0, 0.5, 1.0, float("inf"))))
versions = st.fixed_dictionaries(
    {
        "description": texts,
        "created": st.integers(1, 4),
        "kind": st.sampled_from(("adapter", "adapter", "generator")),
        "origin": few_letters,
        "paraphrases": st.lists(texts, max_size=2).map(tuple),
        "description_source": st.sampled_from(("given", "proposed")),
        "family": st.sampled_from(("", "capitals", "plurals")),
        "parents": st.sets(st.sampled_from(("registry:p@1", "registry:q@1"))).map(lambda found: tuple(sorted(found))),
        "base": few_letters,
        "base_id": few_letters,
        "metrics": metrics,
        "tags": tags,
        "identity": few_letters,
        "weights": few_letters,
        "recipe": few_letters,
        "licence": few_letters,
        "archived": st.sampled_from((None, None, 7)),
        "expires": st.sampled_from((None, 5, 9)),
    }
)
pools = st.dictionaries(
    st.sampled_from(("plural", "plural-of-a_noun", "x.y", "capital")),
    st.tuples(
        st.dictionaries(st.integers(1, 4), versions, min_size=1, max_size=4),
        st.dictionaries(st.sampled_from(("champion", "old")), st.integers(1, 4), max_size=2),
    ),
    max_size=4,
)
some = st.sampled_from(("a", "b", "c"))
conditions = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from((None, "generator")),
        "text": texts.map(lambda text: text.upper()) | st.sampled_from(("plu", "c", "pl", "cafe", "phrase (")),
        "name": st.sampled_from(("plural", "nothing")),
        "name_prefix": st.sampled_from(("p", "plural", "z")),
        "base": some,
        "origins": st.lists(some, min_size=1, max_size=2).map(tuple),
        "families": st.sampled_from((("capitals",), ("plurals", "nothing"))),
        "tags": st.dictionaries(st.sampled_from(("team", "use")), st.sampled_from((None, "red", "of")), min_size=1),
        "alias": st.sampled_from(("champion", "nobody")),
        "metrics": st.tuples(
            st.builds(MetricRange, st.just("loss"), st.sampled_from((None, 0.5)), st.sampled_from((None, 0.5, 1.0)))
        ),
        "since": st.integers(0, 5),
        "until": st.integers(0, 5) | st.just(2**70),
        "identity": some,
        "weights": some,
        "recipe": some,
        "parent": st.just("registry:p@1"),
        "licence": some,
        "archived": st.sampled_from((True, None)),
        "newest": st.booleans(),
        "expired_before": st.sampled_from((7, 2**62)),
        "order": st.sampled_from(("kept", "created", "-created", "metric:accuracy", "-metric:accuracy")),
    },
)


def states_from(pool: dict[str, Any]) -> list[NameState]:
    return [
        NameState("adapter", name, {v: make_entry(name, v, **fields) for v, fields in found.items()}, aliases)
        for name, (found, aliases) in pool.items()
    ]


@pytest.mark.parametrize(("few", "part"), [(10_000, 3_000), (0, 2)], ids=["few entries", "as with many entries"])
def test_pages_counts_and_facets_are_those_of_a_plain_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, part: int
) -> None:
    monkeypatch.setattr(planning, "_FEW", few)
    monkeypatch.setattr(planning, "_PART", part)
    catalogue = open_catalogue(tmp_path / "catalogue.db")
    stored: dict[str, NameState] = {}

    # each example goes on from where the one before ended, so that changes and removals are tried, too
    @given(pools, st.lists(conditions, min_size=10, max_size=10), st.integers(1, 5))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    def check(pool: dict[str, Any], asked: list[dict[str, Any]], limit: int) -> None:
        states = states_from(pool)
        catalogue.apply(states, gone=set(stored) - set(pool))
        stored.clear()
        stored.update({state.name: state for state in states})
        entries = with_own_aliases(states)
        for fields in [{}, *asked]:
            query = Query(**fields)
            expected = searched(entries, query)
            found = traversal(catalogue, query, limit)
            if query.order_metric is None:
                assert found == expected
            else:  # equals come in some order
                by_reference = {entry.reference: entry for entry in found}
                assert by_reference == {entry.reference: entry for entry in expected}
                assert [entry.metrics["accuracy"] for entry in found] == [e.metrics["accuracy"] for e in expected]
                assert len(found) == len(expected)
            assert catalogue.count(query) == catalogue.page(query, total=True).total == len(expected)
            assert catalogue.facets(query) == counted(expected)
            named = sorted((entry.name, entry.version, entry.created) for entry in expected)
            assert catalogue.versions(query) == named

    check()
    catalogue.close()


def test_a_catalogue_made_anew_gives_the_same_answers(catalogue: Catalogue, tmp_path: Path) -> None:
    tombstone = Tombstone("gone", 5, "expired")
    states = [
        state_of(make_entry("b", 2, metrics={"loss": float("nan")}), tombstones={1: tombstone}),
        state_of(make_entry("a", 1, sketch="s", weights="w", base="base"), aliases={"champion": 1}),
        NameState("generator", "empty", {}, {}, {1: tombstone}),
    ]
    catalogue.apply(states)
    assert not catalogue.complete
    before = list(catalogue.entries(Query()))
    assert references(before) == ["a@1", "b@2"]
    catalogue.begin("left")
    catalogue.replace(states)
    assert catalogue.complete
    assert repr(list(catalogue.entries(Query()))) == repr(before)
    assert (catalogue.names(), catalogue.contents()) == ({"a", "b", "empty"}, {"a-1", "b-2"})
    assert catalogue.state("empty") == states[2]
    assert catalogue.tombstone("b", 1) == tombstone
    assert catalogue.tombstone("b", 2) is catalogue.tombstone("nobody", 1) is catalogue.state("nobody") is None
    assert catalogue.sketches("base") == [("registry:a@1", "w", "s")]
    assert catalogue.pending() == ["left"]
    assert open_catalogue(tmp_path / "catalogue.db").complete


def test_a_base_model_under_two_ids_is_one(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    catalogue.apply(
        [
            state_of(make_entry("by-name", 1, base="f1", base_id="smollm2-135m-instruct", sketch="s1", weights="w1")),
            state_of(make_entry("by-path", 1, base="f1", base_id=f"file:{tmp_path}/models/small", sketch="s2")),
            state_of(make_entry("by-hub", 1, base="f2", base_id="hf:org/other")),
            state_of(make_entry("nameless", 1, base="", base_id="hf:org/other")),
        ]
    )
    (tmp_path / "models" / "small").mkdir(parents=True)
    both = ["by-name@1", "by-path@1"]
    # by fingerprint, by either id, by a relative path, and by what the hub calls the default
    for base in ("f1", "smollm2-135m-instruct", f"file:{tmp_path}/models/small", "./models/small", "models/small",
                 "file:models/small", "HuggingFaceTB/SmolLM2-135M-Instruct"):  # fmt: skip
        assert references(catalogue.entries(Query(base=base, order="name"))) == sorted(both), base
        assert [row[0] for row in catalogue.sketches(base)] == ["registry:by-name@1", "registry:by-path@1"]
    for base in ("hf:org/other", "org/other", "hf:org/other@main"):
        assert references(catalogue.entries(Query(base=base))) == ["by-hub@1", "nameless@1"]
    assert references(catalogue.entries(Query(base="f2"))) == ["by-hub@1"]
    assert references(catalogue.entries(Query(base="no such model"))) == []


def test_sketches_are_those_of_adapters_of_the_base_that_are_not_archived(catalogue: Catalogue) -> None:
    catalogue.apply(
        [
            state_of(make_entry("a", 1, base="b", base_id="name", sketch="s1", weights="w1")),
            state_of(make_entry("b", 1, base="b", sketch="s2", archived=4)),
            state_of(make_entry("c", 1, base="b", sketch="")),
            state_of(make_entry("d", 1, base="other", sketch="s3")),
            state_of(make_entry("e", 1, base="b", sketch="s4", kind="generator")),
        ]
    )
    assert catalogue.sketches("b") == catalogue.sketches("name") == [("registry:a@1", "w1", "s1")]
    assert catalogue.sketches("nothing") == []


# --- orders and cursors --------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["name", "-created", "metric:accuracy"])
@pytest.mark.parametrize("few", [10_000, 0])
def test_what_is_there_all_along_comes_once_while_others_come_and_go(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, order: str, few: int
) -> None:
    monkeypatch.setattr(planning, "_FEW", few)
    lasting = [f"n{number:02}" for number in range(0, 40, 2)]

    def add(name: str, number: int) -> None:
        catalogue.apply([state_of(make_entry(name, 1, created=number % 7, metrics={"accuracy": number % 3}))])

    for number, name in enumerate(lasting):
        add(name, number)
    query, found, cursor = Query(order=order), list[str](), None
    for step in range(30):
        page = catalogue.page(query, limit=3, cursor=cursor)
        found += [entry.name for entry in page.entries]
        cursor = page.next
        if cursor is None:
            break
        add(f"n{2 * step + 1:02}", step)
        catalogue.apply([], gone=[f"n{2 * step - 5:02}"])
    assert cursor is None
    assert {name: found.count(name) for name in lasting} == dict.fromkeys(lasting, 1)
    assert len(found) == len(set(found))


def test_a_cursor_is_refused_when_it_is_damaged_or_belongs_to_another_query(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry(name, 1, metrics={"m": 1.0})) for name in "abc"])
    cursor = catalogue.page(Query(), limit=1).next
    assert cursor is not None
    assert references(catalogue.page(Query(), limit=1, cursor=cursor).entries) == ["b@1"]
    with pytest.raises(InputError, match="another query"):
        catalogue.page(Query(archived=None), cursor=cursor)
    binding = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    places: list[Any] = [["a"], [1, 1], ["a", 1, 1], ["a", 2**70], ["a", True], ["\ud800", 1], {"a": 1}, 5, None]
    forged = [
        base64.urlsafe_b64encode(json.dumps([binding, *place] if isinstance(place, list) else place).encode())
        for place in places
    ]
    for damaged in ["", "x", "é", cursor[:-3], cursor + "A", "[" * 100_000, *(text.decode() for text in forged)]:
        with pytest.raises(InputError, match="damaged"):
            catalogue.page(Query(), cursor=damaged)
    by_metric = catalogue.page(Query(order="metric:m"), limit=1).next
    catalogue.replace([state_of(make_entry("a"))])
    assert references(catalogue.page(Query(), cursor=cursor).entries) == []
    with pytest.raises(InputError, match="too old"):
        catalogue.page(Query(order="metric:m"), cursor=by_metric)


def test_relevance_puts_a_name_before_a_description_and_has_one_page(catalogue: Catalogue) -> None:
    long = "Name the capital of the country that is given and write nothing else"
    catalogue.apply(
        [
            state_of(make_entry("capital", description="Write the city")),
            state_of(make_entry("a", description=long)),
            state_of(make_entry("z", description="plural")),
            state_of(make_entry("y", description="capital", archived=3)),
        ]
    )
    page = catalogue.page(Query(text="capital", order="relevance"), total=True)
    assert (references(page.entries), page.next, page.total) == (["capital@1", "a@1"], None, 2)
    assert references(catalogue.entries(Query(text="capital", order="relevance", name_prefix="a"))) == ["a@1"]
    with pytest.raises(InputError, match="one page"):
        catalogue.page(Query(text="capital", order="relevance"), cursor="x")


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_1_to_1000_entries(catalogue: Catalogue, limit: int) -> None:
    with pytest.raises(InputError, match="1 to 1000"):
        catalogue.page(Query(), limit=limit)


def test_lists_of_many_entries_are_walked_along_an_index_without_sorting_or_reading_bodies(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_FEW", 0)
    catalogue.apply([state_of(make_entry(f"n{number}", metrics={"m": 0.5}, tags={"t": "v"})) for number in range(50)])
    connection = catalogue._connections._get()
    asked: list[str] = []
    for order in ("name", "kept", "created", "-created", "metric:m", "-metric:m"):
        connection.set_trace_callback(asked.append)
        catalogue.page(Query(order=order, tags={"t": "v"}, origins=("",)), limit=5)
        connection.set_trace_callback(None)
    walks = [statement for statement in asked if "ORDER BY" in statement]
    assert len(walks) >= 5
    for statement in walks:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not any("TEMP B-TREE" in step or "bodies" in step for step in plan), (statement, plan)


# --- what people type ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'plural" OR "capital', "plural*", "-plural", "NOT plural", "name:plural", "{name} : plural", "^plural",
        "(plural", "plural AND", "NEAR(plural x)", "plural\0", "plu", "PLURAL", "plural'; DROP TABLE entries; --",
        "plürál", "\U0001e922 plural", "plural " * 500, "हिन्दी 漢", "\ufeffplural", "²",
    ],
)  # fmt: skip
def test_no_text_is_taken_for_the_indexs_own_syntax(catalogue: Catalogue, text: str) -> None:
    words = " ".join(re.findall(r"\w+", text))
    catalogue.apply([state_of(make_entry("a", description=words)), state_of(make_entry("b", description="capital"))])
    assert references(catalogue.entries(Query(text=text))) == ["a@1"]


@pytest.mark.parametrize(
    "text", ["title case", "TitleCase", "title_case", "title-case", "Title Ca", "titlecase", "titleCas"]
)
@pytest.mark.parametrize("name", ["title-case", "title_case", "titlecase", "title.case"])
def test_a_name_is_found_however_its_words_are_joined(catalogue: Catalogue, text: str, name: str) -> None:
    catalogue.apply([state_of(make_entry(other, description="x")) for other in (name, "title", "case-of-a-title-page")])
    found = references(catalogue.entries(Query(text=text, order="relevance")))
    assert found[0] == f"{name}@1"
    assert "title@1" not in found


def test_a_word_of_two_is_also_found_as_it_is_written(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry("a", description="Answer like OpenAI")), state_of(make_entry("b"))])
    assert [catalogue.count(Query(text=text)) for text in ("OpenAI", "openai", "HTTPServer")] == [1, 1, 0]


def test_what_has_an_end_comes_last_unless_it_has_an_alias(catalogue: Catalogue) -> None:
    passing = [make_entry("adapt-a", expires=5), make_entry("b-generated", expires=6)]
    catalogue.apply([*map(state_of, passing), state_of(make_entry("plural")), state_of(make_entry("zoo"))])
    order = Query(order="kept")
    assert references(traversal(catalogue, order, 1)) == ["plural@1", "zoo@1", "adapt-a@1", "b-generated@1"]
    catalogue.apply([state_of(passing[1], aliases={"mine": 1}), state_of(replace(passing[0], expires=None))])
    assert references(traversal(catalogue, order, 1)) == ["adapt-a@1", "b-generated@1", "plural@1", "zoo@1"]
    catalogue.apply([state_of(passing[1])])
    assert references(traversal(catalogue, order, 1)) == ["adapt-a@1", "plural@1", "zoo@1", "b-generated@1"]


def test_words_of_what_was_changed_or_removed_are_not_found_any_more(catalogue: Catalogue) -> None:
    old = make_entry("old", description="capital", paraphrases=("city",), family="country", tags={"team": "red"})
    catalogue.apply([state_of(old)])
    catalogue.apply([state_of(replace(old, description="plural", paraphrases=(), family="", tags={}))])
    words = ("capital", "city", "country", "red")
    assert [catalogue.count(Query(text=word)) for word in (*words, "old", "plural")] == [0, 0, 0, 0, 1, 1]
    catalogue.apply([], gone=["old"])
    catalogue.apply([state_of(make_entry("new", description=""))])  # takes the row of the one before
    assert [catalogue.count(Query(text=word)) for word in (*words, "old", "plural", "new")] == [0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("text", ["", " ", '"', "*", "!?", "_", "😀", " ".join(map(str, range(65)))])
def test_a_text_without_a_word_or_with_too_many_is_refused(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(InputError, match="word"):
        catalogue.page(Query(text=text))


@pytest.mark.parametrize("field", ["text", "name", "base", "alias", "identity", "parent", "licence", "name_prefix"])
def test_half_a_character_is_refused_or_finds_nothing(catalogue: Catalogue, field: str) -> None:
    with pytest.raises(InputError):
        catalogue.page(Query(**{field: "\ud800"}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("accuracy>=0.8", MetricRange("accuracy", 0.8, None)),
        ("loss <= 2", MetricRange("loss", None, 2.0)),
        ("accuracy=0.5..0.9", MetricRange("accuracy", 0.5, 0.9)),
        ("rank=8", MetricRange("rank", 8.0, 8.0)),
        ("delta = -1e-3 .. .5", MetricRange("delta", -0.001, 0.5)),
    ],
)
def test_a_metric_range_is_read(text: str, expected: MetricRange) -> None:
    assert parse_metric(text) == expected


@pytest.mark.parametrize("text", ["", "accuracy", "accuracy>0.8", "accuracy>=high", "=1", "a=1..", "a=nan", "a>=1e999"])
def test_what_is_no_metric_range_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_metric(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"order": "size"}, {"order": "-name"}, {"order": "metric:"}, {"order": "relevance"}, {"order": "--created"},
        {"order": "-kept"}, {"kind": "model"},
    ],
)  # fmt: skip
def test_a_query_that_means_nothing_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Query(**fields)


def test_facets_show_the_most_frequent_values(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry(f"n{number}", family=f"f{number % 4}")) for number in range(10)])
    assert catalogue.facets(Query(), ["family"], limit=3) == {"family": {"f0": 3, "f1": 3, "f2": 2}}
    with pytest.raises(InputError, match="size"):
        catalogue.facets(Query(), ["size"])


# --- events --------------------------------------------------------------------------------------------


def actions(events: Iterable[Event]) -> list[tuple[str, int, dict[str, Any]]]:
    return [(event.action, event.version, dict(event.detail)) for event in events]


def test_every_change_is_one_event_and_no_change_is_none(catalogue: Catalogue) -> None:
    one, two = make_entry(version=1), make_entry(version=2)
    start = catalogue.watermark()
    log = catalogue.apply([state_of(one, two, aliases={"champion": 1, "old": 1})])
    assert actions(log) == [
        ("registered", 1, {}),
        ("registered", 2, {}),
        ("alias", 1, {"alias": "champion", "from": None}),
        ("alias", 1, {"alias": "old", "from": None}),
    ]
    assert catalogue.apply([state_of(one, two, aliases={"champion": 1, "old": 1})]) == []
    changed = replace(two, metrics={"loss": 1.0}, tags={"a": "b"}, archived=5)
    log += catalogue.apply([state_of(one, changed, aliases={"champion": 2})])
    assert actions(log[4:]) == [
        ("archived", 2, {}),
        ("changed", 2, {"fields": ["metrics", "tags"]}),
        ("alias", 2, {"alias": "champion", "from": 1}),
        ("unalias", 1, {"alias": "old"}),
    ]
    log += catalogue.apply([state_of(replace(changed, archived=None), tombstones={1: Tombstone("c", 3, "expired")})])
    assert actions(log[8:]) == [
        ("restored", 2, {}),
        ("deleted", 1, {"content": "plural-1", "reason": "expired"}),
        ("unalias", 2, {"alias": "champion"}),
    ]
    log += catalogue.apply([], gone=["plural", "nobody"])
    assert actions(log[11:]) == [("deleted", 2, {"content": "plural-2", "reason": "elsewhere"})]
    assert catalogue.names() == catalogue.contents() == set()
    assert catalogue.events(start) == catalogue.events() == log
    assert [event.sequence for event in log] == list(range(1, 13))
    middle = f"{start.partition(':')[0]}:5"
    assert catalogue.events(middle, limit=2) == log[5:7]
    assert catalogue.watermark().endswith(":12")


def test_a_partial_state_leaves_the_versions_that_it_does_not_name(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(*(make_entry(version=version) for version in (1, 2, 3)), aliases={"old": 1})])
    partial = state_of(make_entry(version=4), tombstones={2: Tombstone("c", 3, "x")}, aliases={"old": 3}, partial=True)
    log = catalogue.apply([partial])
    assert [(event.action, event.version) for event in log] == [("registered", 4), ("deleted", 2), ("alias", 3)]
    assert references(catalogue.entries(Query())) == ["plural@1", "plural@3", "plural@4"]
    assert references(catalogue.entries(Query(alias="old"))) == ["plural@3"]
    assert references(catalogue.entries(Query(newest=True))) == ["plural@4"]


def test_watermarks_of_another_filling_and_of_the_future_are_refused(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry())])
    mark = catalogue.watermark()
    epoch = mark.partition(":")[0]
    for wrong in (f"{epoch}:2", "0" * 32 + ":1", "x", f"{epoch}:"):
        with pytest.raises(InputError):
            catalogue.events(wrong)
    catalogue.replace([state_of(make_entry())])
    assert catalogue.events() == []
    with pytest.raises(InputError, match="made anew"):
        catalogue.events(mark)


# --- kills, damage, disks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "names", "marks"), [("catalogue-marked", [], ["plural"]), ("catalogue-applied", ["plural@1"], [])]
)
def test_a_kill_leaves_the_mark_or_the_whole_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, names: list[str], marks: list[str]
) -> None:
    path = tmp_path / "catalogue.db"
    open_catalogue(path).close()

    def write() -> None:
        os.environ[FAULT_VARIABLE] = point
        catalogue = open_catalogue(path)
        catalogue.begin("plural")
        catalogue.apply([state_of(make_entry())])

    assert run_forked(write) == -signal.SIGKILL
    catalogue = open_catalogue(path)
    assert (references(catalogue.entries(Query())), catalogue.pending()) == (names, marks)
    catalogue.apply([state_of(make_entry())])
    assert (references(catalogue.entries(Query())), catalogue.pending()) == (["plural@1"], [])


@pytest.mark.parametrize("write", ["apply", "replace"])
def test_a_write_that_fails_halfway_changes_nothing(catalogue: Catalogue, write: str) -> None:
    catalogue.replace([state_of(make_entry("old"))])
    catalogue.begin("old")
    mark = catalogue.watermark()

    def interrupted() -> Iterator[NameState]:
        yield state_of(make_entry("new"))
        raise ConnectionError("MLflow went away")

    with pytest.raises(ConnectionError):
        getattr(catalogue, write)(interrupted())
    assert references(catalogue.entries(Query())) == ["old@1"]
    assert (catalogue.watermark(), catalogue.pending(), catalogue.complete) == (mark, ["old"], True)


def test_a_full_disk_is_reported_and_changes_nothing(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry("old"))])
    connection = catalogue._connections._get()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [state_of(make_entry(f"n{number}", description="long " * 3000)) for number in range(20)]
    with pytest.raises(RegistryError, match="Free space"):
        catalogue.apply(many)
    assert references(catalogue.entries(Query())) == ["old@1"]
    connection.execute("PRAGMA max_page_count = 1000000")
    catalogue.apply(many)
    assert catalogue.count(Query()) == 21


def test_on_a_read_only_disk_everything_is_read_and_writing_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    catalogue = open_catalogue(folder / "catalogue.db")
    catalogue.replace([state_of(make_entry())])
    catalogue.close()
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)

    def read() -> None:
        path = folder / "catalogue.db"
        if os.getuid() == 0:  # root may write everywhere; nobody else may enter pytest's folders
            os.chroot(folder)
            os.setuid(65534)
            path = Path("/catalogue.db")
        catalogue = open_catalogue(path)
        assert references(catalogue.page(Query(text="plural", order="relevance")).entries) == ["plural@1"]
        assert catalogue.facets(Query())["kind"] == {"adapter": 1}
        assert (catalogue.pending(), catalogue.complete) == ([], True)
        for write in (lambda: catalogue.begin("x"), lambda: catalogue.apply([state_of(make_entry("y"))])):
            with pytest.raises(RegistryError, match=r"cannot be written.*writable"):
                write()
        with pytest.raises(RegistryError, match="writable"):
            open_catalogue(path.with_name("other.db"))

    try:
        assert run_forked(read) == 0
    finally:
        folder.chmod(0o755)


def damage(path: Path, how: str) -> None:
    if how == "another schema":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 999")
    else:
        path.write_bytes(b"" if how == "empty" else b"\xff" * 40_000)


@pytest.mark.parametrize("how", ["another schema", "empty", "no database"])
def test_a_file_that_cannot_be_used_moves_aside_for_an_empty_one(tmp_path: Path, how: str) -> None:
    path = tmp_path / "catalogue.db"
    before = open_catalogue(path)
    before.replace([state_of(make_entry())])
    before.close()
    damage(path, how)
    spoilt = path.read_bytes()
    catalogue = open_catalogue(path)
    assert (catalogue.complete, list(catalogue.entries(Query()))) == (False, [])
    assert Path(f"{path}.aside").read_bytes() == spoilt
    catalogue.replace([state_of(make_entry())])
    assert catalogue.count(Query()) == 1


@pytest.mark.parametrize("where", ["a page of the file", "a stored entry"])
def test_damage_found_while_reading_is_reported_once_and_then_the_file_is_empty(tmp_path: Path, where: str) -> None:
    path = tmp_path / "catalogue.db"
    catalogue = open_catalogue(path)
    catalogue.replace([state_of(make_entry(f"n{number}")) for number in range(200)])
    other = open_catalogue(path)
    assert other.count(Query()) == 200
    catalogue.close()
    if where == "a stored entry":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE bodies SET record = substr(record, 1, 9)")
    else:
        other.close()
        with path.open("r+b") as handle:
            handle.seek(path.stat().st_size // 2)  # the first pages are read on opening
            handle.write(b"\xff" * (path.stat().st_size // 2))
    with pytest.raises(RegistryError, match=r"now empty.*Repeat"):
        list(open_catalogue(path).entries(Query()))
    assert not other.complete
    other.replace([state_of(make_entry())])
    assert references(other.entries(Query())) == ["plural@1"]


def test_a_catalogue_deleted_while_it_is_open_is_made_anew(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.replace([state_of(make_entry())])
    (tmp_path / "catalogue.db").unlink()  # and not what SQLite keeps beside it
    assert not catalogue.complete
    assert list(catalogue.entries(Query())) == []


def test_filling_leaves_no_second_copy_beside_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.replace(state_of(make_entry(f"n{number}", description="long " * 2000)) for number in range(20))
    assert (tmp_path / "catalogue.db").stat().st_size > 200_000
    assert (tmp_path / "catalogue.db-wal").stat().st_size == 0


def test_threads_read_what_was_there_while_a_write_is_under_way(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry("old"))])
    seen: list[list[str]] = []

    def states() -> Iterator[NameState]:
        yield state_of(make_entry("new"))
        reader = threading.Thread(target=lambda: seen.append(references(catalogue.entries(Query()))))
        reader.start()
        reader.join(20)

    catalogue.apply(states())
    assert seen == [["old@1"]]
    assert references(catalogue.entries(Query())) == ["new@1", "old@1"]


def test_a_forked_process_opens_its_own_connection(catalogue: Catalogue) -> None:
    catalogue.apply([state_of(make_entry("old"))])
    before = catalogue._connections._get()

    def act() -> None:
        assert references(catalogue.entries(Query())) == ["old@1"]
        assert catalogue._connections._get() is not before
        catalogue.apply([state_of(make_entry("new"))])

    assert run_forked(act) == 0
    assert catalogue._connections._get() is before
    assert references(catalogue.entries(Query())) == ["new@1", "old@1"]


def test_processes_that_open_a_new_catalogue_at_once_share_one(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)

    def act(name: str) -> None:
        barrier.wait()
        open_catalogue(path).apply([state_of(make_entry(name))])

    processes = [context.Process(target=act, args=(name,)) for name in "abcd"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 4
    assert references(open_catalogue(path).entries(Query())) == ["a@1", "b@1", "c@1", "d@1"]
    assert not Path(f"{path}.aside").exists()
