"""Patterns and choices of modules mean what they mean in PEFT, which reads them as regular expressions."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peft.tuners.tuners_utils import check_target_module_exists
from peft.utils.other import get_pattern_key

from hyperlora.peft_io.folder.patterns import first_match, parse_pattern
from hyperlora.peft_io.folder.selection import read_selection

# few letters, so that random patterns often match
segments = st.text("aq_1", min_size=1, max_size=3)
paths = st.lists(segments | st.sampled_from(["layers", "0", "12"]), min_size=1, max_size=5).map(".".join)
characters = st.sampled_from(["a", "q", "_", "1", "-", ".", r"\.", r"\d", r"\w", "[0-9]", "[aq_]", "[^.]", "[^a.1-3]"])
pieces = st.tuples(characters, st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?"])).map("".join)
groups = st.tuples(
    st.sampled_from(["(", "(?:"]), st.lists(st.lists(pieces, max_size=3).map("".join), min_size=1, max_size=3)
).map(lambda parts: f"{parts[0]}{'|'.join(parts[1])})")
bodies = st.lists(pieces | groups | segments, max_size=6).map("".join)
patterns = st.tuples(st.sampled_from(["", "^"]), bodies | paths, st.sampled_from(["", "$"])).map("".join)


@settings(max_examples=120, deadline=None)
@given(st.lists(patterns, min_size=1, max_size=4, unique=True), paths)
def test_the_first_key_that_matches_is_pefts(keys: list[str], path: str) -> None:
    parsed = [(key, parse_pattern(key)) for key in keys]
    assert all(pattern for _, pattern in parsed)
    assert first_match(parsed, path) == (found if (found := get_pattern_key(keys, path)) in keys else None)


@settings(max_examples=120, deadline=None)
@given(patterns, paths)
def test_a_pattern_for_whole_paths_matches_as_a_regular_expression_does(text: str, path: str) -> None:
    pattern = parse_pattern(text)
    assert pattern is not None
    assert pattern.is_path(path) == bool(re.fullmatch(text, path))


@pytest.mark.parametrize(
    ("key", "name", "matches"),
    [
        ("q_proj", "model.layers.0.self_attn.q_proj", True),
        ("q_proj", "model.layers.0.self_attn.bq_proj", False),
        ("self.attn.q_proj", "model.layers.0.self_attn.q_proj", True),  # a dot is any character
        ("^layers.0.q_proj", "model.layers.0.q_proj", False),
        (r"layers\.1\.", "layers.1.q_proj", False),
        (r"layers\.(0|1|2)\.self_attn\.(q|k)_proj", "model.layers.2.self_attn.k_proj", True),
        (r"layers\.(0|1|2)\.self_attn\.(q|k)_proj", "model.layers.12.self_attn.k_proj", False),
        (r".*\.q_proj", "q_proj", False),
        (r".*q_proj", "q_proj", True),
        (r".*\.q_proj", "model.layers.0.self_attn.q_proj", True),
        (r"layers\.\d+\.self_attn\.[a-z]_proj", "model.layers.1234.self_attn.q_proj", True),
    ],
)
def test_what_people_write_means_what_pefts_reading_of_it_means(key: str, name: str, matches: bool) -> None:
    pattern = parse_pattern(key)
    assert pattern is not None
    assert pattern.is_end_of_path(name) == matches == (get_pattern_key([key], name) == key)
    assert pattern.is_path(name) == bool(re.fullmatch(key, name))


@pytest.mark.parametrize(
    "text",
    ["(a+)+", "(a|b)*", "(a)?", "(a){9}", "a{3}", "a**", "a++", r"\1", r"\x41", r"\D", "(?=a)", "(?P<n>a)", "(?i)a",
     "[a", "[]", "[a-]", "[\\d]", "(a", "a)", "a|b", "x^y", "a$b", "*", "\\", "é", "a b", "q_proj\n", "a" * 513,
     "(" * 9 + ")" * 9],
)  # fmt: skip
def test_what_leaves_the_language_has_no_meaning(text: str) -> None:
    assert parse_pattern(text) is None


names_or_pattern = st.none() | st.lists(paths, max_size=3) | patterns


@settings(max_examples=120, deadline=None)
@given(
    targets=st.lists(paths, min_size=1, max_size=4) | patterns,
    excluded=names_or_pattern,
    layers=st.none() | st.integers(0, 2) | st.lists(st.sampled_from([0, 1, 12]), max_size=2),
    lists=st.none() | segments | st.lists(segments | st.just("layers"), max_size=2),
    path=paths,
    longer=paths,
)
def test_modules_are_chosen_as_peft_chooses_them(
    targets: Any, excluded: Any, layers: Any, lists: Any, path: str, longer: str
) -> None:
    raw = {"target_modules": targets, "exclude_modules": excluded}
    raw |= {"layers_to_transform": layers, "layers_pattern": lists}
    if isinstance(targets, str):
        raw |= {"layers_to_transform": None, "layers_pattern": None}  # PEFT refuses the combination
    selection, problems = read_selection(raw)
    assert (selection.known, problems) == (True, [])
    for name in (path, f"{longer}.layers.1.{path}"):
        assert selection.chooses(name) == bool(check_target_module_exists(SimpleNamespace(**raw), name))


@pytest.mark.parametrize(
    "name", ["layers.1.q_proj", "model.layers.1.q_proj", "model.layers.0.experts.1.q_proj", "1.q_proj"]
)
@pytest.mark.parametrize("lists", [None, "layers", ["h", "experts"]])
def test_the_layer_of_a_module_is_the_number_that_peft_takes(name: str, lists: Any) -> None:
    raw = {"target_modules": ["q_proj"], "layers_to_transform": 1, "layers_pattern": lists}
    selection, _ = read_selection(raw)
    assert selection.chooses(name) == bool(check_target_module_exists(SimpleNamespace(**raw), name))


@pytest.mark.parametrize("targets", [None, "all-linear", "(a+)+"])
def test_a_choice_that_only_the_model_can_tell_is_left_open(targets: str | None) -> None:
    selection, problems = read_selection({"target_modules": targets})
    assert (selection.chooses("q_proj"), problems) == (None, [])
