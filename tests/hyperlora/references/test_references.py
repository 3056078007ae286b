"""Reference strings: what parses to what, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlora.errors import InputError
from hyperlora.references import Reference, parse_reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file:./a b/c", Reference("file", "./a b/c")),
        ("file:C:/x@y", Reference("file", "C:/x@y")),
        ("gguf:/models/m.gguf", Reference("gguf", "/models/m.gguf")),
        ("hf:org/name", Reference("hf", "org/name")),
        ("hf:gpt2", Reference("hf", "gpt2")),
        ("hf:org/name@refs/pr/1", Reference("hf", "org/name", alias="refs/pr/1")),
        ("registry:plural", Reference("registry", "plural")),
        ("registry:noun-plural_2.1@12", Reference("registry", "noun-plural_2.1", version=12)),
        ("registry:plural@v3", Reference("registry", "plural", version=3)),
        ("registry:plural@champion", Reference("registry", "plural", alias="champion")),
    ],
)
def test_a_reference_parses_to_its_parts(text: str, expected: Reference) -> None:
    assert parse_reference(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plural",
        "no/such/folder",
        "ftp:host/x",
        "FILE:x",
        "file:",
        "hf:",
        "hf:/",
        "hf:a/b/c",
        "hf:../secrets",
        "registry:",
        "registry:Plural",
        "registry:-plural",
        "registry:a/b",
        "registry:plural@",
        "registry:plural@0",
        "registry:plural@1.5",
        "registry:plural@a b",
        f"registry:{'a' * 129}",
    ],
)
def test_a_malformed_reference_is_refused_in_one_line_that_quotes_it(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_reference(text)
    assert repr(text) in caught.value.problem
    assert "\n" not in str(caught.value)


def test_an_hf_reference_cannot_name_an_absolute_path() -> None:
    """`mirror / "/etc"` would be `/etc`, outside the mirror."""
    with pytest.raises(InputError):
        parse_reference("hf:/etc")


def test_a_scheme_that_does_not_fit_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError, match="gguf: does not fit here") as caught:
        parse_reference("gguf:model.gguf", ("file", "registry"))
    assert caught.value.remedy == "Use one of file:, registry:"


def test_a_path_needs_no_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "adapters" / "one").mkdir(parents=True)
    (tmp_path / "m.gguf").touch()
    monkeypatch.chdir(tmp_path)
    for text in ("adapters/one", "./nowhere", "../nowhere", "/nowhere", "~/adapters", ".", str(tmp_path)):
        assert parse_reference(text) == Reference("file", text)
    assert parse_reference("m.gguf") == Reference("gguf", "m.gguf")
    assert parse_reference("m.gguf", ("file", "hf")) == Reference("file", "m.gguf")
    assert str(parse_reference("adapters/one").absolute()) == f"file:{(tmp_path / 'adapters' / 'one').resolve()}"
    # what begins with a scheme is that, whatever lies here
    (tmp_path / "registry:one").mkdir()
    assert parse_reference("registry:one").absolute() == Reference("registry", "one")
    with pytest.raises(InputError, match="'adapters/one' does not begin with a known scheme"):
        parse_reference("adapters/one", ("registry",))


def test_a_bare_name_is_told_how_to_write_it() -> None:
    with pytest.raises(InputError) as caught:
        parse_reference("noun-plural@2", ("registry", "file"))
    assert caught.value.remedy == "For a registered one write registry:noun-plural@2; else use one of registry:, file:"
    with pytest.raises(InputError) as caught:
        parse_reference("noun-plural@2", ("registry",))
    assert caught.value.remedy == "Write registry:noun-plural@2."
    with pytest.raises(InputError) as caught:
        parse_reference("Noun plural", ("registry",))
    assert caught.value.remedy == "Write registry:NAME."
    with pytest.raises(InputError, match="write hf:org/name;"):
        parse_reference("org/name", ("file", "hf"))


def test_a_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert parse_reference("file:~/adapter").path == Path("/home/ada/adapter")


@given(
    st.one_of(
        st.builds(Reference, st.sampled_from(["file", "gguf"]), st.text(min_size=1)),
        st.builds(
            Reference,
            st.just("registry"),
            st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
            version=st.integers(1, 999_999_999),
        ),
        st.builds(
            Reference,
            st.just("registry"),
            st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
            alias=st.from_regex(r"[A-Za-z]([A-Za-z._-][A-Za-z0-9._-]{0,20})?", fullmatch=True),
        ),
    )
)
def test_a_reference_written_out_parses_to_itself(reference: Reference) -> None:
    assert parse_reference(str(reference)) == reference
