"""`hyperlora generate`: what it writes, what it says of it, and batches that go on."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Registry

Run = Callable[..., Any]
CAT, DOG = {"input": "cat", "output": "cats"}, {"input": "dog", "output": "dogs"}
SEEN = "plural", "capital", "spelled"


def write_lines(path: Path, *values: Any) -> Path:
    path.write_text("".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values))
    return path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "few.jsonl", CAT, DOG)


def test_generate_writes_the_generators_adapter_and_registers_nothing(
    shared_pool: Registry, run: Run, tmp_path: Path
) -> None:
    before = [entry.reference for entry in shared_pool.entries()]
    out = tmp_path / "generated"
    outcome = run("generate", "Say it backwards", "--out", out, "--json")
    adapter = read_adapter(out)
    assert (outcome.code, outcome.err) == (0, "")
    assert {key: value for key, value in outcome.value.items() if key != "notes"} == {
        "out": str(out),
        "content": adapter.content_hash,
        "parents": ["registry:writer@1"],
        "ranks": [2],
        "prompt_template": "Input: {input}\nOutput:",
        "decision": None,
    }
    assert (adapter.card.origin, adapter.card.description) == ("generated", "Say it backwards")
    assert [entry.reference for entry in shared_pool.entries()] == before
    text = run("generate", "Say it backwards", "--out", tmp_path / "again").out.splitlines()
    assert text[0] == (f"{tmp_path / 'again'}: written by registry:writer@1, {adapter.num_parameters:,} parameters")


def test_the_description_goes_into_the_prompts_where_it_is_wanted(
    shared_pool: Registry, run: Run, tmp_path: Path
) -> None:
    told = run("generate", "Say it backwards", "--in-prompt", "--out", tmp_path / "told")
    assert ", the description in its prompts" in told.out
    template = "Say it backwards\n\nInput: {input}\nOutput:"
    assert read_adapter(tmp_path / "told").card.prompt_template == template
    lines = write_lines(tmp_path / "wanted.jsonl", {"description": "Say it backwards"}, {"examples": [CAT]})
    outcome = run("generate", "--batch", lines, "--in-prompt", "--out", tmp_path / "many", "--json")
    assert [failure["line"] for failure in outcome.value["failures"]] == [2], "which has no description"
    [folder] = outcome.value["written"]
    assert read_adapter(Path(folder)).card.prompt_template == template


def test_the_generator_can_be_named(shared_pool: Registry, run: Run, tmp_path: Path) -> None:
    outcome = run("generate", "Say it", "--generator", "registry:writer@1", "--out", tmp_path / "said", "--json")
    assert outcome.value["parents"] == ["registry:writer@1"]
    refused = run("generate", "Say it", "--generator", "registry:nobody", "--out", tmp_path / "none")
    assert refused.code != 0
    assert "registry:nobody" in refused.err
    assert not (tmp_path / "none").exists()


def test_what_is_written_loads_in_plain_peft_without_a_warning_and_changes_the_logits(
    shared_pool: Registry, run: Run, few: Path, tmp_path: Path, load_peft: Callable[[Path], Any]
) -> None:
    ids = torch.arange(5, 29).view(2, 12)
    logits: list[Any] = []
    for name, options in (
        ("plain", ()),
        ("refined", ("--examples", few, "--refine", "2")),
        ("from generated", ("--examples", few, "--refine", "2", "--start", "generated")),
        ("cut", ("--rank", "1")),
    ):
        assert run("generate", "Say it backwards", *options, "--out", tmp_path / name).code == 0
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # PEFT asks every transformers model for this attribute, whatever the adapter
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
            model = load_peft(tmp_path / name)
        with torch.no_grad(), model.disable_adapter():
            base = model(ids).logits
        with torch.no_grad():
            logits.append(model(ids).logits)
        assert (logits[-1] - base).abs().max() > 1e-3 * base.abs().max()
    assert all(not torch.equal(logits[0], other) for other in logits[1:])


def test_it_refines_on_examples_cuts_the_rank_and_tells_both(
    shared_pool: Registry, run: Run, few: Path, tmp_path: Path
) -> None:
    arguments = (
        "generate",
        "Give the plural",
        "--examples",
        few,
        "--refine",
        "2",
        "--rank",
        "1",
        "--start",
        "generated",
    )
    outcome = run(*arguments, "--out", tmp_path / "one")
    told = outcome.out.splitlines()[0]
    assert ", refined in 2 steps on 2 examples, rank 1 keeps 0." in told
    assert told.endswith(" of the energy")
    assert "refine: " in outcome.err, "its progress"
    value = run(*arguments, "--out", tmp_path / "two", "--json").value
    assert value["ranks"] == [1]
    kept = value["decision"].pop("energy_kept")
    assert 0 < kept < 1
    assert value["decision"] == {"refine_steps": 2, "examples": 2, "rank": 1}
    card = read_adapter(tmp_path / "two").card
    assert (card.origin, card.parents) == ("generated", ("registry:writer@1",))
    assert card.decision == {"refine_steps": 2, "examples": 2, "rank": 1, "energy_kept": kept}
    assert read_adapter(tmp_path / "one").content_hash == read_adapter(tmp_path / "two").content_hash


def test_refining_begins_at_the_pool_unless_told_otherwise_and_says_so(
    shared_pool: Registry, run: Run, few: Path, tmp_path: Path
) -> None:
    arguments = ("generate", "Give the plural", "--examples", few, "--refine", "2")
    pool = tuple(f"registry:{name}" for name in sorted(entry.name for entry in shared_pool.entries("adapter")))
    told = run(*arguments, "--out", tmp_path / "one").out
    assert f"begun at the mean of {len(pool)} adapters, " in told
    card = read_adapter(tmp_path / "one").card
    assert tuple(parent.partition("@")[0] for parent in card.parents) == pool
    assert card.decision == {"start": "pool", "refine_steps": 2, "examples": 2}
    value = run(*arguments, "--start", "generated", "--out", tmp_path / "two", "--json").value
    assert value["parents"] == ["registry:writer@1"]
    assert read_adapter(tmp_path / "two").content_hash != read_adapter(tmp_path / "one").content_hash
    refused = run("generate", "Give the plural", "--start", "pool", "--out", tmp_path / "three")
    assert (refused.code, "--refine" in refused.err) == (1, True)
    assert not (tmp_path / "three").exists()


def test_several_draws_lie_in_numbered_folders(shared_pool: Registry, sampling: Any, run: Run, tmp_path: Path) -> None:
    arguments = ("generate", "Say it backwards", "--n", "3", "--sample", "--seed", "4")
    value = run(*arguments, "--out", tmp_path / "draws", "--json").value
    assert [each["out"] for each in value["adapters"]] == [str(tmp_path / "draws" / str(n)) for n in (1, 2, 3)]
    assert sorted(path.name for path in (tmp_path / "draws").iterdir()) == ["1", "2", "3"]
    contents = [read_adapter(tmp_path / "draws" / str(number)).content_hash for number in (1, 2, 3)]
    assert [each["content"] for each in value["adapters"]] == contents
    assert len(set(contents)) == 3
    lines = run(*arguments, "--out", tmp_path / "again").out.splitlines()
    assert [", draw 2 of seed 4" in line for line in lines[:3]] == [False, True, False]
    assert read_adapter(tmp_path / "again" / "2").content_hash == contents[1]
    assert run(*arguments, "--out", tmp_path / "again").code == 1, "a folder in use"


def test_a_batch_goes_on_names_bad_lines_and_ends_with_code_one(
    shared_pool: Registry, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "many"
    wanted = write_lines(
        tmp_path / "wanted.jsonl", {"name": "one", "description": "Say one"}, "{", {"description": "Say two, please"}
    )
    outcome = run("generate", "--batch", wanted, "--out", out, "--json")
    assert outcome.code == 1
    assert outcome.value["out"] == str(out)
    assert [Path(folder).name[:15] for folder in outcome.value["written"]] == ["one", "say-two-please-"]
    assert outcome.value["skipped"] == []
    [failure] = outcome.value["failures"]
    assert failure["line"] == 2
    assert f"{wanted}, line 2: {failure['problem']}" in outcome.err.splitlines()
    write_lines(wanted, {"name": "one", "description": "Say one"}, {"name": "three", "description": "Say three"})
    text = run("generate", "--batch", wanted, "--out", out)
    assert text.code == 0
    assert text.out.splitlines()[0] == f"{out}: 1 written, 1 there already, 0 failed"
    assert read_adapter(out / "three").card.description == "Say three"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "Say what is wanted"),
        (("Say it", "--batch", "wanted.jsonl"), "leave out DESCRIPTION and --examples"),
        (("--examples", "few.jsonl", "--batch", "wanted.jsonl"), "leave out DESCRIPTION and --examples"),
        (("Say it", "--refine", "0"), "--refine"),
        (("Say it", "--n", "0"), "--n"),
        (("Say it", "--rank", "0"), "--rank"),
        (("Say it", "--seed", "-1"), "--seed"),
    ],
)
def test_wrong_usage_is_code_two(arguments: tuple[str, ...], problem: str, run: Run, tmp_path: Path) -> None:
    outcome = run("generate", *arguments, "--out", tmp_path / "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert problem in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_stale_generator_is_shown_and_noted_where_it_is_used(
    pool: Registry, run: Run, few: Path, tmp_path: Path, make_adapter: Callable[..., Adapter]
) -> None:
    shown = run("registry", "show", "registry:writer", "--json").value
    assert (shown["stale"], shown["unseen"]) == (True, [f"registry:{name}@1" for name in sorted(SEEN)])
    assert "stale" not in run("registry", "show", "registry:plural", "--json").value
    note = "the pool has 3 adapters that the generator has not seen"
    assert f"note: {note}" in run("generate", "Say it", "--out", tmp_path / "one").out
    [stale] = run("generate", "Say it", "--out", tmp_path / "two", "--json").value["notes"]
    assert stale.startswith(note)
    assert stale.endswith("hyperlora train generator --kind cvae --pool")
    assert note in run("adapt", "Say it", "--force").out
    unread, _ = run("generate", "Say it", "--examples", few, "--out", tmp_path / "three", "--json").value["notes"]
    assert unread == "registry:writer@1 does not read examples; to train on them: --refine STEPS"
    for name in SEEN:
        pool.archive(f"registry:{name}@1")
    shown = run("registry", "show", "registry:writer", "--json").value
    assert (shown["stale"], shown["unseen"]) == (False, [])
    assert run("generate", "Say it", "--out", tmp_path / "four", "--json").value["notes"] == []
    pool.register(make_adapter(9, card=Card(description="Something new", origin="trained")), "new")
    assert run("registry", "show", "registry:writer", "--json").value["unseen"] == ["registry:new@1"]
