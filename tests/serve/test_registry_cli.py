"""`hyperlora registry`: browse, change, check, back up and restore a pool from the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.registry import Query, Registry
from hyperlora.registry.entry import now
from hyperlora.registry.tracking import connect
from hyperlora.settings import reload_settings

Run = Callable[..., Any]


def names(outcome: Any) -> list[str]:
    return [entry["name"] for entry in outcome.value["entries"]]


# --- browse --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--origin", "trained"], ["capital", "plural", "spelled"]),
        (["--origin", "imported"], []),
        (["--metric", "exact_match.validation>=0.7", "--alias", "champion"], ["capital", "plural", "spelled"]),
        (["--metric", "exact_match.validation>=0.8"], []),
        (["--since", "2020-01-01", "--until", "1h"], []),
        (["--since", "1h"], ["capital", "plural", "spelled"]),
        (["--kind", "any", "--order", "-created", "--limit", "1"], ["writer"]),
        (["--archived"], []),
    ],
)
def test_list_takes_filters(shared_pool: Registry, run: Run, options: list[str], expected: list[str]) -> None:
    assert names(run("registry", "list", *options, "--json")) == expected


def test_pages_lead_from_one_to_the_next(shared_pool: Registry, run: Run) -> None:
    first = run("registry", "list", "--limit", "2", "--json")
    assert (names(first), first.value["total"]) == (["capital", "plural"], 3)
    last = run("registry", "list", "--limit", "2", "--cursor", first.value["next"], "--json")
    assert (names(last), last.value["next"]) == (["spelled"], None)
    text = run("registry", "list", "--limit", "2").out.splitlines()
    assert text[-1] == f"2 of 3 shown; the next: --cursor {first.value['next']}"
    wrong = run("registry", "list", "--order", "created", "--cursor", first.value["next"])
    assert (wrong.code, "cursor" in wrong.err) == (1, True)


def test_search_finds_words_and_counts(shared_pool: Registry, run: Run) -> None:
    assert names(run("registry", "search", "countr capit", "--json")) == []
    assert names(run("registry", "search", "capital countr", "--json")) == ["capital"]
    assert names(run("registry", "search", "numeral", "--json")) == ["spelled"], "a paraphrase"
    assert names(run("registry", "list", "-q", "capital countr", "--json")) == ["capital"], "another way to ask"
    assert run("registry", "search", "xyzzy").out == "no adapter fits\n"
    counts = run("registry", "list", "--counts", "--json").value
    assert counts["origin"] == {"trained": 3}
    assert counts["alias"] == {"champion": 3}


def test_peoples_adapters_come_before_what_was_registered_in_passing(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter]
) -> None:
    pool.register(make_adapter(7, card=Card(description="In passing")), "adapt-x", expires=now() + 10**9)
    everything = ["capital", "plural", "spelled", "adapt-x"]
    assert names(run("registry", "list", "--json")) == everything
    first = run("registry", "list", "--limit", "3", "--json").value
    assert names(run("registry", "list", "--limit", "3", "--cursor", first["next"], "--json")) == ["adapt-x"]
    assert names(run("registry", "list", "--order", "name", "--json")) == ["adapt-x", *everything[:3]]
    run("registry", "alias", "registry:adapt-x", "mine")
    assert names(run("registry", "list", "--json")) == ["adapt-x", *everything[:3]], "kept for good by its alias"


def test_a_list_shows_score_rank_and_date(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "Do a thing that takes more words to describe than a narrow terminal has room for in a single line of it"
    card = Card(description=long, metrics={"exact_match.given_examples": 1.0, "exact_match.cross_validated": 0.6})
    entry = pool.register(make_adapter(8, card=card), "a")
    day = datetime.fromtimestamp(entry.created / 1000, UTC).strftime("%Y-%m-%d")
    rank = str(pool.load("registry:a").ranks[0])
    monkeypatch.setenv("COLUMNS", "120")
    heading, first, *_ = run("registry", "list").out.splitlines()
    assert heading.split() == ["REFERENCE", "METRIC", "RANK", "DATE", "ORIGIN", "ALIASES", "DESCRIPTION"]
    assert first.split()[:6] == ["registry:a@1", "0.60", "cross-val.", rank, day, "imported"]
    assert first.endswith("…")
    monkeypatch.setenv("COLUMNS", "70")
    lines = run("registry", "list").out.splitlines()
    assert lines[2].startswith("    Do a thing that takes more words")
    pool.register(make_adapter(7, card=Card(description=long)), "adapt-write-the-verb-in-the-simple-past-of-d3e7687c")
    for columns in (80, 100, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert max(map(len, run("registry", "list").out.splitlines())) <= columns
    found = run("registry", "list", "--json").value["entries"]
    assert found[0]["ranks"] == [int(rank)]
    assert found[0]["metric"] == {"name": "exact_match.cross_validated", "value": 0.6}
    assert found[1]["target_modules"] == ["q_proj", "v_proj"]


def test_show_tells_people_what_an_adapter_does_and_how_to_use_it(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = pool.load("registry:plural").card.model_copy(
        update={"parents": ("registry:capital@1", "registry:spelled@1"), "prompt_template": "Q: {input}\nA:"}
    )
    pool.register(make_adapter(9, card=card), "plural", tags={"team": "a"}, expires=now() + 10**9)
    monkeypatch.setenv("COLUMNS", "80")
    text = run("registry", "show", "registry:plural@2").out
    facts = {line[:14].strip(): line[14:] for line in text.splitlines() if line[:1].isalpha()}
    assert text.splitlines()[:2] == ["registry:plural@2  (adapter)", "Give the plural of the noun"]
    assert facts["template"] == '"Q: {input}\\nA:"'
    assert facts["made from"] == "registry:capital@1"
    assert facts["metrics"] == "exact_match.validation  0.75"
    assert facts["examples"] == "cat -> cats"
    assert (facts["tags"], facts["aliases"]) == ("team=a", "none")
    assert facts["versions"] == "1 (champion), 2 (this one)"
    assert facts["expires"].endswith("if it gets no alias")
    assert "hyperlora registry alias registry:plural@2 NAME   # keeps it for good" in text
    assert 'hyperlora run registry:plural@2 "cat"' in text
    assert "hyperlora export registry:plural@2 --out plural" in text
    usage = text.index("\nuse\n")
    told = [line for line in text[:usage].splitlines() if not line.startswith("files")]
    assert max(map(len, told)) <= 80
    pool.delete("registry:plural@2")
    assert "1 (champion), 2 (deleted: deleted)" in run("registry", "show", "registry:plural").out


def test_show_of_a_generator_for_people(shared_pool: Registry, run: Run) -> None:
    text = run("registry", "show", "registry:writer").out
    assert text.startswith("registry:writer@1  (generator)\nAll\n")
    assert 'hyperlora generate "DESCRIPTION" --generator registry:writer@1 --out FOLDER' in text
    assert "stale         yes: 3 trained adapters" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "--since", "yesterday"], "'yesterday' is not a time"),
        (["list", "--metric", "good"], "is no range of a metric"),
        (["list", "--origin", "importd"], "'importd' is no origin. Use one of trained, generated, "),
        (["search", "x", "--origin", "trained", "--origin", "T"], "'T' is no origin. Use one of trained, generated, "),
        (["show", "plural"], "'plural' does not begin with a known scheme. Write registry:plural."),
        (["list", "--order", "colour"], "cannot be ordered"),
        (["delete", "registry:plural"], "does not say which version"),
        (["tag", "registry:plural", "team"], "'team' is not KEY=VALUE"),
        (["tag", "registry:plural", "hyperlora.content=x"], "cannot be a tag"),
        (["alias", "registry:plural", "nobody", "--remove"], "plural has no alias nobody"),
        (["import", "nothing.tar"], "nothing.tar does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_line(shared_pool: Registry, run: Run, arguments: list[str], message: str) -> None:
    outcome = run("registry", *arguments)
    assert outcome.code == 1
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1


# --- change --------------------------------------------------------------------------------------------


def test_tags_aliases_and_the_archive(pool: Registry, run: Run) -> None:
    assert run("registry", "tag", "registry:plural", "team=a", "stage=new").out == (
        "registry:plural@1: stage=new, team=a\n"
    )
    run("registry", "tag", "registry:plural", "stage=")
    assert names(run("registry", "list", "--tag", "team=a", "--json")) == ["plural"]
    assert names(run("registry", "list", "--tag", "stage", "--json")) == []
    assert run("registry", "alias", "registry:plural@1", "best").out == "registry:plural@best is now version 1\n"
    run("registry", "alias", "registry:plural", "best", "--remove")
    assert pool.get("registry:plural").aliases == ("champion",)
    run("registry", "archive", "registry:plural@1")
    assert names(run("registry", "list", "--json")) == ["capital", "spelled"]
    assert pool.load("registry:plural@champion").card.description == "Give the plural of the noun"
    run("registry", "restore", "registry:plural@1")
    assert names(run("registry", "list", "--json")) == ["capital", "plural", "spelled"]


def test_edit_says_what_an_adapter_does(pool: Registry, run: Run) -> None:
    outcome = run(
        "registry", "edit", "registry:plural", "--description", "More than one", "--template", r"N: {input}\nP:",
        "--tag", "team=a", "--json",
    )  # fmt: skip
    value = outcome.value
    assert (value["reference"], value["description"], value["tags"]) == (
        "registry:plural@2",
        "More than one",
        {"team": "a"},
    )
    assert pool.load("registry:plural@champion").card.prompt_template == "N: {input}\nP:"
    assert names(run("registry", "list", "--json")) == ["capital", "plural", "spelled"]
    assert run("search", "More than one", "-k", "1", "--json").value[0]["reference"] == "registry:plural@2"
    assert run("registry", "verify").code == 0
    nothing = run("registry", "edit", "registry:plural")
    assert (nothing.code, "Give --description, --template, --tag or --base" in nothing.err) == (1, True)


def test_a_base_model_is_named_by_any_of_its_names(
    pool: Registry, run: Run, tiny_is_base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tiny_is_base.removeprefix("file:"))
    copied = shutil.copytree(folder, tmp_path / "copied")  # the same weights, under a path nobody registered
    monkeypatch.chdir(folder.parent)
    for base in (tiny_is_base, folder.name, f"./{folder.name}", copied, pool.get("registry:plural").base):
        assert names(run("registry", "list", "--base", base, "--json")) == ["capital", "plural", "spelled"], base
    assert names(run("registry", "search", "plural", "--base", copied, "--json")) == ["plural"]
    assert names(run("registry", "list", "--base", "org/other", "--json")) == []


def test_a_deleted_version_is_never_given_out_again(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter]
) -> None:
    refused = run("registry", "delete", "registry:plural@1")
    assert (refused.code, "has the alias champion" in refused.err, "--force" in refused.err) == (1, True, True)
    assert run("registry", "delete", "registry:plural@1", "--force").out == "registry:plural@1: deleted\n"
    assert "was deleted on 20" in run("registry", "show", "registry:plural@1").err
    assert pool.register(make_adapter(7, card=Card(description="Another")), "plural").version == 2
    assert run("registry", "show", "registry:plural", "--json").value["deleted_versions"] == {"1": "deleted"}


def test_gc_deletes_what_nothing_refers_to(pool: Registry, run: Run) -> None:
    content = pool.get("registry:plural").content
    run("registry", "delete", "registry:plural@1", "--force")
    assert run("registry", "gc", "--dry-run", "--json").value["contents"] == [content]
    assert pool.contents.path(content).is_dir()
    assert run("registry", "gc", "--json").value["contents"] == [content]
    assert not pool.contents.path(content).exists()
    assert run("registry", "gc", "--json").value == {"expired": [], "contents": [], "leftovers": 0}
    assert run("registry", "verify").out == "3 entries checked, 0 damaged\n"


def test_redact_takes_the_examples_out_of_record_and_disk(pool: Registry, run: Run) -> None:
    run("registry", "tag", "registry:plural", "team=a")
    old = pool.get("registry:plural")
    new = run("registry", "redact", "registry:plural", "--json").value
    assert (new["reference"], new["aliases"], new["tags"]) == ("registry:plural@2", ["champion"], {"team": "a"})
    assert pool.load("registry:plural@champion").card.examples == ()
    assert not old.folder.exists()
    everything = b"".join(path.read_bytes() for path in pool.get("registry:plural").folder.iterdir())
    assert b"cats" not in everything
    assert run("registry", "redact", "registry:plural", "--json").value["version"] == 2, "nothing left to take out"


# --- check ---------------------------------------------------------------------------------------------


def test_verify_names_what_is_damaged(pool: Registry, run: Run) -> None:
    path = pool.get("registry:plural").folder / "README.md"
    path.write_text(path.read_text() + ".")
    outcome = run("registry", "verify", "--json")
    assert outcome.code == 1
    assert outcome.value["checked"] == 4
    [problem] = outcome.value["problems"]
    assert problem["reference"] == "registry:plural@1"
    assert "README.md" in problem["problem"]
    assert run("registry", "verify", "registry:capital").code == 0


def test_sync_takes_over_what_others_changed_in_mlflow(pool: Registry, run: Run) -> None:
    client = connect(pool.home)
    client.set_registered_model_alias("plural", "theirs", "1")
    client.set_model_version_tag("capital", "1", "seen", "yes")
    client.delete_model_version("spelled", "1")
    assert pool.get("registry:plural@theirs").version == 1, "asking for one entry asks MLflow"
    assert names(run("registry", "list", "--alias", "theirs", "--json")) == [], "lists are told by sync"
    events = run("registry", "sync", "--json").value
    assert {(event["action"], event["name"]) for event in events} == {
        ("alias", "plural"),
        ("changed", "capital"),
        ("deleted", "spelled"),
        ("unalias", "spelled"),
    }
    assert names(run("registry", "list", "--alias", "theirs", "--json")) == ["plural"]
    assert names(run("registry", "list", "--tag", "seen=yes", "--json")) == ["capital"]
    assert names(run("registry", "list", "--json")) == ["capital", "plural"]
    assert run("registry", "sync").out == "0 changes taken over\n"


def test_a_lost_or_damaged_catalogue_is_made_anew(pool: Registry, run: Run) -> None:
    before = run("registry", "list", "--json").value
    [catalogue] = pool.home.glob("catalogue-*.db")
    for leftover in pool.home.glob("catalogue-*"):
        leftover.unlink()
    assert run("registry", "list", "--json").value == before
    for leftover in pool.home.glob("catalogue-*-*"):
        leftover.unlink()
    catalogue.write_bytes(b"not a database" * 1000)
    assert run("registry", "list", "--json").value == before
    assert json.loads(run("registry", "sync", "--rebuild", "--json").out) == {"rebuilt": True}
    assert run("registry", "list", "--json").value == before


# --- back up -------------------------------------------------------------------------------------------


def test_a_backup_restores_on_an_empty_machine(
    pool: Registry,
    run: Run,
    make_adapter: Callable[..., Adapter],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    _empty_registry: Path,
) -> None:
    pool.register(make_adapter(7, card=Card(description="Newer", licence="mit")), "plural", tags={"team": "a"})
    pool.register(make_adapter(8, card=Card(description="Newest")), "plural")
    pool.delete("registry:plural@2")
    pool.archive("registry:capital@1")
    old = {state.name: state for state in pool.record.states()}
    report = run("registry", "export", "--out", tmp_path / "pool.tar", "--json").value
    assert (report["names"], report["versions"], report["tombstones"]) == (4, 5, 1)

    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(_empty_registry, elsewhere)
    monkeypatch.setenv("HYPERLORA_HOME", str(elsewhere))
    reload_settings()
    restored = run("registry", "import", tmp_path / "pool.tar", "--json").value
    assert (restored["versions"], restored["skipped"]) == (5, 0)
    registry = Registry()
    new = {state.name: state for state in registry.record.states()}
    assert new.keys() == old.keys()
    for name, state in new.items():
        assert state.aliases == old[name].aliases
        assert state.tombstones == old[name].tombstones
        for version, entry in state.entries.items():
            before = old[name].entries[version]
            assert {**entry.summary(), "folder": ""} == {**before.summary(), "folder": ""}
            assert entry.manifest == before.manifest
            assert registry.verified_folder(entry).is_relative_to(elsewhere)
    assert registry.catalogue.count(Query(kind=None, archived=None)) == 5
    assert run("registry", "import", tmp_path / "pool.tar", "--json").value["skipped"] == 5
    assert run("import", f"file:{tmp_path / 'pool.tar'}", "--json").value["skipped"] == 5, "another way to say it"
    refused = run("import", f"file:{tmp_path / 'pool.tar'}", "--rank", "4")
    assert (refused.code, "exported archive, which --rank is not for" in refused.err) == (1, True)
    assert run("registry", "import", tmp_path / "pool.tar", "--prefix", "theirs-", "--json").value["versions"] == 5
    assert registry.load("registry:theirs-plural").card.description == "Newest"


def test_seeding_takes_free_names_and_leaves_others_alone(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    run("registry", "export", "--out", tmp_path / "pool.tar")
    for name in ("plural", "spelled"):
        pool.forget(name)
    mine = pool.register(make_adapter(9, card=Card(description="My own plural")), "plural")
    seeded = run("registry", "seed", tmp_path / "pool.tar", "--json").value
    assert (seeded["versions"], seeded["skipped"]) == (1, 2)
    assert pool.get("registry:plural") == mine
    assert pool.get("registry:spelled").aliases == ("champion",)


@pytest.mark.parametrize("damage", ["cut", "flip contents", "flip record", "no tar", "other name", "deleted here"])
def test_a_damaged_backup_restores_nothing(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter], tmp_path: Path, damage: str
) -> None:
    archive = tmp_path / "pool.tar"
    run("registry", "export", "registry:plural", "--out", archive)
    data = bytearray(archive.read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "no tar":
        data = bytearray(b"hello")
    elif damage == "other name":
        pool.forget("plural")
        pool.register(make_adapter(5), "plural")
    elif damage == "deleted here":
        pool.delete("registry:plural@1", force=True)
    else:
        data[data.index(b"Give the plural" if damage == "flip contents" else b'"aliases":') + 3] ^= 1
    archive.write_bytes(data)
    if damage not in ("other name", "deleted here"):
        pool.forget("plural")
    before = {state.name: state for state in pool.record.states()}
    outcome = run("registry", "import", archive)
    assert outcome.code == 1
    assert len(outcome.err.strip().splitlines()[-1]) > 20
    assert {state.name: state for state in pool.record.states()} == before
    assert pool.catalogue.pending() == []


def test_browsing_loads_neither_torch_nor_mlflow(shared_pool: Registry) -> None:
    """They take seconds; a list is there in half of one."""
    shared_pool.entries()
    program = (
        "import sys; from hyperlora.registry import Registry; print(len(Registry().entries())); print(*sys.modules)"
    )
    environment = os.environ | {"HYPERLORA_DEVICE": "auto"}  # torch is asked whether it knows another one
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment)
    count, modules = done.stdout.splitlines()
    assert count == "3"
    assert {"torch", "mlflow", "transformers"}.isdisjoint(modules.split())
